"""A tracking server that is asked, patiently and within bounds."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any, TypeVar
from urllib.parse import urlencode

from coronet.adapters.mlflow_rest.address import Address
from coronet.adapters.mlflow_rest.answers import LARGEST_JSON, Absent, parse_object, read_bounded, refuse
from coronet.adapters.mlflow_rest.connection import (
    ANSWER_SECONDS,
    FILE_SECONDS,
    Connection,
    Transient,
    translated,
)

API = "/api/2.0/mlflow/"
# Each is halved to one and a half times; together less than a second, so that a dead server is told soon.
PAUSES_SECONDS = (0.1, 0.2, 0.4)

Answer = TypeVar("Answer")


class Server:
    """All requests repeat safely: they read, or they write a value that is the same the second time.

    Raises `Absent` for what the server does not know, `InvalidInput` for what it does not accept, and
    `Unavailable` for all else. Not for use by several threads: give each its `another()`.
    """

    def __init__(
        self,
        address: Address,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.address = address
        self._connection = Connection(address)
        self._sleep = sleep
        self._jitter = jitter

    def another(self) -> "Server":
        """The same server by a connection of its own."""
        return Server(self.address, sleep=self._sleep, jitter=self._jitter)

    def get(self, method: str, **query: str) -> dict[str, Any]:
        """The JSON object that a method of the REST API answers, as in `get("runs/get", run_id=…)`."""
        return self.read(f"{API}{method}", query)

    def read(self, target: str, query: Mapping[str, str]) -> dict[str, Any]:
        full = f"{target}?{urlencode(query)}" if query else target
        return parse_object(self.address, self._whole("GET", full, None, {}, LARGEST_JSON, ANSWER_SECONDS))

    def post(self, method: str, body: Mapping[str, str]) -> None:
        sent = json.dumps(body).encode()
        self._whole("POST", API + method, sent, {"Content-Type": "application/json"}, LARGEST_JSON, ANSWER_SECONDS)

    def put(self, target: str, data: bytes) -> None:
        headers = {"Content-Type": "application/octet-stream"}
        self._whole("PUT", target, data, headers, LARGEST_JSON, FILE_SECONDS)

    def file(self, target: str, *, limit: int) -> bytes:
        return self._whole("GET", target, None, {}, limit, FILE_SECONDS)

    def stream(self, target: str, read: Callable[[HTTPResponse], Answer]) -> Answer:
        """What `read` makes of the answer's body; called again, from the start, where the connection breaks."""

        def attempt() -> Answer:
            with self._answer("GET", target, None, {}, FILE_SECONDS) as response:
                answer = read(response)
                if response.length:
                    raise ConnectionResetError
                return answer

        return self._patiently(attempt)

    def close(self) -> None:
        self._connection.close()

    def _whole(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str], limit: int, seconds: float
    ) -> bytes:
        def attempt() -> bytes:
            with self._answer(method, target, body, headers, seconds) as response:
                return read_bounded(self.address, response, limit)

        return self._patiently(attempt)

    @contextmanager
    def _answer(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str], seconds: float
    ) -> Iterator[HTTPResponse]:
        """An answer with status 200; the connection is kept only where its body was read to the end."""
        try:
            response = self._connection.send(method, target, body=body, headers=headers, seconds=seconds)
            with translated(self.address):
                if response.status != 200:
                    data = read_bounded(self.address, response, LARGEST_JSON)
                    raise refuse(self.address, response.status, response.headers, data)
                yield response
        except Absent:
            raise
        except BaseException:
            self._connection.close()
            raise

    def _patiently(self, attempt: Callable[[], Answer]) -> Answer:
        for pause in PAUSES_SECONDS:
            try:
                return attempt()
            except Transient as transient:
                spread = self._jitter()
                self._sleep(pause * (0.5 + spread) if transient.wait is None else transient.wait + spread)
        try:
            return attempt()
        except Transient as transient:
            raise transient.error from None
