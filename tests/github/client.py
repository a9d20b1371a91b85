"""A plain client of the stand-in's API, for its own tests: it believes nothing and repeats nothing."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from tests.github.hub import Hub


@dataclass(frozen=True, kw_only=True, slots=True)
class Got:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def message(self) -> str:
        return str(self.body["message"])

    @property
    def next(self) -> str | None:
        """The address of the next page."""
        for link in self.headers.get("link", "").split(", "):
            if link.endswith('rel="next"'):
                return link[1 : link.index(">")]
        return None


class Client:
    def __init__(self, hub: Hub, token: str | None, repository: str = "acme/models") -> None:
        self._hub = hub
        self._token = token
        self._repository = f"/repos/{repository}"

    def get(self, path: str) -> Got:
        return self.ask("GET", path)

    def post(self, path: str, **given: Any) -> Got:
        return self.ask("POST", path, given)

    def put(self, path: str, **given: Any) -> Got:
        return self.ask("PUT", path, given)

    def patch(self, path: str, **given: Any) -> Got:
        return self.ask("PATCH", path, given)

    def delete(self, path: str) -> Got:
        return self.ask("DELETE", path)

    def ask(self, method: str, path: str, given: Any = None, **headers: str) -> Got:
        """`path` is under the repository where it does not begin with a slash or a scheme."""
        if not path.startswith(("/", "http")):
            path = f"{self._repository}/{path}".rstrip("/")
        address = urlsplit(path if path.startswith("http") else self._hub.api + path)
        connection = HTTPConnection(str(address.hostname), address.port, timeout=20)
        sent = {"User-Agent": "stand-in tests", **headers}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        target = f"{address.path}?{address.query}" if address.query else address.path
        try:
            connection.request(method, target, json.dumps(given).encode() if given else None, sent)
            return _read(connection.getresponse())
        finally:
            connection.close()


def _read(answer: HTTPResponse) -> Got:
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Got(status=answer.status, headers=headers, raw=answer.read())
