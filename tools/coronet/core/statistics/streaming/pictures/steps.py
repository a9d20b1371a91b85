"""Rows by how high their score is: what curves of scores are drawn from."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Flags, Floats, Integers
from coronet.core.statistics.streaming.histograms import Levels

# Steps are cut at so many rows of a sample, of each side; where it has no more different numbers, at each of them.
_CUTS, _ALL = 1 << 12, 1 << 14
# Steps of equal width, where no order is asked for.
EQUAL = 4096


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Steps:
    """Steps that have rows, rising: `mean` is that of the scores, (k,); the others are (2, k), of misses and of hits.

    `squares` are sums of squared weights.
    """

    rows: Integers
    weight: Floats
    squares: Floats
    mean: Floats


def cut(numbers: Floats, hits: Flags) -> Floats:
    """The highest number of each step but the last."""
    different = np.unique(numbers)
    if len(different) <= _ALL:
        return different
    shares = np.linspace(0, 1, _CUTS + 1)
    sides = [numbers[side] for side in (hits, ~hits) if side.any()]
    found = [np.quantile(side, shares, method="inverted_cdf") for side in sides]
    return np.unique(np.concatenate(found))


class Stepped:
    """The steps of one model: of equal width from 0 to 1 where there are no cuts."""

    def __init__(self, cuts: Floats | None) -> None:
        self._cuts = cuts
        steps = EQUAL if cuts is None else len(cuts) + 1
        size = 2 * steps
        self._rows, self._weight, self._squares = np.zeros(size, np.int64), np.zeros(size), np.zeros(size)
        self._sums = np.zeros(steps)

    def add(self, numbers: Floats, hits: Flags, weight: Floats | None) -> None:
        step = self._find(numbers)
        index = hits * len(self._sums) + step
        count = np.bincount(index, minlength=len(self._rows))
        self._rows += count
        self._weight += count if weight is None else np.bincount(index, weights=weight, minlength=len(count))
        self._squares += count if weight is None else np.bincount(index, weights=weight**2, minlength=len(count))
        scored = numbers if weight is None else weight * numbers
        self._sums += np.bincount(step, weights=scored, minlength=len(self._sums))

    def _find(self, numbers: Floats) -> Integers:
        if self._cuts is not None:
            return np.searchsorted(self._cuts, numbers, side="left")
        return np.clip(numbers * EQUAL, 0, EQUAL - 1).astype(np.int64)

    def merge(self, other: Self) -> None:
        for mine, theirs in zip(self.arrays(), other.arrays(), strict=True):
            mine += theirs

    def arrays(self) -> list[NDArray[Any]]:
        return [self._rows, self._weight, self._squares, self._sums]

    def steps(self) -> Steps:
        weight = self._weight.reshape(2, -1)
        there = np.flatnonzero(weight.any(axis=0))
        return Steps(
            rows=self._rows.reshape(2, -1)[:, there],
            weight=weight[:, there],
            squares=self._squares.reshape(2, -1)[:, there],
            mean=self._sums[there] / weight[:, there].sum(axis=0),
        )


def steps_of(levels: Levels) -> Steps:
    """Those of a histogram, which takes the numbers of a level as about the same."""
    mean = (levels.low + levels.high) / 2
    return Steps(rows=levels.rows, weight=levels.weight, squares=levels.squares, mean=mean)
