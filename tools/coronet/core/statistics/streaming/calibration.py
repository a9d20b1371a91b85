"""The calibration error's sums: how far probabilities and frequencies lie apart, bin by bin, for both models."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.numbers import BINS, find_excess
from coronet.core.statistics.streaming.layout import Layout, Packed
from coronet.core.statistics.streaming.rows import Side


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Excess:
    """In one scope: Σ w × (what happened − its probability) by bin, and the errors of these sums.

    `sums` is (models × BINS,) and `errors` (models × BINS, models × BINS): Σ w² of the products.
    """

    sums: Floats
    errors: Floats


class Calibration:
    """The excess by bin of each model, and by both models' bins together; without rows of weight 0."""

    def __init__(self, layout: Layout, models: int) -> None:
        self._layout = layout
        self._models = models
        kinds = BINS**models
        # By both bins: sums of each model, then of the products of any two.
        self._pairs = [(row, column) for row in range(models) for column in range(row, models)]
        self._sums = [np.zeros((models + len(self._pairs), kinds * cells)) for cells in layout.cells]

    def add(self, packed: Packed, sides: Sequence[Side], weight: Floats | None) -> None:
        found = [find_excess(side.sample) for side in sides]
        kinds = np.zeros(len(found[0][0]), dtype=np.int64)
        for bins, _ in found:
            kinds = kinds * BINS + bins
        excess = [numbers if weight is None else weight * numbers for _, numbers in found]
        terms = [*excess, *(excess[row] * excess[column] for row, column in self._pairs)]
        for place, codes in enumerate(packed):
            index, sums = kinds * self._layout.cells[place] + codes, self._sums[place]
            for row, term in enumerate(terms):
                sums[row] += np.bincount(index, weights=term, minlength=sums.shape[1])

    def merge(self, other: Self) -> None:
        for sums, more in zip(self._sums, other._sums, strict=True):
            sums += more

    def arrays(self) -> list[NDArray[Any]]:
        return [*self._sums]

    def of(self, column: str | None) -> list[Excess]:
        kinds = BINS**self._models
        shaped = [sums.reshape(len(sums), kinds, -1) for sums in self._sums]
        rolled = self._layout.roll_up(shaped, column)
        return [self._excess(rolled[:, :, code]) for code in range(rolled.shape[2])]

    def _excess(self, rolled: Floats) -> Excess:
        """Of (sums, kinds) of one scope."""
        size = self._models * BINS
        bins = [_bins_of(model, self._models) for model in range(self._models)]
        sums, errors = np.zeros(size), np.zeros((size, size))
        for model in range(self._models):
            np.add.at(sums, model * BINS + bins[model], rolled[model])
        for place, (row, column) in enumerate(self._pairs, self._models):
            index = row * BINS + bins[row], column * BINS + bins[column]
            np.add.at(errors, index, rolled[place])
            if row != column:
                np.add.at(errors, index[::-1], rolled[place])
        return Excess(sums=sums, errors=errors)


def _bins_of(model: int, models: int) -> Integers:
    """Which of the model's bins each kind is of, (BINS ** models,)."""
    return np.asarray(np.arange(BINS**models) // BINS ** (models - 1 - model) % BINS)
