"""The registries that the contract is tested on, and how each comes to hold something."""

import json
import math
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote
from urllib.request import Request, urlopen

from coronet.adapters.mlflow_database import create_database, database_uri
from coronet.adapters.mlflow_rest.address import parse_address
from coronet.adapters.mlflow_rest.registry import RestRegistry
from coronet.adapters.mlflow_rest.server import Server
from coronet.adapters.mlflow_session import open_client
from coronet.adapters.mlflow_store import StoreRegistry
from coronet.ports.registry import Registry
from tests.fakes.memory_registry import MemoryRegistry
from tests.servers import RunningServer

Files = Mapping[str, bytes]
MODEL: Files = {"MLmodel": b"flavors: {}\n", "model.skops": b"\x00\x01", "input/example.json": b"{}"}


class World(Protocol):
    """A registry, and what others do to it without the port."""

    @property
    def registry(self) -> Registry: ...

    def another(self) -> Registry:
        """The same registry as another process sees it."""
        ...

    def add_model(self, name: str, *, tags: Mapping[str, str]) -> None: ...

    def add_version(self, name: str, files: Files = MODEL, *, tags: Mapping[str, str] | None = None) -> str: ...

    def change_files(self, name: str, version: str, files: Files) -> None:
        """Replace the artifacts of a registered version by `files`."""
        ...

    def delete_version(self, name: str, version: str) -> None: ...

    def delete_model(self, name: str) -> None: ...

    def dangle_alias(self, name: str, alias: str, version: str) -> None:
        """Leave an alias on a version that is not there, as a deletion raced by a write does."""
        ...

    def add_run(
        self, *, name: str, params: Mapping[str, str], metrics: Mapping[str, float], tags: Mapping[str, str]
    ) -> str: ...


class MemoryWorld:
    def __init__(self) -> None:
        self.registry = MemoryRegistry()
        self._runs = 0

    def another(self) -> Registry:
        return self.registry

    def add_model(self, name: str, *, tags: Mapping[str, str]) -> None:
        self.registry.add_model(name, tags=tags)

    def add_version(self, name: str, files: Files = MODEL, *, tags: Mapping[str, str] | None = None) -> str:
        return self.registry.add_version(name, files=files, tags=tags).version

    def change_files(self, name: str, version: str, files: Files) -> None:
        self.registry.change_files(name, version, files)

    def delete_version(self, name: str, version: str) -> None:
        self.registry.delete_version(name, version)

    def delete_model(self, name: str) -> None:
        self.registry.delete_model(name)

    def dangle_alias(self, name: str, alias: str, version: str) -> None:
        self.registry.change_alias(name, alias, version)

    def add_run(
        self, *, name: str, params: Mapping[str, str], metrics: Mapping[str, float], tags: Mapping[str, str]
    ) -> str:
        self._runs += 1
        return self.registry.add_run(f"run{self._runs}", name=name, params=params, metrics=metrics, tags=tags).id


class StoreWorld:
    """An SQLite file, filled through MLflow's own client."""

    def __init__(self, path: Path) -> None:
        create_database(path)
        self._path = path
        self._client = open_client(database_uri(path))
        self.registry = self.another()

    def another(self) -> Registry:
        return StoreRegistry(database_uri(self._path))

    def add_model(self, name: str, *, tags: Mapping[str, str]) -> None:
        self._client.create_registered_model(name, tags=dict(tags))

    def add_version(self, name: str, files: Files = MODEL, *, tags: Mapping[str, str] | None = None) -> str:
        if self.registry.model(name) is None:
            self._client.create_registered_model(name)
        run = self._client.create_run("0")
        model = self._client.create_logged_model("0", source_run_id=run.info.run_id)
        write_files(_folder(model.artifact_location), files)
        made = self._client.create_model_version(
            name, f"models:/{model.model_id}", run.info.run_id, tags=dict(tags or {}), model_id=model.model_id
        )
        return str(made.version)

    def change_files(self, name: str, version: str, files: Files) -> None:
        folder = _folder(self._client.get_model_version_download_uri(name, version))
        remove_files(folder)
        write_files(folder, files)

    def delete_version(self, name: str, version: str) -> None:
        self._client.delete_model_version(name, version)

    def delete_model(self, name: str) -> None:
        self._client.delete_registered_model(name)

    def dangle_alias(self, name: str, alias: str, version: str) -> None:
        insert_alias(self._path, name, alias, version)

    def add_run(
        self, *, name: str, params: Mapping[str, str], metrics: Mapping[str, float], tags: Mapping[str, str]
    ) -> str:
        run_id = str(self._client.create_run("0", run_name=name, tags=dict(tags)).info.run_id)
        for key, value in params.items():
            self._client.log_param(run_id, key, value)
        for key, number in metrics.items():
            self._client.log_metric(run_id, key, number)
        self._client.set_terminated(run_id)
        return run_id


