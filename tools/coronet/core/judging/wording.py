"""The numbers of a gate in words."""

from typing import assert_never

from coronet.core.evidence import MetricFact
from coronet.core.judging.estimate import Estimate
from coronet.core.policy import Gate, Rule, Statistics


def say_number(value: float, *, sign: bool = False) -> str:
    """Four significant digits, as in 0.9512 or −0.0031; never an exponent where people can do without."""
    text = f"{value:+.4g}" if sign else f"{value:.4g}"
    return text.replace("-", "−")


def say_bar(gate: Gate) -> str:
    """What the gate wants."""
    share = " of the champion's value" if gate.relative else ""
    match gate.rule:
        case Rule.SUPERIOR:
            wanted = f"{gate.metric} better" + (f" by at least {say_number(gate.bar)}{share}" if gate.bar else "")
        case Rule.NON_INFERIOR:
            wanted = f"{gate.metric} worse by at most {say_number(gate.bar)}{share}"
        case Rule.FLOOR:
            wanted = f"{gate.metric} at least {say_number(gate.bar)}"
        case Rule.CEILING:
            wanted = f"{gate.metric} at most {say_number(gate.bar)}"
        case Rule.GAP:
            wanted = f"{gate.metric} at most {say_number(gate.bar)} apart between segments"
        case Rule.UNCHANGED:
            wanted = f"{' and '.join(gate.of)} unchanged"
        case _:
            assert_never(gate.rule)
    return wanted + _say_scope(gate)


def _say_scope(gate: Gate) -> str:
    scope = ""
    if gate.by and gate.weight:
        scope = f", segments by {', '.join(gate.by)} weighted by rows"
    elif gate.by:
        scope = f", each by {', '.join(gate.by)}"
    if gate.statistics is Statistics.POINT and gate.rule is not Rule.UNCHANGED:
        scope += " (points alone, without intervals)"
    return scope


def say_estimate(gate: Gate, estimate: Estimate, fact: MetricFact | None = None) -> str:
    """What was seen of one number, in the metric's own direction and units."""
    compares = gate.rule in (Rule.SUPERIOR, Rule.NON_INFERIOR)
    shown = estimate.scaled(-1) if gate.rule is Rule.CEILING else estimate
    word = ("better by " if shown.value > 0 else "worse by ") if compares else ""
    if compares and shown.value < 0:
        shown = shown.scaled(-1)
    if compares and shown.value == 0:
        word = "different by "
    values = _say_values(fact) if fact and compares else ""
    interval = f" [{say_number(shown.lower)}, {say_number(shown.upper)}]" if shown.lower != shown.upper else ""
    share = " of the champion's value" if compares and gate.relative else ""
    return f"{values}{word}{say_number(shown.value)}{interval}{share}"


def _say_values(fact: MetricFact) -> str:
    if fact.champion is None or fact.candidate is None:
        return ""
    return f"{say_number(fact.champion)} → {say_number(fact.candidate)}, "
