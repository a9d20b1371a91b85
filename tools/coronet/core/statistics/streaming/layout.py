"""Segments side by side: several columns packed into one code a row, and sums rolled up from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Integers, SegmentColumn

# As many cells are still in the processor's cache while they are counted.
MOST_CELLS = 1 << 11

# For each pack the code of each row, (n,).
Packed = Sequence[Integers]


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The names of every column's segments, in the order of their codes, and which columns share a code."""

    names: Mapping[str, tuple[str, ...]]
    packs: tuple[tuple[str, ...], ...]

    @property
    def cells(self) -> tuple[int, ...]:
        """How many codes each pack has."""
        return tuple(prod(self._sizes(pack)) for pack in self.packs)

    def pack(self, segments: Mapping[str, SegmentColumn], rows: int) -> Packed:
        return [self._pack(pack, segments) if pack else np.zeros(rows, dtype=np.int64) for pack in self.packs]

    def _pack(self, pack: tuple[str, ...], segments: Mapping[str, SegmentColumn]) -> Integers:
        first, *others = pack
        codes = segments[first].codes
        for place, column in enumerate(others):
            # In an array of its own, and from then on in its place.
            codes = np.multiply(codes, len(self.names[column]), out=codes if place else None)
            codes += segments[column].codes
        return codes

    def roll_up(self, sums: Sequence[NDArray[Any]], column: str | None, by: np.ufunc = np.add) -> NDArray[Any]:
        """From sums by pack, (…, cells) each, to those of each segment of `column`, (…, segments)."""
        if column is None:
            return np.asarray(by.reduce(sums[0], axis=-1, keepdims=True))
        place = next(place for place, pack in enumerate(self.packs) if column in pack)
        pack, found = self.packs[place], sums[place]
        spread = found.reshape(*found.shape[:-1], *self._sizes(pack))
        others = tuple(axis - len(pack) for axis, other in enumerate(pack) if other != column)
        return np.asarray(by.reduce(spread, axis=others))

    def _sizes(self, pack: tuple[str, ...]) -> list[int]:
        return [len(self.names[column]) for column in pack]


def lay_out(names: Mapping[str, tuple[str, ...]]) -> Layout:
    """Columns are packed together while their codes stay few; without columns all rows are one cell."""
    packs: list[tuple[str, ...]] = [()]
    for column, segments in names.items():
        if prod(len(names[other]) for other in packs[-1]) * len(segments) > MOST_CELLS:
            packs.append(())
        packs[-1] = (*packs[-1], column)
    return Layout(names=dict(names), packs=tuple(packs))
