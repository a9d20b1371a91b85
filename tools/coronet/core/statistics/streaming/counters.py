"""Rows counted by an index into more cells than the processor's cache holds."""

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.streaming.tallies import powers
from coronet.core.statistics.streaming.waiting import Waiting

# A row for so many cells, and it is worth to go over all of them.
_CELLS_OF_ROW = 4


# Where each row of a batch is counted, (n,).
FindIndex = Callable[[Waiting], Integers]


class Counters:
    """Rows, and their weights and squared weights where there are any, by one index.

    What is counted lies all over the cells. So it is done for many batches at once, and the cells that are still in
    the cache from the rows before are met more often than in a single batch.
    """

    def __init__(self, size: int, *, weighted: bool) -> None:
        # Half the memory of Python's whole numbers, and enough for two thousand million rows.
        self._rows = np.zeros(size, dtype=np.int32)
        self._weights = [np.zeros(size) for _ in range(2 if weighted else 0)]
        self._fit_bytes = True

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, batches: Sequence[Waiting], find_index: FindIndex) -> None:
        if not self._add_bytes(batches, find_index):
            for batch in batches:
                np.add.at(self._rows, find_index(batch), np.int32(1))
        if self._weights:
            for batch in batches:
                index = find_index(batch)
                for sums, power in zip(self._weights, powers(batch.weight), strict=True):
                    np.add.at(sums, index, power)

    def _add_bytes(self, batches: Sequence[Waiting], find_index: FindIndex) -> bool:
        """Count in bytes first, of which the cache holds four times as many; says whether that was done.

        A byte that overflows loses 256 rows, which then lack in the sum: rows come in heaps, and so will the next.
        """
        rows = sum(map(len, batches))
        if not self._fit_bytes or rows * _CELLS_OF_ROW < len(self):
            return False
        few = np.zeros(len(self), dtype=np.uint8)
        for batch in batches:
            np.add.at(few, find_index(batch), np.uint8(1))
        self._fit_bytes = int(few.sum(dtype=np.int64)) == rows
        if self._fit_bytes:
            self._rows += few
        return self._fit_bytes

    def merge(self, other: Self) -> None:
        self._rows += other._rows
        for mine, theirs in zip(self._weights, other._weights, strict=True):
            mine += theirs

    def arrays(self) -> list[NDArray[Any]]:
        return [self._rows, *self._weights]

    def between(self, start: int, end: int) -> Sequence[NDArray[Any]]:
        """From one index to another, the counts of rows; and the sums of weights and of squared weights, if any."""
        return [self._rows[start:end], *(sums[start:end] for sums in self._weights)]


def weigh(rows: NDArray[Any], weights: Sequence[Floats]) -> Sequence[Floats]:
    """The weights and squared weights; where there are none every row counts once."""
    return weights or [rows.astype(np.float64)] * 2
