"""The numbers of a gate in words."""

from coronet.core.evidence import MetricFact
from coronet.core.judging.estimate import Estimate
from coronet.core.policy import Correction, Gate, Rule, Statistics

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
    if gate.rule in (Rule.BUDGET, Rule.DRIFT, Rule.LEAKAGE, Rule.CHECK):
        return _say_section(gate) + _say_scope(gate)
    if gate.rule is Rule.UNCHANGED:
        return f"{' and '.join(gate.of)} unchanged"
    return _say_number_wanted(gate) + _say_scope(gate)


def _say_number_wanted(gate: Gate) -> str:
    bar, share = say_number(gate.bar), " of the champion's value" if gate.relative else ""
    match gate.rule:
        case Rule.SUPERIOR:
            return f"{gate.metric} better" + (f" by at least {bar}{share}" if gate.bar else "")
        case Rule.NON_INFERIOR:
            return f"{gate.metric} worse by at most {bar}{share}"
        case Rule.STEADY:
            return f"{gate.metric} moved by at most {bar}{share}, either way"
        case Rule.FLOOR:
            return f"{gate.metric} at least {bar}"
        case Rule.CEILING:
            return f"{gate.metric} at most {bar}"
        case Rule.GAP:
            return f"{gate.metric} at most {bar} apart between segments"
        case Rule.CHANGES:
            return f"at most {bar} {'of the weight' if gate.weighted else 'of the rows'} change"
        case _:  # the trivial predictor's
            return f"{gate.metric} better than guessing" + (f" by {bar}" if gate.bar else "")


def _say_section(gate: Gate) -> str:
    """What a rule that asks no metric wants, in its own module's words."""
    if gate.budget:
        from coronet.core.judging.budgets import say_budget

        return say_budget(gate.budget)
    if gate.drift:
        from coronet.core.judging.drifting import say_drift

        return say_drift(gate.drift)
    if gate.check:
        from coronet.core.judging.custom import say_check

        return say_check(gate.check)
    from coronet.core.judging.leaking import say_leakage

    return say_leakage(gate)


def _say_scope(gate: Gate) -> str:
    scope, columns = "", ", ".join(gate.by)
    if gate.by and gate.weight:
        scope = f", segments by {columns} weighted by rows"
    elif gate.by:
        scope = f" by {columns}" if gate.rule is Rule.GAP else f", each by {columns}"
    if gate.statistics is Statistics.POINT and gate.rule is not Rule.UNCHANGED:
        scope += " (points alone, without intervals)"
    return scope


def say_correction(correction: Correction) -> str:
    return "Holm" if correction is Correction.HOLM else "Benjamini–Hochberg"


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
