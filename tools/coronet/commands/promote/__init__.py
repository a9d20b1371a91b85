"""Bring every alias to what the main branch says: the reconciler.

Each run looks at the state of the world, never at the event that started it: which merged proposals have
no outcome in the log, what the log says, where the aliases are. So a run may be repeated, come late, or
be killed at any point; the next one finishes or closes what it left.
"""

from collections.abc import Sequence

from coronet.commands.governed import AtCommit, governed_models
from coronet.commands.ledger import Ledger, logged_models, read_ledger, read_whole
from coronet.commands.promote.announce import announce
from coronet.commands.promote.apply import apply_plan
from coronet.commands.promote.plan import Plan, make_plan
from coronet.commands.promote.report import PromoteReport, report_plan
from coronet.commands.proposals import proposal_ids
from coronet.commands.world import World
from coronet.errors import Conflict, InvalidInput
from coronet.ports.repository import RefMoved

TRIES = 8


def promote(world: World, *, models: Sequence[str] = (), heal: bool = False, dry_run: bool = False) -> PromoteReport:
    """Apply what was merged and approved, record what was refused, and say what differs.

    `models` limits the run to some models; `heal` puts aliases back that were moved behind git's back.
    """
    for _ in range(TRIES):
        try:
            return _promote_once(world, models=models, heal=heal, dry_run=dry_run)
        except RefMoved:
            world.progress("again", "the log branch moved meanwhile")
    raise Conflict(
        f"the log branch {world.log_branch} moved {TRIES} times while it was being written",
        hint="another promote is running: run it again when that has ended",
    )


def _promote_once(world: World, *, models: Sequence[str], heal: bool, dry_run: bool) -> PromoteReport:
    world.progress("read", "git, log and registry")
    world.repository.refresh()
    main = world.repository.head(world.main)
    if main is None:
        raise InvalidInput(f"the remote has no branch {world.main}", hint="name the branch with --branch")
    ledger, ids = _read(world, main, models)
    plan, ledger = _plan(world, main, ledger, ids, heal=heal)
    problems: Sequence[str] = ()
    if not dry_run:
        ledger = apply_plan(world, plan, ledger)
        problems = announce(world, main=main, plan=plan, ledger=ledger).problems
    return report_plan(plan, head=main, log=ledger.head, dry_run=dry_run, problems=problems)


def _read(world: World, main: str, models: Sequence[str]) -> tuple[Ledger, list[tuple[str, str]]]:
    """The ledger of the chosen models, and their proposals (model, id) on main."""
    ids = proposal_ids(world.repository, main)
    log_head = world.repository.head(world.log_branch)
    governed = governed_models(AtCommit(repository=world.repository, commit=main))
    known = sorted({*governed, *(model for model, _ in ids), *logged_models(world.repository, log_head)})
    chosen = [model for model in known if not models or model in models]
    if missing := sorted(set(models) - set(known)):
        said = f"no model {', '.join(missing)} on {world.main}"
        raise InvalidInput(said, hint=f"models that are there: {', '.join(known) or 'none'}")
    ledger = read_ledger(world.repository, world.log_branch, chosen)
    return ledger, [(model, name) for model, name in ids if model in ledger.states]


def _plan(
    world: World, main: str, ledger: Ledger, ids: Sequence[tuple[str, str]], *, heal: bool
) -> tuple[Plan, Ledger]:
    """The plan and the ledger it rests on.

    What is going to be written rests on logs that were read whole and whose chains hold; a model for which
    there is nothing to do costs no more than its index.
    """
    proven: set[str] = set()
    while True:
        waiting = [(model, name) for model, name in ids if _waits(ledger, model, name)]
        busy = {model for model, _ in waiting}
        busy |= {model for model, state in ledger.states.items() if state.intents or state.provisional}
        plan = None
        if busy <= proven:
            plan = make_plan(world, main=main, ledger=ledger, waiting=waiting, heal=heal)
            busy = {*plan.models}
        whole = read_whole(world.repository, ledger, sorted(busy - proven))
        if plan and whole.states == ledger.states:
            return plan, ledger
        ledger = whole
        proven |= busy


def _waits(ledger: Ledger, model: str, proposal: str) -> bool:
    """Whether a proposal on main has no outcome yet, or one that was written before it was merged all the same.

    What went the fast lane is looked at by its entries.
    """
    state = ledger.state(model)
    return (proposal not in state.ended or proposal in state.unmerged) and not state.is_fast(proposal)
