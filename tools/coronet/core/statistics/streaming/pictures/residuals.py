"""How far a model's numbers are from the labels, by how high they are."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.streaming.pictures.magnitudes import SIGNED, signed_levels

GROUPS = 20


def find_groups(values: Floats) -> Floats:
    """The highest prediction of each group but the last: groups of about as many rows."""
    return np.unique(np.quantile(values, np.linspace(0, 1, GROUPS + 1)[1:-1])) if len(values) else np.empty(0)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Group:
    """Rows whose predictions are about the same: `counts` are weights by level of the residual."""

    rows: int
    prediction: float
    residual: float
    counts: Floats


class Residuals:
    """Of one model: label minus prediction, `low` to `high`."""

    def __init__(self, ends: Floats) -> None:
        self._ends = ends
        groups = len(ends) + 1
        self._counts = np.zeros((groups, SIGNED))
        # Rows, weights, and sums of predictions and of residuals.
        self._sums = np.zeros((4, groups))
        self._span = np.array([np.inf, -np.inf])

    @property
    def low(self) -> float:
        return float(self._span[0])

    @property
    def high(self) -> float:
        return float(self._span[1])

    def add(self, values: Floats, label: Floats, weight: Floats | None) -> None:
        residual = label - values
        group = np.searchsorted(self._ends, values, side="left")
        once = np.ones(len(values)) if weight is None else weight
        np.add.at(self._counts.reshape(-1), group * SIGNED + signed_levels(residual), 1.0 if weight is None else weight)
        for place, term in enumerate((None, once, once * values, once * residual)):
            self._sums[place] += np.bincount(group, weights=term, minlength=len(self._counts))
        self._span[:] = residual.min(initial=self.low), residual.max(initial=self.high)

    def merge(self, other: Self) -> None:
        self._counts += other._counts
        self._sums += other._sums
        self._span[:] = min(self.low, other.low), max(self.high, other.high)

    def arrays(self) -> list[NDArray[Any]]:
        return [self._counts, self._sums, self._span]

    def groups(self) -> list[Group]:
        """Those that have rows, by rising prediction."""
        rows, weight, values, residuals = self._sums
        return [
            Group(
                rows=int(rows[place]),
                prediction=float(values[place] / weight[place]),
                residual=float(residuals[place] / weight[place]),
                counts=self._counts[place],
            )
            for place in np.flatnonzero(weight > 0).tolist()
        ]
