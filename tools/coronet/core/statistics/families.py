"""How a metric's value and its intervals are computed, for each kind of metric there is."""

from collections.abc import Callable
from dataclasses import dataclass
from math import erfc, sqrt
from typing import Protocol, TypeVar

import numpy as np

from coronet.core.quantile import normal_quantile, student_quantile
from coronet.core.statistics.areas import Placements, area_error, difference_error, place
from coronet.core.statistics.clusters import CLUSTER, ROW, Clusters, design_effect
from coronet.core.statistics.columns import Flags, Floats
from coronet.core.statistics.comparing import Intervals, Measured
from coronet.core.statistics.draws import draw_weights
from coronet.core.statistics.intervals import (
    Interval,
    bonett_price,
    logit_student,
    logit_wald,
    one_row_each_way,
    student,
    wald,
)
from coronet.core.statistics.losses import RowNumbers
from coronet.core.statistics.sample import (
    Preparation,
    Sample,
    Undefined,
    prepare,
    require_finite,
    require_weight,
)
from coronet.core.wilson import wilson

# Below this, a standard error is what rounding leaves of nothing.
NOTHING = 1e-12
# More draws than this without a value, and those with one are no picture of the rest.
TOLERATED = 0.05


M = TypeVar("M", bound=Measured)


class Family(Intervals[M], Protocol[M]):
    """One kind of metric. Every method raises `Undefined` where the rows do not suffice."""

    def measure(self, sample: Sample) -> M: ...

    def method(self, *, paired: bool) -> str:
        """What the intervals are, in a few words."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RowMeans:
    """The weighted mean of one number a row, or of each cluster's mean; those of weight 0 are left out."""

    value: float
    numbers: Floats
    weight: Floats
    unit: str = ROW


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """Means of losses: Student's interval, of the rows' differences where there are two models.

    With case weights the error is that of a weighted mean, and the freedom Kish's effective rows less one. Of
    clusters, each is one row with the mean of its rows, and weighs what they weigh together. `span` is how far two
    losses can lie apart, None where there is no bound.
    """

    numbers: RowNumbers
    span: float | None
    confidence: float

    def measure(self, sample: Sample) -> RowMeans:
        require_weight(sample)
        require_finite(sample)
        counts = sample.weight > 0
        numbers, clusters = self.numbers(sample), sample.clusters
        if clusters is None:
            return _row_means(numbers[counts], sample.weight[counts])
        means = clusters.totals(np.where(counts, sample.weight * numbers, 0)) / clusters.weight
        return _row_means(means, clusters.weight, CLUSTER)

    def own(self, measured: RowMeans) -> Interval:
        numbers, weight = measured.numbers, measured.weight
        if len(numbers) < 2:
            raise Undefined(f"one {measured.unit} gives no interval")
        if numbers.min() == numbers.max():
            return self._without_spread(measured)
        share = weight / weight.sum()
        variance = float((share**2 * (numbers - measured.value) ** 2).sum()) * len(numbers) / (len(numbers) - 1)
        return student(measured.value, sqrt(variance), effective_rows(weight) - 1, confidence=self.confidence)

    def difference(self, candidate: RowMeans, champion: RowMeans) -> Interval:
        return self.own(_row_means(candidate.numbers - champion.numbers, candidate.weight, candidate.unit))

    def method(self, *, paired: bool) -> str:
        return "paired t" if paired else "t"

    def _without_spread(self, measured: RowMeans) -> Interval:
        if self.span is None:
            return measured.value, measured.value
        return one_row_each_way(measured.value, effective_rows(measured.weight), self.span, confidence=self.confidence)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Share:
    """The share of rows that hit, by weight."""

    value: float
    hits: Flags
    weight: Floats
    clusters: Clusters | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shares:
    """Shares of rows: Bonett and Price for the difference, Wilson for one; weighted rows count as Kish's effective.

    Rows in clusters count as many as make the variance that the clusters' totals have, and as few more as Student's
    quantile asks: Korn and Graubard, Survey Methodology 24 (1998), for one share; the same for a difference.
    """

    hits: Callable[[Sample], Flags]
    confidence: float

    def measure(self, sample: Sample) -> Share:
        require_weight(sample)
        require_finite(sample)
        hits = self.hits(sample)
        return Share(value=_share(hits, sample.weight), hits=hits, weight=sample.weight, clusters=sample.clusters)

    def own(self, measured: Share) -> Interval:
        value = measured.value
        rows = self._rows(measured, measured.hits.astype(np.float64), value * (1 - value))
        return wilson(value, rows, confidence=self.confidence)

    def difference(self, candidate: Share, champion: Share) -> Interval:
        gained = _share(candidate.hits & ~champion.hits, candidate.weight)
        lost = _share(champion.hits & ~candidate.hits, candidate.weight)
        numbers = candidate.hits.astype(np.float64) - champion.hits
        rows = self._rows(candidate, numbers, gained + lost - (gained - lost) ** 2)
        return bonett_price(gained, lost, rows, confidence=self.confidence)

    def method(self, *, paired: bool) -> str:
        return "Bonett–Price; own: Wilson" if paired else "Wilson"

    def _rows(self, share: Share, numbers: Floats, spread: float) -> float:
        """How many independent rows tell as much of the mean of `numbers`, whose variance in a row is `spread`."""
        rows, clusters = effective_rows(share.weight), share.clusters
        if clusters is None:
            return rows
        if len(clusters) < 2:
            raise Undefined("one cluster gives no interval")
        parts = share.weight / share.weight.sum()
        variance = clusters.variance(parts * (numbers - (parts * numbers).sum()))
        return count_rows(rows, spread, variance, clusters.effective, confidence=self.confidence)


