"""The median of one number a row, by order statistics.

One model's interval is Woodruff's: where the share of rows below is within its own interval about one half, the
numbers there are the median's interval; Woodruff, JASA 47 (1952), https://doi.org/10.2307/2280781. Its width over
twice Student's quantile is the standard error; of two medians of the same rows, what the rows below both tell is how
they vary together: Bonett and Price, British Journal of Mathematical and Statistical Psychology 73 (2020),
https://doi.org/10.1111/bmsp.12171.
"""

from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np

from coronet.core.quantile import student_quantile
from coronet.core.statistics.clusters import CLUSTER, ROW
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.intervals import Interval, student
from coronet.core.statistics.losses import RowNumbers
from coronet.core.statistics.sample import Sample, Undefined, require_finite, require_weight


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Median:
    """`ranked` rises, and `at` is the share of the weight below each of it, its own half counted, (n,).

    What a row, or cluster, has below the median more than one half of it, by weight, is what it moves: `spread` is
    Σ of the squares, and `counted` how many there are. `effective` is how many of equal weight tell as much.
    """

    value: float
    ranked: Floats
    at: Floats
    spread: float
    counted: int
    effective: float
    unit: str

    @property
    def freedom(self) -> float:
        return max(self.effective - 1, 1)

    @property
    def share_error(self) -> float:
        """The standard error of the share below the median."""
        if self.counted < 2:
            raise Undefined(f"one {self.unit} gives no interval")
        return sqrt(self.spread * self.counted / (self.counted - 1))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RowMedian(Median):
    """`moves` is what each row, or cluster, moves, (n,)."""

    moves: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Woodruff:
    """The intervals of medians, without a way to measure them."""

    confidence: float

    def own(self, measured: Median) -> Interval:
        half = self._quantile(measured) * measured.share_error
        low, high = np.interp([0.5 - half, 0.5 + half], measured.at, measured.ranked)
        return float(low), float(high)

    def apart(self, candidate: Median, champion: Median, shared: float) -> Interval:
        """The interval of the difference; what the rows below both medians tell goes together by `shared`."""
        ours, theirs = self._error(candidate), self._error(champion)
        # The root of ours² + theirs² − 2 × shared × ours × theirs, of numbers of any size.
        error = hypot(ours - theirs, sqrt(2 * max(1 - shared, 0.0)) * sqrt(ours) * sqrt(theirs))
        return student(candidate.value - champion.value, error, candidate.freedom, confidence=self.confidence)

    def method(self, *, paired: bool) -> str:
        return "paired medians by order statistics; own: Woodruff" if paired else "Woodruff"

    def _error(self, measured: Median) -> float:
        low, high = self.own(measured)
        return (high - low) / (2 * self._quantile(measured))

    def _quantile(self, measured: Median) -> float:
        return student_quantile(self.confidence, measured.freedom)


@dataclass(frozen=True, kw_only=True, slots=True)
class Medians(Woodruff):
    numbers: RowNumbers

    def measure(self, sample: Sample) -> RowMedian:
        require_weight(sample)
        require_finite(sample)
        counts, clusters = sample.weight > 0, sample.clusters
        numbers, weight = self.numbers(sample)[counts], sample.weight[counts]
        order = np.argsort(numbers, kind="stable")
        ranked, cumulated = numbers[order], np.cumsum(weight[order])
        value = median_of(ranked, cumulated)
        share = weight / weight.sum()
        moves = share * (np.sign(value - numbers) / 2)
        if clusters is not None:
            moves = clusters.take(np.flatnonzero(counts)).totals(moves)
        return RowMedian(
            value=value,
            ranked=ranked,
            at=(cumulated - weight[order] / 2) / cumulated[-1],
            spread=float((moves**2).sum()),
            counted=len(moves),
            effective=1 / float((share**2).sum()) if clusters is None else clusters.effective,
            unit=ROW if clusters is None else CLUSTER,
            moves=moves,
        )

    def difference(self, candidate: RowMedian, champion: RowMedian) -> Interval:
        together, alone = float((candidate.moves * champion.moves).sum()), sqrt(candidate.spread * champion.spread)
        return self.apart(candidate, champion, together / alone if alone > 0 else 0.0)


def median_of(ranked: Floats, cumulated: Floats) -> float:
    """Where half of the weight lies below, the mean of the two in the middle."""
    half = cumulated[-1] / 2
    lower, upper = np.searchsorted(cumulated, half, side="left"), np.searchsorted(cumulated, half, side="right")
    return float(ranked[lower] + ranked[min(upper, len(ranked) - 1)]) / 2
