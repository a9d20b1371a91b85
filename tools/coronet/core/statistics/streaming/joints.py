"""What both models have in common, seen through the coarse cells of their rows.

Within a coarse level it is not known which rows of one model are which of the other's, and taken as independent:
what the models have in common comes out a little small, and the error of a difference a little large.
"""

from math import sqrt

import numpy as np

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.streaming.histograms import COARSE, Joint, Levels


def of_one_model(levels: Levels) -> Joint:
    """The coarse cells of one model's rows, the other's level being 0 everywhere."""
    side, place = np.nonzero(levels.rows)
    return Joint(
        side=side,
        candidate=levels.place[place] >> (levels.bits - COARSE),
        champion=np.zeros(len(side), dtype=np.int64),
        weight=levels.weight[side, place],
        squares=levels.squares[side, place],
    )


def coarse_means(levels: Levels, numbers: Floats) -> Floats:
    """The mean of the rows' `numbers`, (sides, levels), in each coarse level, (sides, 2**COARSE)."""
    ends = np.searchsorted(levels.place, np.arange((1 << COARSE) + 1) << (levels.bits - COARSE))
    there = np.flatnonzero(np.diff(ends))
    total, added = (np.add.reduceat(each, ends[there], axis=1) for each in (levels.squares, levels.squares * numbers))
    found = np.zeros((len(numbers), 1 << COARSE))
    found[:, there] = np.divide(added, total, out=np.zeros_like(added), where=total > 0)
    return found


def multiply(joint: Joint, ours: Floats, theirs: Floats) -> Floats:
    """Σ w² × ours × theirs of the rows of each side, whose means in coarse levels these are, (sides,)."""
    products = joint.squares * ours[joint.side, joint.candidate] * theirs[joint.side, joint.champion]
    return np.bincount(joint.side, weights=products, minlength=len(ours)).astype(np.float64)


def variance(levels: Levels, moves: Floats) -> Floats:
    """Σ w² × moves² of the rows of each side, (sides,); `moves` are (sides, levels)."""
    return np.asarray((levels.squares * moves**2).sum(axis=1))


def correlate(joint: Joint, ours: tuple[Levels, Floats], theirs: tuple[Levels, Floats]) -> float:
    """How far what the rows add goes together, from -1 to 1; of each model its levels, and what their rows add."""
    together = float(multiply(joint, coarse_means(*ours), coarse_means(*theirs)).sum())
    alone = sqrt(float(variance(*ours).sum()) * float(variance(*theirs).sum()))
    return max(-1.0, min(together / alone, 1.0)) if alone > 0 else 0.0
