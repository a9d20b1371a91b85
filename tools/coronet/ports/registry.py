"""The model registry: what is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisteredModel:
    name: str
    aliases: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelVersion:
    """`created` (whole seconds, as files write it) and `source` tell it from one recreated under its number."""

    name: str
    version: str
    run_id: str
    created: datetime
    source: str
    status: str = "READY"
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    id: str
    name: str
    status: str
    experiment: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]


class Registry(Protocol):
    """The model registry. It guards nothing: no history, no compare-and-swap; the log does that."""

    def models(self) -> tuple[RegisteredModel, ...]:
        """Every registered model with its aliases, by name."""
        ...

    def model(self, name: str) -> RegisteredModel | None: ...

    def version(self, name: str, version: str) -> ModelVersion | None:
        """None also for what is no version number, such as `007` or `latest`."""
        ...

    def versions(self, name: str) -> tuple[ModelVersion, ...]:
        """Newest first; empty where the model is not registered."""
        ...

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Point `alias` at `version`; safe to repeat.

        Raises `Conflict` where there is no such version, `InvalidInput` for a name that is no alias.
        """
        ...

    def set_version_tags(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        """Add or overwrite tags, one after the other; raises `Conflict` where there is no such version."""
        ...

    def artifact_digest(self, version: ModelVersion) -> str:
        """The tree digest (`digest_tree`) of the version's files as they are now, read again each time.

        Raises `Conflict` where the version is gone, has no files, or they change while they are read;
        `InvalidInput` where a file's name would lead out of the folder.
        """
        ...

    def run(self, run_id: str) -> Run | None: ...

    def load_run_file(self, run_id: str, path: str) -> bytes | None:
        """None where there is no such run or file; `path` is relative, with `/`."""
        ...

    def save_run_file(self, run_id: str, path: str, data: bytes) -> None:
        """Write or replace a file of a run; raises `Conflict` where there is no such run."""
        ...
