"""Metrics that are smooth in sums over the rows: how much each row moves the value, and the error that makes.

The delta method by influences: the variance of a smooth function of weighted sums is Σ (weight × influence)²,
where a row's influence is the derivative of the value by its weight. Huber and Ronchetti, Robust Statistics,
2nd edition (2009), section 1.5; for classification's ratios, Goutte and Gaussier, ECIR 2005,
https://doi.org/10.1007/978-3-540-31865-1_25, treat the same counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import log, sqrt

import numpy as np

from coronet.core.statistics.clusters import CLUSTER, ROW, Clusters, design_effect
from coronet.core.statistics.columns import Flags, Floats, Integers
from coronet.core.statistics.families import NOTHING
from coronet.core.statistics.intervals import Interval, logit_student, one_row_each_way, student
from coronet.core.statistics.sample import Sample, Undefined, require_finite, require_weight

# Rows added to each kind of disagreement.
ADDED = 0.5


class Scale(StrEnum):
    """Where one model's own value is nearly normal: shares on the logit scale, positive numbers on the log scale."""

    LOGIT = "logit"
    LOG = "log"
    PLAIN = "plain"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Linearization:
    """`influence` is (n,): the derivative of `value` by each row's weight; their weighted sum is 0.

    `rests_on` is how many rows the value is a share of, as far as it is one. `sides` are the classes, (n,), where
    the value compares rows of one class with those of another, and so needs two of each.
    """

    value: float
    influence: Floats
    rests_on: float
    sides: Integers | None = None


# From a sample to its linearization; raises Undefined where its rows have no value.
Linearize = Callable[[Sample], Linearization]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Linear:
    """A linearization with what its errors need: `squares` are the sums of the squared weights, row by row.

    `rows` is how many rows of equal weight tell as much: (Σw)² ÷ Σw², Kish, Survey Sampling (1965). Of clusters, all
    of it is said of them instead of rows, and `influence` is of their totals. `scarcest` is how many rows, or
    clusters, the smallest class has, where each needs two.
    """

    value: float
    influence: Floats
    squares: Floats
    rests_on: float
    rows: float
    counted: int
    scarcest: int | None = None
    unit: str = ROW

    def error(self, influence: Floats) -> float:
        """The standard error of what has this influence."""
        if self.counted < 2:
            raise Undefined(f"one {self.unit} gives no interval")
        if self.scarcest is not None and self.scarcest < 2:
            raise Undefined(f"one {self.unit} of a class gives no interval")
        return sqrt(float((self.squares * influence**2).sum()) * self.counted / (self.counted - 1))


@dataclass(frozen=True, kw_only=True, slots=True)
class Linearized:
    """Student's interval on the linearization; a difference of shares (`adds`) with half a row added each way.

    It is the adjustment of `bonett_price` with half of its rows, for what is a share of `rests_on` rows:
    without it a handful of rows on which both models agree would prove too much; with whole rows the
    intervals of rare classes hold the truth too often (tests/core/statistics/test_coverage.py). `span` is
    how far two values can lie apart, None where there is no bound, and where nothing is added.
    """

    linearize: Linearize
    scale: Scale
    span: float | None
    confidence: float
    adds: bool = True

    def measure(self, sample: Sample) -> Linear:
        require_weight(sample)
        require_finite(sample)
        found, clusters = self.linearize(sample), sample.clusters
        return _of_rows(found, sample) if clusters is None else _of_clusters(found, sample, clusters)

    def own(self, measured: Linear) -> Interval:
        value, error = measured.value, measured.error(measured.influence)
        freedom = max(measured.rows - 1, 1)
        if error < NOTHING:
            return self._without_spread(value, measured)
        if self.scale is Scale.LOGIT and 0 < value < 1:
            return logit_student(value, error, freedom, confidence=self.confidence)
        if self.scale is Scale.LOG and value > 0:
            low, high = np.exp(student(log(value), error / value, freedom, confidence=self.confidence))
            return float(low), float(high)
        return student(value, error, freedom, confidence=self.confidence)

    def difference(self, candidate: Linear, champion: Linear) -> Interval:
        difference = candidate.value - champion.value
        error = self.error_apart(candidate, champion)
        freedom = max(candidate.rows - 1, 1)
        if self.span is None:
            return student(difference, error, freedom, confidence=self.confidence)
        if not self.adds:
            if error < NOTHING:
                return self._without_spread(difference, candidate)
            return student(difference, error, freedom, confidence=self.confidence)
        rests_on = min(candidate.rests_on, champion.rests_on)
        widened = sqrt(error**2 + 2 * (ADDED * self.span / (rests_on + 2 * ADDED)) ** 2)
        middle = difference * rests_on / (rests_on + 2 * ADDED)
        return student(middle, widened, freedom, confidence=self.confidence)

    def error_apart(self, candidate: Linear, champion: Linear) -> float:
        """The standard error of the difference of both values."""
        return candidate.error(candidate.influence - champion.influence)

    def method(self, *, paired: bool) -> str:
        own = "delta method" if self.scale is Scale.PLAIN else f"delta method on the {self.scale} scale"
        return f"paired delta method; own: {own}" if paired else own

    def _without_spread(self, value: float, measured: Linear) -> Interval:
        if self.span is None:
            return value, value
        return one_row_each_way(value, measured.rests_on, self.span, confidence=self.confidence)


def _of_rows(found: Linearization, sample: Sample) -> Linear:
    weight = sample.weight
    squares = weight**2 if sample.multiplicity is None else sample.multiplicity.astype(np.float64)
    rows = float(weight.sum() ** 2 / squares.sum())
    return Linear(
        value=found.value,
        influence=found.influence,
        squares=squares,
        rests_on=found.rests_on * rows / float(weight.sum()),
        rows=rows,
        counted=sample.rows if sample.multiplicity is not None else int(np.count_nonzero(weight)),
        scarcest=None if found.sides is None else _fewest(found.sides[weight > 0]),
    )


def _of_clusters(found: Linearization, sample: Sample, clusters: Clusters) -> Linear:
    """The totals of each cluster; the rows that a share rests on count as much less as the clusters tell less."""
    weight, moves = sample.weight, sample.weight * found.influence
    totals, rows = clusters.totals(moves), float(weight.sum() ** 2 / (weight**2).sum())
    by_rows, by_clusters = _variance(moves, int(np.count_nonzero(weight))), _variance(totals, len(clusters))
    effect = design_effect(by_rows, by_clusters, without_spread=rows / clusters.effective)
    return Linear(
        value=found.value,
        influence=totals,
        squares=np.ones(len(clusters)),
        rests_on=found.rests_on * rows / float(weight.sum()) / effect,
        rows=clusters.effective,
        counted=len(clusters),
        scarcest=None if found.sides is None else _fewest_clusters(found.sides, clusters, weight > 0),
        unit=CLUSTER,
    )


def _variance(moves: Floats, counted: int) -> float:
    """Of the sum of what so many rows or clusters add; 0 of one, of which nothing is known."""
    return float((moves**2).sum()) * counted / (counted - 1) if counted > 1 else 0.0


def _fewest(sides: Integers) -> int:
    return int(np.unique(sides, return_counts=True)[1].min())


def _fewest_clusters(sides: Integers, clusters: Clusters, counts: Flags) -> int:
    """How many clusters have rows of the class that the fewest have."""
    return min(len(np.unique(clusters.codes[counts & (sides == side)])) for side in np.unique(sides[counts]))
