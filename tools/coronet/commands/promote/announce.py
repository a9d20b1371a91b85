"""Telling others what a run did: pull requests, comments, issues, and the programs that wait for a new champion.

Everything here comes after the log has its outcome. It is told from the state after the run, so that what a run
could not tell the next one does; only a comment is left to the run that wrote the outcome. What fails here is said,
and undoes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TypeVar

from coronet.commands.fast_lane.ratifying import ask_for_approval
from coronet.commands.ledger import Ledger
from coronet.commands.promote.issues import desired_issues, settled_issues
from coronet.commands.promote.plan import Plan
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry, Event, Pinned
from coronet.core.decision import Check, Result
from coronet.core.render.outcome import render_outcome
from coronet.errors import CoronetError
from coronet.ports.forge import PullRequest
from coronet.ports.notifier import ChampionChange, Nobody

MARKER = "outcome"
# A champion is told of again for so long: after a crash, or where nobody could be told at first.
TOLD_FOR = timedelta(days=1)
_CHANGES = (Event.PROMOTED, Event.ROLLED_BACK, Event.ADOPTED)

T = TypeVar("T")


@dataclass(kw_only=True, slots=True)
class Announced:
    """The pull requests that ask for approvals afterwards, by proposal; and what could not be told."""

    pull_requests: dict[str, PullRequest] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def announce(world: World, *, main: str, plan: Plan, ledger: Ledger) -> Announced:
    """Tell everything that there is to tell of `plan`, which was applied and left `ledger`."""
    told = Announced()
    _ask_for_approvals(world, main, plan, ledger, told)
    _comment_outcomes(world, plan, told)
    if isinstance(world.notifier, Nobody):
        return told
    for state in ledger.states.values():
        for entry in state.champions.values():
            if entry.event in _CHANGES and world.clock.now() < entry.at + TOLD_FOR:
                _tell_change(world, main, entry, told, fresh=entry.proposal in _applied_now(plan))
    _bring_issues(world, main, plan, ledger, told)
    return told


def _try(world: World, told: Announced, what: str, act: Callable[[], T]) -> T | None:
    world.progress("announce", what)
    try:
        return act()
    except CoronetError as error:
        told.problems.append(f"{what}: {error.message}{f' ({error.hint})' if error.hint else ''}")
        return None


def _ask_for_approvals(world: World, main: str, plan: Plan, ledger: Ledger, told: Announced) -> None:
    open_ones = {ruling.proposal_id: ruling.pull_request for ruling in plan.rulings if ruling.pull_request}
    for state in ledger.states.values():
        for proposal, entry in state.provisional.items():
            found = open_ones.get(proposal) or _try(
                world, told, f"ask for the approval of {proposal}", partial(ask_for_approval, world, main, entry)
            )
            if found:
                told.pull_requests[proposal] = found


def _comment_outcomes(world: World, plan: Plan, told: Announced) -> None:
    outcomes = [(step.outcome, step.decision.checks) for step in plan.steps if step.outcome]
    outcomes += [(ruling.entry, ruling.checks) for ruling in plan.rulings if ruling.entry]
    for entry, checks in outcomes:
        if entry.pull_request is not None:
            what = f"comment pull request {entry.pull_request}"
            _try(world, told, what, partial(_comment, world, entry, entry.pull_request, checks))


def _comment(world: World, entry: Entry, number: int, checks: tuple[Check, ...]) -> None:
    hints = [check.hint for check in checks if check.result is Result.FAIL and check.hint]
    body = render_outcome(entry, checks, hint=hints[0] if hints else "")
    # A proposal is applied once, and its pull request says nothing of its outcome before.
    world.forge.comment(number, marker=MARKER, body=body, fresh=entry.event in _CHANGES)


def _applied_now(plan: Plan) -> frozenset[str]:
    """What this run brought about itself: nobody can have been told of it."""
    outcomes = (step.outcome for step in plan.steps)
    return frozenset(outcome.proposal for outcome in outcomes if outcome and outcome.proposal)


def _tell_change(world: World, main: str, entry: Entry, told: Announced, *, fresh: bool) -> None:
    if entry.target is None or entry.proposal is None:
        return
    change = ChampionChange(
        model=entry.model,
        registered_model=entry.registered_model,
        alias=entry.alias,
        event=str(entry.event),
        proposal=entry.proposal,
        version=entry.target.version,
        digest=entry.target.digest,
        previous_version=entry.origin.version if entry.origin else None,
        commit=entry.merge_commit or main,
        run_id=_try(
            world, told, f"look at version {entry.target.version}", partial(_run_of, world, entry, entry.target)
        ),
        url=entry.run_url,
    )
    _try(
        world,
        told,
        f"tell of {entry.model}@{entry.alias}",
        partial(world.notifier.champion_changed, change, fresh=fresh),
    )


def _run_of(world: World, entry: Entry, target: Pinned) -> str | None:
    """The run behind the version, so that a deployment leads back to it."""
    found = world.registry.version(entry.registered_model, target.version)
    return found.run_id if found else None


def _bring_issues(world: World, main: str, plan: Plan, ledger: Ledger, told: Announced) -> None:
    """Open, rewrite and close issues until they say what is so."""
    wanted = desired_issues(world, main=main, plan=plan, ledger=ledger, pull_requests=told.pull_requests)
    open_ones = _try(world, told, "look at the issues", world.notifier.issues)
    if open_ones is None:
        return
    for issue in wanted:
        act = partial(world.notifier.raise_issue, issue.key, title=issue.title, body=issue.body)
        _try(world, told, f"issue {issue.key}", act)
    for key, reason in settled_issues(open_ones, wanted, ledger):
        _try(world, told, f"settle issue {key}", partial(world.notifier.settle_issue, key, reason=reason))
