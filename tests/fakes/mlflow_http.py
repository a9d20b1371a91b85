"""The few answers of a tracking server that the hot verbs ask for, out of a registry in memory."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from coronet.errors import CoronetError
from coronet.ports.registry import ModelVersion, RegisteredModel
from tests.fakes.http_server import Answers, Asked, Reply, error_reply, json_reply
from tests.fakes.memory_registry import MemoryRegistry

_API = "/api/2.0/mlflow/"
_FILES = "/api/2.0/mlflow-artifacts/artifacts"
Body = Mapping[str, Any]


def serve_registry(registry: MemoryRegistry) -> Answers:
    """Answers for `StubServer`: what a server with this registry says, in MLflow's words."""

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith(_FILES):
            return _artifacts(registry, asked)
        method = _METHODS.get(asked.path.removeprefix(_API))
        if method is None:
            return error_reply(404, "ENDPOINT_NOT_FOUND", asked.path)
        try:
            found = method(registry, json.loads(asked.body) if asked.method == "POST" else asked.query)
        except CoronetError as error:
            return error_reply(404, "RESOURCE_DOES_NOT_EXIST", error.message)
        return error_reply(404, "RESOURCE_DOES_NOT_EXIST") if found is None else json_reply(found)

    return answer


def _search_models(registry: MemoryRegistry, body: Body) -> Any:
    return {"registered_models": [_model(model) for model in registry.models()]}


def _get_model(registry: MemoryRegistry, body: Body) -> Any:
    found = registry.model(body["name"])
    return {"registered_model": _model(found)} if found else None


def _get_version(registry: MemoryRegistry, body: Body) -> Any:
    found = registry.version(body["name"], body["version"])
    return {"model_version": _version(found)} if found else None


def _search_versions(registry: MemoryRegistry, body: Body) -> Any:
    name = body["filter"].split("'")[1]
    return {"model_versions": [_version(version) for version in registry.versions(name)]}


def _download_uri(registry: MemoryRegistry, body: Body) -> Any:
    found = registry.version(body["name"], body["version"])
    return {"artifact_uri": f"mlflow-artifacts:/models/{found.name}/{found.version}"} if found else None


def _set_alias(registry: MemoryRegistry, body: Body) -> Any:
    registry.set_alias(body["name"], body["alias"], body["version"])
    return {}


def _set_tag(registry: MemoryRegistry, body: Body) -> Any:
    registry.set_version_tags(body["name"], body["version"], {body["key"]: body["value"]})
    return {}


def _get_run(registry: MemoryRegistry, body: Body) -> Any:
    found = registry.run(body["run_id"])
    if found is None:
        return None
    info = {"run_id": found.id, "status": found.status, "experiment_id": "0"}
    return {"run": {"info": {**info, "artifact_uri": f"mlflow-artifacts:/runs/{found.id}"}, "data": {}}}


_METHODS: Mapping[str, Callable[[MemoryRegistry, Body], Any]] = {
    "registered-models/search": _search_models,
    "registered-models/get": _get_model,
    "registered-models/alias": _set_alias,
    "model-versions/get": _get_version,
    "model-versions/search": _search_versions,
    "model-versions/get-download-uri": _download_uri,
    "model-versions/set-tag": _set_tag,
    "runs/get": _get_run,
}


def _artifacts(registry: MemoryRegistry, asked: Asked) -> Reply:
    """A folder listed by `?path=`, a file read or written by its path."""
    target = unquote(asked.path.removeprefix(_FILES)).strip("/")
    if not target:
        folder = asked.query["path"].strip("/")
        return json_reply({"files": _listed(_folder(registry, folder))})
    kind, owner, path = target.split("/", 2)
    if asked.method == "PUT":
        registry.save_run_file(owner, path, asked.body)
        return json_reply({})
    version, _, inside = path.partition("/")
    data = _folder(registry, f"runs/{owner}").get(path) if kind == "runs" else registry.files_of(owner, version)[inside]
    return error_reply(404, "RESOURCE_DOES_NOT_EXIST") if data is None else Reply(body=data)


def _folder(registry: MemoryRegistry, folder: str) -> Mapping[str, bytes]:
    kind, owner, *rest = folder.split("/")
    return registry.files_of_run(owner) if kind == "runs" else registry.files_of(owner, rest[0])


def _listed(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Versions here have plain files alone."""
    return [{"path": path, "is_dir": False, "file_size": len(data)} for path, data in sorted(files.items())]


def _model(model: RegisteredModel) -> dict[str, Any]:
    aliases = [{"alias": alias, "version": version} for alias, version in model.aliases.items()]
    return {"name": model.name, "aliases": aliases, "tags": _pairs(model.tags)}


def _version(version: ModelVersion) -> dict[str, Any]:
    return {
        "name": version.name,
        "version": version.version,
        "run_id": version.run_id,
        "creation_timestamp": int(version.created.timestamp() * 1000),
        "source": version.source,
        "status": version.status,
        "tags": _pairs(version.tags),
    }


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]
