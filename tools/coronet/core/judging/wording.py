"""The numbers of a gate in words."""

from typing import assert_never

from coronet.core.evidence import MetricFact
from coronet.core.judging.estimate import Estimate
from coronet.core.policy import Gate, Rule, Statistics

# Said of a value that a gate of intervals had to take as a point.
BARE = ", a bare point: the evidence has no interval of its own"


def say_number(value: float, *, sign: bool = False) -> str:
    """Four significant digits, as in 0.9512 or −0.0031; never an exponent where people can do without."""
    digits = ".0f" if 1e3 <= abs(value) < 1e15 else ".4g"
    return format(value + 0.0, f"+{digits}" if sign else digits).replace("-", "−")  # + 0.0: there is no −0


def say_interval(estimate: Estimate) -> str:
    """` [lower, upper]`; nothing for a bare point."""
    if estimate.lower == estimate.upper:
        return ""
    return f" [{say_number(estimate.lower)}, {say_number(estimate.upper)}]"


def say_bar(gate: Gate) -> str:
    """What the gate wants."""
    share = " of the champion's value" if gate.relative else ""
    match gate.rule:
        case Rule.SUPERIOR:
            wanted = f"{gate.metric} better" + (f" by at least {say_number(gate.bar)}{share}" if gate.bar else "")
        case Rule.NON_INFERIOR:
            wanted = f"{gate.metric} worse by at most {say_number(gate.bar)}{share}"
        case Rule.STEADY:
            wanted = f"{gate.metric} moved by at most {say_number(gate.bar)}{share}, either way"
        case Rule.FLOOR:
            wanted = f"{gate.metric} at least {say_number(gate.bar)}"
        case Rule.CEILING:
            wanted = f"{gate.metric} at most {say_number(gate.bar)}"
        case Rule.GAP:
            wanted = f"{gate.metric} at most {say_number(gate.bar)} apart between segments"
        case Rule.CHANGES:
            share = "of the weight" if gate.weighted else "of the rows"
            wanted = f"at most {say_number(gate.bar)} {share} change"
        case Rule.BASELINE:
            wanted = f"{gate.metric} better than guessing" + (f" by {say_number(gate.bar)}" if gate.bar else "")
        case Rule.UNCHANGED:
            wanted = f"{' and '.join(gate.of)} unchanged"
        case _:
            assert_never(gate.rule)
    return wanted + _say_scope(gate)


def _say_scope(gate: Gate) -> str:
    scope, columns = "", ", ".join(gate.by)
    if gate.by and gate.weight:
        scope = f", segments by {columns} weighted by rows"
    elif gate.by:
        scope = f" by {columns}" if gate.rule is Rule.GAP else f", each by {columns}"
    if gate.statistics is Statistics.POINT and gate.rule is not Rule.UNCHANGED:
        scope += " (points alone, without intervals)"
    return scope


def say_estimate(gate: Gate, estimate: Estimate, fact: MetricFact | None = None) -> str:
    """What was seen of one number, in the metric's own direction and units."""
    if gate.rule not in (Rule.SUPERIOR, Rule.NON_INFERIOR, Rule.STEADY):
        shown = estimate.scaled(-1) if gate.rule is Rule.CEILING else estimate
        return f"{say_number(shown.value)}{say_interval(shown)}"
    up, down = ("higher", "lower") if gate.rule is Rule.STEADY else ("better", "worse")
    word = up if estimate.value > 0 else down if estimate.value < 0 else "different"
    shown = estimate.scaled(-1) if estimate.value < 0 else estimate
    share = " of the champion's value" if gate.relative else ""
    values = ""
    if fact and fact.champion is not None and fact.candidate is not None:
        values = f"{say_number(fact.champion)} → {say_number(fact.candidate)}, "
    return f"{values}{word} by {say_number(shown.value)}{say_interval(shown)}{share}"
