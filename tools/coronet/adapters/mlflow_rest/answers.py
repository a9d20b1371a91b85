"""What a server's answer means: JSON, a refusal, or something that no MLflow server says."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPMessage, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from coronet.adapters.mlflow_rest.address import Address
from coronet.adapters.mlflow_rest.connection import Transient, not_mlflow
from coronet.errors import CoronetError, InvalidInput, Unavailable

# A thousand registered models with their tags and versions are about 2 MB.
LARGEST_JSON = 16 * 2**20
LONGEST_WAIT_SECONDS = 10.0
_CHUNK = 64 * 1024
_REPEATABLE = frozenset({429, 502, 503, 504})


class Absent(Exception):
    """The server knows no such model, version, run or file."""


def read_bounded(address: Address, response: HTTPResponse, limit: int, clock: Callable[[], float]) -> bytes:
    """The body of `response`, at most `limit` bytes.

    Raises `Unavailable` beyond that, and `TimeoutError` where it takes more than a minute and a second
    for each MiB of `limit`: single bytes that come in time could go on for ever.
    """
    chunks, size, end = [], 0, clock() + 60 + limit / 2**20
    while chunk := response.read1(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise not_mlflow(address, f"an answer is longer than {limit // 2**20} MiB")
        if clock() > end:
            raise TimeoutError
    return b"".join(chunks)


def parse_object(address: Address, data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise not_mlflow(address, "it answers something else than JSON") from None
    if not isinstance(value, dict):
        raise not_mlflow(address, "it answers JSON that is no object")
    return value


@contextmanager
def understood(address: Address) -> Iterator[None]:
    """Reading fields of an answer: where one is missing or of another type, it is no MLflow server's."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise not_mlflow(address, "an answer lacks what MLflow's answers have") from None


def refuse(address: Address, status: int, headers: HTTPMessage, data: bytes) -> Exception:
    """What an answer other than 200 means, to be raised."""
    if 300 <= status < 400:
        return _redirected(address, headers.get("Location", ""))
    code, message = _explained(address, data)
    if status == 401:
        return _unauthenticated(address)
    if status == 403:
        return _forbidden(address, message)
    if code == "RESOURCE_DOES_NOT_EXIST" or (status == 400 and "refers to a directory, not a file" in message):
        return Absent(message)
    if status in _REPEATABLE:
        return _busy(address, status, headers, message)
    if status == 400 and "IntegrityError" in message:
        # Two writers of the first value of an alias or tag: the slower one finds the row of the other.
        return Transient(
            Unavailable(
                f"somebody else wrote to {address.url} at the same time{_quoted(message)}", hint="repeat the command"
            )
        )
    if status == 400 and code:
        return InvalidInput(f"the registry does not accept this{_quoted(message)}", hint="correct the name or value")
    if status >= 500:
        return Unavailable(f"{address.url} failed inside ({status}){_quoted(message)}", hint="look at the server's log")
    return not_mlflow(address, f"it answers {status} where MLflow has an API{_quoted(message)}")


def _redirected(address: Address, location: str) -> CoronetError:
    """The query of a redirect often holds the state of a login: only its address is told."""
    try:
        parts = urlsplit(location)
        target = f"{parts.scheme}://{parts.hostname}{parts.path}" if parts.hostname else parts.path
    except ValueError:
        target = ""
    return Unavailable(
        f"{address.url} answers with a redirect{f' to {clean(address, target)}' if target else ''}",
        hint="set MLFLOW_TRACKING_URI to the address behind the redirect; a login page needs a token instead",
    )


def _unauthenticated(address: Address) -> CoronetError:
    if "Authorization" in address.headers:
        return Unavailable(
            f"{address.url} does not accept the credentials (401)",
            hint="correct MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
        )
    return Unavailable(
        f"{address.url} wants credentials (401)",
        hint="set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
    )


def _forbidden(address: Address, message: str) -> CoronetError:
    hint = "give the account behind MLFLOW_TRACKING_USERNAME or MLFLOW_TRACKING_TOKEN the permission"
    if "Host header" in message:
        hint = f"start the server with --allowed-hosts {address.host}"
    return Unavailable(f"{address.url} does not allow this (403){_quoted(message)}", hint=hint)


def _busy(address: Address, status: int, headers: HTTPMessage, message: str) -> Exception:
    asked = headers.get("Retry-After", "").strip()
    wait = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else None
    error = Unavailable(
        f"{address.url} is overloaded or restarting ({status}){_quoted(message)}",
        hint=f"repeat the command{f' in {wait:.0f} seconds' if wait else ''}",
    )
    return error if wait is not None and wait > LONGEST_WAIT_SECONDS else Transient(error, wait=wait)


def _explained(address: Address, data: bytes) -> tuple[str, str]:
    """(MLflow's error code, what the server says); the code is empty where the error is not MLflow's."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        text = data[:4096].decode(errors="replace").strip()
        return "", "" if text.startswith("<") else clean(address, text)
    if not isinstance(value, dict):
        return "", ""
    return str(value.get("error_code", "")), clean(address, str(value.get("message", value.get("detail", ""))))


def clean(address: Address, text: str, longest: int = 300) -> str:
    """A text of the server's, fit to be shown: one line, no control characters, nothing secret."""
    line = " ".join(address.redact(text).split())
    shown = "".join(character for character in line if character.isprintable())
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def _quoted(message: str) -> str:
    return f": {message}" if message else ""
