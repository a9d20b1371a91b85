"""How many rows a policy needs, from what is assumed of the models where no evidence tells it.

Of two models that are alike, the variance of the difference is 2 v (1 - r) for a variance v of each and a
correlation r between them. Of a share p it is v = p (1 - p) a row that counts: Connor, "Sample size for testing
differences in proportions for the paired-sample design", Biometrics 43 (1987). Of an area under the ROC curve,
with the share of positive rows: Hanley and McNeil, "The meaning and use of the area under a receiver operating
characteristic (ROC) curve", Radiology 143 (1982), and of paired ones, Radiology 148 (1983), in the limit of many
rows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil, sqrt
from statistics import NormalDist

from coronet.core.judging.looks import confidence_at
from coronet.core.linting.rows import CountedRows
from coronet.core.policy import Gate, Policy, Rule
from coronet.core.policy_power import Power, signed_bar, why_not_asked

_NORMAL = NormalDist()
_SHARE = re.compile(r"accuracy|within_[0-9]+_percent")
# With fewer rows the normal distribution, by which all this is told, is no guide.
LEAST = 30
_AREAS = {"roc_auc": 1.0, "gini": 2.0}
_MEANS = frozenset({"mae", "mape", "log_loss", "brier"})


class Unknown(Exception):
    """What must be assumed as well, in words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumptions:
    """Of each model, by metric: its value, and the standard deviation of a row's loss; the share of `positive` rows.

    `correlation` is that between what the two models get right or wrong, row by row; `effect` the true improvement.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    deviations: Mapping[str, float] = field(default_factory=dict)
    positive: float | None = None
    correlation: float = 0.5
    effect: float | None = None


def assume_power(
    policy: Policy, assumptions: Assumptions, rows: CountedRows | None, *, power: float
) -> tuple[Power, ...]:
    """The power of every gate that compares one number with a bar, over the rows that were counted.

    Without `rows`, or for segments that were not counted, only the rows that are needed are told.
    """
    reach = _NORMAL.inv_cdf(0.5 + confidence_at(policy, 1) / 2) + _NORMAL.inv_cdf(power)
    found: list[Power] = []
    for gate in policy.gates:
        if not why_not_asked(gate):
            found += [_power_of(gate, assumptions, reach, scope, many) for scope, many in _scopes(gate, rows)]
    return tuple(found)


def _scopes(gate: Gate, rows: CountedRows | None) -> Iterator[tuple[str, int]]:
    if not gate.by:
        yield "all rows", rows.total if rows else 0
    for column in gate.by:
        counts = rows.by.get(column, {}) if rows else {}
        yield from sorted((f"{column} {name}", many) for name, many in counts.items())
        if not counts:
            yield f"each {column}", 0


def _power_of(gate: Gate, assumptions: Assumptions, reach: float, scope: str, rows: int) -> Power:
    bar = signed_bar(gate)
    try:
        variance = row_variance(gate, assumptions)
        bar *= _value(gate, assumptions) if gate.relative else 1
        assumed = _assumed(gate, assumptions)
    except Unknown as reason:
        return Power(gate=gate.name, scope=scope, rows=rows, bar=bar, problem=str(reason))
    beyond = assumed - bar
    return Power(
        gate=gate.name,
        scope=scope,
        rows=rows,
        bar=bar,
        detects=bar + reach * sqrt(variance / rows) if rows else None,
        assumed=assumed,
        needed=max(LEAST, ceil(variance * (reach / beyond) ** 2)) if beyond > 0 else None,
    )


def row_variance(gate: Gate, assumptions: Assumptions) -> float:
    """The variance of what the gate compares, times the rows; Unknown where more must be assumed."""
    own = _own_variance(gate, assumptions)
    is_comparison = gate.rule in (Rule.SUPERIOR, Rule.NON_INFERIOR)
    return 2 * own * (1 - assumptions.correlation) if is_comparison else own


def _own_variance(gate: Gate, assumptions: Assumptions) -> float:
    name = gate.metric
    if _SHARE.fullmatch(name) or name == "recall":
        share = _within_one(_value(gate, assumptions), gate)
        rows = _positive(assumptions) if name == "recall" else 1.0
        return share * (1 - share) / rows
    if name in _AREAS:
        stretch = _AREAS[name]
        area = _within_one((_value(gate, assumptions) + stretch - 1) / stretch, gate)
        return stretch**2 * _area_variance(area, _positive(assumptions))
    if name in _MEANS:
        if name not in assumptions.deviations:
            raise Unknown(f"say how much its loss differs from row to row: --deviation {name}=NUMBER")
        return assumptions.deviations[name] ** 2
    raise Unknown(f"nothing simple tells the error of {name}: give --evidence")


def _area_variance(area: float, positive: float) -> float:
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    return (q1 - area**2) / (1 - positive) + (q2 - area**2) / positive


def _value(gate: Gate, assumptions: Assumptions) -> float:
    if gate.metric not in assumptions.values:
        raise Unknown(f"say what it is about: --assume {gate.metric}=NUMBER")
    return assumptions.values[gate.metric]


def _within_one(value: float, gate: Gate) -> float:
    if not 0 < value < 1:
        raise Unknown(f"{gate.metric} is assumed to be beyond every error: say another --assume {gate.metric}=NUMBER")
    return value


def _positive(assumptions: Assumptions) -> float:
    if assumptions.positive is None:
        raise Unknown("say what share of the rows is positive: --positive")
    return assumptions.positive


def _assumed(gate: Gate, assumptions: Assumptions) -> float:
    """In the gate's own direction: an improvement, or the value signed so that more is better."""
    match gate.rule:
        case Rule.FLOOR:
            return _value(gate, assumptions)
        case Rule.CEILING:
            return -_value(gate, assumptions)
        case Rule.NON_INFERIOR:
            return assumptions.effect or 0.0
    if assumptions.effect is None:
        raise Unknown("say what improvement shall be told: --effect")
    return assumptions.effect
