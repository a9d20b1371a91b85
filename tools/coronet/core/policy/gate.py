"""One gate of a policy: a rule, what it is about, and what it wants."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """One rule. `bar` is the margin of a comparison or the value of a bound; `unchanged` has none.

    `weighted` asks for the share of the rows' weight instead of their number.
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


def gate_from_json(name: str, gate: Mapping[str, Any]) -> Gate:
    rule = Rule(gate["rule"])
    return Gate(
        name=name,
        rule=rule,
        metric=gate.get("metric", ""),
        bar=float(gate.get("value", gate.get("margin", 0.0))),
        relative=gate.get("relative", False),
        by=tuple(gate.get("by", ())),
        weight=gate.get("weight"),
        minimum_rows=gate.get("minimum_rows", 0),
        below_minimum=BelowMinimum(gate.get("below_minimum", "inconclusive")),
        statistics=Statistics(gate.get("statistics", "interval")),
        mode=Mode(gate.get("mode", "enforce")),
        of=tuple(gate.get("of", ())),
        only_new=gate.get("only_new", False),
        weighted=gate.get("weighted", False),
    )
