"""Git: what should be, and what was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """A file's bytes with git's own name for them."""

    id: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Landing:
    """Where a file came to a branch: the first-parent commit that brought it, and the commit before."""

    commit: str
    parent: str | None
    at: datetime


class ChangeKind(StrEnum):
    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"


class MergeMethod(StrEnum):
    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    path: str
    kind: ChangeKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    name: str
    email: str

    @staticmethod
    def of_login(login: str) -> "Person":
        """Who stands behind a login, with an address from which the login can be read back."""
        mailbox = "".join(letter for letter in login if letter.isalnum() or letter in "-_.[]")
        return Person(name=login, email=f"{mailbox}@users.noreply.coronet")


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    id: str
    author: Person
    committer: Person


class Repository(Protocol):
    """A git repository as its remote has it. Commits are full ids; paths are relative, with `/`."""

    def refresh(self) -> None:
        """Fetch what the remote has; everything below answers from the last refresh.

        It may return before that is done: what goes wrong is then raised by the first question after it.
        """
        ...

    def head(self, branch: str) -> str | None:
        """The commit at the remote's `branch` (or full ref), None where there is none.

        After a `publish` of our own it is the commit that was published.
        """
        ...

    def read(self, commit: str, path: str) -> bytes | None: ...

    def read_many(self, wanted: Sequence[tuple[str, str]]) -> tuple[Blob | None, ...]:
        """The blobs at (commit, path) pairs, in one exchange, in order; None also for a commit not to be had."""
        ...

    def blob_ids(self, wanted: Sequence[tuple[str, str]]) -> tuple[str | None, ...]: ...

    def paths(self, commit: str, folder: str) -> tuple[str, ...]:
        """Every file below `folder`, sorted."""
        ...

    def landings(self, commit: str, paths: Sequence[str]) -> Mapping[str, Landing]:
        """For each path: the newest first-parent commit of `commit` that added it, in the branch's order.

        The mapping begins with what landed first; a path that is not at `commit` is left out.
        """
        ...

    def history(self, commit: str, path: str) -> tuple[str, ...]:
        """The commits of `commit`'s first-parent history that changed `path`, newest first."""
        ...

    def changes(self, base: str, head: str) -> tuple[Change, ...]:
        """What `head` changes since it left `base` (their merge base)."""
        ...

    def commits(self, base: str, head: str) -> tuple[Commit, ...]:
        """The commits of `head` that `base` does not have, oldest first."""
        ...

    def is_ancestor(self, ancestor: str, commit: str) -> bool: ...

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
        """Commit `files` on top of `parent` and move the remote's `ref` to it, if it is still at `expected`.

        `ref` is a branch name, or a full name that begins with `refs/`. `expected` None means that the
        ref must not exist; `parent` None starts a history of its own. Answers the new commit; the same
        arguments make the same one. Raises `RefMoved` where the remote's ref is elsewhere (even where it
        is at an equal commit of somebody else's: nothing was changed), and `Refused` where the remote's
        rules say no. Trying again after `Unavailable` is safe: a push that had arrived is recognised.
        """
        ...


class RefMoved(Exception):
    """The compare-and-swap of `Repository.publish` found another value; read again and try again."""
