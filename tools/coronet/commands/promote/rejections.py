"""Pull requests of proposals that were closed without being merged: the log remembers who said no, and why."""

from collections.abc import Collection

from coronet.commands.ledger import Ledger
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry, Event
from coronet.core.proposal import proposal_of_branch
from coronet.ports import PullRequest, PullRequestState


def find_rejections(world: World, ledger: Ledger, *, on_main: Collection[str]) -> tuple[Entry, ...]:
    """An entry for each closed pull request whose proposal has no outcome and is not on the main branch."""
    entries = []
    for pull_request in world.forge.pull_requests(PullRequestState.CLOSED):
        named = proposal_of_branch(pull_request.branch)
        if named is None or named[0] not in ledger.states or named[1] in on_main:
            continue
        model, proposal_id = named
        if proposal_id not in ledger.state(model).ended:
            entries.append(_rejection(world, model, proposal_id, pull_request))
    return tuple(entries)


def _rejection(world: World, model: str, proposal_id: str, pull_request: PullRequest) -> Entry:
    return Entry(
        at=world.clock.now(),
        model=model,
        alias="champion",
        event=Event.REJECTED,
        proposal=proposal_id,
        pull_request=pull_request.number,
        actor=pull_request.closed_by or "unknown",
        run_url=world.run_url,
        why=pull_request.close_reason or "closed without a reason",
    )
