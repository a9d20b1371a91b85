"""What `promote` must do with one merged proposal: move, close, refuse or wait. One pure function."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from coronet.core.approval import ApprovalDecision
from coronet.core.changelog.entry import Entry, Event
from coronet.core.changelog.state import LogState
from coronet.core.claims import asks_no_more_time, brings_its_evidence, is_in_the_registry, was_champion
from coronet.core.decision import Check, Result, Verdict, demand, failed, off, passed
from coronet.core.judging.judgement import Judgement
from coronet.core.policy import Freeze
from coronet.core.proposal import Candidate, Kind, Proposal
from coronet.core.subject import about
from coronet.core.timestamps import format_time


class Action(StrEnum):
    MOVE = "move"
    RECORD = "record"
    REFUSE = "refuse"
    WAIT = "wait"


@dataclass(frozen=True, kw_only=True, slots=True)
class PromotionFacts:
    """All that is known when a merged proposal is looked at.

    `unchanged` says whether proposal and evidence on the main branch are still what the merge brought;
    `found` is the candidate's version as the registry has it now, its digest read again from its files
    (None: not there); `alias_version` is where the alias points now; `judgement` is made under the policy
    that held when it was merged, None where there is no readable evidence or policy, as `judgement_problem` says;
    `looks` says whether the number of its look fits what git showed then.
    """

    proposal: Proposal
    landed_at: datetime
    unchanged: bool
    evidence_digest: str | None
    policy_digest: str | None
    judgement: Judgement | None
    approval: ApprovalDecision
    state: LogState
    alias_version: str | None
    found: Candidate | None
    frozen: Freeze | None
    now: datetime
    judgement_problem: str = ""
    looks: tuple[Check, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PromotionDecision:
    """`event` is what the log will say when the action is done; None while it waits."""

    action: Action
    event: Event | None
    checks: tuple[Check, ...]
    why: str


def decide_promotion(facts: PromotionFacts) -> PromotionDecision:
    """Refused for good, too late, in conflict, waiting, or to be done: the first of these that holds."""
    if intent := facts.state.intents.get(facts.proposal.id):
        return _finish(facts, intent)
    proven = (
        _unchanged(facts),
        *facts.approval.checks,
        brings_its_evidence(facts.proposal, facts.evidence_digest),
        _subject(facts),
        _verdict(facts),
        *facts.looks,
    )
    refusing = (*proven, *_claims(facts), is_in_the_registry(facts.proposal, facts.found))
    timely = (_in_time(facts),)
    agreeing = (_policy(facts), _champion(facts))
    waiting = (_aligned(facts), _held(facts), _frozen(facts))
    groups = ((refusing, Event.REFUSED), (timely, Event.EXPIRED), (agreeing, Event.CONFLICT))
    return _first_of(facts, groups, waiting=waiting, event=_event(facts))


def decide_ended(event: Event) -> PromotionDecision:
    """What was merged although the log says how it had ended: nothing is done but to say so, once."""
    said = f"{event.replace('_', ' ')} before it was merged"
    check = failed(
        "undecided", saw=said, wanted="a proposal that had not ended", hint="what has ended is proposed again"
    )
    return PromotionDecision(action=Action.REFUSE, event=Event.ENDED_ALREADY, checks=(check,), why=said)


def _first_of(
    facts: PromotionFacts,
    groups: tuple[tuple[tuple[Check, ...], Event], ...],
    *,
    waiting: tuple[Check, ...],
    event: Event,
) -> PromotionDecision:
    """Ended by the first group in which something is broken, else waiting, else to be done."""
    checks = (*(check for group, _ in groups for check in group), *waiting)
    for group, ending in groups:
        if broken := _failures(group):
            return PromotionDecision(action=Action.REFUSE, event=ending, checks=checks, why=_say(broken))
    if broken := _failures(waiting):
        return PromotionDecision(action=Action.WAIT, event=None, checks=checks, why=_say(broken))
    moves = facts.alias_version != facts.proposal.candidate.version
    action = Action.MOVE if moves else Action.RECORD
    return PromotionDecision(action=action, event=event, checks=checks, why=facts.proposal.why.summary)


def frozen_by(windows: tuple[Freeze, ...], days: Mapping[str, date]) -> Freeze | None:
    """The first window that holds today, where `days` gives today's date in each zone."""
    for window in windows:
        if window.start <= days[window.zone].isoformat() <= window.end:
            return window
    return None


