"""`coronet rollback --now`: the alias goes back in one run; the log says who did it, and the approval comes after.

Each run looks at the state of the world first: what was begun is finished, what was done is not done twice.
"""

from dataclasses import replace

from coronet.commands.drafting import Ground, survey
from coronet.commands.fast_lane.asked import FastRequest, draft_confirmed, draft_new
from coronet.commands.fast_lane.permission import ask_permission
from coronet.commands.fast_lane.report import Done, FastReport
from coronet.commands.governed import AtCommit
from coronet.commands.ledger import Ledger, append, read_whole
from coronet.commands.promote.announce import announce
from coronet.commands.promote.apply import apply_plan
from coronet.commands.promote.divergence import find_divergences
from coronet.commands.promote.plan import Plan, Step, step_of_begun
from coronet.commands.promote.provisional import find_begun
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry, Event
from coronet.core.fast_lane import CONFIRM_WITHIN, FastAction, FastDecision
from coronet.core.promotion import Action, PromotionDecision
from coronet.errors import Conflict, InvalidInput
from coronet.ports.registry import RegisteredModel
from coronet.ports.repository import RefMoved

TRIES = 8


def rollback_now(world: World, model: str, request: FastRequest) -> FastReport:
    """Move the alias back to a former champion, if the policy lets who acts do so without an approval.

    Safe to repeat: what a run before this one left is finished first, and a champion that is back already
    goes no further back unless `to` says so.
    """
    if not request.reason.strip() and request.confirm is None:
        raise InvalidInput("a rollback needs a reason", hint="say why with --reason: the reviewers will read it")
    for _ in range(TRIES):
        try:
            return _once(world, model, request)
        except RefMoved:
            world.progress("again", "the log branch moved meanwhile")
    raise Conflict(
        f"the log branch {world.log_branch} moved {TRIES} times while it was being written",
        hint="somebody promotes at the same time: run it again when that has ended",
    )


def _once(world: World, model: str, request: FastRequest) -> FastReport:
    ground = survey(world, model, aligned=False)
    ledger = read_whole(world.repository, ground.ledger, [model])
    ground = replace(ground, ledger=ledger, state=ledger.state(model))
    if any(intent.fast_lane for intent in ground.state.intents.values()):
        return _finish(world, ground, request)
    if standing := _standing(ground, request):
        return _told(world, ground, _plan(world, ground), ledger, Done.STANDING, standing, request)
    make = draft_confirmed if request.confirm else draft_new
    drafted, entry = make(world, ground, request)
    decision = ask_permission(world, ground, drafted, request)
    match decision.action:
        case FastAction.REFUSE:
            return FastReport(model=model, done=Done.REFUSED, entry=entry, checks=decision.checks)
        case FastAction.REQUEST:
            return _ask(world, ground, entry, decision, request)
        case FastAction.MOVE:
            return _move(world, ground, entry, decision, request)


# --- what was there before ------------------------------------------------------------------------


def _finish(world: World, ground: Ground, request: FastRequest) -> FastReport:
    """A run before this one ended between its intent and its outcome."""
    registered = _registered(world, ground)
    begun = find_begun(world, ground.ledger, {found.name: found for found in registered})
    plan = _plan(world, ground, *(step_of_begun(each) for each in begun))
    ledger = ground.ledger if request.dry_run else apply_plan(world, plan, ground.ledger)
    outcome = begun[-1].outcome
    done = Done.ROLLED_BACK if outcome.event is Event.ROLLED_BACK else Done.CONFLICT
    return _told(world, ground, plan, ledger, done, outcome, request, checks=begun[-1].decision)


def _standing(ground: Ground, request: FastRequest) -> Entry | None:
    """The rollback that the champion rests on, where it is what is asked for: nobody goes back twice by accident."""
    champion = ground.champion
    if champion is None or champion.proposal not in ground.state.provisional or champion.target is None:
        return None
    if champion.target.version != ground.alias_version:
        return None
    same = request.confirm == champion.proposal or request.to == champion.target.version
    return champion if same or (request.to is None and request.confirm is None) else None


# --- deciding and doing ---------------------------------------------------------------------------


def _ask(world: World, ground: Ground, entry: Entry, decision: FastDecision, request: FastRequest) -> FastReport:
    """Log the wish, and ask a second person; the same wish within the hour is not logged twice."""
    state, asked = ground.state, replace(entry, event=Event.REQUESTED)
    waiting = state.requested.get(str(entry.proposal))
    ledger = ground.ledger
    if waiting and world.clock.now() < waiting.at + CONFIRM_WITHIN:
        asked = waiting
    elif not request.dry_run:
        world.progress("request", str(entry.proposal))
        ledger, _ = append(
            world.repository,
            ledger,
            world.log_branch,
            {entry.model: [asked]},
            author=world.author,
            at=world.clock.now(),
            message=f"requested: {entry.proposal}",
        )
    return _told(world, ground, _plan(world, ground), ledger, Done.REQUESTED, asked, request, checks=decision)


def _move(world: World, ground: Ground, entry: Entry, decision: FastDecision, request: FastRequest) -> FastReport:
    there = entry.target is not None and ground.alias_version == entry.target.version
    step = Step(
        model=entry.model,
        proposal_id=str(entry.proposal),
        alias=entry.alias,
        decision=PromotionDecision(
            action=Action.RECORD if there else Action.MOVE,
            event=Event.ROLLED_BACK,
            checks=decision.checks,
            why=entry.why,
        ),
        outcome=replace(entry, event=Event.ROLLED_BACK),
        intent=entry,
    )
    plan = _plan(world, ground, step)
    ledger = ground.ledger if request.dry_run else apply_plan(world, plan, ground.ledger)
    outcome = replace(entry, event=Event.ROLLED_BACK)
    return _told(world, ground, plan, ledger, Done.ROLLED_BACK, outcome, request, checks=decision)


def _plan(world: World, ground: Ground, *steps: Step) -> Plan:
    """A plan of these steps alone; where the alias was moved behind git's back, the log is told so first."""
    registered = {found.name: found for found in _registered(world, ground)}
    files = AtCommit(repository=world.repository, commit=ground.main)
    divergences = find_divergences(world, ground.ledger, files, registered)
    return Plan(steps=steps, divergences=divergences, closed=(), overdue=(), healed=())


def _registered(world: World, ground: Ground) -> tuple[RegisteredModel, ...]:
    found = world.registry.model(ground.model.registered_model)
    return (found,) if found else ()


def _told(
    world: World,
    ground: Ground,
    plan: Plan,
    ledger: Ledger,
    done: Done,
    entry: Entry,
    request: FastRequest,
    *,
    checks: FastDecision | PromotionDecision | None = None,
) -> FastReport:
    """Tell others what the log says already, and answer."""
    found = checks.checks if checks else ()
    if request.dry_run:
        dry = done if done in (Done.STANDING, Done.CONFLICT) else Done.DRY_RUN
        return FastReport(model=entry.model, done=dry, entry=entry, checks=found)
    told = announce(world, main=ground.main, plan=plan, ledger=ledger)
    return FastReport(
        model=entry.model,
        done=done,
        entry=entry,
        checks=found,
        pull_request=told.pull_requests.get(str(entry.proposal)),
        problems=tuple(told.problems),
    )
