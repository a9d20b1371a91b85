"""Sums of sizes and their differences: ends that move as they should, and how often they hold the truth."""

import numpy as np
import pytest

from coronet.core.quantile import normal_quantile
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.hybrid import Pair, find_difference
from coronet.core.statistics.paths import Path, find_size
from coronet.core.statistics.signs import correlate

BINS = 10
SLOPE = np.linspace(1, -1, BINS)


def covariance(correlation: float = 0.3, error: float = 0.01) -> Floats:
    """Of two models with ten bins each, of which the same place is correlated."""
    return np.asarray(np.kron([[1, correlation], [correlation, 1]], np.eye(BINS)) * error**2, dtype=np.float64)


def of_one(sums: Floats, confidence: float = 0.95) -> tuple[float, float]:
    return find_size(sums, covariance()[:BINS, :BINS], confidence=confidence)


def of_both(ours: Floats, theirs: Floats, correlation: float = 0.3, confidence: float = 0.95) -> tuple[float, float]:
    return find_difference(ours, theirs, covariance(correlation), confidence=confidence)


def test_sums_that_stand_clear_of_noise_have_the_normal_interval() -> None:
    """Each size is then as unsure as its sum."""
    half = normal_quantile(0.95) * 0.01 * np.sqrt(BINS)
    sums = np.where(SLOPE > 0, 0.2, -0.2)
    assert of_one(sums) == pytest.approx((2 - half, 2 + half), rel=1e-4)
    apart = half * np.sqrt(2 * (1 - 0.3))
    assert of_both(sums, -1.5 * sums, -0.3) == pytest.approx((-1 - apart, -1 + apart), abs=0.02 * apart)


def test_noise_alone_may_be_none() -> None:
    low, high = of_one(0.01 * SLOPE)
    assert low == 0
    assert high > np.abs(0.01 * SLOPE).sum()


def test_less_than_noise_gives_is_as_much_as_was_found() -> None:
    sums = 0.001 * SLOPE
    assert of_one(sums, confidence=0.5) == pytest.approx((0, np.abs(sums).sum()))
    low, high = of_both(sums, sums[::-1], confidence=0.5)
    assert low <= 0 <= high


def test_larger_sums_are_larger_and_more_confidence_is_wider() -> None:
    found = [of_one(times * 0.01 * SLOPE) for times in range(1, 6)]
    assert found == sorted(found)
    assert [high for _, high in found] == sorted(high for _, high in found)
    widths = [
        high - low
        for confidence in (0.8, 0.95, 0.99, 0.999)
        for low, high in [of_both(0.02 * SLOPE, 0.04 * SLOPE, confidence=confidence)]
    ]
    assert widths == sorted(widths)
    assert widths[-1] > 1.5 * widths[1]


def test_models_that_change_places_change_the_sign() -> None:
    ours, theirs = 0.02 * SLOPE, 0.05 * SLOPE
    low, high = of_both(ours, theirs)
    assert of_both(theirs, ours) == pytest.approx((-high, -low), abs=0.02 * (high - low))
    assert low < np.abs(ours).sum() - np.abs(theirs).sum() < high


def test_a_model_without_error_leaves_the_other_ones_interval() -> None:
    """Bins without rows have no variance."""
    sums, whole = 0.05 * SLOPE, covariance(0.0)
    whole[BINS:, BINS:] = 0
    low, high = find_size(sums, whole[:BINS, :BINS], confidence=0.95)
    assert find_difference(sums, 0 * sums, whole, confidence=0.95) == pytest.approx((low, high), rel=0.02)


def test_models_alike_differ_by_less_than_models_apart() -> None:
    widths = [high - low for rho in (0.0, 0.5, 0.9, 0.99) for low, high in [of_both(0.03 * SLOPE, 0.03 * SLOPE, rho)]]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.3 * widths[0]


def test_signs_say_how_sizes_covary() -> None:
    """Where both lie on the same side of 0 sizes move together, else against each other."""
    sums = 0.05 * SLOPE
    assert correlate(np.concatenate([sums, sums]), covariance()) == pytest.approx(0.27, abs=0.03)
    assert correlate(np.concatenate([sums, -sums]), covariance()) == pytest.approx(-0.2, abs=0.05)
    assert correlate(np.concatenate([sums, sums]), covariance(1.0)) == pytest.approx(0.999)


def test_where_every_difference_is_plausible_the_ends_are_the_farthest() -> None:
    """Less was found than noise leads to, which says little."""
    path = Path.along(0.0 * SLOPE, covariance()[:BINS, :BINS])
    assert path.lack > 4
    ends = Pair(ours=path, theirs=path, correlation=0.3).find_interval(0.99999)
    assert ends == (-path.sizes[-1], path.sizes[-1])


TRUTHS = {
    "both off": (1.0, 2.5),
    "as good": (2.0, 2.0),
    "one without error": (0.0, 2.5),
    "the other without error": (3.0, 0.0),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", TRUTHS)
def test_the_truth_is_held_nineteen_times_in_twenty(kind: str) -> None:
    """And oftener where a model is without error: its interval begins at 0, and is wrong on one side alone."""
    random, whole = np.random.default_rng(1), covariance()
    ours, theirs = (0.01 * times * SLOPE for times in TRUTHS[kind])
    sums = np.concatenate([ours, theirs]) + random.standard_normal((2_000, 2 * BINS)) @ np.linalg.cholesky(whole).T
    difference, own = np.abs(ours).sum() - np.abs(theirs).sum(), np.abs(ours).sum()
    both = [find_difference(each[:BINS], each[BINS:], whole, confidence=0.95) for each in sums]
    alone = [of_one(each[:BINS]) for each in sums]
    assert 0.94 < np.mean([low <= difference <= high for low, high in both]) < 0.965
    assert 0.94 < np.mean([low <= own <= high for low, high in alone]) < (0.985 if own == 0 else 0.965)
