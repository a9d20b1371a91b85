"""A git remote in memory, and the port `Repository` over it: the same promises as the real one, in microseconds.

Several `MemoryRepository` of one `MemoryRemote` are several clones. The contract in
`tests/contract/test_repository.py` is run on it and on git.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from coronet.adapters.git.names import full_ref
from coronet.adapters.git.store import RefUpdate
from coronet.errors import Conflict, InvalidInput, Refused, Unavailable
from coronet.ports.repository import Blob, Change, ChangeKind, Commit, Landing, MergeMethod, Person, RefMoved

Tree = Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Commit:
    parents: tuple[str, ...]
    tree: Tree
    message: str
    author: Person
    at: datetime

    @property
    def id(self) -> str:
        tree = sorted((path, blob_id(data)) for path, data in self.tree.items())
        seconds = int(self.at.timestamp())
        return hashlib.sha1(repr((self.parents, tree, self.message, self.author, seconds)).encode()).hexdigest()


@dataclass(kw_only=True, slots=True)
class MemoryRemote:
    """What the clones share.

    `before_push` holds hooks that each run once, before the next pushes: what somebody else does just
    then. `refuses` maps refs to the reason for which the remote refuses to move them. `is_down` makes it
    answer nothing; `answers_lost` is how many of the next pushes arrive without their answer arriving.
    """

    refs: dict[str, str] = field(default_factory=dict)
    commits: dict[str, _Commit] = field(default_factory=dict)
    before_push: list[Callable[[], None]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    answers_lost: int = 0
    pushes: int = 0

    def clone(self) -> "MemoryRepository":
        return MemoryRepository(self)

    def edit(
        self, branch: str, files: Mapping[str, bytes | None], *, message: str, author: Person, at: datetime
    ) -> str:
        """Commit on a branch as somebody with git would; None deletes a file."""
        ref = f"refs/heads/{branch}"
        parent = self.refs.get(ref)
        tree = {**(self.commits[parent].tree if parent else {}), **files}
        kept = {path: data for path, data in tree.items() if data is not None}
        parents = (parent,) if parent else ()
        made = _Commit(parents=parents, tree=kept, message=message, author=author, at=at)
        self.commits[made.id] = made
        self.refs[ref] = made.id
        return made.id

    def forget(self, commit: str) -> None:
        """Lose a commit, as a remote does with what no ref leads to."""
        del self.commits[commit]


def blob_id(data: bytes) -> str:
    """Git's own name for a file with these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class MemoryRepository:
    """The ports `Repository` and `RefStore` on a remote in memory."""

    def __init__(self, remote: MemoryRemote | None = None) -> None:
        self.remote = remote or MemoryRemote()
        self._heads: dict[str, str | None] | None = None
        self._unanswered: set[tuple[RefUpdate, ...]] = set()

    def refresh(self) -> None:
        self._heads = None

    def close(self) -> None:
        """Nothing is kept open."""

    # --- reading ---

    def head(self, branch: str) -> str | None:
        return self.heads([branch])[branch]

    def heads(self, names: Sequence[str]) -> Mapping[str, str | None]:
        known = self._known()
        refs = {name: full_ref(name) for name in names}
        return {name: known.get(ref) if ref else None for name, ref in refs.items()}

    def read(self, commit: str, path: str) -> bytes | None:
        return self._tree(commit).get(path)

    def read_many(self, wanted: Sequence[tuple[str, str]]) -> tuple[Blob | None, ...]:
        found = [self.read(commit, path) for commit, path in wanted]
        return tuple(None if data is None else Blob(id=blob_id(data), data=data) for data in found)

    def blob_ids(self, wanted: Sequence[tuple[str, str]]) -> tuple[str | None, ...]:
        return tuple(blob.id if blob else None for blob in self.read_many(wanted))

    def paths(self, commit: str, folder: str) -> tuple[str, ...]:
        inside = folder.strip("/")
        return tuple(sorted(p for p in self._tree(commit) if not inside or p.startswith(f"{inside}/")))

    def landings(self, commit: str, paths: Sequence[str]) -> Mapping[str, Landing]:
        wanted = {path for path in paths if path in self._tree(commit)}
        found: list[tuple[str, Landing]] = []
        for name, parent in self._first_parents(commit) if wanted else ():
            before = self._tree(parent)
            here = sorted((p for p in wanted if p in self._tree(name) and p not in before), reverse=True)
            at = self._find(name).at.astimezone(UTC).replace(microsecond=0)
            found += [(path, Landing(commit=name, parent=parent, at=at)) for path in here]
            wanted.difference_update(here)
        return dict(reversed(found))

    def history(self, commit: str, path: str) -> tuple[str, ...]:
        return tuple(
            name
            for name, parent in self._first_parents(commit)
            if self._tree(name).get(path) != self._tree(parent).get(path)
        )

    def changes(self, base: str, head: str) -> tuple[Change, ...]:
        before, after = self._tree(self._merge_base(base, head)), self._tree(head)
        changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
        return tuple(Change(path=path, kind=_kind(path, before, after)) for path in changed)

    def commits(self, base: str, head: str) -> tuple[Commit, ...]:
        known = self._ancestors(base)
        new = [name for name in self._ancestors(head) if name not in known]
        return tuple(
            Commit(id=name, author=self._find(name).author, committer=self._find(name).author) for name in reversed(new)
        )

    def is_ancestor(self, ancestor: str, commit: str) -> bool:
        return commit in self.remote.commits and ancestor in self._ancestors(commit)

    # --- writing ---

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
        commit = self.commit_files(parent=parent, files=files, message=message, author=author, at=at)
        full = full_ref(ref)
        if full is None:
            raise Refused(f"{ref!r} cannot name a branch")
        self.push([RefUpdate(ref=full, expected=expected, commit=commit)])
        return commit

    def commit_files(
        self, *, parent: str | None, files: Mapping[str, bytes], message: str, author: Person, at: datetime
    ) -> str:
        tree = {**(self._find(parent).tree if parent else {}), **files}
        parents = (parent,) if parent else ()
        return self._add(_Commit(parents=parents, tree=tree, message=message, author=author, at=at))

    def merge(self, base: str, head: str, *, method: MergeMethod, message: str, author: Person, at: datetime) -> str:
        before, ours, theirs = (self._tree(name) for name in (self._merge_base(base, head), base, head))
        paths = {*before, *ours, *theirs}
        clashes = sorted(p for p in paths if len({before.get(p), ours.get(p), theirs.get(p)} - {before.get(p)}) == 2)
        if clashes:
            raise Conflict(f"the branch cannot be merged: conflicts in {', '.join(clashes)}")
        merged = {p: ours.get(p) if theirs.get(p) == before.get(p) else theirs.get(p) for p in paths}
        tree = {path: data for path, data in merged.items() if data is not None}
        parents = (base, head) if method is MergeMethod.MERGE else (base,)
        return self._add(_Commit(parents=parents, tree=tree, message=message, author=author, at=at))

    def push(self, updates: Sequence[RefUpdate]) -> None:
        if self.remote.before_push:
            self.remote.before_push.pop(0)()
        self._answer()
        key, refs = tuple(updates), self.remote.refs
        arrived = all(refs.get(update.ref) == update.commit for update in updates)
        if not (arrived and key in self._unanswered):
            if any(refs.get(update.ref) != update.expected for update in updates):
                raise RefMoved
            for update in updates:
                if update.ref in self.remote.refuses:
                    raise Refused(f"the remote refused the push: {self.remote.refuses[update.ref]}")
            for update in updates:
                self._move(update)
            self.remote.pushes += 1
        if self.remote.answers_lost:
            self.remote.answers_lost -= 1
            self._unanswered.add(key)
            raise Unavailable("the remote does not answer")
        self._unanswered.discard(key)
        self._known().update({update.ref: update.commit for update in updates})

    # --- within ---

    def _known(self) -> dict[str, str | None]:
        if self._heads is None:
            self._answer()
            self._heads = dict(self.remote.refs)
        return self._heads

    def _answer(self) -> None:
        if self.remote.is_down:
            raise Unavailable("the remote does not answer")

    def _move(self, update: RefUpdate) -> None:
        if update.commit:
            self.remote.refs[update.ref] = update.commit
        else:
            self.remote.refs.pop(update.ref, None)

    def _add(self, commit: _Commit) -> str:
        self.remote.commits[commit.id] = commit
        return commit.id

    def _find(self, commit: str) -> _Commit:
        if commit not in self.remote.commits:
            raise InvalidInput(f"the repository has no commit {commit[:12]}")
        return self.remote.commits[commit]

    def _tree(self, commit: str | None) -> Tree:
        found = self.remote.commits.get(commit) if commit else None
        return found.tree if found else {}

    def _first_parents(self, commit: str) -> Iterator[tuple[str, str | None]]:
        """(commit, its first parent), newest first."""
        name: str | None = commit
        while name:
            parents = self._find(name).parents
            parent = parents[0] if parents else None
            yield name, parent
            name = parent

    def _ancestors(self, commit: str) -> dict[str, None]:
        """`commit` and everything before it, each after all that come from it."""
        order: list[str] = []
        seen: set[str] = set()
        waiting: list[tuple[str, bool]] = [(commit, False)]
        while waiting:
            name, are_parents_done = waiting.pop()
            if are_parents_done:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                waiting += [(name, True), *((parent, False) for parent in self._find(name).parents)]
        return dict.fromkeys(reversed(order))

    def _merge_base(self, base: str, head: str) -> str:
        known = self._ancestors(base)
        for name in self._ancestors(head):
            if name in known:
                return name
        raise InvalidInput(f"{head[:12]} and {base[:12]} have no history in common")


def _kind(path: str, before: Tree, after: Tree) -> ChangeKind:
    if path not in before:
        return ChangeKind.ADDED
    return ChangeKind.MODIFIED if path in after else ChangeKind.DELETED
