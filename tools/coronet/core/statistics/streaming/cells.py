"""Metrics that are resampled: their values from fine histograms, their draws from the coarse one.

The Poisson bootstrap gives each cell as many rows as a Poisson variable of its number of rows: Chamandy et
al., Estimating Uncertainty for Massive Data Streams (2012), https://research.google/pubs/pub43157/. What a draw
is above the coarse value is added to the fine one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coronet.core.statistics.columns import Floats, Integers, Predictions
from coronet.core.statistics.families import Drawn
from coronet.core.statistics.sample import Preparation, Sample, Statistic
from coronet.core.statistics.streaming.areas import NEGATIVE, POSITIVE, require_both_sides
from coronet.core.statistics.streaming.histograms import COARSE, Joint, Levels
from coronet.core.statistics.sums import sum_by

NEAR_NOTHING = 1e-300
# Bits of the coarse levels that are drawn: of scores, and of errors, whose median lies within one of them.
SCORE_BITS, ERROR_BITS = 5, 6
# Numbers that one block of draws has.
_BLOCK = 1 << 18


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Bounded(Drawn):
    """`value` is off by at most `bound`."""

    bound: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    draws: int
    seed: int


def fold(joint: Joint, bits: int) -> Joint:
    """The same rows in cells of fewer levels."""
    ours, theirs = (codes >> (COARSE - bits) for codes in (joint.candidate, joint.champion))
    index = (((joint.side << bits) + ours) << bits) + theirs
    cells, places = np.unique(index, return_inverse=True)
    return Joint(
        side=cells >> (2 * bits),
        candidate=cells >> bits & ((1 << bits) - 1),
        champion=cells & ((1 << bits) - 1),
        weight=np.bincount(places, weights=joint.weight).astype(np.float64),
        squares=np.bincount(places, weights=joint.squares).astype(np.float64),
    )


def of_one_model(levels: Levels) -> Joint:
    """The coarse cells of one model's rows, the other's level being 0 everywhere."""
    side, place = np.nonzero(levels.rows)
    return Joint(
        side=side,
        candidate=levels.place[place] >> (levels.bits - COARSE),
        champion=np.zeros(len(side), dtype=np.int64),
        weight=levels.weight[side, place],
        squares=levels.squares[side, place],
    )


def measure_order(
    metric: str, preparation: Preparation, levels: Levels, cells: Joint, codes: Integers, rows: int, draws: Draws
) -> Bounded:
    """Average precision or Kolmogorov–Smirnov of one model; `codes` are its levels in the cells, (cells,)."""
    require_both_sides(levels)
    value, bound = (_average_precision if metric == "average_precision" else _distance)(levels)
    said = Predictions(scores=codes.astype(np.float64))
    sample = Sample(label=cells.side, predictions=said, weight=cells.weight, classes=("", ""))
    drawn = _draw(preparation(sample), cells, draws)
    return Bounded(value=value, draws=value + drawn, rows=rows, bound=bound)


def measure_median(levels: Levels, cells: Joint, codes: Integers, rows: int, draws: Draws) -> Bounded:
    """The median of one model's errors; `codes` are its levels in the cells, (cells,)."""
    middle, apart = (levels.low + levels.high) / 2, (levels.high - levels.low) / 2
    cumulated = np.cumsum(levels.weight[0])
    half = cumulated[-1] / 2
    ends = np.searchsorted(cumulated, half, side="left"), np.searchsorted(cumulated, half, side="right")
    value, bound = (float(sum(each[end] for end in ends)) / 2 for each in (middle, apart))
    drawn = _draw(_median_of_cells(levels, middle, codes), cells, draws)
    return Bounded(value=value, draws=value + drawn, rows=rows, bound=bound)


def _draw(statistic: Statistic, cells: Joint, draws: Draws) -> Floats:
    """How far above its value on all rows the statistic is in each draw, (draws,)."""
    known = float(statistic(cells.weight[np.newaxis])[0])
    return np.concatenate([statistic(block) for block in _draw_weights(cells, draws)]) - known


def _draw_weights(cells: Joint, draws: Draws) -> Iterator[Floats]:
    """Blocks of weights (some draws, cells); a cell of unlike weights counts as its effective rows."""
    random = np.random.Generator(np.random.Philox(draws.seed))
    each = cells.squares / cells.weight
    block = max(1, _BLOCK // len(each))
    for start in range(0, draws.draws, block):
        size = (min(block, draws.draws - start), len(each))
        yield random.poisson(cells.weight / each, size=size) * each


def _average_precision(levels: Levels) -> tuple[float, float]:
    """The value, and how far it may be off: within a mixed level the positives may all come first, or last."""
    positive, all_rows = levels.weight[POSITIVE], levels.weight.sum(axis=0)
    hits, chosen = (np.cumsum(each[::-1])[::-1] for each in (positive, all_rows))
    before, above = hits - positive, chosen - all_rows
    mixed, total = levels.is_mixed & (positive > 0), float(positive.sum())
    precision = hits / chosen
    best = np.where(mixed, hits / (above + positive), precision)
    worst = np.where(mixed, before / np.maximum(above + levels.weight[NEGATIVE], NEAR_NOTHING), precision)
    value, high, low = (float((positive * each).sum()) / total for each in (precision, best, worst))
    return value, max(high - value, value - low)


def _distance(levels: Levels) -> tuple[float, float]:
    """The value, and how far it may be off: within a mixed level the distance may grow by what it holds."""
    shares = levels.weight / levels.weight.sum(axis=1, keepdims=True)
    apart = float(np.abs(np.cumsum(shares[POSITIVE] - shares[NEGATIVE])).max())
    return apart, float(shares.max(axis=0)[levels.is_mixed].max(initial=0.0))


def _median_of_cells(levels: Levels, middle: Floats, codes: Integers) -> Statistic:
    """The median as it lies within its coarse level, whose rows are spread as the fine levels say."""
    coarse = levels.place >> (levels.bits - ERROR_BITS)
    add = sum_by(codes, 1 << ERROR_BITS)
    mass = np.bincount(coarse, weights=levels.weight[0], minlength=1 << ERROR_BITS)
    start = np.cumsum(mass) - mass
    ranks = np.cumsum(levels.weight[0]) - levels.weight[0] / 2

    def value(weights: Floats) -> Floats:
        sums = add(weights)
        cumulated = np.cumsum(sums, axis=1)
        half = cumulated[:, -1:] / 2
        place = (cumulated >= half).argmax(axis=1)
        chosen = np.arange(len(sums)), place
        within = (half[:, 0] - cumulated[chosen] + sums[chosen]) / np.maximum(sums[chosen], NEAR_NOTHING)
        return np.where(half[:, 0] > 0, np.interp(start[place] + within * mass[place], ranks, middle), np.nan)

    return value
