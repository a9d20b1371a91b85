"""An HTTP server on 127.0.0.1 that answers what a test says, and remembers what it was asked."""

import json
import ssl
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """`length` is what the header claims; where it is more than the body, the connection is cut.

    `hang_up` closes the connection after the answer without saying so, as idle servers do.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    hang_up: bool = False


Answer = Reply | Callable[["Handler"], None]
Answers = Callable[[Asked], Answer]


def json_reply(value: object, status: int = 200, **headers: str) -> Reply:
    return Reply(
        status=status, body=json.dumps(value).encode(), headers={"Content-Type": "application/json", **headers}
    )


def error_reply(status: int, code: str, message: str = "as told", **headers: str) -> Reply:
    return json_reply({"error_code": code, "message": message}, status, **headers)


class StubServer:
    """Answers by `answer`, which may be replaced at any time; `released` ends handlers that wait."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Answers = lambda asked: Reply()
        self.released = Event()
        self.connections = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.stub = self  # type: ignore[attr-defined]

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def reply_with(self, *answers: Answer) -> None:
        """These answers in order, the last one for ever."""
        waiting = deque(answers)
        self.answer = lambda asked: waiting.popleft() if len(waiting) > 1 else waiting[0]

    def speak_tls(self, certificate: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)

    @contextmanager
    def running(self) -> Iterator["StubServer"]:
        thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self._http.shutdown()
            self._http.server_close()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def setup(self) -> None:
        super().setup()
        self.stub: StubServer = self.server.stub  # type: ignore[attr-defined]
        self.stub.connections += 1
        self.number = self.stub.connections

    def handle(self) -> None:
        with suppress(OSError):  # the client may go away at any time
            super().handle()

    def do_request(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(
            method=self.command, target=self.path, headers=dict(self.headers), body=body, connection=self.number
        )
        self.stub.asked.append(asked)
        answer = self.stub.answer(asked)
        if isinstance(answer, Reply):
            self.send(answer)
        else:
            answer(self)

    do_GET = do_POST = do_PUT = do_request  # noqa: N815

    def send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = reply.hang_up or reply.length is not None

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent: what was asked is in `asked`."""
