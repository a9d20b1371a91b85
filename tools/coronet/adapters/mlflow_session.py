"""MLflow's own client: patient for seconds instead of minutes, and with errors that say what to do."""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coronet.adapters.mlflow_door import open_mlflow
from coronet.errors import Conflict, CoronetError, InvalidInput, Unavailable

if TYPE_CHECKING:
    from mlflow import MlflowClient

# MLflow's defaults repeat for four minutes while a server is down.
_PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "30"}
_GONE = frozenset({"RESOURCE_DOES_NOT_EXIST", "NOT_FOUND"})
_NOT_ACCEPTED = frozenset({"INVALID_PARAMETER_VALUE", "BAD_REQUEST", "INVALID_STATE"})


def open_client(uri: str) -> "MlflowClient":
    """A client of the tracking server or database at `uri`, for runs and the registry alike.

    It becomes this process's own as well: MLflow looks for logged models at the process's address,
    whatever client is asked.
    """
    for name, value in _PATIENCE.items():
        os.environ.setdefault(name, value)
    mlflow = open_mlflow()
    with translated(uri), _environment_kept():
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        return mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)


@contextlib.contextmanager
def _environment_kept() -> Iterator[None]:
    """MLflow writes an address that is set into the environment, where it would pass for the user's choice."""
    before = {name: os.environ.get(name) for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def is_taken(error: Exception) -> bool:
    """Whether MLflow refused to make something because somebody else made it just before."""
    return getattr(error, "error_code", "") == "RESOURCE_ALREADY_EXISTS"


@contextlib.contextmanager
def translated(uri: str) -> Iterator[None]:
    """What MLflow raises, in this program's errors; nothing secret of `uri` is repeated."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except MlflowException as error:
        raise _meaning(uri, error.error_code, _first_line(error)) from error
    except (OSError, SQLAlchemyError) as error:
        raise _unavailable(uri, _first_line(error)) from error


def _meaning(uri: str, code: str, said: str) -> CoronetError:
    text = _redact(uri, said)
    if code in _GONE:
        return Conflict(f"the registry does not have it: {text}", hint="it was deleted meanwhile: look, and try again")
    if code in _NOT_ACCEPTED:
        return InvalidInput(f"the registry does not accept it: {text}")
    return _unavailable(uri, said)


def _unavailable(uri: str, said: str) -> Unavailable:
    hint = "try again; if it stays so, see whether the registry is up"
    if "out-of-date database schema" in said:
        hint = "bring the database to this MLflow's version: `mlflow db upgrade` with its URI"
    return Unavailable(f"the registry at {_without_password(uri)} failed: {_redact(uri, said)}", hint=hint)


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _redact(uri: str, text: str) -> str:
    return text.replace(uri, _without_password(uri)).replace(urlsplit(uri).password or "\0", "***")


def _without_password(uri: str) -> str:
    parts = urlsplit(uri)
    return uri if "@" not in parts.netloc else uri.replace(parts.netloc, parts.netloc.rpartition("@")[2])
