"""Rows by level of a number that each model gives them: what ranking metrics are computed from.

For every scope and class there is a fine histogram of each model, and a coarse one of both together. The
first say what each model's ranking is worth, the second how much the two have in common.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Flags, Floats, Integers, SegmentColumn
from coronet.core.statistics.streaming.counters import Counters, weigh
from coronet.core.statistics.streaming.grids import Grid
from coronet.core.statistics.streaming.moments import widen
from coronet.core.statistics.streaming.waiting import Queue, Waiting

Scalar = TypeVar("Scalar", bound=np.generic)

COARSE = 7
# Rows wait until there is one for so many cells.
_CELLS_OF_ROW = 4
# A column of segments is counted as finely as all rows where so many cells suffice.
_MOST_CARRIED = 1 << 22


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


class Histogram:
    """The histograms of one column of segments, or of all rows as one segment; `coarse` where both models have one."""

    def __init__(self, segments: int, sides: int, *, bits: int, models: int, weighted: bool, coarse: bool) -> None:
        self._sides = sides
        self.bits = bits
        size = segments * sides
        self._fine = [Counters(size << bits, weighted=weighted) for _ in range(models)]
        self._coarse = [Counters(size << 2 * COARSE, weighted=weighted)] if coarse else []

    def __len__(self) -> int:
        return sum(map(len, (*self._fine, *self._coarse)))

    def add(self, batches: Sequence[Waiting], column: str | None, bits: int) -> None:
        """The batches' levels are among 2**bits."""
        for model, counters in enumerate(self._fine):
            counters.add(batches, partial(_find_fine, column, model, self.bits, bits - self.bits))
        for counters in self._coarse:
            counters.add(batches, partial(_find_coarse, column))

    def merge(self, other: Self) -> None:
        for mine, theirs in zip((*self._fine, *self._coarse), (*other._fine, *other._coarse), strict=True):
            mine.merge(theirs)

    def arrays(self) -> list[NDArray[Any]]:
        return [each for counters in (*self._fine, *self._coarse) for each in counters.arrays()]

    def levels(self, segment: int | None, model: int, low: Floats, high: Floats) -> Levels:
        """Of one segment, or of all of them; `low` and `high` are the ranges of its levels, (2**bits,) or fewer."""
        size, counters = self._sides << self.bits, self._fine[model]
        start, end = (0, len(counters)) if segment is None else (segment * size, (segment + 1) * size)
        shaped = (each.reshape(-1, self._sides, 1 << self.bits) for each in counters.between(start, end))
        sums = (each[0] if len(each) == 1 else each.sum(axis=0) for each in shaped)
        bits = len(low).bit_length() - 1
        counts, *weights = (_fold(each, bits, np.add) for each in sums)
        place = np.flatnonzero(np.bitwise_or.reduce(counts, axis=0))
        # Unlike an index, `take` lays out each class's levels side by side.
        rows = counts.take(place, axis=1)
        weight, squares = weigh(rows, [each.take(place, axis=1) for each in weights])
        return Levels(
            rows=rows, weight=weight, squares=squares, low=low[place], high=high[place], place=place, bits=bits
        )

    def joint(self, segment: int | None) -> Joint:
        """Of one segment, or of all of them."""
        size, counters = self._sides << 2 * COARSE, self._coarse[0]
        if segment is None:
            counts, *weights = (sums.reshape(-1, size).sum(axis=0) for sums in counters.between(0, len(counters)))
        else:
            counts, *weights = counters.between(segment * size, (segment + 1) * size)
        cell = np.flatnonzero(counts)
        weight, squares = weigh(counts[cell], [each[cell] for each in weights])
        side, both = np.divmod(cell, 1 << 2 * COARSE)
        candidate, champion = np.divmod(both, 1 << COARSE)
        return Joint(side=side, candidate=candidate, champion=champion, weight=weight, squares=squares)


def _find_fine(column: str | None, model: int, bits: int, shift: int, batch: Waiting) -> Integers:
    """Where the rows are counted: by their group, then by the model's level."""
    index = batch.groups[column].astype(np.int32)
    index <<= bits
    index += batch.levels[model] >> shift
    return index.astype(np.int64)


def _find_coarse(column: str | None, batch: Waiting) -> Integers:
    index = batch.groups[column].astype(np.int32)
    index <<= 2 * COARSE
    index += batch.coarse
    return index.astype(np.int64)


