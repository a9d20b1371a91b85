"""Average precision and the widest distance, read from histograms: the methods of `orders` and `distances`.

Rows of one level are taken as tied. What that may be off by is known: within a level the positives may all come
first, or last.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.distances import Peak, Peaks, difference_interval, find_growth
from coronet.core.statistics.intervals import Interval
from coronet.core.statistics.linear import Linear, Linearized
from coronet.core.statistics.orders import average_precision_of_levels
from coronet.core.statistics.streaming.areas import NEGATIVE, POSITIVE, require_both_sides
from coronet.core.statistics.streaming.histograms import Joint, Levels
from coronet.core.statistics.streaming.joints import coarse_means, correlate, multiply
from coronet.core.statistics.streaming.standing import Standing

NEAR_NOTHING = 1e-300


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Widest(Peak):
    """`moves` is what a row of each side and level adds to the distance at its score, about its mean, (2, levels)."""

    bound: float
    levels: Levels
    moves: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class HistogramDistances(Peaks):
    """The intervals of `distances`; `joint` has both models' rows, and `same` says that both rank them alike."""

    joint: Joint
    same: bool

    def difference(self, candidate: Widest, champion: Widest) -> Interval:
        together = correlate(self.joint, (candidate.levels, candidate.moves), (champion.levels, champion.moves))
        return difference_interval(candidate, champion, together, same=self.same, confidence=self.confidence)


def measure_distance(levels: Levels, confidence: float) -> Widest:
    require_both_sides(levels)
    total = levels.weight.sum(axis=1)
    shares = levels.weight / total[:, np.newaxis]
    steps = shares[NEGATIVE] - shares[POSITIVE]
    walked = np.cumsum(steps)
    apart = np.abs(walked)
    place = int(apart.argmax())
    value = min(float(apart[place]), 1.0)
    below = np.arange(len(apart)) <= place
    # Higher scores should be positive; of a model that has it the other way round, lower ones.
    is_right = np.array([below, ~below]) if walked[place] >= 0 else np.array([~below, below])
    right = np.minimum((shares * is_right).sum(axis=1), 1.0)
    squares = levels.squares.sum(axis=1)
    rows = total**2 / squares
    clock = np.cumsum(levels.squares[NEGATIVE] / total[NEGATIVE] ** 2 + levels.squares[POSITIVE] / total[POSITIVE] ** 2)
    return Widest(
        value=value,
        bound=max(_highest(walked - steps, shares, levels) - value, 0.0),
        right=right,
        rows=rows,
        growth=find_growth(apart, clock, right, rows, confidence),
        fewest=int(levels.rows.sum(axis=1).min()),
        levels=levels,
        moves=(is_right - right[:, np.newaxis]) / total[:, np.newaxis],
    )


def _highest(before: Floats, shares: Floats, levels: Levels) -> float:
    """How far the distributions may be apart within a mixed level, whose rows of one class may all come first."""
    up, down = before + shares[NEGATIVE], shares[POSITIVE] - before
    return float(np.maximum(up, down)[levels.is_mixed].max(initial=0.0))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Precision(Linear):
    """`moves` is what a row of each side and level adds, (2, levels): `influence`, not yet in one row."""

    bound: float
    levels: Levels
    moves: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class HistogramPrecisions(Linearized):
    """The intervals of `linear` for average precision; `joint` and `same` as of `HistogramDistances`."""

    joint: Joint
    same: bool

    def error_apart(self, candidate: Linear, champion: Linear) -> float:
        if self.same:
            return candidate.error(np.zeros_like(candidate.influence))
        both = [each for each in (candidate, champion) if isinstance(each, Precision)]
        ours, theirs = (coarse_means(each.levels, each.moves) for each in both)
        together = float(multiply(self.joint, ours, theirs).sum()) * candidate.counted / (candidate.counted - 1)
        alone = sum(each.error(each.influence) ** 2 for each in both)
        return sqrt(max(alone - 2 * together, 0.0))


def measure_precision(levels: Levels, standing: Standing) -> Precision:
    require_both_sides(levels)
    positive, chosen = levels.weight[POSITIVE], levels.weight.sum(axis=0)
    value, moves = average_precision_of_levels(positive, chosen)
    return Precision(
        value=value,
        bound=_find_bound(levels, value),
        influence=moves.ravel(),
        squares=levels.squares.ravel(),
        rests_on=float(levels.weight.sum(axis=1).min()),
        rows=standing.effective,
        counted=standing.counted,
        scarcest=int(levels.rows.sum(axis=1).min()),
        levels=levels,
        moves=moves,
    )


def _find_bound(levels: Levels, value: float) -> float:
    """How far the value may be off.

    Where the positives of a mixed level come first their precision rises to (hits before + positives) ÷ (rows above +
    positives), and where they come last it is on average at least the integral from the first to the last of them.
    """
    positive, all_rows = levels.weight[POSITIVE], levels.weight.sum(axis=0)
    hits, chosen = (np.cumsum(each[::-1])[::-1] for each in (positive, all_rows))
    before, above = hits - positive, chosen - all_rows
    mixed, total = levels.is_mixed & (positive > 0), float(positive.sum())
    precision = hits / chosen
    best = np.where(mixed, hits / (above + positive), precision)
    last = above + levels.weight[NEGATIVE]
    missed = (last - before) / np.maximum(positive, NEAR_NOTHING) * np.log1p(positive / np.maximum(last, NEAR_NOTHING))
    worst = np.where(mixed, 1 - np.where(last > before, missed, 0.0), precision)
    high, low = (float((positive * each).sum()) / total for each in (best, worst))
    return max(high - value, value - low)
