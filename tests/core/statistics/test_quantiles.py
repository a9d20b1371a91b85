"""Intervals of quantiles by order statistics."""

import numpy as np
import pytest
from scipy.stats import binom

from coronet.core.statistics.quantiles import quantile_interval


def ranks(rows: int, share: float, confidence: float) -> tuple[int, int] | None:
    """The ranks of the two ends: of the numbers 1 to n each is its own rank."""
    _, interval = quantile_interval(np.random.default_rng(1).permutation(np.arange(1.0, rows + 1)), share, confidence)
    return (int(interval[0]), int(interval[1])) if interval else None


@pytest.mark.parametrize("share", [0.5, 0.95])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("rows", [20, 73, 200, 1000])
def test_each_end_errs_with_half_of_the_rest_and_no_narrower_one_does(
    rows: int, share: float, confidence: float
) -> None:
    found, error = ranks(rows, share, confidence), (1 - confidence) / 2
    if found is None:
        assert binom.cdf(rows - 1, rows, share) < 1 - error
        return
    low, high = found
    assert binom.cdf(low - 1, rows, share) <= error < binom.cdf(low, rows, share)
    assert binom.cdf(high - 1, rows, share) >= 1 - error > binom.cdf(high - 2, rows, share)


def test_the_median_of_twenty_lies_between_the_sixth_and_the_fifteenth() -> None:
    """Hahn and Meeker, table A.16."""
    assert ranks(20, 0.5, 0.95) == (6, 15)


def test_the_95th_percentile_needs_72_numbers() -> None:
    """1 − 0.95⁷² is the first above 0.975."""
    assert ranks(71, 0.95, 0.95) is None
    assert ranks(72, 0.95, 0.95) is not None


def test_of_one_number_there_is_a_value_and_no_interval() -> None:
    assert quantile_interval(np.array([7.0]), 0.5, 0.95) == (7.0, None)


def test_ties_share_their_value() -> None:
    assert quantile_interval(np.full(100, 3.0), 0.5, 0.95) == (3.0, (3.0, 3.0))


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_the_true_quantile_is_covered(share: float) -> None:
    """Of skewed times, 2,000 draws: at least 95 %, and for so discrete an interval not much more."""
    generator, truth, held = np.random.default_rng(20_261_120), float(-np.log(1 - share)), 0
    for _ in range(2_000):
        _, interval = quantile_interval(generator.exponential(size=200), share, 0.95)
        held += interval is not None and interval[0] <= truth <= interval[1]
    assert 0.94 <= held / 2_000 <= 0.985
