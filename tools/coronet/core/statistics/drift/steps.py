"""Distributions in steps: how many rows have which value, or lie between which two."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Floats


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Steps:
    """Rising steps, (n,): `rows` between `low` and `high`, or, where they are the same, with that value.

    `keys` rise with the steps, and steps of two distributions with one key are the same step. Of `coarse`
    ones, each covers all keys up to its own.
    """

    keys: NDArray[Any]
    low: Floats
    high: Floats
    rows: Floats
    coarse: bool = False

    @property
    def total(self) -> float:
        return float(self.rows.sum())

    def clip(self, least: float, greatest: float) -> "Steps":
        """The same, none reaching beyond these."""
        return replace(self, low=np.clip(self.low, least, greatest), high=np.clip(self.high, least, greatest))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Aligned:
    """Two distributions in the same steps; `before` and `now` are rows."""

    low: Floats
    high: Floats
    before: Floats
    now: Floats

    @property
    def is_point(self) -> NDArray[np.bool_]:
        return np.asarray(self.low == self.high)

    def without(self, place: int) -> "Aligned":
        """The same without the rows of one step."""
        before, now = self.before.copy(), self.now.copy()
        before[place] = now[place] = 0.0
        return replace(self, before=before, now=now)


def align(before: Steps, now: Steps) -> Aligned:
    """Both in the steps of either, or in the coarse ones of the first."""
    if before.coarse:
        places = np.minimum(np.searchsorted(before.keys, now.keys), len(before.keys) - 1)
        moved = np.bincount(places, weights=now.rows, minlength=len(before.keys)).astype(np.float64)
        return Aligned(low=before.low, high=before.high, before=before.rows, now=moved)
    keys = np.union1d(before.keys, now.keys)
    low, high = np.empty(len(keys)), np.empty(len(keys))
    rows = np.zeros((2, len(keys)))
    for side, steps in enumerate((before, now)):
        places = np.searchsorted(keys, steps.keys)
        low[places], high[places], rows[side, places] = steps.low, steps.high, steps.rows
    return Aligned(low=low, high=high, before=rows[0], now=rows[1])


def thin(steps: Steps, most: int) -> Steps:
    """About as many steps as `most`, of about as many rows each; values that many rows have are kept.

    Before each of these stands a step, empty where nobody is, for what will lie between them.
    """
    limit = steps.total / most
    kept = (steps.low == steps.high) & ((steps.rows >= limit) | (len(steps.keys) <= most))
    thinned = _Thinned()
    for key, start, end, rows, keep in zip(steps.keys, steps.low, steps.high, steps.rows, kept, strict=True):
        if keep:
            thinned.close(int(key) - 1, float(start))
            thinned.add(int(key), float(start), float(rows))
            continue
        thinned.waiting += float(rows)
        if thinned.waiting >= limit:
            thinned.close(int(key), float(end))
    thinned.close(int(steps.keys[-1]) + 1 if len(steps.keys) else 0, np.inf)
    return thinned.to_steps()


class _Thinned:
    def __init__(self) -> None:
        self.waiting, self._low = 0.0, -np.inf
        self._parts: list[tuple[int, float, float, float]] = []

    def close(self, key: int, high: float) -> None:
        """End the step that is under way, which is for the keys up to this one, where there are any."""
        if not self._parts or self._parts[-1][0] < key:
            self._parts.append((key, self._low, high, self.waiting))
            self.waiting, self._low = 0.0, high

    def add(self, key: int, value: float, rows: float) -> None:
        self._parts.append((key, value, value, rows))
        self._low = value

    def to_steps(self) -> Steps:
        keys, low, high, rows = (np.array(column) for column in zip(*self._parts, strict=True))
        return Steps(keys=keys, low=low, high=high, rows=rows.astype(np.float64), coarse=True)
