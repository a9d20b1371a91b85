"""Sums of bins and their covariances, against matrices of what each row, or cluster, adds."""

import numpy as np
import pytest

from coronet.core.statistics.binned import Bins, covariance
from coronet.core.statistics.clusters import gather
from coronet.core.statistics.columns import Floats, Integers

ROWS = 40_000


def bins_of(bins: int, *, seed: int, sides: Integers, weight: Floats, cluster: Integers | None) -> Bins:
    random = np.random.default_rng(seed)
    totals = np.bincount(sides, weights=weight)
    return Bins(
        value=0.0,
        bins=bins,
        codes=random.integers(bins, size=ROWS),
        numbers=random.normal(size=ROWS),
        share=weight / totals[sides],
        sides=sides,
        clusters=None if cluster is None else gather(cluster, weight),
    )


def moves(made: Bins) -> Floats:
    """What each row adds to each bin, less its part of its side's sums, (rows, bins)."""
    added = np.zeros((ROWS, made.bins))
    added[np.arange(ROWS), made.codes] = made.numbers
    means = np.stack([(made.share[:, np.newaxis] * added)[made.sides == side].sum(axis=0) for side in (0, 1)])
    return np.asarray(made.share[:, np.newaxis] * (added - means[made.sides]))


@pytest.fixture
def sides() -> Integers:
    return np.random.default_rng(1).integers(2, size=ROWS)


@pytest.fixture
def weight() -> Floats:
    return np.random.default_rng(2).random(ROWS) + 0.5


def test_rows_of_each_side_vary_by_themselves(sides: Integers, weight: Floats) -> None:
    models = [bins_of(bins, seed=bins, sides=sides, weight=weight, cluster=None) for bins in (3, 4)]
    each = np.concatenate([moves(made) for made in models], axis=1)
    expected = sum(
        each[sides == side].T @ each[sides == side] * (sides == side).sum() / ((sides == side).sum() - 1)
        for side in (0, 1)
    )
    assert covariance(models) == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_clusters_vary_together_however_many_there_are(sides: Integers, weight: Floats) -> None:
    """More of them than are summed at once."""
    cluster = np.random.default_rng(3).permutation(ROWS) // 2
    models = [bins_of(bins, seed=bins, sides=sides, weight=weight, cluster=cluster) for bins in (3, 4)]
    each = np.concatenate([moves(made) for made in models], axis=1)
    totals = np.stack([np.bincount(cluster, weights=column) for column in each.T], axis=1)
    expected = totals.T @ totals * 20_000 / 19_999
    assert covariance(models) == pytest.approx(expected, rel=1e-9, abs=1e-15)
