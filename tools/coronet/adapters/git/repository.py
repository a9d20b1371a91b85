"""The port `Repository` over the git command line, in a clone that has a remote.

Nothing of the user's is touched: no work tree, index, stash, configuration, branch or remote-tracking ref.
New objects go into the clone's object store, and what the remote has into refs of our own (see `remote`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from coronet.adapters.git.history import History
from coronet.adapters.git.names import is_commit, is_file_path
from coronet.adapters.git.objects import ObjectReader
from coronet.adapters.git.process import Git
from coronet.adapters.git.remote import Remote
from coronet.errors import InvalidInput
from coronet.ports.repository import Blob, Change, Commit, Landing, MergeMethod, Person

if TYPE_CHECKING:
    from coronet.adapters.git.store import RefUpdate
    from coronet.adapters.git.writing import Writer


class GitRepository:
    """`watched` are the branches and refs that each refresh fetches; others are fetched when asked for."""

    def __init__(
        self,
        folder: Path,
        *,
        environment: Mapping[str, str],
        remote: str = "origin",
        watched: Sequence[str] = ("main", "promotions-log"),
        timeout: float = 120.0,
    ) -> None:
        git = Git(folder=folder, environment=environment, timeout=timeout)
        self._git = git
        self._objects = ObjectReader(git)
        self._remote = Remote(git, self._objects, remote, watched)
        self._history = History(git, self._remote)

    def close(self) -> None:
        """End the processes that are kept open; the repository may be used again."""
        self._remote.close()
        self._objects.close()

    # --- reading ---

    def refresh(self) -> None:
        """Begin to fetch, and return at once; what goes wrong is raised by the first question after it."""
        self._remote.refresh()

    def head(self, branch: str) -> str | None:
        return self._remote.head(branch)

    def heads(self, names: Sequence[str]) -> Mapping[str, str | None]:
        """`head` of many branches or refs, in one exchange."""
        return self._remote.heads(names)

    def read(self, commit: str, path: str) -> bytes | None:
        blob = self.read_many([(commit, path)])[0]
        return blob.data if blob else None

    def read_many(self, wanted: Sequence[tuple[str, str]]) -> tuple[Blob | None, ...]:
        possible = self._possible(wanted)
        found = dict(zip(possible, self._objects.files(possible), strict=True))
        return tuple(found.get(pair) for pair in wanted)

    def blob_ids(self, wanted: Sequence[tuple[str, str]]) -> tuple[str | None, ...]:
        possible = self._possible(wanted)
        found = dict(zip(possible, self._objects.file_ids(possible), strict=True))
        return tuple(found.get(pair) for pair in wanted)

    def paths(self, commit: str, folder: str) -> tuple[str, ...]:
        inside = folder.strip("/")
        if (inside and not is_file_path(inside)) or self._bring([commit]):
            return ()
        return tuple(sorted(self._objects.paths(commit, inside)))

    def landings(self, commit: str, paths: Sequence[str]) -> Mapping[str, Landing]:
        there = self.blob_ids([(commit, path) for path in paths])
        present = [path for path, blob in zip(paths, there, strict=True) if blob]
        return self._history.landings(commit, present) if present else {}

    def history(self, commit: str, path: str) -> tuple[str, ...]:
        self._require(commit)
        return self._history.changed_by(commit, path) if is_file_path(path) else ()

    def changes(self, base: str, head: str) -> tuple[Change, ...]:
        self._require(base, head)
        return self._history.changes(base, head)

    def commits(self, base: str, head: str) -> tuple[Commit, ...]:
        self._require(base, head)
        return self._history.commits(base, head)

    def is_ancestor(self, ancestor: str, commit: str) -> bool:
        """False also where one of them is not to be had: a history that was rewritten does not hold it."""
        return not self._bring([ancestor, commit]) and self._history.is_ancestor(ancestor, commit)

    # --- writing ---

    @cached_property
    def _writer(self) -> "Writer":
        """Imported when something is written: the release gate only reads."""
        from coronet.adapters.git.writing import Writer

        return Writer(self._git, self._remote)

    def publish(
        self,
        ref: str,
        *,
        expected: str | None,
        parent: str | None,
        files: Mapping[str, bytes],
        message: str,
        author: Person,
        at: datetime,
    ) -> str:
        from coronet.adapters.git.store import RefUpdate
        from coronet.adapters.git.writing import require_ref

        commit = self.commit_files(parent=parent, files=files, message=message, author=author, at=at)
        self.push([RefUpdate(ref=require_ref(ref), expected=expected, commit=commit)])
        return commit

    def commit_files(
        self, *, parent: str | None, files: Mapping[str, bytes], message: str, author: Person, at: datetime
    ) -> str:
        """A commit on top of `parent`, in the object store alone: no ref leads to it."""
        if parent:
            self._require(parent)
        return self._writer.commit_files(parent=parent, files=files, message=message, author=author, at=at)

    def merge(self, base: str, head: str, *, method: MergeMethod, message: str, author: Person, at: datetime) -> str:
        """A commit, in the object store alone, that brings what `head` has on top of `base`.

        Raises Conflict, naming the files, where git cannot merge them.
        """
        self._require(base, head)
        self._history.make_whole()
        return self._writer.merge(base, head, method=method, message=message, author=author, at=at)

    def push(self, updates: Sequence["RefUpdate"]) -> None:
        """Move refs of the remote, all or none; RefMoved where one is not where it was expected."""
        self._writer.push(updates)

    def checked_out(self) -> str | None:
        """The commit that the clone has checked out, whatever branch that is; None before the first."""
        answer = self._git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return answer.out.decode().strip() or None

    # --- within ---

    def _possible(self, wanted: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The pairs that git may be asked for; commits that are not here are fetched, as far as they are to be had."""
        gone = set(self._bring([commit for commit, _ in wanted]))
        return [pair for pair in dict.fromkeys(wanted) if pair[0] not in gone and is_file_path(pair[1])]

    def _bring(self, commits: Sequence[str]) -> list[str]:
        """Fetch those that are not here; answer those that are not to be had."""
        missing = self._missing(commits)
        if missing:
            self._remote.bring([commit for commit in missing if is_commit(commit)])
        return self._missing(missing)

    def _missing(self, commits: Sequence[str]) -> list[str]:
        names = list(dict.fromkeys(commits))
        ids = iter(self._objects.ids([name for name in names if is_commit(name)], kind="commit"))
        return [name for name in names if not is_commit(name) or next(ids) is None]

    def _require(self, *commits: str) -> None:
        if missing := self._bring(commits):
            raise InvalidInput(
                f"the repository has no commit {missing[0]}",
                hint="its history may have been rewritten, or the commit never pushed",
            )