def _finish(facts: PromotionFacts, intent: Entry) -> PromotionDecision:
    """An intent stands in the log without its outcome: a run ended in the middle, and this one ends it.

    What was proven before the intent stays proven. What time may have changed since is asked again before
    the alias moves: the version, its term, a hold, a freeze.
    """
    proposal = facts.proposal
    begun, origin = f"intent {intent.seq}", proposal.replaces.version if proposal.replaces else None
    event = _event(facts, adopting=False)
    if facts.alias_version == proposal.candidate.version:
        seen = passed("unfinished", saw=f"{begun}, alias already moved", wanted="an outcome")
        return PromotionDecision(action=Action.RECORD, event=event, checks=(seen,), why=proposal.why.summary)
    if facts.alias_version != origin:
        saw = f"{begun}, alias on {say_version(facts.alias_version)}"
        moved = failed("unfinished", saw=saw, wanted=f"alias on {say_version(origin)} or {proposal.candidate.version}")
        return PromotionDecision(action=Action.REFUSE, event=Event.CONFLICT, checks=(moved,), why=_say([moved]))
    seen = passed("unfinished", saw=f"{begun}, alias not moved", wanted="the move")
    groups = (
        ((seen, is_in_the_registry(facts.proposal, facts.found)), Event.REFUSED),
        ((_in_time(facts),), Event.EXPIRED),
    )
    return _first_of(facts, groups, waiting=(_held(facts), _frozen(facts)), event=event)


def _event(facts: PromotionFacts, *, adopting: bool = True) -> Event:
    match facts.proposal.kind:
        case Kind.ROLLBACK:
            return Event.ROLLED_BACK
        case Kind.RENEWAL:
            return Event.RENEWED
        case Kind.PROMOTION:
            there = facts.alias_version == facts.proposal.candidate.version
            return Event.ADOPTED if adopting and there else Event.PROMOTED
        case _:
            assert_never(facts.proposal.kind)


def say_version(version: str | None) -> str:
    return f"version {version}" if version else "no version"


def _failures(checks: tuple[Check, ...]) -> list[Check]:
    return [check for check in checks if check.result in (Result.FAIL, Result.INCONCLUSIVE)]


def _say(checks: list[Check]) -> str:
    return "; ".join(f"{check.name}: {check.saw}" for check in checks)


def _unchanged(facts: PromotionFacts) -> Check:
    return demand(
        "unchanged",
        facts.unchanged,
        saw="as it was merged" if facts.unchanged else "edited after the merge",
        wanted="proposal and evidence as they were merged",
        hint="a merged proposal never changes: propose anew",
    )


def _verdict(facts: PromotionFacts) -> Check:
    wanted = "evidence that satisfies the policy in force at the merge"
    if facts.judgement is None:
        return failed("verdict", saw=f"nothing that can be judged: {facts.judgement_problem}", wanted=wanted)
    judgement = facts.judgement
    broken = [check for check in judgement.checks if check.result in (Result.FAIL, Result.INCONCLUSIVE)]
    saw = str(judgement.verdict) + "".join(f"; {check.name}: {check.saw}" for check in broken)
    if judgement.admits and judgement.verdict is Verdict.INCONCLUSIVE:
        return passed("verdict", saw=f"{saw}; left to the reviewers by the policy", wanted=wanted)
    return demand("verdict", judgement.admits, saw=saw, wanted=wanted)


def _subject(facts: PromotionFacts) -> Check:
    wanted = "evidence about this candidate against this champion"
    if facts.judgement is None:
        return failed("subject", saw="no evidence that can be read", wanted=wanted)
    return about(facts.judgement.evidence, facts.proposal)


