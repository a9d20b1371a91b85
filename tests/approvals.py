"""Ways of trying to get a proposal through, as one table.

Each row says what people do and what is then known; `tests/core` asks the pure function about the one, and
`tests/commands` does the other on a forge and runs `promote`. What both must say stands here once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from coronet.core.approval import ApprovalFacts, Opinion, Vote
from coronet.core.protection import Guards, ProtectionDemand
from tests.core.examples import NOW

PROPOSAL, EVIDENCE = "promotions/iris/x.yaml", "promotions/iris/x.evidence.json"
OWNERS = frozenset({"model-owner", "second-owner"})
APPROVED, CHANGES, DISMISSED = Opinion.APPROVED, Opinion.CHANGES_REQUESTED, Opinion.DISMISSED
GUARDS = Guards(pull_request=True, code_owner_review=True, dismisses_stale=True, last_push_approval=True)
UNGUARDED = Guards(pull_request=False, code_owner_review=False, dismisses_stale=False, last_push_approval=False)
CODEOWNERS = "* @model-owner @second-owner\n"


def vote(login: str, opinion: Opinion = APPROVED, *, minutes: int = -60, **fields: Any) -> Vote:
    """An opinion given so many minutes after the merge, which is before it by default."""
    at = NOW + timedelta(minutes=minutes)
    given: dict[str, Any] = {"review": "1", "commit": "c" * 40, "same_content": True, **fields}
    return Vote(login=login, opinion=opinion, at=at, **given)


def facts(*votes: Vote, **fields: Any) -> ApprovalFacts:
    given: dict[str, Any] = {
        "pull_request": 12,
        "merged_at": NOW,
        "requested_by": "engineer",
        "opened_by": "promoter[bot]",
        "authors": frozenset({"promoter[bot]"}),
        "votes": votes,
        "owners": {PROPOSAL: OWNERS, EVIDENCE: OWNERS},
        "required": 1,
        "guards": GUARDS,
        "protection": ProtectionDemand.REQUIRE,
    }
    return ApprovalFacts(**{**given, **fields})


class File(StrEnum):
    """What somebody edits; `OTHER` has nothing to do with the proposal."""

    PROPOSAL = "proposal"
    EVIDENCE = "evidence"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Says:
    """A review; `refused` where the forge itself does not take it."""

    who: str
    what: str = "approved"
    refused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushes:
    """A commit on the pull request's branch."""

    who: str = "engineer"
    file: File = File.OTHER


@dataclass(frozen=True, kw_only=True, slots=True)
class PushesOwners:
    """The same, with another CODEOWNERS."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RenamesEvidence:
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class Merges:
    """By an administrator, who may pass over every rule."""

    method: str = "merge"


@dataclass(frozen=True, kw_only=True, slots=True)
class MainMoves:
    """Somebody else merges something, or edits a file of the proposal on main."""

    file: File = File.OTHER


@dataclass(frozen=True, kw_only=True, slots=True)
class PushesStraight:
    """The proposal is pushed to main, past its pull request."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MergesCopy:
    """Somebody else's pull request has the very same files and is merged instead, without a review."""

    who: str = "passer-by"


Step = Says | Pushes | PushesOwners | RenamesEvidence | Merges | MainMoves | PushesStraight | MergesCopy
MO, OTHER_OWNER = Says(who="model-owner"), Says(who="second-owner")
MERGED = Merges()


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """`refused` are the checks of the approval that fail; `applied` where not even another check refuses."""

    name: str
    steps: tuple[Step, ...]
    facts: ApprovalFacts
    refused: frozenset[str] = frozenset()
    edited: bool = False
    opened_by: str = "engineer"
    asked_by: str = "engineer"
    codeowners: str = CODEOWNERS
    teams: Mapping[str, frozenset[str]] = field(default_factory=dict)
    policy: str = ""

    @property
    def applied(self) -> bool:
        return not self.refused and not self.edited

    def __str__(self) -> str:
        return self.name


def refused(name: str, *steps: Step, facts: ApprovalFacts, by: tuple[str, ...] = ("approved",), **fields: Any) -> Case:
    return Case(name=name, steps=steps, facts=facts, refused=frozenset(by), **fields)


def passes(name: str, *steps: Step, facts: ApprovalFacts, **fields: Any) -> Case:
    return Case(name=name, steps=steps, facts=facts, **fields)


TEAM = "* @company/owners\n"
UNKNOWN: Mapping[str, None] = {PROPOSAL: None, EVIDENCE: None}
NOBODY: Mapping[str, frozenset[str]] = {PROPOSAL: frozenset(), EVIDENCE: frozenset()}

