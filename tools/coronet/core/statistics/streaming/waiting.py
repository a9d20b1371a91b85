"""Rows that wait to be counted, until they are many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Floats

# Rows wait until they take so many bytes, however many cells there are.
MOST_BYTES = 64 << 20

Column = str | None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Waiting:
    """A batch of rows that are not counted yet, in narrow numbers.

    `levels` are those of each model, `coarse` both models' coarse levels in one number; `groups`, by column, are
    numbers of the row's segment and class together.
    """

    levels: Sequence[NDArray[np.int32]]
    coarse: NDArray[np.int16]
    groups: Mapping[Column, NDArray[np.int16]]
    weight: Floats | None

    def __len__(self) -> int:
        return len(self.coarse)

    @property
    def bytes(self) -> int:
        arrays: list[NDArray[Any]] = [*self.levels, self.coarse, *self.groups.values()]
        return sum(each.nbytes for each in arrays) + (0 if self.weight is None else self.weight.nbytes)


class Queue:
    """Batches that every column counts once. Columns take turns, so that no batch waits for all of them.

    `patience` is how many rows wait for each column before its turn.
    """

    def __init__(self, columns: Sequence[Column], patience: int) -> None:
        self._patience = patience
        self._batches: list[Waiting] = []
        # How many of the batches each column has counted.
        self._counted = dict.fromkeys(columns, 0)
        self._fresh = 0

    def append(self, batch: Waiting) -> None:
        self._batches.append(batch)
        self._fresh += len(batch)

    def due(self) -> Iterator[tuple[Column, Sequence[Waiting]]]:
        """The column that is most behind, and what waits for it; nobody, as long as too few rows came."""
        last = self._batches[-1]
        most = min(self._patience, MOST_BYTES * len(last) // max(last.bytes, 1))
        if self._fresh * len(self._counted) > most:
            self._fresh = 0
            yield self._take(min(self._counted, key=self._counted.__getitem__))

    def rest(self) -> Iterator[tuple[Column, Sequence[Waiting]]]:
        """Every column, and what waits for it."""
        yield from [self._take(column) for column in self._counted]
        self._fresh = 0

    def _take(self, column: Column) -> tuple[Column, Sequence[Waiting]]:
        batches = self._batches[self._counted[column] :]
        self._counted[column] = len(self._batches)
        behind = min(self._counted.values())
        self._batches = self._batches[behind:]
        self._counted = {each: counted - behind for each, counted in self._counted.items()}
        return column, batches
