"""Questions to history: where files landed, what a branch changes, whose commits it holds.

A shallow clone answers such questions wrongly without a word, so history is made whole first.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import IO

from coronet.adapters.git.process import Git
from coronet.adapters.git.remote import Remote
from coronet.errors import InvalidInput
from coronet.ports.repository import Change, ChangeKind, Commit, Landing, Person

_KINDS = {"A": ChangeKind.ADDED, "D": ChangeKind.DELETED}
# What a user's configuration could otherwise change in the output of `git log`.
_PLAIN_LOG = (
    "--no-renames",
    "--no-follow",
    "--no-relative",
    "--no-show-signature",
    "--no-mailmap",
    "--no-notes",
    "--no-color",
    "--no-decorate",
    "--encoding=UTF-8",
)
_MANY = 32  # more paths than this are asked for by their folders
_CHUNK = 1 << 16


class History:
    def __init__(self, git: Git, remote: Remote) -> None:
        self._git = git
        self._remote = remote
        self._is_whole = False

    def landings(self, commit: str, paths: Sequence[str]) -> dict[str, Landing]:
        """For each path that is at `commit`: the newest first-parent commit that added it, oldest first."""
        self.make_whole()
        wanted = set(paths)
        limits = sorted(wanted) if len(wanted) <= _MANY else sorted({path.rpartition("/")[0] for path in wanted})
        found: dict[Landing, list[str]] = {}
        for landing, path in self._first_parents(commit, limits):
            if path in wanted:
                found.setdefault(landing, []).append(path)
                wanted.remove(path)
            if not wanted:
                break
        return {path: landing for landing in reversed(found) for path in sorted(found[landing])}

    def changed_by(self, commit: str, path: str) -> tuple[str, ...]:
        """The first-parent commits that changed `path`, newest first."""
        self.make_whole()
        out = self._git.require("rev-list", "--first-parent", commit, "--", _pathspec(path))
        return tuple(out.decode().split())

    def changes(self, base: str, head: str) -> tuple[Change, ...]:
        self.make_whole()
        ancestor = self._git.run("merge-base", base, head)
        if ancestor.code == 1:
            raise unrelated(base, head)
        if ancestor.code != 0:
            raise self._git.explain("merge-base", ancestor)
        fork = ancestor.out.decode().split()[0]
        out = self._git.require("diff-tree", "-r", "-z", "--no-renames", "--name-status", fork, head)
        fields = _texts(out)
        return tuple(
            Change(path=path, kind=_KINDS.get(kind, ChangeKind.MODIFIED))
            for kind, path in zip(fields[::2], fields[1::2], strict=True)
        )

    def commits(self, base: str, head: str) -> tuple[Commit, ...]:
        self.make_whole()
        form = "--format=%H%x00%an%x00%ae%x00%cn%x00%ce"
        out = self._git.require("log", "-z", "--topo-order", "--reverse", *_PLAIN_LOG, "-s", form, f"{base}..{head}")
        fields = _texts(out)
        return tuple(
            Commit(
                id=fields[at],
                author=Person(name=fields[at + 1], email=fields[at + 2]),
                committer=Person(name=fields[at + 3], email=fields[at + 4]),
            )
            for at in range(0, len(fields), 5)
        )

    def is_ancestor(self, ancestor: str, commit: str) -> bool:
        self.make_whole()
        answer = self._git.run("merge-base", "--is-ancestor", ancestor, commit)
        if answer.code > 1:
            raise self._git.explain("merge-base", answer)
        return answer.code == 0

    # --- within ---

    def make_whole(self) -> None:
        """Deepen a shallow clone; WrongUsage, with what to do, where that cannot be done."""
        if not self._is_whole and self._remote.is_shallow():
            self._remote.deepen()
        self._is_whole = True

    def _first_parents(self, commit: str, limits: Sequence[str]) -> Iterator[tuple[Landing, str]]:
        """The files below `limits` that first-parent commits add, newest first, while they are asked for."""
        process = self._git.start(
            "log",
            "-z",
            "--first-parent",
            "--diff-merges=first-parent",
            "--name-only",
            "--diff-filter=A",
            *_PLAIN_LOG,
            "--format=%x00%H %ct %P",
            commit,
            "--",
            *(_pathspec(limit) for limit in limits),
        )
        try:
            if process.popen.stdout:
                yield from _read_log(process.popen.stdout)
            answer = process.join(timeout=self._git.timeout)
            if answer.code != 0:
                raise self._git.explain("log", answer)
        finally:
            process.stop()


def unrelated(base: str, head: str) -> InvalidInput:
    return InvalidInput(
        f"{head[:12]} and {base[:12]} have no history in common",
        hint="begin the branch at the main branch of this repository",
    )


def _pathspec(path: str) -> str:
    return f":(top,literal){path}"


def _read_log(stream: IO[bytes]) -> Iterator[tuple[Landing, str]]:
    """Read `NUL <header> NUL LF <path> NUL <path> NUL …` as it comes."""
    landing: Landing | None = None
    is_header_next = is_first = False
    for field in _fields(stream):
        if not field:
            is_header_next = True
        elif is_header_next:
            landing, is_header_next, is_first = _landing(field.decode()), False, True
        elif landing:
            yield landing, (field.removeprefix(b"\n") if is_first else field).decode(errors="backslashreplace")
            is_first = False


def _landing(header: str) -> Landing:
    commit, time, *parents = header.split()
    return Landing(commit=commit, parent=parents[0] if parents else None, at=datetime.fromtimestamp(int(time), tz=UTC))


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    """The NUL-terminated fields of a stream."""
    rest = b""
    while chunk := stream.read1(_CHUNK):  # type: ignore[attr-defined]
        *fields, rest = (rest + chunk).split(b"\0")
        yield from fields
    if rest:
        yield rest


def _texts(out: bytes) -> list[str]:
    fields = out.split(b"\0")
    return [field.decode(errors="backslashreplace") for field in fields[: -1 if not fields[-1] else None]]
