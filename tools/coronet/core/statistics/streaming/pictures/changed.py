"""Which rows the candidate predicts otherwise than the champion: how many in each scope, how far, and to what."""

from typing import Any, Self, assert_never

import numpy as np
from numpy.typing import NDArray

from coronet.core.evidence import Beyond, Said
from coronet.core.statistics.columns import Flags, Floats, Integers, Pictures, Predictions
from coronet.core.statistics.streaming.layout import Layout
from coronet.core.statistics.streaming.pictures.belonging import GroupedChanges, Moved
from coronet.core.statistics.streaming.pictures.magnitudes import LEVELS, size_levels
from coronet.core.statistics.streaming.pictures.movers import Movers
from coronet.core.statistics.streaming.rows import Fault, Rows
from coronet.core.statistics.streaming.tallies import Tally

# What it is to move, where nobody says: scores by a tenth, numbers by a tenth of the champion's.
TENTH = 0.1
# Of more classes it is not told from which to which rows change.
MOST_FLIPPING = 1000


def find_said(sides: tuple[Predictions, ...]) -> Said | None:
    """What of both models' predictions is compared; None where they are neither numbers nor classes."""
    if all(side.values is not None for side in sides):
        return Said.VALUE
    if any(side.codes is None for side in sides):
        return None
    scores = [side.scores for side in sides if side.scores is not None]
    if len(scores) < len(sides):
        return Said.CLASS
    return Said.SCORE if all(each.ndim == 1 for each in scores) else Said.PROBABILITIES


def find_beyond(said: Said, pictures: Pictures) -> Beyond:
    if pictures.moved_by is not None:
        return Beyond(amount=pictures.moved_by)
    return Beyond(amount=TENTH, relative=said is Said.VALUE)


class Distances:
    """How many rows moved how far: `counts` by size, and how many by more than it takes."""

    def __init__(self) -> None:
        self.counts = np.zeros(LEVELS, dtype=np.int64)
        self._total, self._largest, self._beyond = np.zeros(1), np.zeros(1), np.zeros(1, dtype=np.int64)

    @property
    def total(self) -> float:
        return float(self._total[0])

    @property
    def largest(self) -> float:
        return float(self._largest[0])

    @property
    def beyond(self) -> int:
        return int(self._beyond[0])

    def add(self, distance: Floats, amount: float) -> None:
        self.counts += np.bincount(size_levels(distance), minlength=LEVELS)
        self._total += distance.sum()
        self._largest[0] = distance.max(initial=self.largest)
        self._beyond += np.count_nonzero(distance > amount)

    def merge(self, other: Self) -> None:
        self.counts += other.counts
        self._total += other._total
        np.maximum(self._largest, other._largest, out=self._largest)
        self._beyond += other._beyond

    def arrays(self) -> list[NDArray[Any]]:
        return [self.counts, self._total, self._largest, self._beyond]


class Changed:
    """`tally` counts the rows that change by scope; `flips` by the champion's class, the candidate's, and whether
    that is right, (classes, classes, 2), or nothing where classes are too many; `flip_weights` what they weigh.
    """

    def __init__(
        self, layout: Layout, classes: tuple[str, ...], said: Said, pictures: Pictures, *, weighted: bool, groups: int
    ) -> None:
        self.said, self.beyond = said, find_beyond(said, pictures)
        self.tally = Tally(layout, 1, weighted=weighted)
        self.distances = Distances()
        self.movers = Movers(pictures.movers, classes, layout.names, weighted=weighted)
        many = len(classes) if len(classes) <= MOST_FLIPPING else 0
        self.flips = np.zeros((many, many, 2), dtype=np.int64)
        self.flip_weights = np.zeros((many, many, 2) if weighted else 0)
        self.groups = GroupedChanges(layout, groups, weighted=weighted) if groups else None

    def find(self, rows: Rows) -> Moved:
        broken = rows.sides[0].faults[Fault.BROKEN] | rows.sides[1].faults[Fault.BROKEN]
        changed, distance = self._compare(rows)
        if broken.any():
            changed, distance = changed & ~broken, np.where(broken, 0.0, distance)
        return Moved(said=~broken, changed=changed, distance=distance, beyond=distance > self.beyond.amount)

    def add(self, rows: Rows) -> None:
        moved = self.find(rows)
        changed, distance = moved.changed, moved.distance
        index = np.flatnonzero(changed)
        weight = None if rows.weight is None else rows.weight[index]
        self.tally.add([codes[index] for codes in rows.packed], np.zeros(len(index), dtype=np.int64), weight)
        self._flip(rows, index, weight)
        self.distances.add(distance if moved.said.all() else distance[moved.said], self.beyond.amount)
        self.movers.add(rows, distance)
        if self.groups and rows.cluster is not None:
            self.groups.add(rows, moved, rows.cluster)

    def merge(self, other: Self) -> None:
        self.tally.merge(other.tally)
        self.distances.merge(other.distances)
        self.movers.merge(other.movers)
        self.flips += other.flips
        self.flip_weights += other.flip_weights
        if self.groups and other.groups:
            self.groups.merge(other.groups)

    def arrays(self) -> list[NDArray[Any]]:
        rest = [self.flips, self.flip_weights, *(self.groups.arrays() if self.groups else [])]
        return [*self.tally.arrays(), *self.distances.arrays(), *self.movers.arrays(), *rest]

    def _compare(self, rows: Rows) -> tuple[Flags, Floats]:
        """Which rows change, and how far each moves."""
        ours, theirs = rows.sides
        match self.said:
            case Said.VALUE:
                distance = np.abs(ours.sample.values - theirs.sample.values)
                relative = np.abs(theirs.sample.values) if self.beyond.relative else 1.0
                return np.asarray(distance > self.beyond.amount * relative), distance
            case Said.SCORE:
                return self._flags(rows), np.abs(ours.scores - theirs.scores)
            case Said.PROBABILITIES:
                # Half of what is moved from class to class and counted twice: the total variation distance.
                return self._flags(rows), np.asarray(np.abs(ours.scores - theirs.scores).sum(axis=1) / 2)
            case Said.CLASS:
                flags = self._flags(rows)
                return flags, flags.astype(np.float64)
            case _:
                assert_never(self.said)

    def _flags(self, rows: Rows) -> Flags:
        ours, theirs = (side.sample.codes for side in rows.sides)
        return np.asarray(ours != theirs)

    def _flip(self, rows: Rows, index: Integers, weight: Floats | None) -> None:
        if self.said is Said.VALUE or not self.flips.size:
            return
        ours, theirs = (side.sample.codes[index] for side in rows.sides)
        places = (theirs * len(self.flips) + ours) * 2 + (ours == rows.label[index])
        np.add.at(self.flips.reshape(-1), places, 1)
        if weight is not None:
            np.add.at(self.flip_weights.reshape(-1), places, weight)
