"""Close proposals whose time is over, and tell those that ask for them which were left behind."""

from collections.abc import Sequence

from coronet.commands.check import check_proposal
from coronet.commands.governed import AtCommit, champion_alias
from coronet.commands.ledger import Ledger, read_ledger, read_whole
from coronet.commands.promote import TRIES
from coronet.commands.promote.apply import apply_plan
from coronet.commands.promote.closings import Overdue, find_overdue
from coronet.commands.promote.plan import Plan
from coronet.commands.proposals import proposal_ids, read_proposals
from coronet.commands.sweep.report import Stale, SweepReport
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry, Event
from coronet.core.closing import stale_by
from coronet.core.proposal import proposal_of_branch
from coronet.core.render.checks import checks_markdown
from coronet.core.staleness import find_stale
from coronet.errors import Conflict, InvalidInput
from coronet.ports.forge import PullRequest, PullRequestState
from coronet.ports.repository import RefMoved

MARKER = "coronet-stale"


def sweep(world: World, *, models: Sequence[str] = (), close_stale: bool = False, dry_run: bool = False) -> SweepReport:
    """Close open proposals (of `models`, or of all) that have expired or ended, as `promote` does.

    Those that were left behind (their champion, their policy or their evidence's time is gone) can never be
    applied: each is told so in one comment, or closed where `close_stale` says so.
    """
    for _ in range(TRIES):
        try:
            return _sweep_once(world, models=models, close_stale=close_stale, dry_run=dry_run)
        except RefMoved:
            world.progress("again", "the log branch moved meanwhile")
    raise Conflict(f"the log branch {world.log_branch} moved {TRIES} times", hint="run it again")


def _sweep_once(world: World, *, models: Sequence[str], close_stale: bool, dry_run: bool) -> SweepReport:
    world.progress("read", "git, log and open pull requests")
    world.repository.refresh()
    main = world.repository.head(world.main)
    if main is None:
        raise InvalidInput(f"the remote has no branch {world.main}", hint="name the branch with --branch")
    pulls = _open(world, models)
    chosen = sorted({model for _, model, _ in pulls})
    ledger = read_ledger(world.repository, world.log_branch, chosen)
    ledger = read_whole(world.repository, ledger, chosen)
    overdue = _overdue(world, main, ledger)
    stale = _stale(world, main, ledger, pulls, overdue, closes=close_stale)
    closing = [*overdue, *(found.closing for found in stale if found.closing)]
    if not dry_run:
        apply_plan(world, Plan(steps=(), divergences=(), closed=(), overdue=tuple(closing), healed=()), ledger)
        _tell(world, stale)
    return SweepReport(head=main, overdue=overdue, stale=stale, dry_run=dry_run)


def _open(world: World, models: Sequence[str]) -> list[tuple[PullRequest, str, str]]:
    """(pull request, model, proposal id) of those that are open."""
    pulls = world.forge.pull_requests(PullRequestState.OPEN)
    named = [(pull, *names) for pull in pulls if (names := proposal_of_branch(pull.branch))]
    return [found for found in named if not models or found[1] in models]


def _overdue(world: World, main: str, ledger: Ledger) -> tuple[Overdue, ...]:
    on_main = {name for model, name in proposal_ids(world.repository, main) if not _has_ended(ledger, model, name)}
    files = AtCommit(repository=world.repository, commit=main)
    return find_overdue(world, ledger, files, on_main=on_main, ending={})


def _has_ended(ledger: Ledger, model: str, proposal: str) -> bool:
    return model in ledger.states and proposal in ledger.state(model).ended


def _stale(
    world: World,
    main: str,
    ledger: Ledger,
    pulls: Sequence[tuple[PullRequest, str, str]],
    overdue: Sequence[Overdue],
    *,
    closes: bool,
) -> tuple[Stale, ...]:
    """Of the pull requests that are not overdue, those of which the check says that nothing will mend them."""
    closing = {found.pull_request.number for found in overdue}
    stale = []
    for pull, model, proposal in pulls:
        if pull.number in closing or ledger.state(model).is_fast(proposal):
            continue
        files = read_proposals(world.repository, pull.head, [(model, proposal)])[0]
        checked = check_proposal(world, files, base=main, ask_registry=False)
        if behind := find_stale(checked.checks):
            reason = stale_by([check.name for check in behind])
            entry = _entry(world, main, pull, model, proposal, why=reason) if closes else None
            made = Overdue(model=model, pull_request=pull, reason=reason, entry=entry) if closes else None
            stale.append(Stale(model=model, proposal=proposal, pull_request=pull, checks=behind, closing=made))
    return tuple(stale)


def _entry(world: World, main: str, pull: PullRequest, model: str, proposal: str, *, why: str) -> Entry:
    files = AtCommit(repository=world.repository, commit=main)
    return Entry(
        at=world.clock.now(),
        model=model,
        alias=champion_alias(files, world.documents, model),
        event=Event.EXPIRED,
        proposal=proposal,
        pull_request=pull.number,
        actor=world.actor,
        run_url=world.run_url,
        why=why,
    )


def _tell(world: World, stale: Sequence[Stale]) -> None:
    """Once: a comment that says the same already is left as it is."""
    for found in stale:
        if found.closing is None:
            world.progress("comment", f"pull request {found.pull_request.number}")
            world.forge.comment(found.pull_request.number, marker=MARKER, body=render_comment(found))


def render_comment(stale: Stale) -> str:
    first = "**This proposal was left behind: merged as it is, it would be refused.** Close it, and propose again:"
    return "\n\n".join([f"{first} `coronet propose {stale.model}`.", checks_markdown(stale.checks)])
