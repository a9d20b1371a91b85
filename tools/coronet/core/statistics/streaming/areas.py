"""The area under the ROC curve of two models, read from histograms, and how far the histograms may be off.

DeLong's placements of the rows of a level are the same for all of them; their variances come from the fine
histograms, and how both models' placements vary together from the coarse one. Rows of one level are taken as
tied, so an area is off by at most half of the pairs of unlike rows that share a level with different scores.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.families import NOTHING, Areas
from coronet.core.statistics.intervals import Interval, logit_wald, one_row_each_way, wald
from coronet.core.statistics.sample import Undefined
from coronet.core.statistics.streaming.histograms import Joint, Levels
from coronet.core.statistics.streaming.joints import coarse_means, multiply

NEGATIVE, POSITIVE = 0, 1


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Ranking:
    """One model's area, and how far above it each level's rows are placed: `far` is (2, levels), of negatives and
    positives.

    `spread` is Σ w² far², and `rows` and `weight` are sums, (2,) each. `value` is off by at most `bound`.
    """

    value: float
    bound: float
    area: float
    levels: Levels
    far: Floats
    spread: Floats
    rows: Integers
    weight: Floats


def measure_ranking(levels: Levels, *, stretch: float, shift: float) -> Ranking:
    require_both_sides(levels)
    weight, total = levels.weight, levels.weight.sum(axis=1)
    below = np.cumsum(weight, axis=1)
    below -= weight / 2
    area = float((weight[POSITIVE] * below[NEGATIVE]).sum() / total.prod())
    # Placements: the share of positives above a negative, and of negatives below a positive.
    far = below[::-1] / total[::-1, np.newaxis]
    far[NEGATIVE] = 1 - far[NEGATIVE]
    far -= area
    tied = (weight[POSITIVE] * weight[NEGATIVE])[levels.is_mixed].sum() / 2
    return Ranking(
        value=stretch * area + shift,
        bound=stretch * float(tied / total.prod()),
        area=area,
        levels=levels,
        far=far,
        spread=(levels.squares * far**2).sum(axis=1),
        rows=levels.rows.sum(axis=1),
        weight=total,
    )


def require_both_sides(levels: Levels) -> None:
    """Raises Undefined where all rows are on one side."""
    if not levels.weight[POSITIVE].sum() > 0:
        raise Undefined("no row is positive")
    if not levels.weight[NEGATIVE].sum() > 0:
        raise Undefined("every row is positive")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class HistogramAreas:
    """The intervals of `families.Areas`; `joint` has both models' rows.

    `same` says that their scores are the same number apart in all rows, and so rank them alike.
    """

    stretch: float
    confidence: float
    joint: Joint
    same: bool

    def own(self, measured: Ranking) -> Interval:
        error = sqrt(sum(_own_variance(measured, side) for side in (NEGATIVE, POSITIVE)))
        if error < NOTHING:
            return self._without_spread(measured.value, measured)
        low, high = logit_wald(measured.area, error, confidence=self.confidence)
        shift = measured.value - self.stretch * measured.area
        return self.stretch * low + shift, self.stretch * high + shift

    def difference(self, candidate: Ranking, champion: Ranking) -> Interval:
        variance = _variance(candidate, champion, self.joint)
        error, difference = sqrt(max(variance, 0.0)), candidate.value - champion.value
        if self.same or error < NOTHING:
            return self._without_spread(difference, candidate)
        return wald(difference, self.stretch * error, confidence=self.confidence)

    def _without_spread(self, value: float, measured: Ranking) -> Interval:
        return one_row_each_way(value, int(measured.rows.min()), self.stretch, confidence=self.confidence)


def describe_areas(confidence: float, *, paired: bool) -> str:
    return Areas(stretch=1, shift=0, confidence=confidence).method(paired=paired)


def _own_variance(ranking: Ranking, side: int) -> float:
    return _scale(ranking, side) * float(ranking.spread[side])


def _variance(candidate: Ranking, champion: Ranking, joint: Joint) -> float:
    """Of the difference of the mean placements of the rows of both sides."""
    ours, theirs = (coarse_means(each.levels, each.far) for each in (candidate, champion))
    together = multiply(joint, ours, theirs)
    return sum(
        _own_variance(candidate, side)
        + _own_variance(champion, side)
        - 2 * _scale(candidate, side) * float(together[side])
        for side in (NEGATIVE, POSITIVE)
    )


def _scale(ranking: Ranking, side: int) -> float:
    rows = int(ranking.rows[side])
    if rows < 2:
        raise Undefined("one row of a class gives no interval")
    return rows / (rows - 1) / float(ranking.weight[side]) ** 2
