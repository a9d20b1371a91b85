"""Writers in processes of their own, at once, on one remote."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.forges import LocalForgeUnderTest, TickingClock
from tests.contract.remotes import OnDisk, on_disk

WRITERS = 3
COMMENTS = 4

# Each adds its lines to a log by compare-and-swap, reading again when another was quicker.
_APPEND = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from coronet.adapters.git.repository import GitRepository
from coronet.ports.repository import Person, RefMoved

name, folder = sys.argv[1:]
repository = GitRepository(Path(folder), environment=os.environ)
written = 0
while written < 4:
    repository.refresh()
    head = repository.head("promotions-log")
    log = (repository.read(head, "log") or b"") if head else b""
    try:
        repository.publish(
            "promotions-log", expected=head, parent=head, files={"log": log + f"{name} {written}\\n".encode()},
            message="append", author=Person(name=name, email="w@example.com"), at=datetime(2026, 11, 20, tzinfo=UTC),
        )
    except RefMoved:
        continue
    written += 1
"""
_COMMENT = """
import os, sys
from pathlib import Path
from coronet.adapters.clock import SystemClock
from coronet.adapters.git.repository import GitRepository
from coronet.adapters.local_forge.forge import LocalForge

name, folder = sys.argv[1:]
forge = LocalForge(GitRepository(Path(folder), environment=os.environ), actor=name, clock=SystemClock())
for number in range(4):
    forge.say(1, f"{name} {number}")
"""


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[OnDisk]:
    with on_disk(tmp_path) as found:
        yield found


def run_at_once(remote: OnDisk, program: str, folders: list[Path]) -> None:
    """Run the program once for each folder, all at the same time; each must end well."""
    commands = [[sys.executable, "-c", program, f"writer-{n}", str(folder)] for n, folder in enumerate(folders)]
    environment = {**remote.environment, "PYTHONPATH": str(Path("tools").resolve())}
    running = [subprocess.Popen(command, env=environment) for command in commands]
    assert [process.wait(timeout=120) for process in running] == [0] * len(running)


def expected() -> set[str]:
    return {f"writer-{writer} {number}" for writer in range(WRITERS) for number in range(COMMENTS)}


@pytest.mark.parametrize("share", ["a clone each", "one clone", "the remote itself"])
def test_no_line_of_a_log_is_lost(remote: OnDisk, share: str) -> None:
    """Also where they share a clone, and with it our refs and their locks."""
    clone = remote.clone_folder()
    folders = {
        "a clone each": [clone, *(remote.clone_folder() for _ in range(WRITERS - 1))],
        "one clone": [clone] * WRITERS,
        "the remote itself": [remote.origin] * WRITERS,
    }[share]
    run_at_once(remote, _APPEND, folders)
    reader = remote.clone()
    log = (reader.read(reader.head("promotions-log") or "", "log") or b"").decode().splitlines()
    assert len(log) == len(expected())
    assert set(log) == expected()
    for writer in range(WRITERS):
        own = [line for line in log if line.startswith(f"writer-{writer} ")]
        assert own == sorted(own)


def test_no_word_on_a_pull_request_is_lost(remote: OnDisk) -> None:
    stage = LocalForgeUnderTest(remote)
    stage.clock = TickingClock()
    stage.push("promotions/iris/x", {"promotions/iris/x.yaml": "1"})
    stage.forge.open_pull_request(branch="promotions/iris/x", title="t", body="", labels=[], reviewers=[])
    run_at_once(remote, _COMMENT, [remote.clone_folder() for _ in range(WRITERS)])
    stage.store.refresh()
    comments = stage.comments(1)
    assert len(comments) == len(expected())
    assert set(comments) == expected()
