"""Losses by label: beside a constant, whose loss is the same for all rows of a label, no more is asked of the rows."""

from typing import Self

import numpy as np

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.losses import CLIP
from coronet.core.statistics.streaming.moments import Moment

LOSSES_BY_CLASS = ("log_loss", "brier")


class ByClass:
    """Σ w² × loss by label, (classes,)."""

    def __init__(self, classes: int) -> None:
        self.sums = np.zeros(classes)

    def add(self, label: Integers, losses: Floats, weight: Floats | None) -> None:
        terms = losses if weight is None else weight**2 * losses
        self.sums += np.bincount(label, weights=terms, minlength=len(self.sums))

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
    """Of the candidate's loss and the constant's; `weight` and `squares` are sums by class, of weights and squares."""
    mean, other = float(moment.mean[0]), float((weight * constant).sum() / weight.sum())
    far = constant - other
    crossed = float((far * (sums - mean * squares)).sum())
    spread = np.array([[moment.spread[0, 0], crossed], [crossed, float((squares * far**2).sum())]])
    return Moment(mean=np.array([mean, other]), spread=spread)
