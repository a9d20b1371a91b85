"""Sums of weights by group, for many draws of weights at once."""

from collections.abc import Callable

import numpy as np

from coronet.core.statistics.columns import Floats, Integers


def sum_by(codes: Integers, groups: int) -> Callable[[Floats], Floats]:
    """From weights (draws, n) to the sum of each group's, (draws, groups).

    `codes` are (n,), from 0 to groups − 1; n is at least 1.
    """
    order = np.argsort(codes, kind="stable")
    present, starts = np.unique(codes[order], return_index=True)

    def add(weights: Floats) -> Floats:
        totals = np.zeros((len(weights), groups))
        totals[:, present] = np.add.reduceat(weights[:, order], starts, axis=1)
        return totals

    return add


def ratio(above: Floats, below: Floats) -> Floats:
    """above ÷ below, NaN where `below` is 0."""
    unknown = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    return np.asarray(np.divide(above, below, out=unknown, where=below > 0))
