"""The area under the ROC curve of two models, read from histograms, and how far the histograms may be off.

DeLong's placements of the rows of a level are the same for all of them; their variances come from the fine
histograms, and how both models' placements vary together from the coarse one. Rows of one level are taken as
tied, so an area is off by at most half of the pairs of unlike rows that share a level with different scores.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.families import Areas
from coronet.core.statistics.intervals import Interval, logit_wald, one_row_each_way, wald
from coronet.core.statistics.sample import Undefined
from coronet.core.statistics.streaming.histograms import COARSE, Joint, Levels

NOTHING = 1e-12
NEGATIVE, POSITIVE = 0, 1


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Ranking:
    """One model's area, and what each level's rows are worth: `placed` is (2, levels), of negatives and positives.

    `value` is off by at most `bound`; the rest is as in `Levels`.
    """

    value: float
    bound: float
    area: float
    levels: Levels
    placed: Floats


def measure_ranking(levels: Levels, *, stretch: float, shift: float) -> Ranking:
    require_both_sides(levels)
    weight, total = levels.weight, levels.weight.sum(axis=1)
    below = np.cumsum(weight, axis=1) - weight / 2
    placed = np.stack([1 - below[POSITIVE] / total[POSITIVE], below[NEGATIVE] / total[NEGATIVE]])
    area = float((weight[POSITIVE] * below[NEGATIVE]).sum() / total.prod())
    tied = (weight[POSITIVE] * weight[NEGATIVE])[levels.is_mixed].sum() / 2
    bound = stretch * float(tied / total.prod())
    return Ranking(value=stretch * area + shift, bound=bound, area=area, levels=levels, placed=placed)


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
        variance = sum(_variance(candidate, champion, self.joint, side) for side in (NEGATIVE, POSITIVE))
        error, difference = sqrt(max(variance, 0.0)), candidate.value - champion.value
        if self.same or error < NOTHING:
            return self._without_spread(difference, candidate)
        return wald(difference, self.stretch * error, confidence=self.confidence)

    def _without_spread(self, value: float, measured: Ranking) -> Interval:
        rows = int(measured.levels.rows.sum(axis=1).min())
        return one_row_each_way(value, rows, self.stretch, confidence=self.confidence)


def describe_areas(confidence: float, *, paired: bool) -> str:
    return Areas(stretch=1, shift=0, confidence=confidence).method(paired=paired)


def _own_variance(ranking: Ranking, side: int) -> float:
    far = ranking.placed[side] - ranking.area
    return _scale(ranking, side) * float((ranking.levels.squares[side] * far**2).sum())


def _variance(candidate: Ranking, champion: Ranking, joint: Joint, side: int) -> float:
    """Of the difference of the mean placements of one side's rows."""
    there = joint.side == side
    ours = _coarse_placements(candidate, side)[joint.candidate[there]]
    theirs = _coarse_placements(champion, side)[joint.champion[there]]
    # What the placements do within coarse levels is not known together, and taken as independent: too wide.
    together = _scale(candidate, side) * float((joint.squares[there] * ours * theirs).sum())
    return _own_variance(candidate, side) + _own_variance(champion, side) - 2 * together


def _scale(ranking: Ranking, side: int) -> float:
    rows, weight = int(ranking.levels.rows[side].sum()), float(ranking.levels.weight[side].sum())
    if rows < 2:
        raise Undefined("one row of a class gives no interval")
    return rows / (rows - 1) / weight**2


def _coarse_placements(ranking: Ranking, side: int) -> Floats:
    """The mean placement less the area of the rows of each coarse level, (2**COARSE,)."""
    squares, coarse = ranking.levels.squares[side], ranking.levels.place >> (ranking.levels.bits - COARSE)
    total = np.bincount(coarse, weights=squares, minlength=1 << COARSE)
    far = np.bincount(coarse, weights=squares * (ranking.placed[side] - ranking.area), minlength=1 << COARSE)
    return np.asarray(np.divide(far, total, out=np.zeros_like(far), where=total > 0))
