"""Pull requests that end without a merge: the log remembers who said no, and why; what is overdue is closed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from coronet.commands.governed import champion_alias
from coronet.commands.ledger import Ledger
from coronet.commands.proposals import proposals_of
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry, Event
from coronet.core.closing import NO_REASON, event_of_closing, expired_at
from coronet.core.proposal import proposal_of_branch
from coronet.ports.documents import Files
from coronet.ports.forge import PullRequest, PullRequestState


@dataclass(frozen=True, kw_only=True, slots=True)
class Overdue:
    """An open pull request whose proposal can never be applied. `entry` None: the log says so already."""

    model: str
    pull_request: PullRequest
    reason: str
    entry: Entry | None


def find_closed(world: World, ledger: Ledger, files: Files, *, on_main: Collection[str]) -> tuple[Entry, ...]:
    """An entry for each closed pull request whose proposal has no outcome and is not on the main branch.

    Who closed one, and why, is asked of those alone: the log knows it of the others.
    """
    found = [
        (world.forge.pull_request(pull_request.number) or pull_request, model, proposal)
        for pull_request, model, proposal in _undecided(world, ledger, PullRequestState.CLOSED, on_main)
        if proposal not in ledger.state(model).ended
    ]
    return tuple(
        _entry(
            world,
            pull_request,
            model=model,
            alias=champion_alias(files, world.documents, model),
            proposal=proposal,
            event=event_of_closing(pull_request.close_reason or ""),
            actor=pull_request.closed_by or "unknown",
            why=pull_request.close_reason or NO_REASON,
        )
        for pull_request, model, proposal in found
        if pull_request.state is PullRequestState.CLOSED
    )


def find_overdue(
    world: World, ledger: Ledger, files: Files, *, on_main: Collection[str], ending: Mapping[str, Event]
) -> tuple[Overdue, ...]:
    """Open pull requests whose proposal has expired, has ended (somebody opened it again), or is `ending` now."""
    found = _undecided(world, ledger, PullRequestState.OPEN, set(on_main) - set(ending))
    read = proposals_of(world, [pull_request for pull_request, _, _ in found])
    overdue = []
    for pull_request, model, proposal_id in found:
        proposal, ended = read.get(pull_request.number), {**ending, **ledger.state(model).ended}.get(proposal_id)
        if ended:
            reason = f"it has ended already: {ended.replace('_', ' ')}; propose it again"
            overdue.append(Overdue(model=model, pull_request=pull_request, reason=reason, entry=None))
        elif proposal and proposal.apply_before <= world.clock.now():
            reason = expired_at(proposal.apply_before)
            entry = _entry(
                world,
                pull_request,
                model=model,
                alias=champion_alias(files, world.documents, model),
                proposal=proposal_id,
                event=Event.EXPIRED,
                actor=world.actor,
                why=reason,
            )
            overdue.append(Overdue(model=model, pull_request=pull_request, reason=reason, entry=entry))
    return tuple(overdue)


def _undecided(
    world: World, ledger: Ledger, state: PullRequestState, on_main: Collection[str]
) -> list[tuple[PullRequest, str, str]]:
    """(pull request, model, proposal id) of those in this state that ask for a model of the ledger, not merged.

    A rollback of the fast lane is left to `find_rulings`: it has been done, and only its approval is open.
    """
    named = [
        (pull_request, *names)
        for pull_request in world.forge.pull_requests(state)
        if (names := proposal_of_branch(pull_request.branch))
    ]
    return [
        (pull_request, model, proposal)
        for pull_request, model, proposal in named
        if model in ledger.states and proposal not in on_main and not ledger.state(model).is_fast(proposal)
    ]


def _entry(
    world: World,
    pull_request: PullRequest,
    *,
    model: str,
    alias: str,
    proposal: str,
    event: Event,
    actor: str,
    why: str,
) -> Entry:
    return Entry(
        at=world.clock.now(),
        model=model,
        alias=alias,
        event=event,
        proposal=proposal,
        pull_request=pull_request.number,
        actor=actor,
        run_url=world.run_url,
        why=why,
    )