def _claims(facts: PromotionFacts) -> tuple[Check, ...]:
    """What it claims for itself; the verdict says already where there is no policy to hold it against."""
    if facts.judgement is None:
        return (was_champion(facts.proposal, facts.state),)
    dates = asks_no_more_time(facts.proposal, facts.judgement.policy, now=facts.now)
    return (dates, was_champion(facts.proposal, facts.state))


def _in_time(facts: PromotionFacts) -> Check:
    limit = facts.proposal.apply_before
    return demand(
        "in_time",
        facts.landed_at < limit and facts.now < limit,
        saw=f"merged {format_time(facts.landed_at)}, now {format_time(facts.now)}",
        wanted=f"merged and applied before {format_time(limit)}",
        hint="propose again",
    )


def _policy(facts: PromotionFacts) -> Check:
    pinned = facts.proposal.policy_digest
    return demand(
        "policy",
        facts.policy_digest == pinned,
        saw=f"policy {facts.policy_digest or 'not readable'} at the merge",
        wanted=f"the policy it was proposed under, {pinned}",
        hint="the policy changed in between: propose again",
    )


def _champion(facts: PromotionFacts) -> Check:
    """The log's champion must be the one that the proposal says it replaces."""
    replaces, alias = facts.proposal.replaces, facts.proposal.alias
    champion = facts.state.champions.get(alias)
    target = champion.target if champion else None
    saw = f"the log has {say_version(target.version if target else None)} as {alias}"
    saw += f" by {champion.proposal}" if champion and champion.proposal else ""
    if replaces is None:
        adopts = facts.alias_version in (None, facts.proposal.candidate.version)
        saw += "" if adopts else f", the registry {say_version(facts.alias_version)}"
        holds, wanted = champion is None and adopts, f"no {alias} yet"
    else:
        named = (replaces.version, replaces.digest, replaces.proposal)
        holds = bool(champion and target and (target.version, target.digest, champion.proposal) == named)
        wanted = f"version {replaces.version} by {replaces.proposal}, which the proposal replaces"
    hint = "the champion changed in between: propose again against the one that is there"
    return demand("champion", holds, saw=saw, wanted=wanted, hint=hint)


def _aligned(facts: PromotionFacts) -> Check:
    """The registry must stand where the log left it before anything moves again.

    Or on the very version that is asked for: somebody moved the alias by hand, and this is how it is kept.
    """
    champion = facts.state.champions.get(facts.proposal.alias)
    wanted = f"alias {facts.proposal.alias} where the log left it"
    if champion is None or champion.target is None:
        return off("aligned", saw="the first champion", wanted=wanted)
    if facts.alias_version == facts.proposal.candidate.version:
        return passed("aligned", saw=f"it is on version {facts.alias_version}, which is asked for", wanted=wanted)
    return demand(
        "aligned",
        facts.alias_version == champion.target.version,
        saw=f"the registry has it on {say_version(facts.alias_version)}",
        wanted=f"{wanted}, on version {champion.target.version}",
        hint="someone moved it behind git's back: `coronet promote --heal` puts it back, a proposal keeps it",
    )


def _held(facts: PromotionFacts) -> Check:
    proposal = facts.proposal
    held = facts.state.hold_on(proposal.candidate.digest, promotes=proposal.kind is Kind.PROMOTION)
    wanted = "no hold"
    if held is None:
        return passed("held", saw="no hold", wanted=wanted)
    saw = f"held by {held.actor} since {format_time(held.at)}: {held.why}"
    return failed("held", saw=saw, wanted=wanted, hint="`coronet hold MODEL --release` lets it go on")


def _frozen(facts: PromotionFacts) -> Check:
    wanted = "no freeze"
    if facts.frozen is None or facts.proposal.kind is not Kind.PROMOTION:
        return passed("frozen", saw="no freeze that holds it", wanted=wanted)
    window = facts.frozen
    saw = f"frozen from {window.start} until {window.end} ({window.zone}): {window.why}"
    return failed("frozen", saw=saw, wanted=wanted, hint="it goes on by itself after the freeze, unless it expires")
