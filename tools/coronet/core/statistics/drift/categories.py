"""Texts of a column as a state: counted each by itself, and the rare ones by their hash where there are too many."""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from coronet.core.statistics.columns import Integers
from coronet.core.statistics.drift.cells import cell_text
from coronet.core.statistics.drift.profiles import CategoryProfile

# More distinct texts than this are not kept each by itself.
MOST = 10_000
BUCKETS = 1024
# How many of a sample's most frequent texts keep their names all the same.
NAMED = 1000


class CategoryCounts:
    """Rows by text. Beyond `MOST` texts, those that are not `named` beforehand are pooled by a stable hash.

    Whatever the order of updates and merges, the same rows give the same counts.
    """

    def __init__(self, named: Iterable[str] = ()) -> None:
        self.named = frozenset(named)
        self._rows = self._missing = 0
        self._counts: dict[str, int] = {}
        self._pooled: Integers | None = None

    def update(self, values: Sequence[Any], rows: Sequence[int]) -> None:
        """`rows` have each of the values, which are texts or whatever else is written as text."""
        for value, many in zip(values, rows, strict=True):
            self._rows += many
            text = cell_text(value)
            if text is None:
                self._missing += many
            else:
                self._add(text, many)
        self._spill()

    def merge(self, other: "CategoryCounts") -> None:
        self._rows += other._rows
        self._missing += other._missing
        if other._pooled is not None:
            self._pooled = self._pool() + other._pooled
        for text, many in other._counts.items():
            self._add(text, many)
        self._spill()

    def frequent(self) -> tuple[str, ...]:
        """The texts that most rows have, and more than one."""
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(text for text, many in ranked[:NAMED] if many > 1)

    def finish(self) -> CategoryProfile:
        return CategoryProfile(rows=self._rows, missing=self._missing, counts=dict(self._counts), pooled=self._pooled)

    def _add(self, text: str, many: int) -> None:
        if self._pooled is None or text in self.named:
            self._counts[text] = self._counts.get(text, 0) + many
        else:
            self._pooled[bucket(text)] += many

    def _spill(self) -> None:
        if self._pooled is None and len(self._counts) > MOST:
            self._pool()

    def _pool(self) -> Integers:
        """From now on, only those with a name are counted each by itself; the counts of the others."""
        if self._pooled is None:
            counts, self._counts, self._pooled = self._counts, {}, np.zeros(BUCKETS, dtype=np.int64)
            for text, many in counts.items():
                self._add(text, many)
        return self._pooled


def bucket(text: str) -> int:
    """Where a text without a name of its own is counted; the same everywhere (CRC-32, ISO 3309)."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % BUCKETS


def pool(profile: CategoryProfile, named: Iterable[str]) -> CategoryProfile:
    """The same rows with all others but the named ones pooled."""
    names = frozenset(named)
    pooled = np.zeros(BUCKETS, dtype=np.int64) if profile.pooled is None else profile.pooled.copy()
    counts = {}
    for text, many in profile.counts.items():
        if text in names:
            counts[text] = many
        else:
            pooled[bucket(text)] += many
    return CategoryProfile(rows=profile.rows, missing=profile.missing, counts=counts, pooled=pooled)
