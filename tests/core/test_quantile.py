"""The quantiles behind every interval."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from coronet.core.quantile import normal_quantile, student_quantile


@pytest.mark.parametrize(("confidence", "quantile"), [(0.95, 1.959964), (0.9, 1.644854), (0.99, 2.575829)])
def test_the_quantile_is_two_sided(confidence: float, quantile: float) -> None:
    assert normal_quantile(confidence) == pytest.approx(quantile, abs=1e-6)


def test_the_quantile_is_finite_however_sure_one_asks_to_be() -> None:
    assert 8 < normal_quantile(math.nextafter(1, 0)) < 9


@given(st.floats(0.01, 0.9999), st.floats(0.2, 1e9))
def test_students_quantile_is_scipys(confidence: float, freedom: float) -> None:
    wanted = float(special.stdtrit(freedom, 0.5 + confidence / 2))
    assert student_quantile(confidence, freedom) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("freedom", [1, 2, 29.9, 30, 999, 1_000, 9_999])
def test_students_quantile_is_as_exact_at_every_seam(freedom: float) -> None:
    wanted = float(special.stdtrit(freedom, 0.975))
    assert student_quantile(0.95, freedom) == pytest.approx(wanted, rel=1e-12)


def test_students_quantile_of_next_to_no_freedom_is_beyond_floats() -> None:
    assert student_quantile(0.95, 1e-3) == math.inf
    assert student_quantile(0.95, 1e-9) == math.inf