CASES = (
    # --- who approves ---
    passes("an owner approves", MO, MERGED, facts=facts(vote("model-owner"))),
    refused(
        "the author approves",
        Says(who="model-owner", refused=True),
        MERGED,
        opened_by="model-owner",
        facts=facts(vote("model-owner"), opened_by="model-owner"),
    ),
    refused(
        "the requester approves",
        MO,
        MERGED,
        opened_by="ci[bot]",
        asked_by="model-owner",
        facts=facts(vote("model-owner"), requested_by="model-owner"),
    ),
    refused(
        "a commit author approves",
        Pushes(who="model-owner"),
        MO,
        MERGED,
        facts=facts(vote("model-owner"), authors=frozenset({"engineer", "model-owner"})),
    ),
    refused("a non-owner approves", Says(who="passer-by"), MERGED, facts=facts(vote("passer-by"))),
    refused(
        "a bot approves",
        Says(who="owner[bot]"),
        MERGED,
        facts=facts(vote("owner[bot]", is_bot=True)),
    ),
    passes(
        "the approver's login has other letters",
        MO,
        MERGED,
        codeowners="* @Model-OWNER\n",
        facts=facts(vote("model-owner"), owners=dict.fromkeys((PROPOSAL, EVIDENCE), frozenset({"Model-OWNER"}))),
    ),
    refused("an admin merges without review", MERGED, facts=facts()),
    refused(
        "one approves where two must", MO, MERGED, policy="approvals: {count: 2}\n",
        facts=facts(vote("model-owner"), required=2),
    ),
    passes(
        "two approve where two must", MO, OTHER_OWNER, MERGED, policy="approvals: {count: 2}\n",
        facts=facts(vote("model-owner"), vote("second-owner", minutes=-30), required=2),
    ),
    # --- when, and on what ---
    refused(
        "a later push edits the proposal", MO, Pushes(file=File.PROPOSAL), MERGED,
        facts=facts(vote("model-owner", same_content=False)),
    ),
    refused(
        "a later push edits the evidence", MO, Pushes(file=File.EVIDENCE), MERGED,
        facts=facts(vote("model-owner", same_content=False)),
    ),
    passes("a later push edits something else", MO, Pushes(), MERGED, facts=facts(vote("model-owner"))),
    passes(
        "the edit was approved anew", MO, Pushes(file=File.PROPOSAL), MO, MERGED,
        facts=facts(vote("model-owner", same_content=False), vote("model-owner", minutes=-30, review="2")),
    ),
    passes(
        "the same content at another commit", MO, MainMoves(), Pushes(), MERGED,
        facts=facts(vote("model-owner", commit="b" * 40)),
    ),
    refused(
        "the evidence is renamed", MO, RenamesEvidence(), MERGED,
        facts=facts(vote("model-owner", same_content=False)),
    ),
    refused("approved after the merge", MERGED, MO, facts=facts(vote("model-owner", minutes=1))),
    # --- what they say afterwards ---
    refused(
        "dismissed", MO, Says(who="model-owner", what="dismissed"), MERGED,
        facts=facts(vote("model-owner"), vote("model-owner", DISMISSED, minutes=-30)),
    ),
    passes(
        "dismissed and approved again", MO, Says(who="model-owner", what="dismissed"), MO, MERGED,
        facts=facts(vote("model-owner", DISMISSED), vote("model-owner", minutes=-30)),
    ),
    refused(
        "the same owner asks for changes afterwards", MO, Says(who="model-owner", what="changes_requested"), MERGED,
        by=("approved", "objections"),
        facts=facts(vote("model-owner"), vote("model-owner", CHANGES, minutes=-30)),
    ),
    refused(
        "another owner asks for changes", Says(who="second-owner", what="changes_requested"), MO, MERGED,
        by=("objections",),
        facts=facts(vote("second-owner", CHANGES, minutes=-90), vote("model-owner")),
    ),
    passes(
        "a comment afterwards", MO, Says(who="model-owner", what="commented"), MERGED, facts=facts(vote("model-owner"))
    ),
    # --- who owns it ---
    passes(
        "the owner is dropped from CODEOWNERS in the same pull request",
        PushesOwners(text="* @second-owner\n"), MO, MERGED,
        facts=facts(vote("model-owner")),
    ),
    refused(
        "CODEOWNERS makes the approver an owner in the same pull request",
        PushesOwners(text="* @passer-by\n"), Says(who="passer-by"), MERGED,
        facts=facts(vote("passer-by")),
    ),
    refused(
        "the last line that matches names nobody", MO, MERGED, by=("approved", "owners"),
        codeowners="* @model-owner\npromotions/\n",
        facts=facts(vote("model-owner"), owners=NOBODY),
    ),
    refused(
        "there is no CODEOWNERS", MO, MERGED, by=("approved", "owners"), codeowners="",
        facts=facts(vote("model-owner"), owners=NOBODY),
    ),
    passes(
        "a team that is known", MO, MERGED, codeowners=TEAM,
        teams={"company/owners": frozenset({"model-owner"})},
        facts=facts(vote("model-owner")),
    ),
    refused(
        "a team that is unknown", MO, MERGED, by=("approved", "owners"), codeowners=TEAM,
        facts=facts(vote("model-owner"), owners=UNKNOWN),
    ),
    # --- how it came to main ---
    passes("squashed", MO, Merges(method="squash"), facts=facts(vote("model-owner"))),
    passes("rebased", MO, Merges(method="rebase"), facts=facts(vote("model-owner"))),
    passes("several commits rebased", Pushes(), MO, Merges(method="rebase"), facts=facts(vote("model-owner"))),
    Case(
        name="the proposal is edited on main after the merge",
        steps=(MO, MERGED, MainMoves(file=File.PROPOSAL)),
        facts=facts(vote("model-owner")),
        edited=True,
    ),
    Case(
        name="the evidence is edited on main after the merge",
        steps=(MO, MERGED, MainMoves(file=File.EVIDENCE)),
        facts=facts(vote("model-owner")),
        edited=True,
    ),
    refused(
        "pushed straight to main", MO, PushesStraight(), by=("approved", "merged"),
        facts=facts(votes=(), pull_request=None, merged_at=None, opened_by=None, authors=frozenset()),
    ),
    refused("copied by somebody else", MO, MergesCopy(), facts=facts(opened_by="passer-by")),
    # --- what protects main ---
    refused(
        "nothing protects main where the policy requires it", MO, MERGED, by=("protection",),
        policy="approvals: {protection: require}\n",
        facts=facts(vote("model-owner"), guards=UNGUARDED),
    ),
    passes(
        "nothing protects main and the policy does not ask", MO, MERGED, policy="approvals: {protection: 'off'}\n",
        facts=facts(vote("model-owner"), guards=UNGUARDED, protection=ProtectionDemand.OFF),
    ),
)  # fmt: skip
