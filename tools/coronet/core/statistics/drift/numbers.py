"""Numbers of a column as states: updated with a batch, merged with one another, finished into a profile."""

import numpy as np

from coronet.core.statistics.columns import Flags, Floats, Integers
from coronet.core.statistics.drift.grid import Grid, Scratch
from coronet.core.statistics.drift.profiles import Moments, NumberProfile
from coronet.core.statistics.drift.steps import Steps


class NumberRows:
    """Every number is kept: for few rows, and for samples."""

    def __init__(self) -> None:
        self._parts: list[Floats] = []
        self._strange = 0

    def update(self, numbers: Floats, strange: int = 0, scratch: Scratch | None = None) -> None:
        """(n,) numbers, NaN where one is missing; and how many cells beside them are no numbers."""
        self._parts.append(np.array(numbers, dtype=np.float64))
        self._strange += strange

    def merge(self, other: "NumberRows") -> None:
        self._parts += other._parts
        self._strange += other._strange

    @property
    def numbers(self) -> Floats:
        return np.concatenate([np.empty(0), *self._parts])

    def finish(self) -> NumberProfile:
        numbers = self.numbers
        there = numbers[~np.isnan(numbers)]
        values, rows = np.unique(there, return_counts=True)
        finite = there[np.isfinite(there)]
        return NumberProfile(
            rows=len(numbers) + self._strange,
            missing=len(numbers) - len(there),
            infinite=len(there) - len(finite),
            strange=self._strange,
            steps=Steps(keys=values, low=values, high=values, rows=rows.astype(np.float64)),
            moments=_moments(finite),
        )


def _moments(finite: Floats) -> Moments:
    if not len(finite):
        return Moments()
    # In units of the largest, so that no square is beyond all numbers.
    unit = float(np.abs(finite).max()) or 1.0
    with np.errstate(all="ignore"):
        return Moments(
            mean=_finite((finite / unit).mean() * unit),
            deviation=_finite((finite / unit).std() * unit),
            least=float(finite.min()),
            greatest=float(finite.max()),
        )


class NumberCounts:
    """Numbers are counted on a grid: as little memory for any number of rows.

    Sums are of the numbers as the grid moves them, so that what is far from zero loses no digits.
    """

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._rows = self._strange = self._infinite = self._finite = 0
        self._counts = np.zeros(grid.size, dtype=np.int64)
        self._apart: tuple[Integers, Integers] | None = None
        if len(grid.points):
            self._apart = (np.zeros(grid.size, dtype=np.int64), np.zeros(grid.size, dtype=np.int64))
        self._sums = np.zeros(2)
        self._ends = np.array([np.inf, -np.inf])

    def update(self, numbers: Floats, strange: int = 0, scratch: Scratch | None = None) -> None:
        """(n,) numbers, NaN where one is missing; and how many cells beside them are no numbers."""
        self._rows += len(numbers) + strange
        self._strange += strange
        if not len(numbers):
            return
        scratch = scratch or Scratch(len(numbers))
        with np.errstate(all="ignore"):
            moved = self.grid.move(numbers, out=scratch.floats(len(numbers)))
            total = moved.sum()
            codes = self.grid.codes(numbers, scratch, moved, total)
            self._counts += np.bincount(codes, minlength=self.grid.size)
            if self._apart is not None:
                points = self.grid.table[codes]
                for counts, chosen in zip(self._apart, (numbers < points, numbers == points), strict=True):
                    counts += np.bincount(codes[chosen], minlength=self.grid.size)
            self._add_moments(numbers, moved, total)

    def _add_moments(self, numbers: Floats, moved: Floats, total: float) -> None:
        if not np.isfinite(total):
            finite = np.isfinite(numbers)
            self._infinite += int(np.isinf(numbers).sum())
            numbers, moved = numbers[finite], moved[finite]
            if not len(numbers):
                return
            total = moved.sum()
        self._finite += len(numbers)
        self._ends[0], self._ends[1] = min(self._ends[0], numbers.min()), max(self._ends[1], numbers.max())
        # Not by a dot product, for which some libraries start threads.
        squares, rest = np.multiply(moved, moved, out=moved).sum(), self.grid.rest
        self._sums += (total * rest, squares * rest**2)

    def merge(self, other: "NumberCounts") -> None:
        """Add what another state on the same grid has counted."""
        self._rows += other._rows
        self._strange += other._strange
        self._infinite += other._infinite
        self._finite += other._finite
        self._counts += other._counts
        for ours, theirs in zip(self._apart or (), other._apart or (), strict=True):
            ours += theirs
        self._sums += other._sums
        self._ends = np.array([min(self._ends[0], other._ends[0]), max(self._ends[1], other._ends[1])])

    def finish(self) -> NumberProfile:
        ranked = self.grid.rank(self._counts)
        present = int(ranked.sum())
        return NumberProfile(
            rows=self._rows,
            missing=self._rows - self._strange - present,
            infinite=self._infinite,
            strange=self._strange,
            steps=self._steps(ranked),
            moments=self._moments(),
            grid=self.grid,
        )

    def _moments(self) -> Moments:
        if not self._finite:
            return Moments()
        with np.errstate(all="ignore"):
            mean, square = self._sums / self._finite
            least, greatest = (float(end) for end in self._ends)
            return Moments(
                mean=_finite(min(max(mean / self.grid.scale + self.grid.centre, least), greatest)),
                deviation=_finite(np.sqrt(max(square - mean * mean, 0.0)) / self.grid.scale)
                if least < greatest
                else 0.0,
                least=least,
                greatest=greatest,
            )

    def _steps(self, ranked: Integers) -> Steps:
        """Of each level those below its point, on it and above it; where it has none, all are one step."""
        bounds, levels = self.grid.bounds, np.flatnonzero(ranked)
        if self._apart is None:
            rows = ranked[levels].astype(np.float64)
            return Steps(keys=3 * levels, low=bounds[levels], high=bounds[levels + 1], rows=rows)
        points, (below, at) = self.grid.points_by_level(), map(self.grid.rank, self._apart)
        has_point = np.isfinite(points[levels])
        middle = np.where(has_point, points[levels], bounds[levels + 1])
        parts = (
            (0, bounds[levels], middle, np.where(has_point, below[levels], ranked[levels])),
            (1, middle, middle, at[levels]),
            (2, middle, bounds[levels + 1], np.where(has_point, (ranked - below - at)[levels], 0)),
        )
        keys = np.concatenate([3 * levels + place for place, *_ in parts])
        low, high, rows = (np.concatenate([part[field] for part in parts]) for field in (1, 2, 3))
        order = np.argsort(keys, kind="stable")
        chosen: Flags = rows[order] > 0
        keys, low, high, rows = (column[order][chosen] for column in (keys, low, high, rows))
        return Steps(keys=keys, low=low, high=high, rows=rows.astype(np.float64))


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
