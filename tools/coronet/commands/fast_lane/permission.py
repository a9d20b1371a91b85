"""May who acts roll back at once? The facts for that decision, from the policy, CODEOWNERS and the registry."""

from coronet.commands.drafting import Draft, Ground
from coronet.commands.fast_lane.asked import FastRequest
from coronet.commands.proof import members_of, read_codeowners
from coronet.commands.registered import find_candidate
from coronet.commands.world import World
from coronet.core.changelog.entry import Pinned
from coronet.core.codeowners import parse_codeowners
from coronet.core.fast_lane import FastDecision, FastFacts, decide_fast_rollback, is_bot
from coronet.core.proposal import Candidate, evidence_path, proposal_path

OWNERS = "owners"


def ask_permission(world: World, ground: Ground, drafted: Draft, request: FastRequest) -> FastDecision:
    """Whether `drafted` may be done now, by whom acts."""
    proposal = drafted.proposal
    target = Pinned(version=proposal.candidate.version, digest=proposal.candidate.digest)
    allowed = ground.state.former_champions(ground.alias)[: ground.policy.rollback.depth]
    return decide_fast_rollback(
        FastFacts(
            actor=world.actor,
            may=_who_may(world, ground),
            four_eyes=ground.policy.rollback.four_eyes,
            confirms=request.confirm is not None,
            proposal=proposal.id,
            alias=ground.alias,
            target=target,
            former=allowed,
            found=_found(world, ground, drafted, request),
            judgement=drafted.judgement,
            state=ground.state,
            now=world.clock.now(),
        )
    )


def _found(world: World, ground: Ground, drafted: Draft, request: FastRequest) -> Candidate | None:
    """The target as the registry has it now: a draft was made of that, what is confirmed was made earlier."""
    candidate = drafted.proposal.candidate
    if request.confirm is None:
        return candidate
    return find_candidate(world, ground.model.registered_model, candidate.version)


def _who_may(world: World, ground: Ground) -> frozenset[str] | None:
    """The logins that the policy names; None where one of them cannot be resolved."""
    found: set[str] = set()
    for who in ground.policy.rollback.who:
        members = _owners(world, ground) if who == OWNERS else _meant(world, who.removeprefix("@"))
        if members is None:
            return None
        found |= members
    return frozenset(found)


def _meant(world: World, name: str) -> frozenset[str] | None:
    """A bot, such as the one that releases, stands for itself: no forge lists it among those who may write."""
    return frozenset({name}) if is_bot(name) else members_of(world.forge, [f"@{name}"])


def _owners(world: World, ground: Ground) -> frozenset[str] | None:
    """Who owns any proposal of the model, by the CODEOWNERS on main: both files that a proposal has."""
    text = read_codeowners(world.repository, ground.main)
    if text is None:
        return frozenset()
    rules = parse_codeowners(text[1], file=text[0])
    names = (path(ground.model.name, "any") for path in (proposal_path, evidence_path))
    groups = [members_of(world.forge, rules.owners_of(name).owners) for name in names]
    return None if None in groups else frozenset.intersection(*(group or frozenset() for group in groups))
