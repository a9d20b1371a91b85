"""Remotes that the contract of `Repository` is run on: one in memory, and git's own, seen in two ways."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from coronet.adapters.git.process import Git
from coronet.adapters.git.repository import GitRepository
from coronet.adapters.git.store import RefStore
from tests.fakes.memory_repository import MemoryRemote

_REFUSING = """#!/bin/sh
test "$1" != "{ref}" || {{ echo "{reason}"; exit 1; }}
"""
# The remote has taken the push, and is gone before it can say so.
_VANISHING = """#!/bin/sh
test "$1" = committed || exit 0
rm hooks/reference-transaction
mv "$PWD" "$PWD.away"
kill -9 $PPID
"""


class RemoteUnderTest(Protocol):
    """What can be done to a remote; `clone` is how everybody else sees it."""

    def clone(self) -> RefStore: ...

    def refuse(self, ref: str, reason: str) -> None:
        """From now on its rules forbid to move `ref`."""
        ...

    def vanish(self) -> None: ...

    def vanish_after_next_push(self) -> None:
        """It takes the next push, and is gone before its answer is out."""
        ...

    def come_back(self) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.remote = MemoryRemote()

    def clone(self) -> RefStore:
        return self.remote.clone()

    def refuse(self, ref: str, reason: str) -> None:
        self.remote.refuses[ref] = reason

    def vanish(self) -> None:
        self.remote.is_down = True

    def vanish_after_next_push(self) -> None:
        self.remote.answers_lost = 1

    def come_back(self) -> None:
        self.remote.is_down = False


class OnDisk:
    """A bare repository; `origin.git` is the remote of clones, or what a program on its host works in."""

    def __init__(self, folder: Path, closing: ExitStack, *, is_host: bool) -> None:
        self.folder = folder
        self.origin = folder / "origin.git"
        self.environment = isolated_environment(folder)
        self._closing = closing
        self._is_host = is_host
        self._clones = 0
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.origin))

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        git = Git(folder=folder or self.folder, environment=self.environment)
        return git.require(*arguments).decode().strip()

    def clone(self) -> GitRepository:
        return self.open(self.origin if self._is_host else self.clone_folder())

    def clone_folder(self, *options: str) -> Path:
        self._clones += 1
        folder = self.folder / f"clone {self._clones}"
        self.git("clone", "--quiet", *options, f"file://{self.origin}", str(folder))
        return folder

    def open(self, folder: Path, *, remote: str = "origin", timeout: float = 60.0) -> GitRepository:
        repository = GitRepository(folder, environment=self.environment, remote=remote, timeout=timeout)
        self._closing.callback(repository.close)
        return repository

    def refuse(self, ref: str, reason: str) -> None:
        self.hook("update", _REFUSING.format(ref=ref, reason=reason))

    def vanish(self) -> None:
        shutil.move(self.origin, self.origin.with_suffix(".git.away"))

    def vanish_after_next_push(self) -> None:
        self.hook("reference-transaction", _VANISHING)

    def come_back(self) -> None:
        shutil.move(self.origin.with_suffix(".git.away"), self.origin)

    def hook(self, name: str, script: str) -> None:
        path = self.origin / "hooks" / name
        path.write_text(script)
        path.chmod(0o755)


def isolated_environment(home: Path) -> dict[str, str]:
    """An environment in which git knows nothing of the user's settings."""
    kept = {name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_START") if name in os.environ}
    return {**kept, "HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@contextmanager
def on_disk(folder: Path, *, is_host: bool = False) -> Iterator[OnDisk]:
    with ExitStack() as closing:
        yield OnDisk(folder, closing, is_host=is_host)
