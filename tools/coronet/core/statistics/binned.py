"""Sums of what rows add to bins, of which the calibration error is made.

The sums of many rows are nearly normal, whatever the rows are, and their covariances are known in closed form, also
of both models together, of weighted rows and of clusters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from coronet.core.statistics.clusters import CLUSTER, ROW, Clusters
from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.sample import Sample, Undefined

# Clusters whose totals are in memory at once.
_BLOCK = 1 << 14


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Bins:
    """Row i adds `share[i]` × `numbers[i]` to bin `codes[i]`, all (n,); the shares sum to 1.

    The rows that count alone, with their `clusters`.
    """

    value: float
    bins: int
    codes: Integers
    numbers: Floats
    share: Floats
    clusters: Clusters | None

    @property
    def sums(self) -> Floats:
        """(bins,)"""
        return np.bincount(self.codes, weights=self.share * self.numbers, minlength=self.bins).astype(np.float64)

    @property
    def effective(self) -> float:
        if self.clusters is not None:
            return self.clusters.effective
        return float(self.share.sum() ** 2 / (self.share**2).sum())

    def require_enough(self) -> None:
        """Raises Undefined where there is one row, or one cluster."""
        units, unit = (len(self.codes), ROW) if self.clusters is None else (len(self.clusters), CLUSTER)
        if units < 2:
            raise Undefined(f"one {unit} gives no interval")

    def is_same(self, other: Self) -> bool:
        return np.array_equal(self.codes, other.codes) and np.array_equal(self.numbers, other.numbers)


def covariance(models: Sequence[Bins]) -> Floats:
    """Of the sums of all bins of all models, which are of the same rows; one model's after the other's."""
    clusters = models[0].clusters
    if clusters is not None:
        return _of_clusters(models, clusters)
    blocks = [[_of_rows(one, other) for other in models[place:]] for place, one in enumerate(models)]
    pairs = range(len(models))
    return np.block([[blocks[b][a - b].T if b < a else blocks[a][b - a] for b in pairs] for a in pairs])


def _of_rows(one: Bins, other: Bins) -> Floats:
    """Σ share² (x − X)(y − Y)ᵀ of the rows, whose sums are X and Y, as for the variance of a mean."""
    squares, ours, theirs = one.share**2, one.codes, other.codes
    x, y, rows = one.numbers, other.numbers, len(one.codes)
    products = np.bincount(ours * other.bins + theirs, weights=squares * x * y, minlength=one.bins * other.bins)
    twice_x = np.bincount(ours, weights=squares * x, minlength=one.bins)
    twice_y = np.bincount(theirs, weights=squares * y, minlength=other.bins)
    mean_x, mean_y = one.sums, other.sums
    spread = products.reshape(one.bins, other.bins) - np.outer(twice_x, mean_y) - np.outer(mean_x, twice_y)
    return np.asarray((spread + squares.sum() * np.outer(mean_x, mean_y)) * rows / (rows - 1))


def _of_clusters(models: Sequence[Bins], clusters: Clusters) -> Floats:
    """Σ of the clusters' totals by themselves, each less the part of the sums that the cluster has by its weight."""
    many, total = len(clusters), np.zeros((sum(each.bins for each in models),) * 2)
    order = np.argsort(clusters.codes, kind="stable")
    ends = np.searchsorted(clusters.codes[order], np.arange(0, many + _BLOCK, _BLOCK))
    means = [each.sums for each in models]
    for place, (start, end) in enumerate(pairwise(ends)):
        rows = order[start:end]
        codes = clusters.codes[rows] - place * _BLOCK
        inside = np.bincount(codes, weights=models[0].share[rows])
        totals = [_totals(each, rows, codes) - np.outer(inside, mean) for each, mean in zip(models, means, strict=True)]
        block = np.concatenate(totals, axis=1)
        total += block.T @ block
    return total * many / (many - 1)


def _totals(bins: Bins, rows: Integers, clusters: Integers) -> Floats:
    """What each cluster of some rows adds to each bin, (clusters, bins)."""
    many, added = int(clusters.max()) + 1, bins.share[rows] * bins.numbers[rows]
    found = np.bincount(clusters * bins.bins + bins.codes[rows], weights=added, minlength=many * bins.bins)
    return found.reshape(many, bins.bins).astype(np.float64)


def counting(sample: Sample) -> tuple[Integers, Clusters | None]:
    """The rows with a weight, and their clusters."""
    rows, clusters = np.flatnonzero(sample.weight > 0), sample.clusters
    return rows, None if clusters is None else clusters.take(rows)
