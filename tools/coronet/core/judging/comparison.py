"""One number against the bar of its gate: an improvement, or the candidate's own value."""

from typing import assert_never

from coronet.core.decision import Check, Result, failed
from coronet.core.evidence import MetricFact
from coronet.core.judging.estimate import ROUNDING, Estimate, at_least, better_by, within
from coronet.core.judging.facts import Reader, Unusable, describe_fact, require_sound
from coronet.core.judging.wording import BARE, say_estimate
from coronet.core.policy import Gate, Rule


def measure(gate: Gate, reader: Reader, fact: MetricFact) -> Estimate:
    """The number the rule is about: an improvement, a difference either way, or the candidate's value signed so
    that more is better.
    """
    match gate.rule:
        case Rule.SUPERIOR | Rule.NON_INFERIOR:
            improvement = reader.improvement(fact)
            return as_share(improvement, fact.champion, describe_fact(fact)) if gate.relative else improvement
        case Rule.STEADY:
            difference = reader.difference(fact)
            return as_share(difference, fact.champion, describe_fact(fact)) if gate.relative else difference
        case Rule.FLOOR:
            return reader.value(fact)
        case Rule.CEILING:
            return reader.value(fact).scaled(-1)
        case (
            Rule.GAP
            | Rule.UNCHANGED
            | Rule.CHANGES
            | Rule.BASELINE
            | Rule.BUDGET
            | Rule.DRIFT
            | Rule.LEAKAGE
            | Rule.CHECK
        ):
            raise Unusable(f"{gate.rule} is not about one number")
        case _:
            assert_never(gate.rule)


def as_share(difference: Estimate, champion: float | None, what: str) -> Estimate:
    """`difference` as a share of the champion's value."""
    if not champion:
        raise Unusable("a share of the champion's value asks for a champion whose value is not 0")
    return require_sound(difference.scaled(1 / abs(champion)), what)


def compare(gate: Gate, estimate: Estimate) -> Result:
    if gate.rule is Rule.STEADY:
        return within(estimate, gate.bar)
    return better_by(estimate, gate.bar) if gate.rule is Rule.SUPERIOR else at_least(estimate, _bar(gate))


def towards_alarm(gate: Gate, estimate: Estimate) -> Estimate:
    """The estimate turned so that an alarm lies below `alarm_bar`: what may move neither way has moved down."""
    return estimate.scaled(-1) if gate.rule is Rule.STEADY and estimate.value > 0 else estimate


def alarm_bar(gate: Gate) -> float:
    """What an estimate, `towards_alarm`, lies below where `compare` says fail: superior is strictly above 0."""
    return max(gate.bar, 2 * ROUNDING) if gate.rule is Rule.SUPERIOR else _bar(gate)


def _bar(gate: Gate) -> float:
    """What `measure` must reach."""
    return -gate.bar if gate.rule in (Rule.NON_INFERIOR, Rule.CEILING, Rule.STEADY) else gate.bar


def is_too_small(gate: Gate, fact: MetricFact) -> bool:
    """Whether there are fewer rows than make an answer; no rows never do."""
    return fact.rows < max(1, gate.minimum_rows)


def judge_fact(gate: Gate, reader: Reader, fact: MetricFact, *, name: str, wanted: str) -> Check:
    if is_too_small(gate, fact):
        saw = f"{fact.rows} rows, fewer than the {max(1, gate.minimum_rows)} that make an answer"
        return Check(name=name, result=Result.INCONCLUSIVE, saw=saw, wanted=wanted)
    try:
        estimate = measure(gate, reader, fact)
    except Unusable as reason:
        return failed(name, saw=str(reason), wanted=wanted)
    bare = BARE if gate.rule in (Rule.FLOOR, Rule.CEILING) and reader.is_bare(fact) else ""
    saw = f"{say_estimate(gate, estimate, fact)} on {fact.rows} rows{bare}"
    return Check(name=name, result=compare(gate, estimate), saw=saw, wanted=wanted)
