"""Typing command lines in a clone: the process's own `run`, its streams as a shell would see them."""

import copy
import io
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from coronet.cli.main import run
from coronet.core.timestamps import format_time
from coronet.core.version_tags import Tag
from coronet.ports.registry import ModelVersion
from tests.fakes.http_server import StubServer
from tests.fakes.mlflow_http import serve_registry
from tests.stage.stage import MODEL, Stage


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What a command line left: its exit code, and both streams."""

    code: int
    out: str
    err: str


class CliStage(Stage):
    """The stage for a process: its versions have the files that their digests say."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.git("config", "remote.origin.url", "../origin.git", folder=self.work)

    def train(self, *, summary: str = "more trees", **facts: object) -> ModelVersion:
        made = super().train(summary=summary, **facts)
        self.registry.change_files(MODEL, made.version, {"MLmodel": f"version {made.version}\n".encode()})
        digest = self.registry.artifact_digest(made)
        self.registry.set_version_tags(MODEL, made.version, {str(Tag.DIGEST): digest})
        found = self.registry.version(MODEL, made.version)
        assert found is not None
        return found

    def copy_to(self, folder: Path) -> "CliStage":
        """The same world in another folder, to be played in."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other = copy.copy(self)
        other.folder = folder
        other.environment = {**self.environment, "HOME": str(folder)}
        other.registry, other.clock = copy.deepcopy(self.registry), copy.deepcopy(self.clock)
        return other


def type_in(stage: CliStage, *arguments: str, actor: str = "engineer", **environment: str) -> Typed:
    """Run `coronet ARGUMENTS` in the clone at the stage's time, against a server with its registry."""
    server = StubServer()
    server.answer = serve_registry(stage.registry)
    with server.running():
        return type_at(stage, server.url, *arguments, actor=actor, **environment)


def type_at(stage: CliStage, registry: str, *arguments: str, actor: str = "engineer", **environment: str) -> Typed:
    """The same against a registry at that address."""
    variables = {
        **stage.environment,
        "CORONET_NOW": format_time(stage.clock.now()),
        "CORONET_ACTOR": actor,
        "MLFLOW_TRACKING_URI": registry,
        **environment,
    }
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with _process(stage.work, variables), redirect_stdout(out), redirect_stderr(err):
        code = run(list(arguments))
    return Typed(code=code, out=_written(out), err=_said(err))


@contextmanager
def _process(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """As a process of its own would begin: in this folder, with these variables and no others."""
    before, here = dict(os.environ), Path.cwd()
    os.environ.clear()
    os.environ.update({name: value for name, value in environment.items() if value})
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    data = stream.detach()
    assert isinstance(data, io.BytesIO)
    return data.getvalue().decode()


def _said(stream: io.TextIOWrapper) -> str:
    """What was said beside the warning that the time is a told one."""
    lines = _written(stream).splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("warning: the time is "))
