"""The registry in an SQLite file, through MLflow's own client: for the demo and the laptop."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from coronet.adapters.artifact_places import Place, place_of
from coronet.adapters.artifact_trees import check_artifact_path, digest_files
from coronet.adapters.mlflow_database import check_database, check_tables, database_path, database_uri
from coronet.adapters.mlflow_session import open_client, translated
from coronet.adapters.registry_rules import (
    check_alias,
    is_run_id,
    is_version,
    missing_files,
    missing_run,
    missing_version,
    search_filter,
)
from coronet.errors import Conflict, InvalidInput
from coronet.ports.registry import ModelVersion, RegisteredModel, Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAGE = 1000
_ATTEMPTS = 5

Answer = TypeVar("Answer")


class StoreRegistry:
    """The port `Registry`. MLflow is imported at the first question, not before.

    Raises `Unavailable` where the file is missing, is no MLflow database, or has another version's tables:
    MLflow itself would make a new one, or change the old one, without being asked.
    """

    def __init__(self, uri: str) -> None:
        self._path = database_path(uri)
        self._uri = database_uri(self._path)
        check_database(self._path)

    def models(self) -> tuple[RegisteredModel, ...]:
        found = self._pages(lambda client, token: client.search_registered_models(max_results=_PAGE, page_token=token))
        return tuple(sorted((_model(entity) for entity in found), key=lambda model: model.name))

    def model(self, name: str) -> RegisteredModel | None:
        found = self._find(lambda client: client.get_registered_model(name)) if name else None
        return _model(found) if found else None

    def version(self, name: str, version: str) -> ModelVersion | None:
        if not name or not is_version(version):
            return None
        found = self._find(lambda client: client.get_model_version(name, version))
        return _version(found) if found else None

    def versions(self, name: str) -> tuple[ModelVersion, ...]:
        wanted = search_filter(name)
        found = self._pages(
            lambda client, token: client.search_model_versions(wanted, max_results=_PAGE, page_token=token)
        )
        versions = (_version(entity) for entity in found if entity.name == name)
        return tuple(sorted(versions, key=lambda version: int(version.version), reverse=True))

    def set_alias(self, name: str, alias: str, version: str) -> None:
        check_alias(alias)
        self._change(name, version, lambda client: client.set_registered_model_alias(name, alias, version))

    def set_version_tags(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        def write(client: "MlflowClient") -> None:
            for key, value in tags.items():
                client.set_model_version_tag(name, version, key, value)

        self._change(name, version, write)

    def artifact_digest(self, version: ModelVersion) -> str:
        uri = self._find(lambda client: client.get_model_version_download_uri(version.name, version.version))
        if uri is None:
            raise missing_version(version.name, version.version)
        digest = digest_files(place_of(uri, here=True).read())
        if digest is None:
            raise missing_files(version.name, version.version)
        return digest

    def run(self, run_id: str) -> Run | None:
        found = self._find(lambda client: client.get_run(run_id)) if is_run_id(run_id) else None
        if found is None:
            return None
        experiment = self._find(lambda client: client.get_experiment(found.info.experiment_id))
        return _run(found, experiment.name if experiment else found.info.experiment_id)

    def load_run_file(self, run_id: str, path: str) -> bytes | None:
        check_artifact_path(path)
        files = self._run_files(run_id)
        return files.load(path) if files else None

    def save_run_file(self, run_id: str, path: str, data: bytes) -> None:
        check_artifact_path(path)
        files = self._run_files(run_id)
        if files is None:
            raise missing_run(run_id)
        files.save(path, data)

    # --- asking ---

    @cached_property
    def _client(self) -> "MlflowClient":
        check_tables(self._path)
        return open_client(self._uri)

    def _find(self, question: "Callable[[MlflowClient], Answer]") -> Answer | None:
        client = self._client
        try:
            with translated(self._uri):
                return question(client)
        except Conflict:
            return None

    def _pages(self, question: "Callable[[MlflowClient, str | None], Any]") -> Iterator[Any]:
        client, token = self._client, None
        while True:
            with translated(self._uri):
                page = question(client, token)
            yield from page
            token = page.token
            if not token:
                return

    def _change(self, name: str, version: str, write: "Callable[[MlflowClient], object]") -> None:
        if not is_version(version):
            raise missing_version(name, version)
        client = self._client
        for remaining in reversed(range(_ATTEMPTS)):
            try:
                with translated(self._uri):
                    write(client)
                return
            except Conflict:
                raise missing_version(name, version) from None
            except InvalidInput as error:
                # Two writers of the first value of an alias or tag: the slower one finds the row of the other.
                if "IntegrityError" not in error.message or not remaining:
                    raise

    def _run_files(self, run_id: str) -> Place | None:
        found = self._find(lambda client: client.get_run(run_id)) if is_run_id(run_id) else None
        return place_of(found.info.artifact_uri, here=True) if found else None


def _model(entity: Any) -> RegisteredModel:
    aliases = {alias: str(version) for alias, version in entity.aliases.items()}
    return RegisteredModel(name=entity.name, aliases=aliases, tags=dict(entity.tags))


def _version(entity: Any) -> ModelVersion:
    return ModelVersion(
        name=entity.name,
        version=str(entity.version),
        run_id=entity.run_id or "",
        created=_EPOCH + timedelta(seconds=entity.creation_timestamp // 1000),
        source=entity.source or "",
        status=str(entity.status),
        tags=dict(entity.tags),
    )


def _run(entity: Any, experiment: str) -> Run:
    return Run(
        id=entity.info.run_id,
        name=entity.info.run_name or "",
        status=str(entity.info.status),
        experiment=experiment,
        params=dict(entity.data.params),
        metrics=dict(entity.data.metrics),
        tags=dict(entity.data.tags),
    )
