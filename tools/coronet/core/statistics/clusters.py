"""Rows that belong together, as those of one customer: what one adds, all of its cluster add together.

A sum over the rows is then a sum over the clusters, and only those are independent: its variance is that of
their totals, times G ÷ (G − 1) of G clusters. Liang and Zeger, Biometrika 73 (1986),
https://doi.org/10.1093/biomet/73.1.13; Cameron and Miller, Journal of Human Resources 50 (2015),
https://doi.org/10.3368/jhr.50.2.317, section II.
"""

from dataclasses import dataclass

import numpy as np

from coronet.core.statistics.columns import Floats, Integers

ROW, CLUSTER = "row", "cluster"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Clusters:
    """Row i belongs to cluster `codes[i]`; `weight` is what the rows of each weigh together, above 0, (clusters,).

    Rows of weight 0 belong to any.
    """

    codes: Integers
    weight: Floats

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def effective(self) -> float:
        """How many clusters of equal weight tell as much: Carter, Schnepel and Steigerwald, Review of Economics
        and Statistics 99 (2017), https://doi.org/10.1162/REST_a_00639, with rows of a cluster that are alike.
        """
        return float(self.weight.sum() ** 2 / (self.weight**2).sum())

    def totals(self, numbers: Floats) -> Floats:
        """The sum of each cluster's `numbers`, (clusters,)."""
        return np.bincount(self.codes, weights=numbers, minlength=len(self)).astype(np.float64)

    def take(self, index: Integers) -> "Clusters":
        """The clusters of the rows at `index`; all that weigh something must be there."""
        return Clusters(codes=self.codes[index], weight=self.weight)

    def variance(self, moves: Floats) -> float:
        """The variance of the sum of what the rows add; of at least two clusters."""
        return float((self.totals(moves) ** 2).sum()) * len(self) / (len(self) - 1)


def gather(codes: Integers, weight: Floats) -> Clusters:
    """The clusters of rows with these weights; `codes` are (n,), from 0."""
    by_cluster = np.bincount(codes, weights=weight).astype(np.float64)
    there = by_cluster > 0
    if not there.all():
        places = np.cumsum(there) - 1
        codes = np.where(there[codes], places[codes], 0)
    return Clusters(codes=codes, weight=by_cluster[there])


def compact(codes: Integers) -> Integers:
    """The same clusters, numbered from 0 without gaps."""
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def design_effect(by_rows: float, by_clusters: float, *, without_spread: float) -> float:
    """How many times the variance is what it would be of independent rows, at least 1; Kish, Survey Sampling (1965).

    Where rows tell nothing of it, since none moves the value, it is `without_spread`.
    """
    return max(1.0, by_clusters / by_rows) if by_rows > 0 else max(1.0, without_spread)
