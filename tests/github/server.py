"""The HTTP side of the stand-in: one threaded server for the REST API and for git."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.github.api import answer_api
from tests.github.faults import Fault
from tests.github.git_http import PATH, answer_git, token_of
from tests.github.hub import Asked, Hub
from tests.github.routing import Answer

_API = "/api/v3"


@contextmanager
def run_github(folder: Path | None = None, *, certificate: Path | None = None) -> Iterator[Hub]:
    """A GitHub of one's own; `certificate` (a PEM file with its key) makes it speak https.

    At the end it raises for whatever was not as GitHub publishes it, and for routes that it does not have.
    """
    with TemporaryDirectory() as place:
        http = _Server(("127.0.0.1", 0), Handler)
        scheme = "https" if certificate else "http"
        hub = Hub(folder or Path(place), f"{scheme}://127.0.0.1:{http.server_address[1]}")
        http.hub = hub
        if certificate:
            http.secure(certificate)
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            hub.faults.released.set()
            http.shutdown()
            http.server_close()
            thread.join()
    assert not hub.failures, f"the stand-in failed:\n{hub.failures[0]}"
    assert not hub.invalid, "not as GitHub publishes it:\n" + "\n".join(hub.invalid)
    assert not hub.unknown_routes, "the stand-in has no such routes:\n" + "\n".join(hub.unknown_routes)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hub: Hub

    def secure(self, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def handle(self) -> None:
        with suppress(OSError):  # the client may go away at any time
            super().handle()

    def do_request(self) -> None:
        hub: Hub = self.server.hub  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        kind = "api" if parts.path.startswith(_API) else "git" if PATH.fullmatch(parts.path) else "page"
        path = parts.path.removeprefix(_API)
        body = self._body()
        faults = hub.faults.meet(self.command, path)
        for fault in faults:
            if fault.run:
                fault.run()
        answer = self._trouble(hub, faults)
        if answer is None and not any(fault.kind == "timeout" for fault in faults):
            answer = self._answer(
                hub, kind, path, parts.query, body, reject=any(each.kind == "reject" for each in faults)
            )
        self._record(hub, kind, path, parts.query, answer.status if answer else 0)
        hub.tell_listeners()
        self._finish(hub, answer, faults)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_request  # noqa: N815

    def _headers(self) -> dict[str, str]:
        """By their names in lower case: clients write them as they like."""
        return {name.lower(): value for name, value in self.headers.items()}

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        whole = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def _trouble(self, hub: Hub, faults: list[Fault]) -> Answer | None:
        for fault in faults:
            if trouble := hub.faults.trouble(fault):
                return Answer(body=trouble.body, status=trouble.status, headers=dict(trouble.headers))
        return None

    def _answer(self, hub: Hub, kind: str, path: str, query: str, body: bytes, *, reject: bool) -> Answer:
        headers = self._headers()
        if kind == "git":
            git = answer_git(hub, self.command, path, query, headers, body, reject=reject)
            hub.clock.tick()
            return Answer(body=git.body, status=git.status, headers=dict(git.headers))
        if kind == "page":
            hub.unknown_routes.append(f"{self.command} {path}")
            return Answer(body=b"There are no pages here.", status=404, headers={"Content-Type": "text/plain"})
        with hub.lock:
            hub.clock.tick()
            return answer_api(hub, self.command, path, dict(parse_qsl(query, keep_blank_values=True)), headers, body)

    def _record(self, hub: Hub, kind: str, path: str, query: str, status: int) -> None:
        token = token_of(hub, self._headers())
        hub.requests.append(
            Asked(
                kind=kind,
                method=self.command,
                path=path,
                query=dict(parse_qsl(query)),
                status=status,
                login=token.account.login if token else None,
                version=self.headers.get("X-GitHub-Api-Version"),
            )
        )

    def _finish(self, hub: Hub, answer: Answer | None, faults: list[Fault]) -> None:
        kinds = {fault.kind for fault in faults}
        if answer is None or "lost" in kinds:
            if answer is None:
                hub.faults.wait(max(fault.seconds for fault in faults))
            self.close_connection = True
            return
        for fault in faults:
            if fault.kind == "slow":
                hub.faults.wait(fault.seconds)
        self._send(answer, cut="garbled" in kinds)

    def _send(self, answer: Answer, *, cut: bool) -> None:
        raw = answer.body if isinstance(answer.body, bytes) else _json(answer.body)
        headers = {"Content-Type": "application/json; charset=utf-8", **answer.headers}
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw[: len(raw) // 2] if cut else raw if answer.status != 204 else b"")
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent: what was asked is in the hub's `requests`."""


def _json(value: Any) -> bytes:
    return b"" if value is None else json.dumps(value).encode()
