"""The median of one number a row, read from a histogram: the method of `medians`."""

from dataclasses import dataclass

import numpy as np

from coronet.core.statistics.clusters import ROW
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.intervals import Interval
from coronet.core.statistics.medians import Median, Woodruff, median_of
from coronet.core.statistics.streaming.histograms import Joint, Levels
from coronet.core.statistics.streaming.joints import correlate, variance
from coronet.core.statistics.streaming.standing import Standing


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class HistogramMedian(Median):
    """`value` is off by at most `bound`; `moves` is what a row of each level moves, (1, levels)."""

    bound: float
    levels: Levels
    moves: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class HistogramMedians(Woodruff):
    """`joint` has both models' rows."""

    joint: Joint

    def difference(self, candidate: HistogramMedian, champion: HistogramMedian) -> Interval:
        sides = (candidate.levels, candidate.moves), (champion.levels, champion.moves)
        return self.apart(candidate, champion, correlate(self.joint, *sides))


def measure_median(levels: Levels, standing: Standing) -> HistogramMedian:
    """`levels` have one side, and their least and greatest numbers."""
    middle, apart = (levels.low + levels.high) / 2, (levels.high - levels.low) / 2
    weight = levels.weight[0]
    cumulated = np.cumsum(weight)
    value, bound = median_of(middle, cumulated), median_of(apart, cumulated)
    moves = np.sign(value - middle)[np.newaxis] / (2 * cumulated[-1])
    # A level's first and last row have its least and its greatest number, and each half of their own weight below it.
    of_row = weight / levels.rows[0] / 2
    return HistogramMedian(
        value=value,
        ranked=np.stack([levels.low, levels.high], axis=1).ravel(),
        at=np.stack([cumulated - weight + of_row, cumulated - of_row], axis=1).ravel() / cumulated[-1],
        spread=float(variance(levels, moves).sum()),
        counted=standing.counted,
        effective=standing.effective,
        unit=ROW,
        bound=bound,
        levels=levels,
        moves=moves,
    )
