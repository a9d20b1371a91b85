"""What a model may cost: by itself, and beside the champion."""

from collections.abc import Callable, Iterator
from math import exp, log

from coronet.core.decision import Check, Result, demand, failed, passed, worst
from coronet.core.evidence import Evidence
from coronet.core.evidence.costs import Cost, Costs, Latency
from coronet.core.judging.estimate import Estimate, at_least, point, spread
from coronet.core.judging.facts import Reader, Unusable
from coronet.core.judging.wording import say_interval, say_number
from coronet.core.policy.demands import DEPENDENCIES, SIZE, BudgetDemand
from coronet.core.requirements import packages_of

_NAMED = 5


def judge_budget(name: str, budget: BudgetDemand, reader: Reader, wanted: str, *, alone: str) -> Check:
    """Everything the budget asks; what only a champion can answer is left out where `alone` says why."""
    costs = _costs_of(reader.evidence)
    if budget.of == DEPENDENCIES:
        parts = tuple(_judge_packages(budget, costs, compared=not alone))
    else:
        parts = tuple(_judge_number(budget, costs, reader, compared=not alone))
    result = worst(part.result for part in parts)
    saw = "; ".join(part.saw for part in parts if part.result is result)
    note = f" ({alone})" if alone and budget.compares else ""
    hint = next((part.hint for part in parts if part.result is result), "")
    shown = parts if len(parts) > 1 else ()
    return Check(name=name, result=result, saw=saw + note, wanted=wanted, hint=hint, parts=shown)


def say_budget(budget: BudgetDemand) -> str:
    return ", ".join(_say_demands(budget))


def _say_demands(budget: BudgetDemand) -> Iterator[str]:
    if budget.value is not None:
        yield f"{budget.of} at most {say_number(budget.value)}"
    if budget.margin is not None:
        margin = f"{say_number(100 * budget.margin)} %" if budget.relative else say_number(budget.margin)
        yield f"{budget.of} at most {margin} above the champion's"
    if budget.only is not None:
        yield f"no dependency but {', '.join(budget.only) or 'none'}"
    if budget.none_new:
        yield "no dependency that the champion does without"


def _costs_of(evidence: Evidence) -> Costs:
    if evidence.costs is None:
        raise Unusable("the evidence does not say what the models cost")
    return evidence.costs


def _champion_of(costs: Costs) -> Cost:
    if costs.champion is None:
        raise Unusable("the evidence does not say what the champion costs")
    return costs.champion


# --- numbers --------------------------------------------------------------------------------------


def _judge_number(budget: BudgetDemand, costs: Costs, reader: Reader, *, compared: bool) -> Iterator[Check]:
    try:
        candidate = _number_of(budget, costs.candidate, reader)
    except _Unsure as reason:
        yield Check(name="value", result=Result.INCONCLUSIVE, saw=str(reason), wanted=say_budget(budget))
        return
    if budget.value is not None:
        saw = f"{budget.of} {say_number(candidate.value)}{say_interval(candidate)}{_machine(budget, costs)}"
        result = at_least(candidate.scaled(-1), -budget.value)
        yield Check(name="value", result=result, saw=saw, wanted=f"at most {say_number(budget.value)}")
    if budget.margin is not None and compared:
        yield _compare(budget, candidate, _champion_of(costs), reader)


def _compare(budget: BudgetDemand, candidate: Estimate, cost: Cost, reader: Reader) -> Check:
    margin = budget.margin or 0.0
    try:
        champion = _number_of(budget, cost, reader)
    except _Unsure as reason:
        return Check(name="margin", result=Result.INCONCLUSIVE, saw=f"of the champion: {reason}", wanted="")
    if budget.relative and min(champion.value, candidate.value) <= 0:
        raise Unusable(f"a share of the champion's {budget.of} asks for numbers above 0")
    if budget.relative and min(champion.lower, candidate.lower) <= 0:
        saw = (
            f"{budget.of} {say_number(champion.value)} → {say_number(candidate.value)}, with an interval that reaches 0"
        )
        return Check(name="margin", result=Result.INCONCLUSIVE, saw=saw, wanted="")
    more = _ratio(candidate, champion) if budget.relative else spread(candidate, champion)
    said = f"{say_number(100 * more.value, sign=True)} %" if budget.relative else say_number(more.value, sign=True)
    shown = more.scaled(100) if budget.relative else more
    most = f"{say_number(100 * margin)} %" if budget.relative else say_number(margin)
    return Check(
        name="margin",
        result=at_least(more.scaled(-1), -margin),
        saw=f"{budget.of} {say_number(champion.value)} → {say_number(candidate.value)}, {said}{say_interval(shown)}",
        wanted=f"at most {most} more",
    )


