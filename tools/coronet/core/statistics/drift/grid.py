"""Levels of numbers: a monotone map of floats to few whole numbers, cheap enough for every row of a large table.

A number less a centre, times a power of two, is rounded to half precision (IEEE 754 binary16), whose sixteen
bits are its level: near the centre levels are narrow, far off they are a thousandth of the distance wide. Where
no centre tells a sample apart, quantiles of the sample are the levels' edges: slower, and always fitting.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Floats, Integers

Codes = NDArray[np.integer]

# Half precision: the code of infinity; those above are not numbers. With the sign bit, they are the negative ones.
_INFINITY, _SIGN = 0x7C00, 0x8000
# The power of two below which the sample's farthest number is put: half precision ends at 65504.
_FARTHEST = 13
# A level with more of the sample than this is too wide, unless all of it is one value.
WIDEST = 0.001
_EDGES = 2048
# So many rows of a small sample are in one level by chance.
_MANY = 16
# From how many times in 10,000 rows of the sample a number is taken for a value of its own.
_OFTEN = 10_000
# Where a large sample has no more distinct numbers than this, each is one.
_FEW = 1000


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """Levels by distance from `centre`, or by `edges` where there are any; each edge belongs to the level below it.

    In either case, sums are of numbers less the centre, times the scale.

    `points` are values that many rows have; rows with them are counted apart from the rest of their level.
    """

    centre: float = 0.0
    scale: float = 1.0
    edges: Floats = field(default_factory=lambda: np.empty(0))
    points: Floats = field(default_factory=lambda: np.empty(0))

    @cached_property
    def size(self) -> int:
        """How many codes there are."""
        return len(self.edges) + 2 if len(self.edges) else 1 << 16

    @cached_property
    def table(self) -> Floats:
        """(size,) the point of each code, NaN where it has none."""
        table = np.full(self.size, np.nan)
        codes = self.codes(self.points)
        table[codes] = self.points
        if not len(self.edges):
            # Zero has two codes.
            table[[0, _SIGN]] = table[0] if table[0] == table[0] else table[_SIGN]
        return table

    def move(self, numbers: Floats, out: Floats | None = None) -> Floats:
        """The numbers as seen from the centre."""
        moved = np.subtract(numbers, self.centre, out=out)
        return np.multiply(moved, self.scale, out=moved)

    def codes(self, numbers: Floats, moved: Floats | None = None) -> Codes:
        """(n,) the code of each number; `rank` puts codes in order, and leaves out those of NaN."""
        if len(self.edges):
            ranks = np.searchsorted(self.edges, numbers)
            return np.where(np.isnan(numbers), self.size - 1, ranks)
        seen = self.move(numbers) if moved is None else moved
        return seen.astype(np.float16).view(np.uint16).astype(np.int64)

    def rank(self, by_code: Integers) -> Integers:
        """Counts by code as counts by rising level, without what is not a number."""
        if len(self.edges):
            return by_code[:-1]
        ranked = np.zeros(2 * _INFINITY + 1, dtype=by_code.dtype)
        ranked[: _INFINITY + 1] = by_code[_SIGN : _SIGN + _INFINITY + 1][::-1]
        ranked[_INFINITY:] += by_code[: _INFINITY + 1]
        return ranked

    @cached_property
    def bounds(self) -> Floats:
        """(levels + 1,) where the levels end, from minus to plus infinity."""
        if len(self.edges):
            return np.concatenate(([-np.inf], self.edges, [np.inf]))
        halves = np.arange(_INFINITY, dtype=np.uint16).view(np.float16).astype(np.float64)
        middles = (halves + np.append(halves[1:], 65536.0)) / 2
        ends = np.concatenate((-middles[::-1], middles)) / self.scale + self.centre
        return np.concatenate(([-np.inf], ends, [np.inf]))

    def points_by_level(self) -> Floats:
        """(levels,) the point of each level, NaN where it has none."""
        if len(self.edges):
            return self.table[:-1]
        table = self.table
        return np.concatenate((table[_SIGN : _SIGN + _INFINITY + 1][::-1], table[1 : _INFINITY + 1]))


def make_grid(sample: Floats) -> Grid:
    """A grid that tells the finite numbers of a sample apart, of whatever shape; any grid counts rightly."""
    sample = np.sort(sample[np.isfinite(sample)])
    if not len(sample):
        return Grid()
    values, counts = np.unique(sample, return_counts=True)
    least = 1 if len(values) <= _FEW else max(2, len(sample) / _OFTEN)
    often = np.flatnonzero(counts >= least)
    often = often[np.argsort(counts[often], kind="stable")]
    points = values[often]
    middle = float(sample[len(sample) // 2])
    for centre in (middle, 0.0, *sample[[0, -1]].tolist(), *points[-1:].tolist()):
        grid = _around(centre, sample, points)
        if _widest(grid, sample) <= max(WIDEST, _MANY / len(sample)):
            return grid
    edges = np.unique(sample[np.linspace(0, len(sample) - 1, _EDGES).astype(np.int64)])
    return replace(_around(middle, sample, points), edges=edges)


def _around(centre: float, sample: Floats, points: Floats) -> Grid:
    farthest = float(np.abs(sample[[0, -1]] - centre).max())
    exponent = np.frexp(farthest)[1] if np.isfinite(farthest) else 1024
    # Exponents beyond these have no power of two, or none of its inverse.
    scale = float(np.ldexp(1.0, int(np.clip(_FARTHEST - exponent, -1000, 1000))))
    return Grid(centre=centre, scale=scale, points=points)


def _widest(grid: Grid, sample: Floats) -> float:
    """The largest share of the sample in one level, its point left out."""
    with np.errstate(all="ignore"):
        codes = grid.codes(sample)
        others = np.bincount(codes[sample != grid.table[codes]], minlength=grid.size)
    return float(grid.rank(others).max() / len(sample))
