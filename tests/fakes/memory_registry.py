"""A registry in memory that can be told what is there, when to fail, and what others do meanwhile."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from coronet.adapters.artifact_trees import check_artifact_path, digest_files
from coronet.adapters.registry_rules import check_alias, is_version, missing_files, missing_run, missing_version
from coronet.ports.registry import ModelVersion, RegisteredModel, Run

EPOCH = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


Answer = TypeVar("Answer")


class Moment(StrEnum):
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call of the port: `str(call)` reads `set_alias(iris, champion, 2)`."""

    method: str
    arguments: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.method}({', '.join(str(argument) for argument in self.arguments)})"


Hook = Callable[[Call], None]
WRITES = frozenset({"set_alias", "set_version_tags", "save_run_file"})


@dataclass(kw_only=True, slots=True)
class _Planned:
    method: str
    moment: Moment
    hook: Hook
    skip: int
    times: int | None


@dataclass(kw_only=True, slots=True)
class _Model:
    tags: dict[str, str]
    aliases: dict[str, str] = field(default_factory=dict)
    versions: dict[str, ModelVersion] = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    last: int = 0


class MemoryRegistry:
    """The port `Registry`. What `add_…`, `delete_…` and `change_…` do is not recorded in `calls`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._models: dict[str, _Model] = {}
        self._runs: dict[str, Run] = {}
        self._run_files: dict[tuple[str, str], bytes] = {}
        self._planned: list[_Planned] = []
        self._made = 0

    # --- what is there ---

    def add_model(self, name: str, *, tags: Mapping[str, str] | None = None) -> None:
        self._models.setdefault(name, _Model(tags={})).tags.update(tags or {})

    def add_version(
        self,
        name: str,
        *,
        version: str | None = None,
        digest: str | None = None,
        files: Mapping[str, bytes] | None = None,
        tags: Mapping[str, str] | None = None,
        created: datetime | None = None,
        run_id: str | None = None,
        source: str | None = None,
        status: str = "READY",
        aliases: Sequence[str] = (),
    ) -> ModelVersion:
        """Register a version: the next number, one second after the one before, with one file of its own.

        `digest` replaces the digest of `files`; `aliases` are pointed at it.
        """
        self.add_model(name)
        model = self._models[name]
        self._made += 1
        number = version or str(model.last + 1)
        model.last = max(model.last, int(number))
        made = ModelVersion(
            name=name,
            version=number,
            run_id=f"{self._made:032x}" if run_id is None else run_id,
            created=created or EPOCH + timedelta(seconds=self._made),
            source=source or f"models:/m-{self._made:032x}",
            status=status,
            tags=dict(tags or {}),
        )
        model.versions[number] = made
        model.files[number] = dict(files) if files is not None else {"MLmodel": f"{name} {self._made}\n".encode()}
        if digest:
            model.digests[number] = digest
        model.aliases.update(dict.fromkeys(aliases, number))
        return made

    def add_run(
        self,
        run_id: str,
        *,
        name: str = "run",
        status: str = "FINISHED",
        experiment: str = "Default",
        params: Mapping[str, str] | None = None,
        metrics: Mapping[str, float] | None = None,
        tags: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Run:
        run = Run(
            id=run_id,
            name=name,
            status=status,
            experiment=experiment,
            params=dict(params or {}),
            metrics=dict(metrics or {}),
            tags=dict(tags or {}),
        )
        self._runs[run_id] = run
        self._run_files.update({(run_id, path): data for path, data in (files or {}).items()})
        return run

    def change_alias(self, name: str, alias: str, version: str | None) -> None:
        """Move an alias behind everybody's back; None deletes it."""
        aliases = self._models[name].aliases
        if version is None:
            aliases.pop(alias, None)
        else:
            aliases[alias] = version

    def change_files(self, name: str, version: str, files: Mapping[str, bytes]) -> None:
        """Replace the artifacts of a version that is already registered."""
        self._models[name].files[version] = dict(files)
        self._models[name].digests.pop(version, None)

    def change_digest(self, name: str, version: str, digest: str) -> None:
        self._models[name].digests[version] = digest

    def delete_version(self, name: str, version: str) -> None:
        """The aliases on it vanish with it; its number is not used again while the model lives."""
        model = self._models[name]
        del model.versions[version]
        model.aliases = {alias: held for alias, held in model.aliases.items() if held != version}

    def delete_model(self, name: str) -> None:
        """A model made again under this name counts from 1."""
        del self._models[name]

    def files_of(self, name: str, version: str) -> Mapping[str, bytes]:
        """The artifacts of a version."""
        return dict(self._models[name].files[version])

    def files_of_run(self, run_id: str) -> Mapping[str, bytes]:
        return {path: data for (run, path), data in self._run_files.items() if run == run_id}

    # --- what goes wrong ---

    def fail(
        self, method: str, error: Exception, *, moment: Moment = Moment.BEFORE, skip: int = 0, times: int | None = 1
    ) -> None:
        """Raise `error` in the next `times` calls of `method` (None: all), after letting `skip` of them pass.

        With `Moment.AFTER` a write has happened although the caller sees it fail.
        """

        def raise_it(call: Call) -> None:
            raise error

        self.meanwhile(method, raise_it, moment=moment, skip=skip, times=times)

    def meanwhile(
        self, method: str, hook: Hook, *, moment: Moment = Moment.BEFORE, skip: int = 0, times: int | None = 1
    ) -> None:
        """Run `hook` before or after calls of `method`: what somebody else does at that moment."""
        self._planned.append(_Planned(method=method, moment=moment, hook=hook, skip=skip, times=times))

    @property
    def writes(self) -> list[Call]:
        """The calls that change something, in order, whether or not they were made to fail."""
        return [call for call in self.calls if call.method in WRITES]

    # --- the port ---

    def models(self) -> tuple[RegisteredModel, ...]:
        return self._perform("models", (), lambda: tuple(self._registered(name) for name in sorted(self._models)))

    def model(self, name: str) -> RegisteredModel | None:
        return self._perform("model", (name,), lambda: self._registered(name) if name in self._models else None)

    def version(self, name: str, version: str) -> ModelVersion | None:
        return self._perform("version", (name, version), lambda: self._find(name, version))

    def versions(self, name: str) -> tuple[ModelVersion, ...]:
        return self._perform("versions", (name,), lambda: self._newest_first(name))

    def set_alias(self, name: str, alias: str, version: str) -> None:
        check_alias(alias)

        def write() -> None:
            self._must_find(name, version)
            self._models[name].aliases[alias] = version

        self._perform("set_alias", (name, alias, version), write)

    def set_version_tags(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        def write() -> None:
            if not tags:
                return
            found = self._must_find(name, version)
            self._models[name].versions[version] = replace(found, tags={**found.tags, **tags})

        self._perform("set_version_tags", (name, version, dict(tags)), write)

    def artifact_digest(self, version: ModelVersion) -> str:
        def read() -> str:
            self._must_find(version.name, version.version)
            model = self._models[version.name]
            return model.digests.get(version.version) or _digest(version, model.files[version.version])

        return self._perform("artifact_digest", (version.name, version.version), read)

    def run(self, run_id: str) -> Run | None:
        return self._perform("run", (run_id,), lambda: self._runs.get(run_id))

    def load_run_file(self, run_id: str, path: str) -> bytes | None:
        check_artifact_path(path)
        return self._perform("load_run_file", (run_id, path), lambda: self._run_files.get((run_id, path)))

    def save_run_file(self, run_id: str, path: str, data: bytes) -> None:
        check_artifact_path(path)

        def write() -> None:
            if run_id not in self._runs:
                raise missing_run(run_id)
            self._run_files[run_id, path] = data

        self._perform("save_run_file", (run_id, path, data), write)

    # --- within ---

    def _perform(self, method: str, arguments: tuple[Any, ...], action: Callable[[], Answer]) -> Answer:
        call = Call(method=method, arguments=arguments)
        self.calls.append(call)
        self._run_hooks(call, Moment.BEFORE)
        answer = action()
        self._run_hooks(call, Moment.AFTER)
        return answer

    def _run_hooks(self, call: Call, moment: Moment) -> None:
        for planned in [plan for plan in self._planned if (plan.method, plan.moment) == (call.method, moment)]:
            if planned.skip:
                planned.skip -= 1
            elif planned.times is None or planned.times > 0:
                planned.times = None if planned.times is None else planned.times - 1
                planned.hook(call)

    def _registered(self, name: str) -> RegisteredModel:
        model = self._models[name]
        return RegisteredModel(name=name, aliases=dict(model.aliases), tags=dict(model.tags))

    def _find(self, name: str, version: str) -> ModelVersion | None:
        return self._models[name].versions.get(version) if name in self._models and is_version(version) else None

    def _must_find(self, name: str, version: str) -> ModelVersion:
        found = self._find(name, version)
        if found is None:
            raise missing_version(name, version)
        return found

    def _newest_first(self, name: str) -> tuple[ModelVersion, ...]:
        found = self._models[name].versions.values() if name in self._models else ()
        return tuple(sorted(found, key=lambda version: int(version.version), reverse=True))


def _digest(version: ModelVersion, files: Mapping[str, bytes]) -> str:
    digest = digest_files({path: (hashlib.sha256(data).hexdigest(), len(data)) for path, data in files.items()})
    if digest is None:
        raise missing_files(version.name, version.version)
    return digest
