"""Carrying a plan out: intents, alias moves, read-back, outcomes.

MLflow and git share no transaction. The intent is in the log before an alias moves, its outcome after; both
appends are compare-and-swaps, and every step between them may be repeated. `world.progress` is told
before each step: the points at which the tests cut the power.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from coronet.commands.ledger import Ledger, append
from coronet.commands.promote.lifecycle import record_lifecycle
from coronet.commands.promote.plan import Plan, Step
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry, Event, Pinned
from coronet.core.promotion import Action
from coronet.errors import Conflict, CoronetError, Refused, Unavailable
from coronet.ports.forge import PullRequest
from coronet.ports.repository import RefMoved


def apply_plan(world: World, plan: Plan, ledger: Ledger) -> Ledger:
    """The ledger after everything that the plan asks for; RefMoved where another run was quicker."""
    ledger = _announce(world, plan, ledger)
    for divergence in plan.healed:
        _move(world, divergence.registered_model, divergence.alias, divergence.wanted, ledger)
    for step in plan.steps:
        _carry_out(world, step, ledger)
    ledger = _conclude(world, plan, ledger)
    for overdue in plan.overdue:
        _close(world, overdue.pull_request, reason=overdue.reason)
    for ruling in plan.rulings:
        if ruling.closes and ruling.pull_request and ruling.entry:
            _close(world, ruling.pull_request, reason=ruling.entry.why)
    return ledger


def _announce(world: World, plan: Plan, ledger: Ledger) -> Ledger:
    """Log what is about to happen, and divergences that are new."""
    entries = [
        divergence.entry(Event.DIVERGED, world, why="moved behind git's back")
        for divergence in plan.divergences
        if not divergence.known
    ]
    entries += [step.intent for step in plan.steps if step.intent]
    return _append(world, ledger, entries, step="intent")


def _carry_out(world: World, step: Step, ledger: Ledger) -> None:
    outcome = step.outcome
    if outcome is None or outcome.target is None or step.decision.action not in (Action.MOVE, Action.RECORD):
        return
    if step.decision.action is Action.MOVE:
        _move(world, outcome.registered_model, outcome.alias, outcome.target, ledger)
    world.progress("lifecycle", step.proposal_id)
    _show_lifecycle(world, outcome)


def _show_lifecycle(world: World, outcome: Entry) -> None:
    """Tags are for people: where the run was deleted, or may not be written, the alias has moved all the same."""
    try:
        record_lifecycle(world, outcome)
    except Unavailable:
        raise
    except CoronetError as error:
        world.progress("lifecycle", f"{outcome.proposal} is not shown in the registry: {error.message}")


def _move(world: World, name: str, alias: str, target: Pinned, ledger: Ledger) -> None:
    """Move and read back; a run that fell behind stops here instead of moving an alias back."""
    world.progress("confirm", f"{name}@{alias}")
    world.repository.refresh()
    if world.repository.head(world.log_branch) != ledger.head:
        raise RefMoved
    world.progress("move", f"{name}@{alias} → version {target.version}")
    world.registry.set_alias(name, alias, target.version)
    world.progress("read back", f"{name}@{alias}")
    model = world.registry.model(name)
    there = model.aliases.get(alias) if model else None
    if there != target.version:
        raise Conflict(
            f"{name}@{alias} was set to version {target.version}, and reads back as {there or 'nothing'}",
            hint="someone else moves it: find out who, then run `coronet promote` again",
        )


def _conclude(world: World, plan: Plan, ledger: Ledger) -> Ledger:
    """Log what happened. A version that was rolled back is held until a person releases it."""
    entries = [d.entry(Event.HEALED, world, why="put back to what the log says") for d in plan.healed]
    entries += [d.entry(Event.HEALED, world, why="found where the log left it again") for d in plan.returned]
    for step in plan.steps:
        if step.outcome:
            entries.append(step.outcome)
            entries += _hold_after(step.outcome)
    entries += [overdue.entry for overdue in plan.overdue if overdue.entry]
    entries += [ruling.entry for ruling in plan.rulings if ruling.entry]
    return _append(world, ledger, [*entries, *plan.closed], step="outcome")


def _close(world: World, pull_request: PullRequest, *, reason: str) -> None:
    """The log says already how it ended, so that one which cannot be closed keeps nothing else from happening."""
    number = pull_request.number
    world.progress("close", f"pull request {number}")
    try:
        world.forge.close(number, reason=reason)
    except Refused as error:
        world.progress("close", f"pull request {number} stays open: {error.message}")


def _hold_after(outcome: Entry) -> list[Entry]:
    if outcome.event is not Event.ROLLED_BACK or outcome.origin is None:
        return []
    return [
        Entry(
            at=outcome.at,
            model=outcome.model,
            registered_model=outcome.registered_model,
            alias=outcome.alias,
            event=Event.HELD,
            target=outcome.origin,
            actor=outcome.actor,
            run_url=outcome.run_url,
            why=f"rolled back by {outcome.proposal}",
        )
    ]


def _append(world: World, ledger: Ledger, entries: Iterable[Entry], *, step: str) -> Ledger:
    by_model: Mapping[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_model[entry.model].append(entry)
    if not by_model:
        return ledger
    said = ", ".join(f"{entry.model} {entry.event}" for group in by_model.values() for entry in group)
    world.progress(step, said)
    after, _ = append(
        world.repository,
        ledger,
        world.log_branch,
        by_model,
        author=world.author,
        at=world.clock.now(),
        message=f"{step}: {said}",
    )
    return after
