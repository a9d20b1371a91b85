"""What the stand-in remembers beside git: accounts, tokens, pull requests, issues, settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Right(StrEnum):
    NONE = "none"
    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    MAINTAIN = "maintain"
    ADMIN = "admin"

    def includes(self, wanted: "Right") -> bool:
        order = list(Right)
        return order.index(self) >= order.index(wanted)


@dataclass(kw_only=True, slots=True)
class Account:
    """`type` is User, Bot or Organization, as the API says it; `app` is the number of the App behind a bot."""

    id: int
    login: str
    type: str = "User"
    app: int | None = None
    emails: set[str] = field(default_factory=set)

    @property
    def noreply(self) -> str:
        return f"{self.id}+{self.login}@users.noreply.github.com"


@dataclass(kw_only=True, slots=True)
class Token:
    """Who acts with it. A person's has the person's rights; an app's has its permissions, in one repository."""

    value: str
    account: Account
    kind: str  # person | actions | app
    repository: str | None = None
    permissions: Mapping[str, str] = field(default_factory=dict)
    used: int = 0
    limit: int = 5000


@dataclass(kw_only=True, slots=True)
class Review:
    id: int
    account: Account
    state: str  # APPROVED | CHANGES_REQUESTED | COMMENTED | DISMISSED | PENDING
    body: str
    commit: str
    at: datetime


@dataclass(kw_only=True, slots=True)
class Comment:
    id: int
    account: Account
    body: str
    at: datetime
    changed: datetime


@dataclass(kw_only=True, slots=True)
class Issue:
    """A pull request is an issue too: both count in one row of numbers."""

    id: int
    number: int
    account: Account
    title: str
    body: str | None
    at: datetime
    changed: datetime
    state: str = "open"
    reason: str | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    closed_at: datetime | None = None
    closed_by: Account | None = None
    pull: "Pull | None" = None


@dataclass(kw_only=True, slots=True)
class Pull:
    """What a pull request has beside its issue. `pushed_by` made the newest push that its rules count.

    `fork` is the repository that the head is in, where it is another; `gone` where that was deleted.
    `trial` is GitHub's own trial merge while it is open, `landed` the commits that its merge made.
    """

    head_ref: str
    head: str
    base_ref: str
    base: str
    pushed_by: str
    draft: bool = False
    reviews: list[Review] = field(default_factory=list)
    requested: list[Account] = field(default_factory=list)
    requested_teams: list[str] = field(default_factory=list)
    merged_at: datetime | None = None
    merged_by: Account | None = None
    merge_commit: str | None = None
    merge_base: str | None = None
    fork: "Repository | None" = None
    gone: bool = False
    trial: str | None = None
    landed: list[str] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class Status:
    id: int
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: Account
    at: datetime


@dataclass(kw_only=True, slots=True)
class Repository:
    """`rules` are rulesets in the API's own shape; `settings` what a repository's pages switch."""

    id: int
    owner: Account
    name: str
    folder: Path
    private: bool
    at: datetime
    rights: dict[str, Right] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: dict[str, Json] = field(default_factory=dict)
    statuses: dict[str, list[Status]] = field(default_factory=dict)
    check_runs: list[Json] = field(default_factory=list)
    rulesets: list[Json] = field(default_factory=list)
    protections: dict[str, Json] = field(default_factory=dict)
    environments: dict[str, Json] = field(default_factory=dict)
    deployments: list[Json] = field(default_factory=list)
    activity: list[Json] = field(default_factory=list)
    dispatched: list[Json] = field(default_factory=list)
    settings: Json = field(default_factory=dict)
    git_url: str = ""
    parent: "Repository | None" = None
    default_branch: str = "main"
    last_number: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    def right(self, account: Account | None) -> Right:
        own = self.rights.get(account.login.lower(), Right.NONE) if account else Right.NONE
        return own if own is not Right.NONE or self.private else Right.READ

    @property
    def has_rules(self) -> bool:
        """A private repository of the free plan has neither rulesets nor protected branches."""
        return not (self.private and self.settings.get("plan") == "free")

    def pulls(self) -> list[Issue]:
        return [issue for issue in self.issues.values() if issue.pull]
