"""Sums of what rows add to bins, and metrics that have kinks in them: the calibration error and the widest distance.

The sums of many rows are nearly normal, whatever the rows are, and their covariances are known in closed form, also
of both models together, of weighted rows and of clusters. So the sums are drawn, and not the rows: the multiplier
bootstrap, van der Vaart and Wellner, Weak Convergence and Empirical Processes (1996), section 2.9.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from scipy.special import stdtrit

from coronet.core.quantile import normal_quantile
from coronet.core.statistics.clusters import CLUSTER, ROW, Clusters
from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.sample import Sample, Undefined

# Clusters whose totals are in memory at once.
_BLOCK = 1 << 14
# Keeps covariances from having no root where a bin has no rows, as a share of them all.
_JITTER = 1e-12


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Bins:
    """Row i adds `share[i]` × `numbers[i]` to bin `codes[i]`, all (n,); the shares of each of `sides` sum to 1.

    The rows that count alone, with their `clusters`.
    """

    value: float
    bins: int
    codes: Integers
    numbers: Floats
    share: Floats
    sides: Integers
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
        """Raises Undefined where a side has one row, or one cluster."""
        both = len(np.unique(self.sides)) > 1
        unit = ROW if self.clusters is None else CLUSTER
        for side in np.unique(self.sides):
            rows = self.sides == side
            units = rows.sum() if self.clusters is None else len(np.unique(self.clusters.codes[rows]))
            if units < 2:
                raise Undefined(f"one {unit} of a class gives no interval" if both else f"one {unit} gives no interval")

    def is_same(self, other: Self) -> bool:
        return np.array_equal(self.codes, other.codes) and np.array_equal(self.numbers, other.numbers)

    def sums_of(self, side: int) -> Floats:
        rows = self.sides == side
        return np.bincount(self.codes[rows], weights=(self.share * self.numbers)[rows], minlength=self.bins).astype(
            np.float64
        )


def covariance(one: Bins, other: Bins) -> Floats:
    """Of the sums of both, (bins, bins); they are of the same rows, or the same."""
    if one.clusters is not None:
        return _of_clusters(one, other, one.clusters)
    sides = np.unique(one.sides)
    return np.asarray(sum((_of_rows(one, other, side) for side in sides), np.zeros((one.bins, other.bins))))


def draw_sums(models: list[Bins], *, draws: int, seed: int, confidence: float) -> list[Floats]:
    """How far from its sums each model's are in each draw, (draws, bins); Student's, where there are few clusters."""
    whole = np.block([[covariance(one, other) for other in models] for one in models])
    whole[np.diag_indices(len(whole))] += _JITTER * max(float(np.trace(whole)), 1e-300)
    random = np.random.Generator(np.random.Philox(seed))
    drawn = random.standard_normal((draws, len(whole))) @ np.linalg.cholesky(whole).T
    level = 0.5 + confidence / 2
    drawn *= stdtrit(max(models[0].effective - 1, 1), level) / normal_quantile(confidence)
    return np.split(drawn, np.cumsum([each.bins for each in models])[:-1], axis=1)


def _of_rows(one: Bins, other: Bins, side: int) -> Floats:
    """Σ share² (x − X)(y − Y)ᵀ of one side's rows, whose sums are X and Y, as for the variance of a mean."""
    rows = one.sides == side
    squares, ours, theirs = one.share[rows] ** 2, one.codes[rows], other.codes[rows]
    x, y = one.numbers[rows], other.numbers[rows]
    products = np.bincount(ours * other.bins + theirs, weights=squares * x * y, minlength=one.bins * other.bins)
    twice_x = np.bincount(ours, weights=squares * x, minlength=one.bins)
    twice_y = np.bincount(theirs, weights=squares * y, minlength=other.bins)
    mean_x, mean_y = one.sums_of(side), other.sums_of(side)
    spread = products.reshape(one.bins, other.bins) - np.outer(twice_x, mean_y) - np.outer(mean_x, twice_y)
    return np.asarray((spread + squares.sum() * np.outer(mean_x, mean_y)) * len(squares) / (len(squares) - 1))


def _of_clusters(one: Bins, other: Bins, clusters: Clusters) -> Floats:
    total, many = np.zeros((one.bins, other.bins)), len(clusters)
    order = np.argsort(clusters.codes, kind="stable")
    ends = np.searchsorted(clusters.codes[order], np.arange(0, many + _BLOCK, _BLOCK))
    for start, end in pairwise(ends):
        rows = order[start:end]
        codes = clusters.codes[rows] % _BLOCK
        total += _totals(one, rows, codes).T @ _totals(other, rows, codes)
    return total * many / (many - 1)


def _totals(bins: Bins, rows: Integers, clusters: Integers) -> Floats:
    """What each cluster of some rows adds to each bin, less its part of the sums, (clusters, bins)."""
    many = int(clusters.max(initial=0)) + 1
    added = np.bincount(
        clusters * bins.bins + bins.codes[rows],
        weights=(bins.share * bins.numbers)[rows],
        minlength=many * bins.bins,
    ).reshape(many, bins.bins)
    for side in np.unique(bins.sides):
        parts = np.where(bins.sides[rows] == side, bins.share[rows], 0.0)
        added = added - np.outer(np.bincount(clusters, weights=parts, minlength=many), bins.sums_of(side))
    return np.asarray(added)


def counting(sample: Sample) -> tuple[Integers, Clusters | None]:
    """The rows with a weight, and their clusters."""
    rows, clusters = np.flatnonzero(sample.weight > 0), sample.clusters
    return rows, None if clusters is None else clusters.take(rows)