def count_rows(rows: float, spread: float, variance: float, clusters: float, *, confidence: float) -> float:
    """How many independent rows make `variance` of a share, where each makes `spread`; see `Shares`.

    At most `rows`, which they are; where there is no spread, as many as there are effective `clusters`.
    """
    effect = design_effect(spread / rows, variance, without_spread=rows / clusters)
    student = student_quantile(confidence, max(clusters - 1, 1))
    return rows / effect * (normal_quantile(confidence) / student) ** 2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Area:
    value: float
    placements: Placements

    @property
    def smaller_class(self) -> int:
        return self.placements.smaller_class


@dataclass(frozen=True, kw_only=True, slots=True)
class Areas:
    """`stretch` × area + `shift` (the Gini coefficient is 2 × area − 1): DeLong, one area on the logit scale.

    Of clusters, Obuchowski's errors and Student's quantile.
    """

    stretch: float
    shift: float
    confidence: float

    def measure(self, sample: Sample) -> Area:
        placements = place(sample)
        return Area(value=self.stretch * placements.area + self.shift, placements=placements)

    def own(self, measured: Area) -> Interval:
        error, area = area_error(measured.placements), measured.placements.area
        if error < NOTHING:
            return self._without_spread(measured.value, measured)
        freedom = measured.placements.freedom
        if freedom is None:
            low, high = logit_wald(area, error, confidence=self.confidence)
        else:
            low, high = logit_student(area, error, freedom, confidence=self.confidence)
        return self.stretch * low + self.shift, self.stretch * high + self.shift

    def difference(self, candidate: Area, champion: Area) -> Interval:
        error = difference_error(candidate.placements, champion.placements)
        difference, freedom = candidate.value - champion.value, candidate.placements.freedom
        if error < NOTHING:
            return self._without_spread(difference, candidate)
        if freedom is None:
            return wald(difference, self.stretch * error, confidence=self.confidence)
        return student(difference, self.stretch * error, freedom, confidence=self.confidence)

    def method(self, *, paired: bool) -> str:
        return "paired DeLong; own: DeLong on the logit scale" if paired else "DeLong on the logit scale"

    def _without_spread(self, value: float, measured: Area) -> Interval:
        return one_row_each_way(value, measured.smaller_class, self.stretch, confidence=self.confidence)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Drawn:
    """A value, and the values of the same metric in each draw of rows; NaN where a draw has none.

    `rows` is how many rows, or clusters, there are to draw.
    """

    value: float
    draws: Floats
    rows: int
    unit: str = ROW


@dataclass(frozen=True, kw_only=True, slots=True)
class Resampled:
    """Percentiles of the values of any statistic, or of their differences, over draws of the rows.

    Both models see the same draws, which are those of the seed. Percentiles are as much farther out as Student's
    quantile of n rows asks, and a variance of n − 1: Hesterberg, The American Statistician 69 (2015),
    https://doi.org/10.1080/00031305.2015.1089789. `scarcest` is how many rows the smallest class has, `span` how far
    two values can lie apart, None where there is no bound.
    """

    preparation: Preparation
    scarcest: int
    span: float | None
    confidence: float
    draws: int
    seed: int

    def measure(self, sample: Sample) -> Drawn:
        statistic, value = prepare(self.preparation, sample)
        blocks = draw_weights(sample, draws=self.draws, seed=self.seed)
        clusters = sample.clusters
        return Drawn(
            value=value,
            draws=np.concatenate([statistic(block) for block in blocks]),
            rows=sample.rows if clusters is None else len(clusters),
            unit=ROW if clusters is None else CLUSTER,
        )

    def own(self, measured: Drawn) -> Interval:
        return self._percentiles(measured.value, measured.draws, measured)

    def difference(self, candidate: Drawn, champion: Drawn) -> Interval:
        return self._percentiles(candidate.value - champion.value, candidate.draws - champion.draws, candidate)

    def method(self, *, paired: bool) -> str:
        return f"{'paired ' if paired else ''}bootstrap, percentiles of {self.draws} draws"

    def _percentiles(self, value: float, draws: Floats, drawn: Drawn) -> Interval:
        if drawn.rows < 2:
            raise Undefined(f"one {drawn.unit} gives no interval")
        known = draws[np.isfinite(draws)]
        if len(known) < (1 - TOLERATED) * len(draws):
            raise Undefined(f"{len(draws) - len(known)} of {len(draws)} draws of these rows have no value")
        if known.max() - known.min() < NOTHING:
            return (value, value) if self.span is None else self._without_spread(value, self.span)
        farther = student_quantile(self.confidence, drawn.rows - 1) * sqrt(drawn.rows / (drawn.rows - 1))
        tail = erfc(farther / sqrt(2)) / 2
        low, high = np.quantile(known, [tail, 1 - tail])
        return float(low), float(high)

    def _without_spread(self, value: float, span: float) -> Interval:
        return one_row_each_way(value, self.scarcest, span, confidence=self.confidence)


def effective_rows(weight: Floats) -> float:
    """How many equally weighted rows tell as much: (Σw)² ÷ Σw², Kish, Survey Sampling (1965)."""
    return float(weight.sum() ** 2 / (weight**2).sum())


def _row_means(numbers: Floats, weight: Floats, unit: str = ROW) -> RowMeans:
    return RowMeans(value=float((weight * numbers).sum() / weight.sum()), numbers=numbers, weight=weight, unit=unit)


def _share(hits: Flags, weight: Floats) -> float:
    return float(weight[hits].sum() / weight.sum())
