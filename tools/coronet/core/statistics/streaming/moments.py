"""Sums, and sums of products, of a few numbers a row: every mean, and every smooth function of means.

From them come the weighted means and the second moments about them with squared weights, which is all that
Student's interval and the delta method ask of the rows. Numbers are taken from a centre that is given
beforehand, so that states can be merged by adding; how sums of parts make those of the whole: Chan, Golub and
LeVeque, The American Statistician 37 (1983), https://doi.org/10.1080/00031305.1983.10483115.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Flags, Floats, Integers
from coronet.core.statistics.streaming.layout import Layout, Packed


class Weighed(Protocol):
    """The sums of the weights and of the squared weights of a scope's rows."""

    @property
    def weight(self) -> float: ...

    @property
    def squares(self) -> float: ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Moment:
    """Of k numbers a row in one scope: `mean` is (k,), and `spread` (k, k), Σ w² (z − mean)(z − mean)ᵀ.

    What two numbers have in common is NaN where it was not summed.
    """

    mean: Floats
    spread: Floats

    def variance(self, by: Floats) -> float:
        """Σ w² (by · (z − mean))², of the derivatives `by`, (k,)."""
        # They are two or four: arrays of so few take several times as long.
        used = [(place, each) for place, each in enumerate(by.tolist()) if each]
        spread = self.spread.tolist()
        total: float = sum(one * spread[row][column] * other for row, one in used for column, other in used)
        return max(0.0, total)


class Moments:
    """The moments of k numbers a row, by scope. Rows of weight 0 are to be left out.

    Unless they are `crossed`, the numbers are only asked for one by one, and what they have in common is not summed.
    """

    def __init__(self, layout: Layout, centre: Sequence[float], *, weighted: bool, crossed: bool = True) -> None:
        self._layout = layout
        self._centre = centre
        k = len(centre)
        self._pairs = [(row, column) for row in range(k) for column in range(row, k if crossed else row + 1)]
        # The first k are sums of numbers by weight; then products, and numbers again, by squared weight.
        self._width = k + len(self._pairs) + (k if weighted else 0)
        self._sums = [np.zeros((self._width, cells)) for cells in layout.cells]

    def add(self, packed: Packed, numbers: Sequence[Floats], weight: Floats | None) -> None:
        near = [z - centre if centre else z for z, centre in zip(numbers, self._centre, strict=True)]
        if weight is None and len(self._pairs) == len(near):
            self._add_squares(packed, near)
            return
        once = near if weight is None else [weight * z for z in near]
        twice = near if weight is None else [weight * z for z in once]
        terms = [*once, *(twice[row] * near[column] for row, column in self._pairs)]
        terms += [] if weight is None else twice
        for sums, codes in zip(self._sums, packed, strict=True):
            for place, term in enumerate(terms):
                sums[place] += np.bincount(codes, weights=term, minlength=sums.shape[1])

    def _add_squares(self, packed: Packed, near: Sequence[Floats]) -> None:
        """Numbers and their squares, as parts of one complex number: to add both takes little longer than one."""
        for place, z in enumerate(near):
            both = np.empty(len(z), dtype=np.complex128)
            both.real = z
            np.square(z, out=both.imag)
            for sums, codes in zip(self._sums, packed, strict=True):
                added = np.zeros(sums.shape[1], dtype=np.complex128)
                np.add.at(added, codes, both)
                sums[place] += added.real
                sums[len(near) + place] += added.imag

    def merge(self, other: Self) -> None:
        for sums, more in zip(self._sums, other._sums, strict=True):
            sums += more

    def arrays(self) -> list[NDArray[Any]]:
        return [*self._sums]

    def of(self, column: str | None, standings: Sequence[Weighed]) -> list[Moment]:
        """What each segment of the column has."""
        sums = self._layout.roll_up(self._sums, column)
        return [self._moment(sums[:, code], each) for code, each in enumerate(standings)]

    def _moment(self, sums: Floats, standing: Weighed) -> Moment:
        k = len(self._centre)
        mean = np.divide(sums[:k], standing.weight)
        twice = sums[-k:] if self._width > k + len(self._pairs) else sums[:k]
        products = np.full((k, k), np.nan)
        for (row, column), total in zip(self._pairs, sums[k:].tolist(), strict=False):
            products[row, column] = products[column, row] = total
        crossed = np.outer(mean, twice)
        spread = products - crossed - crossed.T + standing.squares * np.outer(mean, mean)
        return Moment(mean=mean + np.array(self._centre), spread=spread)


class Sameness:
    """Whether each of k numbers is the same in all rows of a scope. Rows of weight 0 are to be left out."""

    def __init__(self, layout: Layout, k: int) -> None:
        self._layout = layout
        # Two of the cell's numbers that differ, where there are two; else both are the one that there is.
        self._low = [np.full((k, cells), np.inf) for cells in layout.cells]
        self._high = [np.full((k, cells), -np.inf) for cells in layout.cells]

    def add(self, packed: Packed, numbers: Sequence[Floats], occupied: Sequence[Flags] | None = None) -> None:
        """`occupied` says of all packs which codes are worth a look."""
        for pack, (low, high, codes) in enumerate(zip(self._low, self._high, packed, strict=True)):
            # Once all of a cell's numbers differ, it is not looked at any more: after the first rows most do.
            alike = np.asarray(~(low < high).all(axis=0))
            if occupied is not None and not (alike & occupied[pack]).any():
                continue
            rows = np.flatnonzero(alike[codes])
            for place, z in enumerate(numbers):
                widen(low[place], high[place], codes[rows], z[rows])

    def merge(self, other: Self) -> None:
        for place in range(len(self._low)):
            np.minimum(self._low[place], other._low[place], out=self._low[place])
            np.maximum(self._high[place], other._high[place], out=self._high[place])

    def arrays(self) -> list[NDArray[Any]]:
        return [*self._low, *self._high]

    def of(self, column: str | None) -> Flags:
        """(k, segments): which numbers are the same in all rows of the column's segments."""
        low = self._layout.roll_up(self._low, column, np.minimum)
        return np.asarray(low >= self._layout.roll_up(self._high, column, np.maximum))


def widen(low: Floats, high: Floats, codes: Integers, numbers: Floats) -> None:
    """Have the ranges from `low` to `high` hold the numbers, each in the range of its code."""
    np.minimum.at(low, codes, numbers)
    np.maximum.at(high, codes, numbers)
