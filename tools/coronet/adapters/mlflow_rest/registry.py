"""The registry of a tracking server, over its REST API alone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from coronet.adapters.artifact_places import Place, place_of
from coronet.adapters.artifact_trees import check_artifact_path, digest_files
from coronet.adapters.mlflow_rest.answers import Absent, understood
from coronet.adapters.mlflow_rest.artifacts import served_folder
from coronet.adapters.mlflow_rest.server import Server
from coronet.adapters.registry_rules import (
    check_alias,
    is_run_id,
    is_version,
    missing_files,
    missing_run,
    missing_version,
    search_filter,
)
from coronet.ports.registry import ModelVersion, RegisteredModel, Run

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAGE = "1000"
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class RestRegistry:
    """The port `Registry`. Nothing is kept between calls: each answers what the server says now."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def models(self) -> tuple[RegisteredModel, ...]:
        found = self._pages("registered-models/search", "registered_models", max_results=_PAGE)
        with understood(self._server.address):
            return tuple(sorted((_model(item) for item in found), key=lambda model: model.name))

    def model(self, name: str) -> RegisteredModel | None:
        answer = self._find("registered-models/get", name=name) if name else None
        with understood(self._server.address):
            return _model(answer["registered_model"]) if answer is not None else None

    def version(self, name: str, version: str) -> ModelVersion | None:
        if not name or not is_version(version):
            return None
        answer = self._find("model-versions/get", name=name, version=version)
        with understood(self._server.address):
            return _version(answer["model_version"]) if answer is not None else None

    def versions(self, name: str) -> tuple[ModelVersion, ...]:
        query = {"filter": search_filter(name), "order_by": "version_number DESC", "max_results": _PAGE}
        found = self._pages("model-versions/search", "model_versions", **query)
        with understood(self._server.address):
            versions = [_version(item) for item in found]
            return tuple(sorted((v for v in versions if v.name == name), key=lambda v: int(v.version), reverse=True))

    def set_alias(self, name: str, alias: str, version: str) -> None:
        check_alias(alias)
        self._change_version("registered-models/alias", name, version, alias=alias)

    def set_version_tags(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        for key, value in tags.items():
            self._change_version("model-versions/set-tag", name, version, key=key, value=value)

    def artifact_digest(self, version: ModelVersion) -> str:
        answer = self._find("model-versions/get-download-uri", name=version.name, version=version.version)
        if answer is None:
            raise missing_version(version.name, version.version)
        with understood(self._server.address):
            uri = str(answer["artifact_uri"])
        digest = digest_files(self._place(uri).read())
        if digest is None:
            raise missing_files(version.name, version.version)
        return digest

    def run(self, run_id: str) -> Run | None:
        found = self._run(run_id)
        if found is None:
            return None
        with understood(self._server.address):
            experiment = str(found["info"]["experiment_id"])
        named = self._find("experiments/get", experiment_id=experiment)
        with understood(self._server.address):
            return _run(found, str(named["experiment"]["name"]) if named is not None else experiment)

    def load_run_file(self, run_id: str, path: str) -> bytes | None:
        check_artifact_path(path)
        found = self._run(run_id)
        return self._run_files(found).load(path) if found is not None else None

    def save_run_file(self, run_id: str, path: str, data: bytes) -> None:
        check_artifact_path(path)
        found = self._run(run_id)
        if found is None:
            raise missing_run(run_id)
        self._run_files(found).save(path, data)

    # --- asking ---

    def _find(self, method: str, **query: str) -> dict[str, Any] | None:
        try:
            return self._server.get(method, **query)
        except Absent:
            return None

    def _pages(self, method: str, key: str, **query: str) -> Iterator[dict[str, Any]]:
        seen = {""}
        token = ""
        while True:
            answer = self._server.get(method, **query, **({"page_token": token} if token else {}))
            with understood(self._server.address):
                yield from answer.get(key, [])
                token = str(answer.get("next_page_token") or "")
            if token in seen:
                return
            seen.add(token)

    def _change_version(self, method: str, name: str, version: str, **change: str) -> None:
        if not is_version(version):
            raise missing_version(name, version)
        try:
            self._server.post(method, {"name": name, "version": version, **change})
        except Absent:
            raise missing_version(name, version) from None

    def _run(self, run_id: str) -> Mapping[str, Any] | None:
        answer = self._find("runs/get", run_id=run_id) if is_run_id(run_id) else None
        with understood(self._server.address):
            return dict(answer["run"]) if answer is not None else None

    def _run_files(self, run: Mapping[str, Any]) -> Place:
        with understood(self._server.address):
            uri = str(run["info"]["artifact_uri"])
        return self._place(uri)

    def _place(self, uri: str) -> Place:
        with understood(self._server.address):
            return served_folder(self._server, uri) or place_of(uri, here=self._server.address.host in _THIS_MACHINE)


def _model(item: Mapping[str, Any]) -> RegisteredModel:
    aliases = {str(alias["alias"]): str(alias["version"]) for alias in item.get("aliases", [])}
    return RegisteredModel(name=str(item["name"]), aliases=aliases, tags=_pairs(item.get("tags", [])))


def _version(item: Mapping[str, Any]) -> ModelVersion:
    return ModelVersion(
        name=str(item["name"]),
        version=str(int(item["version"])),
        run_id=str(item.get("run_id", "")),
        created=_EPOCH + timedelta(seconds=int(item["creation_timestamp"]) // 1000),
        source=str(item.get("source", "")),
        status=str(item.get("status", "READY")),
        tags=_pairs(item.get("tags", [])),
    )


def _run(item: Mapping[str, Any], experiment: str) -> Run:
    info, data = item["info"], item.get("data", {})
    return Run(
        id=str(info["run_id"]),
        name=str(info.get("run_name", "")),
        status=str(info["status"]),
        experiment=experiment,
        params=_pairs(data.get("params", [])),
        metrics={str(metric["key"]): float(metric["value"]) for metric in data.get("metrics", [])},
        tags=_pairs(data.get("tags", [])),
    )


def _pairs(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Empty values are left out of the answer."""
    return {str(item["key"]): str(item.get("value", "")) for item in items}
