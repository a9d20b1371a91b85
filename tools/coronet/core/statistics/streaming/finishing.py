"""From a state to the facts of a measurement: the same as `measurement.measure` gives, and how sure they are.

Every metric whose state is made of sums comes out as exactly as the sums are. Those of the order of scores,
and the median error, come from histograms: their intervals are wider by what the histogram may be off.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from coronet.core.catalogue import Metric
from coronet.core.evidence import MetricFact
from coronet.core.quantile import normal_quantile
from coronet.core.statistics.comparing import compare
from coronet.core.statistics.intervals import Interval
from coronet.core.statistics.measurement import metric_of, notes
from coronet.core.statistics.streaming.clustered import find_any_reader, say_groups
from coronet.core.statistics.streaming.plan import Column, may_be_finer
from coronet.core.statistics.streaming.reading import Reading
from coronet.core.statistics.streaming.standing import Standing, find_standings
from coronet.core.statistics.streaming.state import State

# An interval is read again, finer, where a histogram may be off by more of the standard error than this: it would be
# wider by more than a fortieth, and 95 % would be more than 95.6 %.
TOLERATED = 0.05
MOST_BLURRED = 1e3


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """`shares` says of every column (None: all rows) what share of the error its widest bound is; `blurred` are those
    that are too wide, where finer levels are to be had.
    """

    facts: tuple[MetricFact, ...]
    shares: Mapping[Column, float]
    blurred: Mapping[Column, float]


def finish(state: State) -> Finished:
    """The facts of the plan's specification, metric by metric: over all rows, then over each segment."""
    specification, columns = state.plan.specification, (None, *state.plan.layout.names)
    standings = {column: find_standings(state, column) for column in columns}
    facts: list[MetricFact] = []
    shares: dict[Column, float] = dict.fromkeys(columns, 0.0)
    with np.errstate(all="ignore"):
        for name in specification.metrics:
            for column in columns:
                for fact, share in _facts(state, metric_of(name), column, standings[column]):
                    facts.append(fact)
                    shares[column] = max(share, shares[column])
    blurred = {name: share for name, share in shares.items() if share > TOLERATED and may_be_finer(state.plan, name)}
    return Finished(facts=tuple(facts), shares=shares, blurred=blurred)


def _facts(
    state: State, metric: Metric, column: Column, standings: list[Standing]
) -> Iterator[tuple[MetricFact, float]]:
    """Of each segment that has rows; and how far it may be off, as a share of its standard error."""
    names = ("",) if column is None else state.plan.layout.names[column]
    read = find_any_reader(state, metric, column, standings)
    for code, (name, standing) in enumerate(zip(names, standings, strict=True)):
        if column is None or standing.rows:
            yield _fact(state, metric, {} if column is None else {column: name}, standing, read(code))


def _fact(
    state: State, metric: Metric, segment: Mapping[str, str], standing: Standing, reading: Reading
) -> tuple[MetricFact, float]:
    plan, bounds = state.plan, dict[int, float]()

    def measure(model: int) -> Any:
        standing.require(metric, model, plan.absent.get(metric.name, ""))
        measured = reading.measure(model)
        bounds[model] = getattr(measured, "bound", 0.0)
        return measured

    found = compare(Widened(inner=reading.intervals), lambda: measure(0), (lambda: measure(1)) if plan.paired else None)
    bound = sum(bounds.values())
    said = (*say_bound(bound), *notes(metric, weighted=plan.weighted), *say_groups(state))
    method = ", ".join((reading.method, *said, "streamed"))
    fact = found.to_fact(metric, segment, standing.rows, method, paired=plan.paired)
    return fact, _blur(fact.interval, bound, plan.specification.confidence)


@dataclass(frozen=True, kw_only=True, slots=True)
class Widened:
    """Intervals that hold for every value that the histogram leaves possible."""

    inner: Any

    def own(self, measured: Any) -> Interval:
        return _widen(self.inner.own(measured), measured)

    def difference(self, candidate: Any, champion: Any) -> Interval:
        return _widen(self.inner.difference(candidate, champion), candidate, champion)


def _widen(interval: Interval, *measured: Any) -> Interval:
    bound = sum(getattr(each, "bound", 0.0) for each in measured)
    return interval[0] - bound, interval[1] + bound


def say_bound(bound: float) -> Iterator[str]:
    if bound > 0:
        yield f"widened by the histogram's {bound:.1e}"


def _blur(interval: Interval | None, bound: float, confidence: float) -> float:
    """The bound as a share of the standard error that the interval has without it."""
    if interval is None or not bound > 0:
        return 0.0
    half = (interval[1] - interval[0]) / 2 - bound
    return min(MOST_BLURRED, bound * normal_quantile(confidence) / max(half, bound / MOST_BLURRED))
