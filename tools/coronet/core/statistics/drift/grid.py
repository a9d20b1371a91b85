"""Levels of numbers: a monotone map of floats to few whole numbers, cheap enough for every row of a large table.

A number less a centre, times a power of two, is cut to fifteen bits, which are its level: the sign, five of the
exponent and nine of the mantissa, as in half precision (IEEE 754 binary16) without its last bit. Near the centre
levels are narrow, far off they are a thousandth to a five-hundredth of the distance wide. Where no
centre tells a sample apart, quantiles of the sample are the levels' edges: slower, and always fitting.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Floats, Integers

Codes = NDArray[np.integer]

# The code of infinity; one that is no number's. With the sign bit, they are the negative ones.
_INFINITY, _NAN, _SIGN = 0x3E00, 0x3F00, 0x4000
# Times this, a number's bits in single precision are those of its code, and fourteen more.
_HALF, _MORE = 2.0**-112, 14
# The power of two below which the sample's farthest number is put: half precision ends at 65504.
_FARTHEST = 13
# Numbers on a scale within this and its inverse are put on it after they were summed.
_MODERATE = 2.0**30
# A level with more of the sample than this is too wide, unless all of it is one value.
WIDEST = 0.002
_EDGES = 2048
# So many rows of a small sample are in one level by chance.
_MANY = 16
# From how many times in 10,000 rows of the sample a number is taken for a value of its own.
_OFTEN = 10_000
# Where a large sample has no more distinct numbers than this, each is one.
_FEW = 1000


class Scratch:
    """Memory that batches share, one after the other: new one for each costs more than what is done with it."""

    def __init__(self, rows: int) -> None:
        self._floats, self._codes = np.empty(rows), np.empty(rows, dtype=np.int64)
        self._single = np.empty(rows, dtype=np.float32)
        self._bits, self._signs = np.empty(rows, dtype=np.uint32), np.empty(rows, dtype=np.uint32)

    def floats(self, rows: int) -> Floats:
        """So many; what was in them is gone."""
        self._grow(rows)
        return self._floats[:rows]

    def take(self, rows: int) -> tuple[NDArray[np.float32], NDArray[np.uint32], NDArray[np.uint32], Integers]:
        """So many of each kind; what was in them is gone."""
        self._grow(rows)
        return self._single[:rows], self._bits[:rows], self._signs[:rows], self._codes[:rows]

    def _grow(self, rows: int) -> None:
        if rows > len(self._floats):
            Scratch.__init__(self, rows)


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
        return len(self.edges) + 2 if len(self.edges) else 1 << 15

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

    @cached_property
    def rest(self) -> float:
        """What moved numbers are still to be multiplied by to be on scale: a power of two, which costs sums no digit.

        It is left to the sums, but where squares might be beyond all floats.
        """
        return self.scale if 1 / _MODERATE <= self.scale <= _MODERATE else 1.0

    def move(self, numbers: Floats, out: Floats | None = None) -> Floats:
        """The numbers as seen from the centre, but for the `rest`."""
        moved = np.subtract(numbers, self.centre, out=out)
        return moved if self.rest == self.scale else np.multiply(moved, self.scale, out=moved)

    def codes(
        self, numbers: Floats, scratch: Scratch | None = None, moved: Floats | None = None, total: float | None = None
    ) -> Codes:
        """(n,) the code of each number, in the scratch's memory; `rank` puts codes in order, without those of NaN.

        `moved` and their `total` are the numbers' where these are known.
        """
        if len(self.edges):
            ranks = np.searchsorted(self.edges, numbers)
            return np.where(np.isnan(numbers), self.size - 1, ranks)
        scratch = scratch or Scratch(len(numbers))
        single, bits, signs, codes = scratch.take(len(numbers))
        moved = self.move(numbers, out=scratch.floats(len(numbers))) if moved is None else moved
        # The codes' memory holds floats meanwhile: to multiply and to round one after the other is faster than at once.
        scaled = np.multiply(moved, self.rest * _HALF, out=codes.view(np.float64))
        np.copyto(single, scaled, casting="unsafe")
        np.right_shift(single.view(np.uint32), 17, out=signs)
        np.bitwise_and(signs, _SIGN, out=signs)
        np.bitwise_and(single.view(np.uint32), 0x7FFFFFFF, out=bits)
        np.right_shift(bits, _MORE, out=bits)
        # Few batches have such numbers, and to look for them takes a third of the time.
        if bits.max(initial=0) > _INFINITY:
            np.minimum(bits, _INFINITY, out=bits)
        np.copyto(codes, np.bitwise_or(bits, signs, out=bits), casting="unsafe")
        if np.isnan(moved.sum() if total is None else total):
            codes[np.isnan(numbers)] = _NAN
        return codes

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
        halves = (2 * np.arange(_INFINITY, dtype=np.uint16)).view(np.float16).astype(np.float64)
        ends = np.append(halves[1:], 65536.0)
        ends = np.concatenate((-ends[::-1], ends)) / self.scale + self.centre
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
    firsts = np.concatenate(([0], np.flatnonzero(sample[1:] != sample[:-1]) + 1, [len(sample)]))
    values, counts = sample[firsts[:-1]], np.diff(firsts)
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