def _ratio(candidate: Estimate, champion: Estimate) -> Estimate:
    """candidate ÷ champion − 1, by the same rule as `spread` on logarithms: times are compared by their ratio.

    Times of interleaved runs rise and fall together, so that the interval is rather too wide than too narrow.
    """
    difference = spread(_mapped(candidate, log), _mapped(champion, log))
    return _mapped(difference, lambda value: exp(value) - 1)


def _mapped(estimate: Estimate, function: Callable[[float], float]) -> Estimate:
    """Under a function that rises."""
    return Estimate(value=function(estimate.value), lower=function(estimate.lower), upper=function(estimate.upper))


class _Unsure(Exception):
    """Why there is no interval to judge by."""


def _number_of(budget: BudgetDemand, cost: Cost, reader: Reader) -> Estimate:
    if budget.of == SIZE:
        if cost.size_bytes is None:
            raise Unusable("the evidence does not say how large the models are")
        return point(float(cost.size_bytes))
    latency = _latency_of(budget, cost)
    if latency.interval is None and not reader.by_points:
        raise _Unsure(f"{latency.repetitions} repetitions are too few for an interval of {budget.of}")
    return reader.estimate(latency.value, latency.interval, budget.of)


def _latency_of(budget: BudgetDemand, cost: Cost) -> Latency:
    found = [latency for latency in cost.latency if latency.of == budget.of]
    if len(found) != 1:
        raise Unusable(
            f"the evidence has {budget.of} {len(found)} times" if found else f"the evidence has no {budget.of}"
        )
    return found[0]


def _machine(budget: BudgetDemand, costs: Costs) -> str:
    return f" on {costs.machine}" if costs.machine and budget.of != SIZE else ""


# --- packages -------------------------------------------------------------------------------------


def _judge_packages(budget: BudgetDemand, costs: Costs, *, compared: bool) -> Iterator[Check]:
    needed = _packages(costs.candidate)
    if budget.value is not None:
        saw, wanted = f"{len(needed)} dependencies", f"at most {say_number(budget.value)}"
        yield demand("value", len(needed) <= budget.value, saw=saw, wanted=wanted)
    if budget.only is not None:
        others = sorted(set(needed) - set(packages_of(budget.only)))
        yield _allow_none("only", others, "outside of the list", hint="add it to `only`, or do without it")
    if budget.margin is not None and compared:
        more = len(needed) - (bound := len(_packages(_champion_of(costs))))
        most = budget.margin * (bound if budget.relative else 1)
        saw = f"{bound} → {len(needed)} dependencies"
        yield demand("margin", more <= most, saw=saw, wanted=f"at most {say_number(most)} more")
    if budget.none_new and compared:
        new = sorted(set(needed) - set(_packages(_champion_of(costs))))
        yield _allow_none("new", new, "new", hint="do without it, or let the policy allow what is new")


def _allow_none(name: str, found: list[str], what: str, *, hint: str) -> Check:
    if not found:
        return passed(name, saw=f"no dependency {what}", wanted="none")
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return failed(name, saw=f"{what}: {', '.join(found[:_NAMED])}{more}", wanted="none", hint=hint)


def _packages(cost: Cost) -> dict[str, str]:
    if cost.dependencies is None:
        raise Unusable("the evidence does not say which packages the models need")
    return packages_of(cost.dependencies)
