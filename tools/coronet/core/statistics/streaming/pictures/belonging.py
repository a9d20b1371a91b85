"""How sure shares of rows that change are, where rows belong together: the rows of one cluster change together.

What a cluster's rows add to a share is added up first, and its spread over the clusters, or over groups of them, is the
variance of the share: the intervals of `families.Shares`, and of `clustered.GroupedShares`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.clusters import CLUSTER, compact
from coronet.core.statistics.columns import Columns, Flags, Floats, Integers
from coronet.core.statistics.families import count_rows
from coronet.core.statistics.sample import Undefined
from coronet.core.statistics.streaming.layout import Layout
from coronet.core.statistics.streaming.lots import UNIT
from coronet.core.statistics.streaming.rows import Rows

Column = str | None
# What is summed: rows, those that change, those that move by more than it takes; what the first two weigh.
_ALL, _CHANGED, _BEYOND, _WEIGHT = range(4)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Moved:
    """n rows: whether both models say something, whether they change, how far, and whether by more than it takes."""

    said: Flags
    changed: Flags
    distance: Floats
    beyond: Flags


class Of(IntEnum):
    """A share: of rows that change, of what they weigh, of rows that move by more than it takes."""

    ROWS = 0
    WEIGHT = 1
    BEYOND = 2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Totals:
    """What each cluster, or group of them (`unit`), has of all and of what is shared, (units,)."""

    all: Floats
    shared: Floats
    unit: str

    def count(self, rows: float, *, confidence: float) -> float:
        """How many independent rows tell as much, where `rows` would if each stood for itself.

        Raises `Undefined` where there is one unit alone.
        """
        there = self.all > 0
        units, whole, shared = int(there.sum()), self.all[there], self.shared[there]
        if units < 2:
            raise Undefined(f"one {self.unit} gives no interval")
        value = float(shared.sum() / whole.sum())
        moves = (shared - value * whole) / whole.sum()
        variance = float((moves**2).sum()) * units / (units - 1)
        effective = float(whole.sum() ** 2 / (whole**2).sum())
        return count_rows(rows, value * (1 - value), variance, effective, confidence=confidence)


class Belonging(Protocol):
    def totals(self, of: Of, column: Column, code: int) -> Totals:
        """Of a segment of the column; None: of all rows."""
        ...


class GroupedChanges:
    """Sums by segment and group of clusters: all rows and those that change or move far, and what these weigh."""

    def __init__(self, layout: Layout, groups: int, *, weighted: bool) -> None:
        self._groups = groups
        self._kinds = _WEIGHT + 2 if weighted else _WEIGHT
        many: dict[Column, int] = {None: 1, **{column: len(names) for column, names in layout.names.items()}}
        self._sums = {column: np.zeros((self._kinds, segments * groups)) for column, segments in many.items()}

    def add(self, rows: Rows, moved: Moved, groups: Integers) -> None:
        said, changed, beyond = (np.flatnonzero(each) for each in (moved.said, moved.changed, moved.beyond))
        for column, sums in self._sums.items():
            codes = groups if column is None else rows.segments[column].codes * self._groups + groups
            # How far rows move is told of all rows alone.
            for kind, chosen in enumerate((said, changed, *([beyond] if column is None else []))):
                picked = codes if len(chosen) == len(codes) else codes[chosen]
                sums[kind] += np.bincount(picked, minlength=sums.shape[1])
                if rows.weight is not None and kind < _BEYOND:
                    sums[_WEIGHT + kind] += np.bincount(picked, weights=rows.weight[chosen], minlength=sums.shape[1])

    def merge(self, other: Self) -> None:
        for column, sums in self._sums.items():
            sums += other._sums[column]

    def arrays(self) -> list[NDArray[Any]]:
        return [*self._sums.values()]

    def totals(self, of: Of, column: Column, code: int) -> Totals:
        sums = self._sums[column].reshape(self._kinds, -1, self._groups)[:, code]
        return _pick(of, sums, UNIT)


class ClusteredChanges:
    """The same of rows that are all in memory, cluster by cluster."""

    def __init__(self, columns: Columns, clusters: Integers, moved: Moved) -> None:
        counts = moved.said if columns.weight is None else moved.said & (columns.weight > 0)
        self._clusters, self._terms, self._counts = clusters, _terms(moved, columns.weight), counts
        self._codes: Mapping[str, Integers] = {name: segment.codes for name, segment in columns.segments.items()}

    def totals(self, of: Of, column: Column, code: int) -> Totals:
        there = np.flatnonzero(self._counts if column is None else self._counts & (self._codes[column] == code))
        clusters = compact(self._clusters[there])
        sums = [np.bincount(clusters, weights=term[there]).astype(np.float64) for term in self._terms]
        return _pick(of, sums, CLUSTER)


def _terms(moved: Moved, weight: Floats | None) -> list[Floats]:
    terms = [each.astype(np.float64) for each in (moved.said, moved.changed, moved.beyond)]
    return terms if weight is None else [*terms, *(weight * each for each in terms[:2])]


def _pick(of: Of, sums: Any, unit: str) -> Totals:
    whole, shared = {
        Of.ROWS: (_ALL, _CHANGED),
        Of.BEYOND: (_ALL, _BEYOND),
        Of.WEIGHT: (_WEIGHT, _WEIGHT + _CHANGED),
    }[of]
    return Totals(all=sums[whole], shared=sums[shared], unit=unit)
