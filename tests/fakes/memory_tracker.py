"""A tracker that writes into a registry in memory."""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from coronet.core.canonical import digest_bytes
from coronet.core.recorded_run import RecordedData
from coronet.core.semantic_version import Schema
from coronet.errors import InvalidInput
from coronet.ports.models import FittedModel, ModelArtifact, OpenRun, TrainerCode
from tests.fakes.memory_registry import MemoryRegistry


class MemoryRun:
    """The port `OpenRun`."""

    def __init__(self, registry: MemoryRegistry, run_id: str) -> None:
        self._registry = registry
        self._id = run_id
        self.params: dict[str, str] = {}
        self.metrics: dict[str, float] = {}
        self.tags: dict[str, str] = {}
        self.data: list[RecordedData] = []
        self._models: dict[str, dict[str, bytes]] = {}

    @property
    def id(self) -> str:
        return self._id

    def log(
        self,
        *,
        params: Mapping[str, str] | None = None,
        metrics: Mapping[str, float] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self.params |= params or {}
        self.metrics |= metrics or {}
        self.tags |= tags or {}

    def log_data(self, data: Sequence[RecordedData]) -> None:
        self.data += data

    def save_model(self, model: FittedModel, *, example: Any, code: TrainerCode | None) -> str:
        return self._save({"MLmodel": repr(model.schema).encode(), "model": repr(model.estimator).encode()})

    def save_model_files(self, location: str) -> str:
        origin = Path(location)
        if origin.is_file():
            return self._save({origin.name: origin.read_bytes()})
        found = {path.relative_to(origin).as_posix(): path.read_bytes() for path in origin.rglob("*") if path.is_file()}
        if not found:
            raise InvalidInput(f"there is no file or folder {location}")
        return self._save(found)

    def register(self, name: str, source: str) -> str:
        return self._registry.add_version(name, run_id=self._id, source=source, files=self._models[source]).version

    def _save(self, files: dict[str, bytes]) -> str:
        source = f"models:/m-{hashlib.sha256(self._id.encode()).hexdigest()[:32]}"
        self._models[source] = files
        return source


class MemoryTracker:
    """The port `Tracker`; `runs` are those it was asked for, oldest first. `schema` is what every file shows."""

    def __init__(self, registry: MemoryRegistry, *, schema: Schema | None = None) -> None:
        self._registry = registry
        self._schema = schema
        self.runs: list[MemoryRun] = []

    @contextlib.contextmanager
    def run(self, *, experiment: str, name: str, tags: Mapping[str, str]) -> Iterator[OpenRun]:
        run = MemoryRun(self._registry, f"{len(self.runs) + 1:032x}")
        self.runs.append(run)

        def become(status: str) -> None:
            self._registry.add_run(
                run.id,
                name=name,
                status=status,
                experiment=experiment,
                params=run.params,
                metrics=run.metrics,
                tags={**tags, **run.tags},
            )

        become("RUNNING")
        try:
            yield run
            become("FINISHED")
        except BaseException:
            become("FAILED")
            raise

    def describe(self, location: str) -> ModelArtifact:
        path = Path(location)
        if not path.is_file():
            raise InvalidInput(f"there is no file {location}")
        return ModelArtifact(digest=digest_bytes(path.read_bytes()), kind="joblib file", schema=self._schema)
