"""What a run of `promote` says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from coronet.commands.promote.closings import Overdue
from coronet.commands.promote.divergence import Divergence
from coronet.commands.promote.plan import Plan, Step
from coronet.commands.promote.provisional import Ruling
from coronet.core.changelog.entry import Entry, Event
from coronet.core.decision import Check, Result, Verdict, combine, failed, passed
from coronet.core.promotion import Action
from coronet.core.render.page import Items, Page, Tree
from coronet.core.render.paged import Paged
from coronet.core.timestamps import format_time
from coronet.errors import Conflict, Refused, Unavailable

SCHEMA = "coronet/promote/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class PromoteReport(Paged):
    """`head` is the main branch it looked at, `log` the log branch after it.

    `closed` are entries for pull requests that were closed without a merge, `overdue` those that it closed.
    """

    steps: tuple[Step, ...]
    divergences: tuple[Divergence, ...]
    closed: tuple[Entry, ...]
    overdue: tuple[Overdue, ...]
    healed: tuple[Divergence, ...]
    adopted: tuple[Divergence, ...]
    returned: tuple[Divergence, ...]
    head: str
    log: str | None
    dry_run: bool
    rulings: tuple[Ruling, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """One for each proposal, divergence (also a past one) and provisional rollback, and what else is to be said."""
        return (
            *(_check_of(step) for step in self.steps),
            *(self._divergence_check(divergence) for divergence in self.divergences),
            *(_returned_check(divergence) for divergence in self.returned),
            *(_ruling_check(ruling) for ruling in self.rulings),
            *self._warnings,
            *([_telling_check(self.problems)] if self.problems else []),
        )

    @property
    def _warnings(self) -> tuple[Check, ...]:
        """What was warned of where all the same something was applied: once for all of them, and never hidden."""
        applied = [step for step in self.steps if step.decision.action in (Action.MOVE, Action.RECORD)]
        warnings = (check for step in applied for check in step.decision.checks if check.result is Result.WARN)
        return tuple({check.name: check for check in warnings}.values())

    @property
    def verdict(self) -> Verdict:
        return combine(self.checks) if self.checks else Verdict.PASS

    @property
    def exit_code(self) -> int:
        """0 where nothing was refused and all were told; a refusal is never 0."""
        events = {step.decision.event for step in self.steps}
        events |= {ruling.entry.event for ruling in self.rulings if ruling.entry}
        if events & {Event.REFUSED, Event.EXPIRED, Event.UNRATIFIED, Event.ENDED_ALREADY}:
            return Refused.exit_code
        if Event.CONFLICT in events or self._diverged:
            return Conflict.exit_code
        return Unavailable.exit_code if self.problems else 0

    @property
    def _diverged(self) -> int:
        """How many aliases are not where the log left them when all is done."""
        return len(self.divergences) - len(self.healed) - len(self.adopted)

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "verdict": str(self.verdict),
            "dry_run": self.dry_run,
            "head": self.head,
            "log": self.log,
            "promotions": [_step_json(step) for step in self.steps],
            "closed": [_closed_json(entry) for entry in self._ended_unmerged()],
            "checks": [check.to_json() for check in self.checks],
        }

    def page(self) -> Page:
        closed = Items(lines=[_say_closed(entry) for entry in self._ended_unmerged()])
        return Page(headline=self._headline(), verdict=self.verdict, blocks=(Tree(checks=self.checks), closed))

    def _headline(self) -> str:
        ruled = [ruling.entry.event for ruling in self.rulings if ruling.entry]
        if not (self.steps or self.divergences or self.returned or self.closed or self.overdue or ruled):
            return "Nothing to do: every alias is what the main branch says."
        events = [*(entry.event for entry in self._ended_unmerged()), *ruled]
        counts = [(events.count(event), str(event)) for event in dict.fromkeys(events)]
        counts.append((len(self.overdue), "closed"))
        for word, actions in (
            ("applied", (Action.MOVE, Action.RECORD)),
            ("refused", (Action.REFUSE,)),
            ("waiting", (Action.WAIT,)),
        ):
            counts.append((sum(step.decision.action in actions for step in self.steps), word))
        counts += [(len(self.healed), "healed"), (self._diverged, "diverged"), (len(self.returned), "put back by hand")]
        said = ", ".join(f"{count} {word}" for count, word in counts if count)
        return " ".join([f"{'Would be: ' if self.dry_run else ''}{said}.", *self._next()])

    def _next(self) -> Iterator[str]:
        """Who must do what."""
        actions = {step.decision.action for step in self.steps}
        if Action.REFUSE in actions:
            yield "Who asked proposes again what is refused."
        if Action.WAIT in actions:
            yield "What waits is tried again by each run until it expires."
        if len(self.healed) < len(self.divergences):
            yield "An operator runs `coronet promote --heal`."

    def _ended_unmerged(self) -> tuple[Entry, ...]:
        return (*self.closed, *(overdue.entry for overdue in self.overdue if overdue.entry))

    def _divergence_check(self, divergence: Divergence) -> Check:
        name, wanted = f"{divergence.model}@{divergence.alias}", "the alias where the log left it"
        if divergence in self.healed:
            return passed(name, saw=f"{divergence.say()}, put back", wanted=wanted)
        if divergence in self.adopted:
            return passed(name, saw=f"{divergence.say()}, kept by a proposal", wanted=wanted)
        hint = "`coronet promote --heal` puts it back, `coronet propose --candidate` asks to keep it"
        if divergence.obstacle:
            hint = "it cannot be put back: restore that version, or ask git who approved which"
        saw = f"{divergence.say()}{f'; {divergence.obstacle}' if divergence.obstacle else ''}"
        return failed(name, saw=saw, wanted=wanted, hint=hint)


def report_plan(
    plan: Plan, *, head: str, log: str | None, dry_run: bool, problems: Sequence[str] = ()
) -> PromoteReport:
    return PromoteReport(
        steps=plan.steps,
        divergences=plan.divergences,
        closed=plan.closed,
        overdue=plan.overdue,
        healed=plan.healed,
        adopted=plan.adopted,
        returned=plan.returned,
        head=head,
        log=log,
        dry_run=dry_run,
        rulings=plan.rulings,
        problems=tuple(problems),
    )


def _ruling_check(ruling: Ruling) -> Check:
    """A rollback of the fast lane: approved afterwards, given up, or still waiting."""
    lane, entry, there = ruling.done.fast_lane, ruling.entry, ruling.pull_request
    wanted = f"its approval, merged before {format_time(lane.ratify_by) if lane else 'its end'}"
    if entry is None:
        saw = f"rolled back by {ruling.done.actor} before anybody approved"
        hint = f"approve and merge pull request {there.number}: {there.url}" if there else ""
        return Check(name=ruling.proposal_id, result=Result.INCONCLUSIVE, saw=saw, wanted=wanted, hint=hint)
    result = Result.PASS if entry.event is Event.RATIFIED else Result.FAIL
    saw = str(entry.event) if result is Result.PASS else f"{entry.event}: {entry.why}"
    hint = f"`coronet renew {ruling.model}` asks for the champion that is there; releases stop until then"
    return Check(name=ruling.proposal_id, result=result, saw=saw, wanted=wanted, hint=hint, parts=ruling.checks)


def _telling_check(problems: Sequence[str]) -> Check:
    return Check(
        name="told",
        result=Result.INCONCLUSIVE,
        saw="; ".join(problems),
        wanted="everybody told of what happened",
        hint="what is written above was done; run it again to tell the rest",
    )


def _check_of(step: Step) -> Check:
    decision = step.decision
    results = {
        Action.MOVE: Result.PASS,
        Action.RECORD: Result.PASS,
        Action.REFUSE: Result.FAIL,
        Action.WAIT: Result.INCONCLUSIVE,
    }
    done = f"{_word(decision.event)}: {_from_to(step)}" if step.outcome and decision.action is not Action.REFUSE else ""
    word = f"{decision.action}" if decision.event is None else _word(decision.event)
    hints = [check.hint for check in decision.checks if check.result is Result.FAIL and check.hint]
    return Check(
        name=step.proposal_id,
        result=results[decision.action],
        saw=done or f"{word}: {decision.why}",
        wanted="approved, intact, in time, against the champion it names",
        hint=hints[0] if hints else "",
        parts=decision.checks,
    )


def _returned_check(divergence: Divergence) -> Check:
    wanted = divergence.wanted.version
    return passed(
        f"{divergence.model}@{divergence.alias}",
        saw=f"{divergence.registered_model}@{divergence.alias} is on version {wanted} again, put back by hand",
        wanted="the alias where the log left it",
    )


def _say_closed(entry: Entry) -> str:
    who = f"rejected by {entry.actor}: " if entry.event is Event.REJECTED else ""
    return f"{entry.proposal} (pull request {entry.pull_request}): {who}{entry.why}"


def _closed_json(entry: Entry) -> dict[str, Any]:
    return {
        "model": entry.model,
        "proposal": entry.proposal,
        "pull_request": entry.pull_request,
        "event": str(entry.event),
        "why": entry.why,
    }


def _word(event: Event | None) -> str:
    return str(event).replace("_", " ")


def _from_to(step: Step) -> str:
    outcome = step.outcome
    if outcome is None or outcome.target is None:
        return ""
    origin = f"version {outcome.origin.version}" if outcome.origin else "nothing"
    return f"{outcome.model}@{outcome.alias} from {origin} to version {outcome.target.version}"


def _step_json(step: Step) -> dict[str, Any]:
    outcome = step.outcome
    return {
        "model": step.model,
        "proposal": step.proposal_id,
        "alias": step.alias,
        "action": str(step.decision.action),
        "event": str(step.decision.event) if step.decision.event else None,
        "from": outcome.origin.version if outcome and outcome.origin else None,
        "to": outcome.target.version if outcome and outcome.target else None,
        "why": step.decision.why,
    }
