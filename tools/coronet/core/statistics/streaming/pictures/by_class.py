"""Losses by label: beside a constant, whose loss is the same for all rows of a label, no more is asked of the rows."""

from typing import Self

import numpy as np

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.losses import CLIP
from coronet.core.statistics.streaming.moments import Moment

LOSSES_BY_CLASS = ("log_loss", "brier")
NEAR_NOTHING = 1e-12


class ByClass:
    """Σ w² × loss by label, (classes,)."""

    def __init__(self, classes: int) -> None:
        self.sums = np.zeros(classes)

    def add(self, label: Integers, losses: Floats, weight: Floats | None) -> None:
        terms = losses if weight is None else weight**2 * losses
        if len(self.sums) != 2:
            self.sums += np.bincount(label, weights=terms, minlength=len(self.sums))
            return
        # To add to one of two places, each time after the time before, takes thrice as long as to sum twice.
        positive = terms * label
        self.sums += np.subtract(terms, positive).sum(), positive.sum()

    def merge(self, other: Self) -> None:
        self.sums += other.sums


def constant_losses(metric: str, shares: Floats) -> Floats:
    """What always saying these shares costs where each class is the label, (classes,)."""
    if metric == "log_loss":
        return np.asarray(-np.log(np.clip(shares, CLIP, 1 - CLIP)))
    squared = np.asarray(((shares - np.eye(len(shares))) ** 2).sum(axis=1))
    # Of two classes one probability counts once.
    return squared / 2 if len(shares) == 2 else squared


def pair_moment(moment: Moment, sums: Floats, constant: Floats, weight: Floats, squares: Floats) -> Moment:
    """Of the candidate's loss, and of how far it is above the constant's.

    `weight` and `squares` are sums by class, of weights and of their squares.
    """
    mean, other = float(moment.mean[0]), float((weight * constant).sum() / weight.sum())
    own, far = float(moment.spread[0, 0]), constant - other
    crossed = float((far * (sums - mean * squares)).sum())
    apart = own - 2 * crossed + float((squares * far**2).sum())
    # What rounding leaves where the candidate says the same as the constant is nothing.
    apart = 0.0 if apart <= NEAR_NOTHING * own else apart
    return Moment(mean=np.array([mean, mean - other]), spread=np.array([[own, np.nan], [np.nan, apart]]))
