"""The rows that moved farthest, as many as are shown: the same ones, however the rows are parted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from coronet.core.evidence import Answer, Mover
from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.streaming.rows import Rows, Side


class Movers:
    """The farthest first; of those equally far the heaviest, then the one whose key comes first as a text.

    `nameless` says whether rows came without keys, of which none can be shown.
    """

    def __init__(self, most: int, classes: tuple[str, ...]) -> None:
        self._most, self._classes = most, classes
        self._found: list[Mover] = []
        self.nameless = False

    def add(self, rows: Rows, distance: Floats) -> None:
        """`distance` is (n,), 0 for rows that are not to be shown."""
        if rows.names is None:
            self.nameless = self.nameless or bool(distance.any())
            return
        chosen = self._choose(distance)
        if not len(chosen):
            return
        names = rows.names(chosen)
        weight = np.ones(len(chosen)) if rows.weight is None else rows.weight[chosen]
        order = sorted(range(len(chosen)), key=lambda i: (-distance[chosen[i]], -weight[i], names[i]))
        picture = _Picture(rows=rows, classes=self._classes)
        new = [picture.of(int(chosen[i]), names[i], float(distance[chosen[i]])) for i in order[: self._most]]
        self._found = _farthest([*self._found, *new], self._most)

    def _choose(self, distance: Floats) -> Integers:
        """The places of all rows that may be among the farthest."""
        if not self._most:
            return np.empty(0, dtype=np.int64)
        full = len(self._found) == self._most
        chosen = np.flatnonzero(distance >= self._found[-1].distance if full else distance > 0)
        if len(chosen) > self._most:
            least = np.partition(distance[chosen], -self._most)[-self._most]
            chosen = chosen[distance[chosen] >= least]
        return chosen

    def merge(self, other: Self) -> None:
        self.nameless = self.nameless or other.nameless
        self._found = _farthest([*self._found, *other._found], self._most)

    @property
    def found(self) -> tuple[Mover, ...]:
        return tuple(self._found)


def _farthest(movers: Sequence[Mover], most: int) -> list[Mover]:
    return sorted(movers, key=lambda mover: (-mover.distance, -(mover.weight or 1.0), mover.key))[:most]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Picture:
    """A batch of rows, of which single ones are shown."""

    rows: Rows
    classes: tuple[str, ...]

    def of(self, place: int, key: str, distance: float) -> Mover:
        rows, label = self.rows, self.rows.label[place].item()
        return Mover(
            key=key,
            distance=distance,
            label=self.classes[int(label)] if self.classes else float(label),
            candidate=self._answer(rows.sides[0], place),
            champion=self._answer(rows.sides[1], place),
            segments={name: column.names[column.codes[place]] for name, column in sorted(rows.segments.items())},
            weight=None if rows.weight is None else float(rows.weight[place]),
        )

    def _answer(self, side: Side, place: int) -> Answer:
        said = side.sample.predictions
        if said.values is not None:
            return Answer(value=float(said.values[place]))
        code, score = int(side.sample.codes[place]), None
        if said.scores is not None:
            # Of many classes the probability of the one that is predicted.
            score = float(side.scores[place] if said.scores.ndim == 1 else side.scores[place, code])
        return Answer(label=self.classes[code], score=score)
