"""Pull requests and reviews: who asked, who approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from coronet.errors import Finding
from coronet.ports.repository import MergeMethod


class PullRequestState(StrEnum):
    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class ReviewState(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    COMMENTED = "commented"
    DISMISSED = "dismissed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    id: str
    login: str
    state: ReviewState
    at: datetime
    commit: str
    is_bot: bool = False
    body: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """`marker` tells a comment that is kept up to date from one that was said once (None)."""

    login: str
    at: datetime
    body: str
    marker: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequest:
    number: int
    title: str
    state: PullRequestState
    branch: str
    head: str
    author: str
    url: str
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    merged_at: datetime | None = None
    merge_commit: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Protection:
    """What a forge demands before a branch moves, by rules that hold for everybody who may not bypass them.

    `approvals` is how many a merge needs; `statuses` are the names of checks that must have passed.
    """

    pull_request: bool = False
    approvals: int = 0
    code_owner_review: bool = False
    dismisses_stale: bool = False
    last_push_approval: bool = False
    blocks_force_push: bool = False
    blocks_deletion: bool = False
    statuses: tuple[str, ...] = ()


class Forge(Protocol):
    """Where pull requests and reviews live."""

    def login(self) -> str:
        """Who acts: the login that opens pull requests here."""
        ...

    def open_pull_request(
        self, *, branch: str, title: str, body: str, labels: Sequence[str], reviewers: Sequence[str]
    ) -> PullRequest:
        """Open the pull request of `branch`, or answer the one that is there already."""
        ...

    def find_pull_request(self, branch: str) -> PullRequest | None:
        """The newest pull request of `branch`, in whatever state."""
        ...

    def pull_request(self, number: int) -> PullRequest | None: ...

    def pull_request_of(self, commit: str) -> PullRequest | None:
        """The merged pull request that brought this commit to the main branch; None where none did."""
        ...

    def pull_requests(self, state: PullRequestState) -> tuple[PullRequest, ...]:
        """The pull requests that carry proposals (by their branch's prefix, in this repository), oldest first.

        Of those that are not open it may leave out what ended long ago (over thirty days, or behind a hundred
        others), and who closed one and why, which `pull_request` answers.
        """
        ...

    def body(self, number: int) -> str: ...

    def comment(self, number: int, *, marker: str, body: str, fresh: bool = False) -> None:
        """Write the one comment that bears `marker`, or rewrite it; `fresh` says that there can be none yet."""
        ...

    def close(self, number: int, *, reason: str) -> None: ...

    def set_status(self, commit: str, *, name: str, passed: bool, description: str) -> None:
        """Say of a commit, under a name, whether it passed a check; the last word counts."""
        ...

    def reviews(self, number: int) -> tuple[Review, ...] | None:
        """Every review ever submitted, oldest first; None where that cannot be known."""
        ...

    def commit_logins(self, number: int) -> frozenset[str] | None:
        """Logins of every author and committer of the pull request's commits; None where one is unknown."""
        ...

    def members(self, owner: str) -> frozenset[str] | None:
        """The logins that an owner of CODEOWNERS stands for (`@login`, `@org/team`, an e-mail address).

        Without the @; None where that cannot be known; empty where it stands for nobody who may write.
        """
        ...

    def protection(self, branch: str) -> Protection | None:
        """What the forge's own rules demand of a change to `branch`; None where that cannot be known."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeRules:
    """What a merge needs beside the owners' approval, and who the teams of CODEOWNERS are.

    `teams` maps `organization/team`, in lower case, to its logins; `statuses` are names of checks that
    must have passed.
    """

    teams: Mapping[str, frozenset[str]] = field(default_factory=dict)
    statuses: tuple[str, ...] = ()


class ReviewDesk(Forge, Protocol):
    """What people do on a forge's pages, for a forge that has none; `dry_run` refuses alike and changes nothing.

    Everything is done in the name of `login()`.
    """

    def open_pull_request(
        self,
        *,
        branch: str,
        title: str,
        body: str,
        labels: Sequence[str],
        reviewers: Sequence[str],
        dry_run: bool = False,
    ) -> PullRequest: ...

    def every_pull_request(self, state: PullRequestState) -> tuple[PullRequest, ...]:
        """Also those that carry no proposal, oldest first."""
        ...

    def base(self, number: int) -> str | None:
        """The commit of the main branch that it is compared with; None where there is no main branch."""
        ...

    def comments(self, number: int) -> tuple[Comment, ...]: ...

    def say(self, number: int, body: str, *, dry_run: bool = False) -> None:
        """Add a comment."""
        ...

    def review(self, number: int, *, state: ReviewState, body: str = "", dry_run: bool = False) -> Review:
        """Review the head as it is. Refused for one's own pull request (unless it is a comment), or a closed one."""
        ...

    def obstacles(self, number: int) -> tuple[Finding, ...]:
        """Everything that stands against merging it now; warnings are what an administrator may pass over."""
        ...

    def merge(self, number: int, *, method: MergeMethod, admin: bool = False, dry_run: bool = False) -> PullRequest:
        """Merge it and delete its branch; Refused with the obstacles, Conflict with the files that conflict."""
        ...

    def close(self, number: int, *, reason: str, dry_run: bool = False) -> None: ...

    def merge_rules(self) -> MergeRules: ...

    def set_merge_rules(self, rules: MergeRules, *, dry_run: bool = False) -> None: ...
