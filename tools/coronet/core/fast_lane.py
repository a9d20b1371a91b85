"""May this person roll back now, before anybody approved? One pure function, and what becomes of it afterwards.

A rollback of the fast lane is provisional: it stands until its pull request, opened after the fact, is
approved and merged (ratified), or is not in time (unratified).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from coronet.core.approval import ApprovalDecision
from coronet.core.changelog.entry import Entry, Event, Pinned
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, Result, demand, failed, off, passed
from coronet.core.judging.judgement import Judgement
from coronet.core.promotion import Action, PromotionDecision
from coronet.core.proposal import Candidate
from coronet.core.timestamps import format_time

CONFIRM_WITHIN = timedelta(hours=1)
NOBODY_HINT = "`coronet rollback` without --now opens a pull request; the policy names who may under `rollback: who`"


class FastAction(StrEnum):
    MOVE = "move"
    REQUEST = "request"
    REFUSE = "refuse"


@dataclass(frozen=True, kw_only=True, slots=True)
class FastFacts:
    """All that is known when somebody wants to roll back at once.

    `may` are the logins whom the policy lets do it (None: that cannot be known); `former` the versions that
    it lets them return to, newest first; `found` is the target as the registry has it now, its digest read
    again from its files; `judgement` is the evidence of its day under today's policy; `confirms` says that
    `actor` confirms what somebody else asked for.
    """

    actor: str
    may: frozenset[str] | None
    four_eyes: bool
    confirms: bool
    proposal: str
    alias: str
    target: Pinned
    former: tuple[Pinned, ...]
    found: Candidate | None
    judgement: Judgement
    state: LogState
    now: datetime

    @property
    def requested(self) -> Entry | None:
        """Who asked for it, if that was within the hour."""
        entry = self.state.requested.get(self.proposal)
        return entry if entry and self.now < entry.at + CONFIRM_WITHIN else None


@dataclass(frozen=True, kw_only=True, slots=True)
class FastDecision:
    """What to do, and every check; freezes, and a hold of the whole model, stop no rollback and are not asked."""

    action: FastAction
    checks: tuple[Check, ...]

    @property
    def broken(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.result is Result.FAIL)


def decide_fast_rollback(facts: FastFacts) -> FastDecision:
    """Refused where anything is broken; asked for where a second person must confirm; else to be done."""
    checks = (
        _may(facts),
        _free(facts),
        _former(facts),
        _intact(facts),
        _held(facts),
        _verdict(facts),
        _second_person(facts),
    )
    if any(check.result is Result.FAIL for check in checks):
        return FastDecision(action=FastAction.REFUSE, checks=checks)
    asks = facts.four_eyes and not facts.confirms
    return FastDecision(action=FastAction.REQUEST if asks else FastAction.MOVE, checks=checks)


def is_bot(login: str) -> bool:
    """As GitHub calls the users of Apps."""
    return login.lower().endswith("[bot]")


def _may(facts: FastFacts) -> Check:
    wanted = "somebody whom the policy lets roll back at once"
    if facts.may is None:
        hint = "name logins under `rollback: who`, or let the token read the members of teams"
        return failed("who", saw="who may cannot be known", wanted=wanted, hint=hint)
    if not facts.may:
        return failed("who", saw="the policy names nobody", wanted=wanted, hint=NOBODY_HINT)
    names = ", ".join(sorted(facts.may))
    may = facts.actor.lower() in {login.lower() for login in facts.may}
    saw = f"{facts.actor or 'nobody'}{'' if may else f', who is none of {names}'}"
    return demand("who", may, saw=saw, wanted=wanted, hint=NOBODY_HINT)


def _free(facts: FastFacts) -> Check:
    begun = [name for name, intent in facts.state.intents.items() if intent.alias == facts.alias]
    return demand(
        "settled",
        not begun,
        saw=f"under way: {', '.join(begun)}" if begun else "nothing is under way",
        wanted=f"nothing else that moves {facts.alias}",
        hint="`coronet promote` finishes what was begun; then run this again",
    )


def _former(facts: FastFacts) -> Check:
    known = ", ".join(pinned.version for pinned in facts.former) or "none"
    return demand(
        "former_champion",
        facts.target in facts.former,
        saw=f"version {facts.target.version}; one may return to: {known}",
        wanted="a former champion, no further back than the policy allows",
        hint="a version that never was champion is promoted, not rolled back to",
    )


def _intact(facts: FastFacts) -> Check:
    found, target = facts.found, facts.target
    return demand(
        "intact",
        found is not None and found.digest == target.digest,
        saw=f"version {found.version}, {found.digest}" if found else f"version {target.version} is gone",
        wanted=f"the files of its day, {target.digest}",
        hint="name another former champion with --to",
    )


def _held(facts: FastFacts) -> Check:
    hold = facts.state.hold_on(facts.target.digest, promotes=False)
    if hold is None:
        return passed("held", saw="no hold", wanted="no hold on this version")
    saw = f"held by {hold.actor} since {format_time(hold.at)}: {hold.why}"
    return failed("held", saw=saw, wanted="no hold on this version", hint="name another with --to, or release this one")


def _verdict(facts: FastFacts) -> Check:
    judgement = facts.judgement
    broken = [check for check in judgement.checks if check.result in (Result.FAIL, Result.INCONCLUSIVE)]
    return demand(
        "verdict",
        judgement.admits,
        saw=str(judgement.verdict) + "".join(f"; {check.name}: {check.saw}" for check in broken),
        wanted="evidence of its day that satisfies today's policy",
        hint="name another former champion with --to",
    )


def _second_person(facts: FastFacts) -> Check:
    """Two people, not one and a robot: the one who asked must still be one of those who may."""
    wanted = "two people whom the policy names, within an hour of each other"
    if not facts.four_eyes:
        return off("four_eyes", saw="the policy asks for one", wanted=wanted)
    if is_bot(facts.actor):
        return failed("four_eyes", saw=f"{facts.actor} is a robot", wanted=wanted, hint="a person must run this")
    if not facts.confirms:
        return off("four_eyes", saw=f"{facts.actor} asks, a second person confirms", wanted=wanted)
    first = facts.requested
    if first is None:
        hint = "leave --confirm away: that asks for it, and the next one confirms"
        return failed("four_eyes", saw="nobody asked for it within the hour", wanted=wanted, hint=hint)
    known = {login.lower() for login in facts.may or ()}
    asker = first.actor.lower()
    other = asker != facts.actor.lower() and asker in known and not is_bot(asker)
    saw = f"{first.actor} asked {format_time(first.at)}, {facts.actor} confirms"
    return demand("four_eyes", other, saw=saw, wanted=wanted, hint="somebody else of them must confirm")


@dataclass(frozen=True, kw_only=True, slots=True)
class RatifyFacts:
    """What was found of a provisional rollback whose proposal came to the main branch at `landed_at`.

    `unchanged` says whether the files there are the ones that it was made by.
    """

    entry: Entry
    unchanged: bool
    landed_at: datetime
    approval: ApprovalDecision


def decide_ratification(facts: RatifyFacts) -> tuple[Event, tuple[Check, ...]]:
    """Ratified where its pull request brought these very files in time, and was approved; else unratified for good."""
    lane, checks = facts.entry.fast_lane, list(facts.approval.checks)
    checks.append(
        demand(
            "unchanged",
            facts.unchanged,
            saw="as it was made" if facts.unchanged else "other files",
            wanted="proposal and evidence by which the alias was moved",
            hint="ask for the champion that is there with `coronet renew`",
        )
    )
    limit = lane.ratify_by if lane else facts.entry.at
    checks.append(
        demand(
            "in_time",
            facts.landed_at < limit,
            saw=f"merged {format_time(facts.landed_at)}",
            wanted=f"merged before {format_time(limit)}",
            hint="ask for the champion that is there with `coronet renew`",
        )
    )
    broken = any(check.result in (Result.FAIL, Result.INCONCLUSIVE) for check in checks)
    return (Event.UNRATIFIED if broken else Event.RATIFIED), tuple(checks)


def decide_begun(
    intent: Entry, state: LogState, *, alias_version: str | None, found: Candidate | None
) -> PromotionDecision:
    """How a move that was begun in the fast lane ends: recorded where the alias has moved, else done or given up.

    What may have changed since is asked again. The alias must be where it was then: where the log left it, or
    where it was found diverged.
    """
    if intent.target and alias_version == intent.target.version:
        seen = passed("unfinished", saw=f"intent {intent.seq}, alias already moved", wanted="an outcome")
        return PromotionDecision(action=Action.RECORD, event=Event.ROLLED_BACK, checks=(seen,), why=intent.why)
    check = _finishes(intent, state, alias_version=alias_version, found=found)
    if check.result is Result.FAIL:
        return PromotionDecision(action=Action.REFUSE, event=Event.CONFLICT, checks=(check,), why=check.saw)
    return PromotionDecision(action=Action.MOVE, event=Event.ROLLED_BACK, checks=(check,), why=intent.why)


def _finishes(intent: Entry, state: LogState, *, alias_version: str | None, found: Candidate | None) -> Check:
    target, origin, diverged = intent.target, intent.origin, state.diverged.get(intent.alias)
    known = {origin.version} if origin else set()
    known |= {diverged.target.version} if diverged and diverged.target else set()
    begun = f"intent {intent.seq}, alias on {f'version {alias_version}' if alias_version else 'no version'}"
    wanted = "the move that was begun, on files that are intact and not held"
    if alias_version is not None and alias_version not in known:
        return failed("unfinished", saw=f"{begun}, where nobody left it", wanted=wanted)
    if target is None or found is None or found.digest != target.digest:
        return failed("unfinished", saw=f"{begun}, its version is gone or was changed", wanted=wanted)
    if hold := state.hold_on(target.digest, promotes=False):
        return failed("unfinished", saw=f"{begun}, its version is held by {hold.actor}", wanted=wanted)
    return passed("unfinished", saw=begun, wanted=wanted)
