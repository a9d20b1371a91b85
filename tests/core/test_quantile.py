"""The quantile behind every interval."""

import math

import pytest

from coronet.core.quantile import normal_quantile


@pytest.mark.parametrize(("confidence", "quantile"), [(0.95, 1.959964), (0.9, 1.644854), (0.99, 2.575829)])
def test_the_quantile_is_two_sided(confidence: float, quantile: float) -> None:
    assert normal_quantile(confidence) == pytest.approx(quantile, abs=1e-6)


def test_the_quantile_is_finite_however_sure_one_asks_to_be() -> None:
    assert 8 < normal_quantile(math.nextafter(1, 0)) < 9
