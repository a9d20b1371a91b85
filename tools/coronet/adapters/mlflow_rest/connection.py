"""One keep-alive connection to a server, and what can go wrong on the wire."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import NamedTuple

from coronet.adapters.mlflow_rest.address import Address
from coronet.errors import CoronetError, Unavailable

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
# A server that proxies an object store fetches a whole file before its first byte reaches us.
FILE_SECONDS = 120.0


class Transient(Exception):
    """An attempt that may succeed when repeated; `error` is what to say when it does not."""

    def __init__(self, error: CoronetError, *, wait: float | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait = wait


class Request(NamedTuple):
    """What is sent, always safe to send twice; `seconds` is how long each packet may take to come."""

    method: str
    target: str
    seconds: float
    body: bytes | None = None
    content: str = ""


class Connection:
    """Requests one after the other over one connection, which is opened again where the server closed it.

    An MLflow server with several workers answers in two packets and waits up to 40 ms for the
    acknowledgement of the first, which Linux delays on a connection in use; acknowledging at once
    makes keeping the connection worth its while with any number of workers.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._http: HTTPConnection | None = None

    def send(self, request: Request) -> HTTPResponse:
        """The answer's head; its body must be read before the next request."""
        with translated(self._address):
            if self._http is not None and self._http.sock is not None:
                try:
                    return self._exchange(self._http, request)
                except ConnectionError:
                    self.close()  # an idle server closes its side: that is no failure
            self._http = self._open()
            return self._exchange(self._http, request)

    def close(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None

    def _open(self) -> HTTPConnection:
        address = self._address
        if address.scheme == "http":
            opened = HTTPConnection(address.host, address.port, timeout=CONNECT_SECONDS)
        else:
            from coronet.adapters.mlflow_rest.tls import open_https

            opened = open_https(address, timeout=CONNECT_SECONDS)
        opened.connect()
        return opened

    def _exchange(self, opened: HTTPConnection, request: Request) -> HTTPResponse:
        opened.sock.settimeout(request.seconds)
        opened.request(request.method, self._address.base + request.target, request.body, self._headers(request))
        if hasattr(socket, "TCP_QUICKACK"):
            opened.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return opened.getresponse()

    def _headers(self, request: Request) -> dict[str, str]:
        """An alias that is read back must be the server's, not what a proxy remembers."""
        content = {"Content-Type": request.content} if request.content else {}
        return {"Cache-Control": "no-cache", **self._address.headers, **content}


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Errors of the wire as ours: `Transient` where repeating may help, else `Unavailable`."""
    try:
        yield
    except TimeoutError:
        raise Unavailable(
            f"the MLflow server at {address.url} did not answer in time",
            hint="look at the server's load and its log, and repeat the command",
        ) from None
    except (socket.gaierror, UnicodeError):
        raise Transient(
            Unavailable(
                f"the host of {address.url} has no network address", hint="check its spelling, the network and the VPN"
            )
        ) from None
    except ConnectionRefusedError:
        raise Transient(
            Unavailable(f"nothing answers at {address.url}", hint="start the MLflow server, or correct the address")
        ) from None
    except (ConnectionError, http.client.IncompleteRead):
        raise Transient(
            Unavailable(f"the MLflow server at {address.url} cut the connection", hint="repeat the command")
        ) from None
    except HTTPException:
        raise not_mlflow(address, "what answers there does not speak HTTP") from None
    except OSError as error:
        raise _broken(address, error) from None


def not_mlflow(address: Address, found: str) -> Unavailable:
    return Unavailable(
        f"{address.url} does not look like an MLflow server: {found}",
        hint="check the host, port and path of MLFLOW_TRACKING_URI or --registry",
    )


def _broken(address: Address, error: OSError) -> CoronetError:
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return Unavailable(
            f"the certificate of {address.url} is not trusted: {error.verify_message}",
            hint="set MLFLOW_TRACKING_SERVER_CERT_PATH to the file of the authority that signed it",
        )
    if isinstance(error, ssl.SSLError):
        return Unavailable(
            f"no TLS connection to {address.url}: {error.reason or 'the handshake failed'}",
            hint="check that this port speaks https; a server without TLS is written http://",
        )
    return Unavailable(f"{address.url} cannot be reached: {error.strerror or error}", hint="check the network")
