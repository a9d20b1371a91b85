"""How many rows there are of each kind, by scope: what every count is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.streaming.layout import Layout, Packed


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Counted:
    """By kind: rows, (kinds,), the sum of their weights, and that of the squared weights."""

    rows: Integers
    weight: Floats
    squares: Floats


class Tally:
    """Rows by kind and scope; kinds are numbered from 0."""

    def __init__(self, layout: Layout, kinds: int, *, weighted: bool) -> None:
        self._layout = layout
        self._kinds = kinds
        self._rows = [np.zeros(kinds * cells, dtype=np.int64) for cells in layout.cells]
        self._weights = [[np.zeros(kinds * cells) for cells in layout.cells] for _ in range(2 if weighted else 0)]

    def add(self, packed: Packed, kinds: Integers, weight: Floats | None) -> tuple[Integers, ...]:
        """How many rows were added, (kinds, cells) for each pack. `weight` is wanted where the tally is weighted, and
        nowhere else.
        """
        added = []
        for place, codes in enumerate(packed):
            index = kinds * self._layout.cells[place] + codes
            counts = np.bincount(index, minlength=len(self._rows[place]))
            self._rows[place] += counts
            added.append(counts.reshape(self._kinds, -1))
            for sums, power in zip(self._weights, powers(weight), strict=True):
                sums[place] += np.bincount(index, weights=power, minlength=len(sums[place]))
        return tuple(added)

    def add_counts(self, counts: Sequence[Integers], kinds: slice) -> None:
        """Rows that were counted elsewhere, without weights: those of some kinds, (kinds, cells) for each pack."""
        for rows, more in zip(self._rows, counts, strict=True):
            rows.reshape(self._kinds, -1)[kinds] += more

    def merge(self, other: Self) -> None:
        for counts, more_rows in zip(self._rows, other._rows, strict=True):
            counts += more_rows
        for mine, theirs in zip(self._weights, other._weights, strict=True):
            for sums, more in zip(mine, theirs, strict=True):
                sums += more

    def arrays(self) -> list[NDArray[Any]]:
        return [*self._rows, *(each for sums in self._weights for each in sums)]

    def of(self, column: str | None) -> list[Counted]:
        """What each segment of the column has."""
        rows = self._layout.roll_up([each.reshape(self._kinds, -1) for each in self._rows], column)
        weights = [
            self._layout.roll_up([each.reshape(self._kinds, -1) for each in sums], column) for sums in self._weights
        ]
        weight, squares = weights or (rows.astype(np.float64), rows.astype(np.float64))
        return [
            Counted(rows=rows[:, code], weight=weight[:, code], squares=squares[:, code])
            for code in range(rows.shape[1])
        ]


def powers(weight: Floats | None) -> Sequence[Floats]:
    """The weights and the squared weights; nothing where every row counts once."""
    return () if weight is None else (weight, weight**2)