class ServerWorld:
    """A tracking server, filled over its REST API by another client than ours."""

    def __init__(self, server: RunningServer) -> None:
        self._running = server
        self.registry = self.another()

    def another(self) -> Registry:
        return RestRegistry(Server(parse_address(self._running.url, {})))

    def add_model(self, name: str, *, tags: Mapping[str, str]) -> None:
        self._post("registered-models/create", {"name": name, "tags": _pairs(tags)})

    def add_version(self, name: str, files: Files = MODEL, *, tags: Mapping[str, str] | None = None) -> str:
        if self.registry.model(name) is None:
            self.add_model(name, tags={})
        run_id = self._post("runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
        made = self._post("logged-models", {"experiment_id": "0", "source_run_id": run_id})["model"]["info"]
        self._upload(made["artifact_uri"], files)
        version = {"name": name, "source": f"models:/{made['model_id']}", "run_id": run_id, "tags": _pairs(tags or {})}
        answer = self._post("model-versions/create", {**version, "model_id": made["model_id"]})
        return str(answer["model_version"]["version"])

    def change_files(self, name: str, version: str, files: Files) -> None:
        answer = self._ask("GET", f"/api/2.0/mlflow/model-versions/get-download-uri?name={name}&version={version}")
        uri = str(answer["artifact_uri"])
        remove_files(self._running.folder / "artifacts" / uri.removeprefix("mlflow-artifacts:/"))
        self._upload(uri, files)

    def delete_version(self, name: str, version: str) -> None:
        self._ask("DELETE", "/api/2.0/mlflow/model-versions/delete", {"name": name, "version": version})

    def delete_model(self, name: str) -> None:
        self._ask("DELETE", "/api/2.0/mlflow/registered-models/delete", {"name": name})

    def dangle_alias(self, name: str, alias: str, version: str) -> None:
        insert_alias(self._running.database, name, alias, version)

    def add_run(
        self, *, name: str, params: Mapping[str, str], metrics: Mapping[str, float], tags: Mapping[str, str]
    ) -> str:
        created = self._post("runs/create", {"experiment_id": "0", "run_name": name, "tags": _pairs(tags)})
        run_id = str(created["run"]["info"]["run_id"])
        measured = [{"key": key, "value": _number(number), "timestamp": 1} for key, number in metrics.items()]
        self._post("runs/log-batch", {"run_id": run_id, "params": _pairs(params), "metrics": measured})
        self._post("runs/update", {"run_id": run_id, "status": "FINISHED"})
        return run_id

    def _upload(self, uri: str, files: Files) -> None:
        folder = uri.removeprefix("mlflow-artifacts:")
        for path, data in files.items():
            self._send("PUT", f"/api/2.0/mlflow-artifacts/artifacts{folder}/{quote(path)}", data)

    def _post(self, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._ask("POST", f"/api/2.0/mlflow/{method}", body)

    def _ask(self, verb: str, target: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        answer = self._send(verb, target, json.dumps(body).encode() if body is not None else None)
        return dict(json.loads(answer or b"{}"))

    def _send(self, verb: str, target: str, body: bytes | None) -> bytes:
        headers = {"Content-Type": "application/json"}
        with urlopen(Request(self._running.url + target, body, headers, method=verb), timeout=60) as answer:
            return bytes(answer.read())


def write_files(folder: Path, files: Files) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def remove_files(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()


def insert_alias(database: Path, name: str, alias: str, version: str) -> None:
    with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        connection.execute(
            "INSERT INTO registered_model_aliases (alias, version, name, workspace) VALUES (?, ?, ?, 'default')",
            (alias, int(version), name),
        )


def _folder(uri: str) -> Path:
    return Path(uri.removeprefix("file://"))


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _number(value: float) -> float | str:
    """JSON has no NaN; the server takes this word for it, and any other writing of it for 0."""
    return "NaN" if math.isnan(value) else value
