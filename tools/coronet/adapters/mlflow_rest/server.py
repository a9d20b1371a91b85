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
from coronet.adapters.mlflow_rest.answers import LARGEST_JSON, parse_object, read_bounded, refuse
from coronet.adapters.mlflow_rest.connection import (
    ANSWER_SECONDS,
    FILE_SECONDS,
    Connection,
    Request,
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
        sleep: Callable[[float], None] = time.sleep,  # pauses between attempts, counted and bounded
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        patience: float = ANSWER_SECONDS,
    ) -> None:
        self.address = address
        self._connection = Connection(address)
        self._sleep = sleep
        self._jitter = jitter
        self._clock = clock
        self._patience = patience

    def another(self) -> "Server":
        """The same server by a connection of its own."""
        return Server(self.address, sleep=self._sleep, jitter=self._jitter, clock=self._clock, patience=self._patience)

    def get(self, method: str, **query: str) -> dict[str, Any]:
        """The JSON object that a method of the REST API answers, as in `get("runs/get", run_id=…)`."""
        return self.read(f"{API}{method}", query)

    def read(self, target: str, query: Mapping[str, str]) -> dict[str, Any]:
        request = Request("GET", f"{target}?{urlencode(query)}" if query else target, self._patience)
        return parse_object(self.address, self._whole(request, LARGEST_JSON))

    def post(self, method: str, body: Mapping[str, str]) -> None:
        sent = json.dumps(body).encode()
        self._whole(Request("POST", API + method, self._patience, sent, "application/json"), LARGEST_JSON)

    def put(self, target: str, data: bytes) -> None:
        self._whole(Request("PUT", target, FILE_SECONDS, data, "application/octet-stream"), LARGEST_JSON)

    def file(self, target: str, *, limit: int) -> bytes:
        return self._whole(Request("GET", target, FILE_SECONDS), limit)

    def stream(self, target: str, read: Callable[[HTTPResponse], Answer]) -> Answer:
        """What `read` makes of the answer's body; called again, from the start, where the connection breaks."""

        def attempt() -> Answer:
            with self._answer(Request("GET", target, FILE_SECONDS)) as response:
                return read(response)

        return self._patiently(attempt)

    def _whole(self, request: Request, limit: int) -> bytes:
        def attempt() -> bytes:
            with self._answer(request) as response:
                return read_bounded(self.address, response, limit, self._clock)

        return self._patiently(attempt)

    @contextmanager
    def _answer(self, request: Request) -> Iterator[HTTPResponse]:
        """An answer with status 200; the connection is kept only where its body was read to the end."""
        try:
            response = self._connection.send(request)
            with translated(self.address):
                if response.length is None and not response.chunked:
                    raise ConnectionResetError  # within its head; nothing would tell where the body was cut
                if response.status == 200:
                    yield response
                    refusal = None
                else:
                    data = read_bounded(self.address, response, LARGEST_JSON, self._clock)
                    refusal = refuse(self.address, response.status, response.headers, data)
                if response.length:
                    raise ConnectionResetError
            response.close()
        except BaseException:
            self._connection.close()
            raise
        if refusal:
            raise refusal

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
