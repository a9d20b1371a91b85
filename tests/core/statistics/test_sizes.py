"""Sizes of normal numbers, corrected for what noise adds, against draws of them."""

import numpy as np
import pytest

from coronet.core.statistics.sizes import correct, expand, expect, powers

CENTRES = np.array([0.0, 0.3, 0.8, 1.5, 2.5, 6.0, 40.0])


def draw(correlation: float, draws: int = 400_000) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Pairs of noise, (2, draws)."""
    first, second = np.random.default_rng(1).standard_normal((2, draws))
    return np.stack([first, correlation * first + np.sqrt(1 - correlation**2) * second])


def test_what_is_expected_is_the_mean_of_draws() -> None:
    noise = draw(0.0)[0]
    found = [correct(centre + noise).mean() for centre in CENTRES]
    assert expect(CENTRES) == pytest.approx(found, abs=0.01)
    assert expect(-CENTRES) == pytest.approx(expect(CENTRES))


def test_a_corrected_size_is_nearly_right_on_average() -> None:
    off = expect(CENTRES) - CENTRES
    assert off[0] == pytest.approx(0.39, abs=0.01)
    assert np.abs(off[2:]).max() < 0.1
    assert off[-2:] == pytest.approx([0, 0], abs=1e-3)


@pytest.mark.parametrize("correlation", [-0.6, 0.0, 0.4, 0.9, 1.0])
def test_two_sizes_covary_as_draws_do(correlation: float) -> None:
    noise = draw(correlation)
    weights = powers(np.array(correlation))
    for one, other in ((0.0, 0.0), (0.4, 0.6), (0.8, -1.5), (-2.5, 2.5), (6.0, 40.0)):
        expected = np.cov(correct(one + noise[0]), correct(other + noise[1]))[0, 1]
        found = float((expand(np.array(one)) * weights) @ expand(np.array(other)))
        assert found == pytest.approx(expected, abs=0.06)


def test_a_size_varies_as_its_draws_do_whatever_it_is() -> None:
    noise = draw(0.0)[0]
    expected = [correct(centre + noise).var() for centre in CENTRES]
    assert (expand(CENTRES) ** 2).sum(axis=0) == pytest.approx(expected, abs=0.01)


def test_far_from_0_a_size_is_the_number_without_its_sign() -> None:
    assert correct(np.array([-50.0, 50.0])) == pytest.approx([50, 50])
    assert expand(np.array([-50.0]))[:, 0] == pytest.approx([-1, 0, 0, 0, 0])
