"""Sums of bins and their covariances, against matrices of what each row, or cluster, adds."""

import numpy as np
import pytest

from coronet.core.statistics.binned import Bins, covariance
from coronet.core.statistics.clusters import gather
from coronet.core.statistics.columns import Floats, Integers

ROWS = 40_000


def bins_of(bins: int, *, seed: int, weight: Floats, cluster: Integers | None) -> Bins:
    random = np.random.default_rng(seed)
    return Bins(
        value=0.0,
        bins=bins,
        codes=random.integers(bins, size=ROWS),
        numbers=random.normal(size=ROWS),
        share=weight / weight.sum(),
        clusters=None if cluster is None else gather(cluster, weight),
    )


def moves(made: Bins) -> Floats:
    """What each row adds to each bin, less its part of the sums, (rows, bins)."""
    added = np.zeros((ROWS, made.bins))
    added[np.arange(ROWS), made.codes] = made.numbers
    return np.asarray(made.share[:, np.newaxis] * (added - made.share @ added))


@pytest.fixture
def weight() -> Floats:
    return np.random.default_rng(2).random(ROWS) + 0.5


def test_rows_vary_by_themselves(weight: Floats) -> None:
    models = [bins_of(bins, seed=bins, weight=weight, cluster=None) for bins in (3, 4)]
    each = np.concatenate([moves(made) for made in models], axis=1)
    assert covariance(models) == pytest.approx(each.T @ each * ROWS / (ROWS - 1), rel=1e-9, abs=1e-15)


def test_clusters_vary_together_however_many_there_are(weight: Floats) -> None:
    """More of them than are summed at once."""
    cluster = np.random.default_rng(3).permutation(ROWS) // 2
    models = [bins_of(bins, seed=bins, weight=weight, cluster=cluster) for bins in (3, 4)]
    each = np.concatenate([moves(made) for made in models], axis=1)
    totals = np.stack([np.bincount(cluster, weights=column) for column in each.T], axis=1)
    expected = totals.T @ totals * 20_000 / 19_999
    assert covariance(models) == pytest.approx(expected, rel=1e-9, abs=1e-15)
