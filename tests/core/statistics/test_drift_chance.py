"""p-values of drift, against SciPy's."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special, stats

from coronet.core.statistics.drift.chance import EXPECTED, counts_p, kolmogorov_p


def floats(*rows: int) -> "np.typing.NDArray[np.float64]":
    return np.array(rows, dtype=np.float64)


@given(st.lists(st.tuples(st.integers(20, 300), st.integers(20, 300)), min_size=2, max_size=8))
def test_frequent_categories_are_pearsons_chi_square(table: list[tuple[int, int]]) -> None:
    before, now = np.array(table, dtype=np.float64).T
    expected = stats.contingency.expected_freq(np.stack([before, now]))
    assume(expected.min() >= EXPECTED)
    assert counts_p(before, now) == pytest.approx(
        stats.chi2_contingency([before, now], correction=False).pvalue, abs=1e-9
    )


@given(st.integers(0, 6), st.integers(0, 6), st.integers(1, 400), st.integers(1, 400))
def test_two_categories_of_which_one_is_rare_are_fishers_exact(rare: int, other: int, before: int, now: int) -> None:
    assume(rare + other > 0)
    least = min(before + rare, now + other) * min(rare + other, before + now) / (before + now + rare + other)
    assume(least < EXPECTED)
    expected = stats.fisher_exact([[before, rare], [now, other]]).pvalue
    assert counts_p(floats(before, rare), floats(now, other)) == pytest.approx(expected, abs=1e-9)


@given(st.floats(0, 1), st.integers(1, 10**6), st.integers(1, 10**6))
def test_distances_have_the_limit_laws_chance(distance: float, before: int, now: int) -> None:
    root = np.sqrt(before * now / (before + now))
    wanted = float(special.kolmogorov((root + 0.12 + 0.11 / root) * distance))
    assert kolmogorov_p(distance, before, now) == pytest.approx(wanted, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("statistic", [0.0, 0.2, 0.999_999, 1.0, 1.5, 5.0])
def test_the_limit_law_is_as_exact_at_every_seam(statistic: float) -> None:
    root = np.sqrt(50)
    distance = statistic / (root + 0.12 + 0.11 / root)
    assert kolmogorov_p(distance, 100, 100) == pytest.approx(float(special.kolmogorov(statistic)), rel=1e-13)


@pytest.mark.parametrize(
    ("before", "now"),
    [((9,), (9,)), ((0, 9), (0, 5)), ((5, 0), (0, 0)), ((0, 0), (0, 0)), ((), ())],
)
def test_nothing_to_tell_apart(before: tuple[int, ...], now: tuple[int, ...]) -> None:
    assert counts_p(floats(*before), floats(*now)) == 1.0


def test_rare_categories_are_one_with_as_many_as_they_need() -> None:
    """Ten of one row each are together ten; three are put to the next rarest."""
    ten = counts_p(floats(90, *[1] * 10), floats(80, *[2] * 10))
    assert ten == pytest.approx(stats.chi2_contingency([[90, 10], [80, 20]], correction=False).pvalue)
    three = counts_p(floats(60, 30, 1, 1, 1), floats(70, 20, 1, 1, 1))
    assert three == pytest.approx(stats.chi2_contingency([[60, 33], [70, 23]], correction=False).pvalue)


@pytest.mark.slow
@pytest.mark.parametrize("shares", [[0.97, 0.03], [0.9, *[0.01] * 10], [0.5, 0.3, 0.2], [0.6, *[0.001] * 400]])
def test_they_are_below_a_level_as_seldom_as_it_says(shares: list[float]) -> None:
    random = np.random.default_rng(1)
    draws = random.multinomial(120, np.array(shares) / sum(shares), size=(4_000, 2)).astype(np.float64)
    p = np.array([counts_p(before, now) for before, now in draws])
    for level in (0.05, 0.01):
        assert (p <= level).mean() <= level + 3 * np.sqrt(level / len(p))
