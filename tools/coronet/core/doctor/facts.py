"""What can be known of a forge's settings; what cannot is `Unknown`, with the reason, and never taken for well."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unknown:
    """`why` says which question was answered with what."""

    why: str


Answer: TypeAlias = T | Unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class RequiredStatus:
    """A check that must have passed; `app` is the only one that may say so, None lets anybody."""

    name: str
    app: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BranchRules:
    """What holds for changes of one branch."""

    pull_request: bool = False
    approvals: int = 0
    code_owner_review: bool = False
    dismisses_stale: bool = False
    last_push_approval: bool = False
    blocks_force_push: bool = False
    blocks_deletion: bool = False
    restricts_updates: bool = False
    statuses: tuple[RequiredStatus, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Bypass:
    """Somebody for whom a ruleset does not hold: `who` in words, `mode` always, pull_request or exempt."""

    ruleset: str
    who: str
    mode: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """`rules` by rulesets; `classic` by classic protection (None: there is none)."""

    name: str
    rules: Answer[BranchRules]
    classic: Answer[BranchRules | None]
    bypasses: Answer[tuple[Bypass, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionsSettings:
    """What the workflows' own token may do when a workflow does not say."""

    writes_by_default: bool
    may_open_pull_requests: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """`branches` are the patterns of branches that may use it; None: every branch.

    `protected_only`: the branches that are protected, whichever these are.
    """

    name: str
    branches: tuple[str, ...] | None
    protected_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnersError:
    """A line of CODEOWNERS that the forge skips or cannot follow, in the forge's words."""

    line: int
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ForgeSettings:
    """`has_rulesets` False: the plan of a private repository has none.

    `rulesets` maps names to ids; `actions_app` is the id of the app behind workflows; `refused` are the
    calls that this token may not make.
    """

    page: str
    repository: str
    private: bool
    has_rulesets: bool
    main: Branch
    log: Branch
    actions: Answer[ActionsSettings]
    environment: Answer[Environment | None]
    repository_secrets: Answer[tuple[str, ...]]
    owners_errors: Answer[tuple[OwnersError, ...]]
    rulesets: Mapping[str, int] = field(default_factory=dict)
    actions_app: int | None = None
    refused: tuple[str, ...] = ()
