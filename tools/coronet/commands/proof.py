"""Gathering the facts that prove an approval, from the forge and from git."""

from collections.abc import Callable, Sequence

from coronet.commands.world import World
from coronet.core.approval import ApprovalDecision, ApprovalFacts, Opinion, Vote, decide_approval
from coronet.core.codeowners import LOCATIONS, parse_codeowners
from coronet.core.policy import Approvals
from coronet.core.proposal import Kind, Proposal
from coronet.core.protection import Guards, ProtectionDemand
from coronet.ports.forge import Forge, PullRequest, Review, ReviewState
from coronet.ports.repository import Landing, Repository

_OPINIONS = {
    ReviewState.APPROVED: Opinion.APPROVED,
    ReviewState.CHANGES_REQUESTED: Opinion.CHANGES_REQUESTED,
    ReviewState.DISMISSED: Opinion.DISMISSED,
}


def required_approvals(proposal: Proposal, approvals: Approvals) -> int:
    match proposal.kind:
        case Kind.PROMOTION:
            return approvals.bootstrap if proposal.replaces is None else approvals.promotion
        case Kind.ROLLBACK:
            return approvals.rollback
        case Kind.RENEWAL:
            return approvals.renewal


def prove_approval(
    world: World, proposal: Proposal, landing: Landing, approvals: Approvals, guards: Callable[[], Guards | None]
) -> tuple[ApprovalDecision, PullRequest | None]:
    """Whether the pull request that brought `proposal` with `landing` was approved, and that pull request.

    `guards` answers what protects the main branch; it is asked only where the policy wants to know.
    """
    pull_request = world.forge.pull_request_of(landing.commit)
    paths = (proposal.path, proposal.evidence_path)
    reviews = world.forge.reviews(pull_request.number) if pull_request else ()
    facts = ApprovalFacts(
        pull_request=pull_request.number if pull_request else None,
        merged_at=pull_request.merged_at if pull_request else None,
        requested_by=proposal.requested_by.login,
        opened_by=pull_request.author if pull_request else None,
        authors=world.forge.commit_logins(pull_request.number) if pull_request else frozenset(),
        votes=None if reviews is None else _votes(world.repository, reviews, landing.commit, paths),
        owners=_owners(world, landing.parent, paths),
        required=required_approvals(proposal, approvals),
        guards=None if approvals.protection is ProtectionDemand.OFF else guards(),
        protection=approvals.protection,
    )
    return decide_approval(facts), pull_request


def find_guards(world: World) -> Guards | None:
    """What the forge demands of every change to the main branch; None where that cannot be known."""
    found = world.forge.protection(world.main)
    if found is None:
        return None
    return Guards(
        pull_request=found.pull_request,
        code_owner_review=found.code_owner_review,
        dismisses_stale=found.dismisses_stale,
        last_push_approval=found.last_push_approval,
    )


def _votes(repository: Repository, reviews: Sequence[Review], merged: str, paths: Sequence[str]) -> tuple[Vote, ...]:
    """The reviews that are opinions, each with whether it was given on what was merged."""
    final = repository.blob_ids([(merged, path) for path in paths])
    return tuple(
        Vote(
            review=review.id,
            login=review.login,
            opinion=_OPINIONS[review.state],
            at=review.at,
            commit=review.commit,
            same_content=_same(repository.blob_ids([(review.commit, path) for path in paths]), final),
            is_bot=review.is_bot,
        )
        for review in reviews
        if review.state in _OPINIONS
    )


def _same(seen: Sequence[str | None], final: Sequence[str | None]) -> bool | None:
    return None if None in seen else tuple(seen) == tuple(final)


def _owners(world: World, base: str | None, paths: Sequence[str]) -> dict[str, frozenset[str] | None]:
    """The logins that own each path by the CODEOWNERS at `base`; None where an owner cannot be resolved."""
    text = read_codeowners(world.repository, base) if base else None
    if text is None:
        return {path: frozenset() for path in paths}
    code_owners = parse_codeowners(text[1], file=text[0])
    return {path: members_of(world.forge, code_owners.owners_of(path).owners) for path in paths}


def read_codeowners(repository: Repository, commit: str) -> tuple[str, str] | None:
    """(path, text) of the CODEOWNERS that counts at `commit`."""
    for path in LOCATIONS:
        if (data := repository.read(commit, path)) is not None:
            return path, data.decode(errors="replace")
    return None


def members_of(forge: Forge, owners: Sequence[str]) -> frozenset[str] | None:
    """Everybody the owners stand for; None where one of them is unknown."""
    groups = [forge.members(owner) for owner in owners]
    if None in groups:
        return None
    return frozenset(login for group in groups for login in group or ())


def approvers_at(world: World, commit: str, proposal: Proposal) -> tuple[str, ...]:
    """The logins that may approve a proposal, by the CODEOWNERS at `commit`: its owners but who asked for it."""
    asked = proposal.requested_by.login.lower()
    return tuple(sorted(login for login in owners_of(world, commit, proposal) if login.lower() != asked))


def owners_of(world: World, commit: str, proposal: Proposal) -> frozenset[str]:
    """The logins that own both files of a proposal by the CODEOWNERS at `commit`; empty where they are unknown."""
    text = read_codeowners(world.repository, commit)
    if text is None:
        return frozenset()
    rules = parse_codeowners(text[1], file=text[0])
    owners = [members_of(world.forge, rules.owners_of(p).owners) for p in (proposal.path, proposal.evidence_path)]
    return frozenset.intersection(*(logins or frozenset() for logins in owners))