class Distribution:
    """The histograms of all rows and of each column of segments. Rows of weight 0 are to be left out.

    Rows wait until they are many, for they are then counted faster; `rest` counts those that are left. What both
    models have in common over all rows is the sum of that in the segments of any column. All rows' own histogram, too,
    is the sum of those of a column with few segments, where that is counted as finely: then it is not counted itself.
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
        self._grids, self._bits = grids, bits
        self._joint = list(segments)[-1]
        self._whole = _find_carrier(segments, sides, bits)
        self._histograms = {
            column: Histogram(
                many,
                sides,
                bits=bits[None] if column == self._whole else bits[column],
                models=len(grids),
                weighted=weighted,
                coarse=len(grids) > 1 and (column is not None or self._joint is None),
            )
            for column, many in segments.items()
            if column is not None or self._whole is None
        }
        self._low = [np.full(1 << grid.bits, np.inf) for grid in grids]
        self._high = [np.full(1 << grid.bits, -np.inf) for grid in grids]
        # Which levels need no number more: those of which two are known that differ, where no range is asked for.
        self._known = [np.zeros(1 << grid.bits, dtype=np.bool_) for grid in grids]
        self._ranges, self._sides = ranges, sides
        cells = sum(map(len, self._histograms.values()))
        self._queue = Queue([*self._histograms], cells // _CELLS_OF_ROW)

    def add(
        self, segments: Mapping[str, SegmentColumn], side: Integers, numbers: Sequence[Floats], weight: Floats | None
    ) -> None:
        """`numbers` are those of each model, (n,) and finite."""
        levels = [grid.levels(each) for grid, each in zip(self._grids, numbers, strict=True)]
        for model, (level, each) in enumerate(zip(levels, numbers, strict=True)):
            self._notice(model, level, each)
        narrow = side.astype(np.int16)
        groups: dict[str | None, NDArray[np.int16]] = {} if self._whole else {None: narrow}
        groups |= {
            name: segment.codes.astype(np.int16) * np.int16(self._sides) + narrow for name, segment in segments.items()
        }
        self._queue.append(
            Waiting(
                levels=[level.astype(np.int32) for level in levels],
                coarse=_join([level >> (self._grids[0].bits - COARSE) for level in levels]),
                groups=groups,
                weight=weight,
            )
        )
        for job in self._count(self._queue.due()):
            job()

    def _notice(self, model: int, levels: Integers, numbers: Floats) -> None:
        low, high, known = self._low[model], self._high[model], self._known[model]
        rows = np.flatnonzero(~known.take(levels, mode="clip"))
        new = levels[rows]
        widen(low, high, new, numbers[rows])
        if not self._ranges:
            known[new] = low[new] < high[new]

    def rest(self) -> list[Callable[[], None]]:
        """What counts the rows that wait; these calls may run at once, and all have to before anything else is done."""
        return [*self._count(self._queue.rest())]

    def _settle(self) -> None:
        for job in self.rest():
            job()

    def _count(self, turns: Iterable[tuple[str | None, Sequence[Waiting]]]) -> Iterator[Callable[[], None]]:
        for column, batches in turns:
            yield partial(self._histograms[column].add, batches, column, self._grids[0].bits)

    def merge(self, other: Self) -> None:
        self._settle()
        other._settle()
        for column, histogram in self._histograms.items():
            histogram.merge(other._histograms[column])
        for place in range(len(self._grids)):
            np.minimum(self._low[place], other._low[place], out=self._low[place])
            np.maximum(self._high[place], other._high[place], out=self._high[place])

    def arrays(self) -> list[NDArray[Any]]:
        self._settle()
        counts = [each for histogram in self._histograms.values() for each in histogram.arrays()]
        return [*counts, *self._low, *self._high]

    def view(self, column: str | None) -> "View":
        """The distribution in each segment of the column, as it is now."""
        self._settle()
        bits, is_whole = self._bits[column], column is None
        return View(
            histogram=self._histograms[self._whole if is_whole else column],
            joint_histogram=self._histograms[self._joint if is_whole else column],
            is_whole=is_whole,
            low=[_fold(low, bits, np.minimum) for low in self._low],
            high=[_fold(high, bits, np.maximum) for high in self._high],
        )


def _find_carrier(segments: Mapping[str | None, int], sides: int, bits: Mapping[str | None, int]) -> str | None:
    """The column whose segments together are all rows as finely; None where that takes too many cells."""
    columns = [column for column in segments if column is not None and bits[column] <= bits[None]]
    smallest = min(columns, key=segments.__getitem__, default=None)
    few = smallest is not None and segments[smallest] * sides << bits[None] <= _MOST_CARRIED
    return smallest if few else None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class View:
    """The histograms of one column, with the ranges of their levels by model; all rows are all their segments."""

    histogram: Histogram
    joint_histogram: Histogram
    is_whole: bool
    low: Sequence[Floats]
    high: Sequence[Floats]

    def levels(self, segment: int, model: int) -> Levels:
        """`model` is 0 for the candidate and 1 for the champion."""
        return self.histogram.levels(None if self.is_whole else segment, model, self.low[model], self.high[model])

    def joint(self, segment: int) -> Joint:
        return self.joint_histogram.joint(None if self.is_whole else segment)


def _join(levels: Sequence[Integers]) -> NDArray[np.int16]:
    """Coarse levels of one model or two in one number."""
    both = levels[0] if len(levels) == 1 else (levels[0] << COARSE) + levels[1]
    return both.astype(np.int16)


def _fold(levels: NDArray[Scalar], bits: int, by: np.ufunc) -> NDArray[Scalar]:
    """What fewer levels have, (…, 2**bits)."""
    while levels.shape[-1] > 1 << bits:
        levels = np.asarray(by(levels[..., 0::2], levels[..., 1::2]))
    return levels
