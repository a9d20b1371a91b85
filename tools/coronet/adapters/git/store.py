"""What a forge that is kept in the repository itself needs beyond the port."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from coronet.ports.repository import MergeMethod, Person, Repository


@dataclass(frozen=True, kw_only=True, slots=True)
class RefUpdate:
    """Move `ref` (a full name) from `expected` (None: it must not exist) to `commit` (None: delete it)."""

    ref: str
    expected: str | None
    commit: str | None


class RefStore(Repository, Protocol):
    def heads(self, names: Sequence[str]) -> Mapping[str, str | None]:
        """`head` of many branches or refs, in one exchange."""
        ...

    def commit_files(
        self, *, parent: str | None, files: Mapping[str, bytes], message: str, author: Person, at: datetime
    ) -> str:
        """A commit with `files` written over the tree of `parent`; no ref leads to it."""
        ...

    def merge(self, base: str, head: str, *, method: MergeMethod, message: str, author: Person, at: datetime) -> str:
        """A commit, to which no ref leads, with what `head` brings on top of `base`; Conflict where that fails."""
        ...

    def push(self, updates: Sequence[RefUpdate]) -> None:
        """Move refs, all or none; RefMoved where one is not where it was expected."""
        ...
