"""Rows by level of a number that each model gives them: what ranking metrics are computed from.

For every scope and class there is a fine histogram of each model, and a coarse one of both together. The
first say what each model's ranking is worth, the second how much the two have in common.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Flags, Floats, Integers, SegmentColumn
from coronet.core.statistics.streaming.grids import Grid
from coronet.core.statistics.streaming.moments import notice, widen
from coronet.core.statistics.streaming.tallies import powers

COARSE = 7


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Levels:
    """The levels of one scope and model that have rows, rising: how many of each class, and their weights.

    `rows`, `weight` and `squares` are (classes, levels); `low` and `high` are two numbers of a level that
    differ, where there are two, (levels,); `place` is where it stands among 2**bits.
    """

    rows: Integers
    weight: Floats
    squares: Floats
    low: Floats
    high: Floats
    place: Integers
    bits: int

    @property
    def is_mixed(self) -> Flags:
        """(levels,): where different numbers are taken as tied."""
        return self.low < self.high


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Joint:
    """The coarse cells of one scope that have rows; all arrays are (cells,).

    `side` is the class, `candidate` and `champion` are levels among 2**COARSE.
    """

    side: Integers
    candidate: Integers
    champion: Integers
    weight: Floats
    squares: Floats


class Counters:
    """Rows, and their weights and squared weights where there are any, by one index."""

    def __init__(self, size: int, *, weighted: bool) -> None:
        # Half the memory of Python's whole numbers, and enough for two thousand million rows.
        self._rows = np.zeros(size, dtype=np.int32)
        self._weights = [np.zeros(size) for _ in range(2 if weighted else 0)]

    def add(self, index: Integers, weight: Floats | None) -> None:
        np.add.at(self._rows, index, np.int32(1))
        for sums, power in zip(self._weights, powers(weight), strict=True):
            np.add.at(sums, index, power)

    def merge(self, other: Self) -> None:
        self._rows += other._rows
        for mine, theirs in zip(self._weights, other._weights, strict=True):
            mine += theirs

    def arrays(self) -> list[NDArray[Any]]:
        return [self._rows, *self._weights]

    def between(self, start: int, end: int) -> Sequence[NDArray[Any]]:
        """The counts of rows, the sums of weights and those of squared weights from one index to another."""
        counts: NDArray[Any] = self._rows[start:end]
        return [counts, *([sums[start:end] for sums in self._weights] or [counts, counts])]


class Histogram:
    """The histograms of one column of segments, or of all rows as one segment."""

    def __init__(self, segments: int, sides: int, *, bits: int, models: int, weighted: bool) -> None:
        self._sides = sides
        self.bits = bits
        size = segments * sides
        self._fine = [Counters(size << bits, weighted=weighted) for _ in range(models)]
        self._coarse = [Counters(size << 2 * COARSE, weighted=weighted)] * (models - 1)

    def add(
        self, segment: Integers | None, side: Integers, levels: Sequence[Integers], bits: int, weight: Floats | None
    ) -> None:
        """`levels` are those of each model among 2**bits."""
        group = side if segment is None else segment * self._sides + side
        for counters, level in zip(self._fine, levels, strict=True):
            counters.add((group << self.bits) + (level >> (bits - self.bits)), weight)
        for counters in self._coarse:
            ours, theirs = (level >> (bits - COARSE) for level in levels)
            counters.add((((group << COARSE) + ours) << COARSE) + theirs, weight)

    def merge(self, other: Self) -> None:
        for mine, theirs in zip((*self._fine, *self._coarse), (*other._fine, *other._coarse), strict=True):
            mine.merge(theirs)

    def arrays(self) -> list[NDArray[Any]]:
        return [each for counters in (*self._fine, *self._coarse) for each in counters.arrays()]

    def levels(self, segment: int, model: int, low: Floats, high: Floats) -> Levels:
        """Of one segment; `low` and `high` are the ranges of its levels, (2**bits,)."""
        start, end = segment * self._sides << self.bits, (segment + 1) * self._sides << self.bits
        found = [each.reshape(self._sides, -1) for each in self._fine[model].between(start, end)]
        place = np.flatnonzero(found[0].any(axis=0))
        rows, weight, squares = (each[:, place] for each in found)
        return Levels(
            rows=rows.astype(np.int64),
            weight=weight.astype(np.float64),
            squares=squares.astype(np.float64),
            low=low[place],
            high=high[place],
            place=place,
            bits=self.bits,
        )

    def joint(self, segment: int) -> Joint:
        size = self._sides << 2 * COARSE
        rows, weight, squares = self._coarse[0].between(segment * size, (segment + 1) * size)
        cell = np.flatnonzero(rows)
        side, both = np.divmod(cell, 1 << 2 * COARSE)
        candidate, champion = np.divmod(both, 1 << COARSE)
        return Joint(
            side=side,
            candidate=candidate,
            champion=champion,
            weight=weight[cell].astype(np.float64),
            squares=squares[cell].astype(np.float64),
        )


class Distribution:
    """The histograms of all rows and of each column of segments. Rows of weight 0 are to be left out.

    `bits` says for each column (None: all rows) how many levels it has, at most as many as the grids. With
    `ranges`, `low` and `high` of the levels are their least and their greatest number.
    """

    def __init__(
        self,
        grids: Sequence[Grid],
        sides: int,
        segments: Mapping[str | None, int],
        bits: Mapping[str | None, int],
        *,
        weighted: bool,
        ranges: bool = False,
    ) -> None:
        self._grids = grids
        self._widen = widen if ranges else notice
        self._histograms = {
            column: Histogram(many, sides, bits=bits[column], models=len(grids), weighted=weighted)
            for column, many in segments.items()
        }
        self._low = [np.full(1 << grid.bits, np.inf) for grid in grids]
        self._high = [np.full(1 << grid.bits, -np.inf) for grid in grids]

    def add(
        self, segments: Mapping[str, SegmentColumn], side: Integers, numbers: Sequence[Floats], weight: Floats | None
    ) -> None:
        """`numbers` are those of each model, (n,) and finite."""
        levels = [grid.levels(each) for grid, each in zip(self._grids, numbers, strict=True)]
        for low, high, level, each in zip(self._low, self._high, levels, numbers, strict=True):
            self._widen(low, high, level, each)
        for column, histogram in self._histograms.items():
            codes = None if column is None else segments[column].codes
            histogram.add(codes, side, levels, self._grids[0].bits, weight)

    def merge(self, other: Self) -> None:
        for column, histogram in self._histograms.items():
            histogram.merge(other._histograms[column])
        for place in range(len(self._grids)):
            np.minimum(self._low[place], other._low[place], out=self._low[place])
            np.maximum(self._high[place], other._high[place], out=self._high[place])

    def arrays(self) -> list[NDArray[Any]]:
        counts = [each for histogram in self._histograms.values() for each in histogram.arrays()]
        return [*counts, *self._low, *self._high]

    def view(self, column: str | None) -> "View":
        """The distribution in each segment of the column, as it is now."""
        histogram = self._histograms[column]
        return View(
            histogram=histogram,
            low=[_fold(low, histogram.bits, np.minimum) for low in self._low],
            high=[_fold(high, histogram.bits, np.maximum) for high in self._high],
        )


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class View:
    """The histograms of one column, with the ranges of their levels by model."""

    histogram: Histogram
    low: Sequence[Floats]
    high: Sequence[Floats]

    def levels(self, segment: int, model: int) -> Levels:
        """`model` is 0 for the candidate and 1 for the champion."""
        return self.histogram.levels(segment, model, self.low[model], self.high[model])

    def joint(self, segment: int) -> Joint:
        return self.histogram.joint(segment)


def _fold(ends: Floats, bits: int, by: np.ufunc) -> Floats:
    """Ends of ranges of fewer levels."""
    while len(ends) > 1 << bits:
        ends = np.asarray(by(ends[0::2], ends[1::2]))
    return ends
