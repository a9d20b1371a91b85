"""The rows that moved farthest, as many as are shown: the same ones, however the rows are parted."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.evidence import Answer, Mover
from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.streaming.rows import Rows, Side

# Of a row that is shown: how far it moved, its weight, its label, each model's answer and its score, and then its
# segments by code. What there is none of is NaN.
_DISTANCE, _WEIGHT, _LABEL, _ANSWERS = range(4)
_SEGMENTS = _ANSWERS + 4


class Movers:
    """The farthest first; of those equally far the heaviest, then the one whose key comes first as a text.

    All that is known are numbers, of a shape that the plan gives, but the `keys` of the rows. `nameless` says whether
    rows came without keys, of which none can be shown. `segments` are the names of each column's.
    """

    def __init__(
        self, most: int, classes: tuple[str, ...], segments: Mapping[str, tuple[str, ...]], *, weighted: bool
    ) -> None:
        self._most, self._classes, self._weighted = most, classes, weighted
        self._segments = dict(sorted(segments.items()))
        self._numbers = np.full((most, _SEGMENTS + len(segments)), np.nan)
        # How many rows are known, and whether some came without keys.
        self._counts = np.zeros(2, dtype=np.int64)
        self._keys: tuple[str, ...] = ()

    @property
    def nameless(self) -> bool:
        return bool(self._counts[1])

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of the rows that are known, in their order."""
        return self._keys

    def restore_keys(self, keys: tuple[str, ...]) -> None:
        """After the arrays were written over; raises ValueError where they are of other rows."""
        if len(keys) != self._counts[0]:
            raise ValueError(f"there are {len(keys)} keys of {self._counts[0]} rows")
        self._keys = keys

    def add(self, rows: Rows, distance: Floats) -> None:
        """`distance` is (n,), 0 for rows that are not to be shown."""
        if rows.names is None:
            self._counts[1] |= distance.any()
            return
        chosen = self._choose(distance)
        if len(chosen):
            self._keep(self._describe(rows, chosen, distance), rows.names(chosen))

    def _choose(self, distance: Floats) -> Integers:
        """The places of all rows that may be among the farthest."""
        if not self._most:
            return np.empty(0, dtype=np.int64)
        full = self._counts[0] == self._most
        chosen = np.flatnonzero(distance >= self._numbers[-1, _DISTANCE] if full else distance > 0)
        if len(chosen) > self._most:
            least = np.partition(distance[chosen], -self._most)[-self._most]
            chosen = chosen[distance[chosen] >= least]
        return chosen

    def _describe(self, rows: Rows, chosen: Integers, distance: Floats) -> Floats:
        weight = np.ones(len(chosen)) if rows.weight is None else rows.weight[chosen]
        answers = [each for side in rows.sides for each in _answers(side, chosen)]
        segments = [rows.segments[name].codes[chosen] for name in self._segments]
        return np.stack([distance[chosen], weight, rows.label[chosen], *answers, *segments], axis=1)

    def _keep(self, numbers: Floats, keys: Sequence[str]) -> None:
        """Of these and those that are known, the farthest."""
        known = int(self._counts[0])
        both, named = np.concatenate((self._numbers[:known], numbers)), [*self._keys, *keys]
        far, heavy = (both[:, place].tolist() for place in (_DISTANCE, _WEIGHT))
        order = sorted(range(len(named)), key=lambda i: (-far[i], -heavy[i], named[i]))[: self._most]
        self._numbers[: len(order)] = both[order]
        self._counts[0], self._keys = len(order), tuple(named[place] for place in order)

    def merge(self, other: Self) -> None:
        self._counts[1] |= other._counts[1]
        self._keep(other._numbers[: other._counts[0]], other._keys)

    def arrays(self) -> list[NDArray[Any]]:
        return [self._numbers, self._counts]

    @property
    def found(self) -> tuple[Mover, ...]:
        known = self._numbers[: self._counts[0]].tolist()
        return tuple(self._show(key, numbers) for key, numbers in zip(self._keys, known, strict=True))

    def _show(self, key: str, numbers: list[float]) -> Mover:
        label, codes = numbers[_LABEL], numbers[_SEGMENTS:]
        return Mover(
            key=key,
            distance=numbers[_DISTANCE],
            label=self._classes[int(label)] if self._classes else label,
            candidate=self._answer(*numbers[_ANSWERS : _ANSWERS + 2]),
            champion=self._answer(*numbers[_ANSWERS + 2 : _SEGMENTS]),
            segments={
                name: names[int(code)] for (name, names), code in zip(self._segments.items(), codes, strict=True)
            },
            weight=numbers[_WEIGHT] if self._weighted else None,
        )

    def _answer(self, said: float, score: float) -> Answer:
        if not self._classes:
            return Answer(value=said)
        return Answer(label=self._classes[int(said)], score=None if np.isnan(score) else score)


def _answers(side: Side, chosen: Integers) -> tuple[Floats, Floats]:
    """What the model says of the rows, a number or the code of a class; and of many classes the probability of
    that one, of two the score.
    """
    said, nothing = side.sample.predictions, np.full(len(chosen), np.nan)
    if said.values is not None:
        return said.values[chosen], nothing
    codes = side.sample.codes[chosen]
    if said.scores is None:
        return codes.astype(np.float64), nothing
    return codes.astype(np.float64), side.scores[chosen] if said.scores.ndim == 1 else side.scores[chosen, codes]
