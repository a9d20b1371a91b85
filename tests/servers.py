"""A real `mlflow server` for tests that need one: started once, shared by the workers of a parallel run."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic

import pytest

START_SECONDS = 180


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningServer:
    """`folder` holds its database `mlflow.db`, its `artifacts` and its `log`."""

    url: str
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "mlflow.db"


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for the whole run; tests keep apart by the names of their models."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "mlflow-server"
    folder.mkdir(exist_ok=True)
    with _locked(folder):
        running = _join(folder) or _start(folder)
    yield RunningServer(url=running["url"], folder=folder)
    with _locked(folder):
        _leave(folder)


@contextmanager
def run_server(folder: Path) -> Iterator[RunningServer]:
    """A server of its own, for what runs outside of pytest."""
    running = _start(folder)
    try:
        yield RunningServer(url=running["url"], folder=folder)
    finally:
        _leave(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _join(folder: Path) -> dict[str, str] | None:
    """Count one more user of the server that another worker started."""
    state = folder / "state.json"
    if not state.exists():
        return None
    running = json.loads(state.read_text())
    state.write_text(json.dumps({**running, "users": running["users"] + 1}))
    return dict(running)


def _leave(folder: Path) -> None:
    """Stop the server when its last user leaves."""
    state = folder / "state.json"
    running = json.loads(state.read_text())
    if running["users"] > 1:
        state.write_text(json.dumps({**running, "users": running["users"] - 1}))
        return
    state.unlink()
    os.killpg(running["pid"], signal.SIGTERM)


def _start(folder: Path) -> dict[str, str]:
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        f"{folder}/artifacts",
    ]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=_environment(), stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(process, port, folder / "log")
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    running = {"url": f"http://127.0.0.1:{port}", "pid": process.pid, "users": 1}
    (folder / "state.json").write_text(json.dumps(running))
    return {"url": str(running["url"])}


def _environment() -> dict[str, str]:
    """The server is a process like any other: it knows neither of pytest nor of the caller's registry."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "PYTEST_"))}
    return {**kept, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}


def _wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = monotonic() + START_SECONDS
    while not _is_healthy(port):
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            if monotonic() < end:
                continue
        pytest.fail(f"mlflow server did not start:\n{log.read_text(errors='replace')[-4000:]}")


def _is_healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
