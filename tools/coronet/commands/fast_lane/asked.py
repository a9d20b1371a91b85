"""What somebody wants at once, as a draft and as the entry that the log will have of it."""

from dataclasses import dataclass, replace

from coronet.commands.drafting import Draft, Ground, Request, draft
from coronet.commands.fast_lane.ratifying import draft_of
from coronet.commands.former import choose_former, former_champions, judge_former
from coronet.commands.proposals import proposal_ids
from coronet.commands.world import World
from coronet.core.canonical import digest_bytes
from coronet.core.changelog.entry import Entry, Event, FastLane, Pinned
from coronet.core.proposal import Kind
from coronet.errors import Conflict, Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class FastRequest:
    """What somebody wants at once: back to the version `to`, or what somebody else asked for (`confirm`, its id)."""

    asked: Request
    to: str | None = None
    confirm: str | None = None
    dry_run: bool = False

    @property
    def reason(self) -> str:
        return self.asked.why.summary


def draft_new(world: World, ground: Ground, request: FastRequest) -> tuple[Draft, Entry]:
    """The draft that returns to a former champion, and what the log will say of it before the alias moves."""
    entry, candidate = choose_former(world, ground, former_champions(world, ground), request.to)
    judgement = judge_former(world, ground, entry)
    drafted = draft(world, ground, kind=Kind.ROLLBACK, candidate=candidate, judgement=judgement, request=request.asked)
    if (ground.model.name, drafted.proposal.id) in proposal_ids(world.repository, ground.main, ground.model.name):
        raise Conflict(
            f"{drafted.proposal.id} is approved or merged already", hint="`coronet promote` carries it out: run that"
        )
    return drafted, _entry(world, ground, drafted, former=entry, why=request.reason)


def draft_confirmed(world: World, ground: Ground, request: FastRequest) -> tuple[Draft, Entry]:
    """What somebody else asked for, with the very document that they asked with."""
    asked = ground.state.requested.get(str(request.confirm))
    if asked is None or asked.fast_lane is None:
        waiting = ", ".join(ground.state.requested) or "none"
        raise Refused(
            f"nobody asks for {request.confirm}",
            hint=f"what waits for a second person: {waiting}; ask without --confirm",
        )
    drafted = draft_of(world, ground.main, asked)
    if drafted.proposal.replaces != ground.replaces:
        raise Conflict("the champion changed since it was asked for", hint="ask again, without --confirm")
    said = f"{asked.why}; confirmed by {world.actor}{f': {request.reason}' if request.reason else ''}"
    entry = replace(
        asked,
        event=Event.INTENT,
        at=world.clock.now(),
        merge_commit=ground.main,
        policy=ground.policy.digest,
        actor=world.actor,
        run_url=world.run_url,
        why=said,
    )
    return drafted, entry


def _entry(world: World, ground: Ground, drafted: Draft, *, former: Entry, why: str) -> Entry:
    proposal, replaced = drafted.proposal, ground.replaces
    lane = FastLane(ratify_by=proposal.apply_before, restores=str(former.proposal), document=drafted.document.decode())
    return Entry(
        at=world.clock.now(),
        model=proposal.model,
        registered_model=ground.model.registered_model,
        alias=proposal.alias,
        event=Event.INTENT,
        proposal=proposal.id,
        proposal_digest=digest_bytes(drafted.document),
        origin=Pinned(version=replaced.version, digest=replaced.digest) if replaced else None,
        target=Pinned(version=proposal.candidate.version, digest=proposal.candidate.digest),
        merge_commit=ground.main,
        policy=ground.policy.digest,
        evidence=proposal.evidence_digest,
        valid_until=proposal.valid_until,
        actor=world.actor,
        run_url=world.run_url,
        why=why,
        fast_lane=lane,
    )
