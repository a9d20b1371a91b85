"""One gate of a policy: a rule, what it is about, and what it wants."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:  # most policies have no such rule, and every release reads its policy
    from coronet.core.policy.demands import BudgetDemand, CheckDemand, DriftDemand

# A feature that tells the label better than this is an alarm, where the policy says nothing else.
LEAKAGE = 0.99


class Rule(StrEnum):
    SUPERIOR = "superior"
    NON_INFERIOR = "non_inferior"
    FLOOR = "floor"
    CEILING = "ceiling"
    GAP = "gap"
    UNCHANGED = "unchanged"
    STEADY = "steady"
    CHANGES = "changes"
    BASELINE = "baseline"
    BUDGET = "budget"
    DRIFT = "drift"
    LEAKAGE = "leakage"
    CHECK = "check"


class Mode(StrEnum):
    ENFORCE = "enforce"
    WARN = "warn"
    OFF = "off"


class Statistics(StrEnum):
    INTERVAL = "interval"
    POINT = "point"


class BelowMinimum(StrEnum):
    """What a segment with too few rows does to its gate."""

    INCONCLUSIVE = "inconclusive"
    SKIP = "skip"


class Correction(StrEnum):
    """What an alarm among several segments must hold up against."""

    HOLM = "holm"
    BH = "bh"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """One rule. `bar` is the margin of a comparison or the value of a bound; `unchanged` has none.

    `correction` is the gate's own; where it is None, the policy's holds. `allowed` are features that may tell the
    label; `budget`, `drift` and `check` are of the rules of that name. `weighted` asks
    for the share of the rows' weight instead of their number.
    """

    name: str
    rule: Rule
    metric: str = ""
    bar: float = 0.0
    relative: bool = False
    by: tuple[str, ...] = ()
    weight: str | None = None
    minimum_rows: int = 0
    below_minimum: BelowMinimum = BelowMinimum.INCONCLUSIVE
    statistics: Statistics = Statistics.INTERVAL
    mode: Mode = Mode.ENFORCE
    of: tuple[str, ...] = ()
    only_new: bool = False
    weighted: bool = False
    correction: Correction | None = None
    allowed: tuple[str, ...] = ()
    budget: "BudgetDemand | None" = None
    drift: "DriftDemand | None" = None
    check: "CheckDemand | None" = None


def gate_from_json(name: str, gate: Mapping[str, Any]) -> Gate:
    rule = Rule(gate["rule"])
    return Gate(
        name=name,
        rule=rule,
        metric=gate.get("metric", ""),
        bar=float(gate.get("value", gate.get("margin", LEAKAGE if rule is Rule.LEAKAGE else 0.0))),
        relative=gate.get("relative", False),
        by=tuple(gate.get("by", ())),
        weight=gate.get("weight"),
        minimum_rows=gate.get("minimum_rows", 0),
        below_minimum=BelowMinimum(gate.get("below_minimum", "inconclusive")),
        statistics=Statistics(gate.get("statistics", "interval")),
        mode=Mode(gate.get("mode", "enforce")),
        of=tuple(gate.get("of", ())) if rule is Rule.UNCHANGED else (),
        only_new=gate.get("only_new", False),
        weighted=gate.get("weighted", False),
        correction=Correction(gate["correction"]) if "correction" in gate else None,
        allowed=tuple(gate.get("allowed", ())),
        **_demand_from_json(rule, gate),
    )


class _Demands(TypedDict, total=False):
    budget: "BudgetDemand"
    drift: "DriftDemand"
    check: "CheckDemand"


def _demand_from_json(rule: Rule, gate: Mapping[str, Any]) -> _Demands:
    if rule not in (Rule.BUDGET, Rule.DRIFT, Rule.CHECK):
        return {}
    from coronet.core.policy.demands import budget_from_json, check_from_json, drift_from_json

    if rule is Rule.BUDGET:
        return {"budget": budget_from_json(gate)}
    return {"drift": drift_from_json(gate)} if rule is Rule.DRIFT else {"check": check_from_json(gate)}
