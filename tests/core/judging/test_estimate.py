"""Numbers with intervals against bars."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.decision import Result
from coronet.core.judging.estimate import Estimate, at_least, better_by, point, spread, weighted_mean

NUMBERS = st.floats(-10, 10)
WIDTHS = st.floats(0, 5)
ORDER = [Result.FAIL, Result.INCONCLUSIVE, Result.PASS]


def about(value: float, half: float) -> Estimate:
    return Estimate(value=value, lower=value - half, upper=value + half)


estimates = st.builds(about, NUMBERS, WIDTHS)


@pytest.mark.parametrize(
    ("lower", "upper", "result"),
    [
        (0.03, 0.05, "pass"),
        (0.02, 0.05, "pass"),  # the bar itself is good enough
        (0.92 - 0.90, 0.05, "pass"),  # which rounding does not change
        (0.0199, 0.05, "inconclusive"),
        (0.01, 0.02, "inconclusive"),
        (0.01, 0.0199, "fail"),
    ],
)
def test_to_reach_a_bar_is_inclusive(lower: float, upper: float, result: str) -> None:
    assert at_least(Estimate(value=lower, lower=lower, upper=upper), 0.02) == result


@pytest.mark.parametrize(
    ("lower", "upper", "margin", "result"),
    [
        (0.001, 0.02, 0.0, "pass"),
        (0.0, 0.02, 0.0, "inconclusive"),  # equal is not better
        (-0.01, 0.02, 0.0, "inconclusive"),
        (-0.01, 0.0, 0.0, "fail"),  # nowhere better
        (0.0, 0.0, 0.0, "fail"),
        (-0.02, -0.01, 0.0, "fail"),
        (0.05, 0.08, 0.05, "pass"),  # by at least the margin
        (0.04, 0.08, 0.05, "inconclusive"),
        (0.01, 0.04, 0.05, "fail"),  # better, and not by enough
        (0.01, 0.05, 0.05, "inconclusive"),
    ],
)
def test_superior_is_strictly_better_and_by_the_margin(lower: float, upper: float, margin: float, result: str) -> None:
    assert better_by(Estimate(value=(lower + upper) / 2, lower=lower, upper=upper), margin) == result


@given(estimates, NUMBERS, st.floats(0, 5), st.floats(0, 5))
def test_a_wider_interval_never_decides_what_was_open(made: Estimate, bar: float, below: float, above: float) -> None:
    wider = Estimate(value=made.value, lower=made.lower - below, upper=made.upper + above)
    for compare in (at_least, better_by):
        narrow = compare(made, abs(bar))
        assert compare(wider, abs(bar)) in (narrow, Result.INCONCLUSIVE)


@given(estimates, NUMBERS, st.floats(0, 5))
def test_a_better_candidate_never_does_worse(made: Estimate, bar: float, gain: float) -> None:
    better = Estimate(value=made.value + gain, lower=made.lower + gain, upper=made.upper + gain)
    for compare in (at_least, better_by):
        assert ORDER.index(compare(better, abs(bar))) >= ORDER.index(compare(made, abs(bar)))


@given(estimates, st.floats(-3, 3))
def test_other_units_keep_the_interval_the_right_way_round(made: Estimate, factor: float) -> None:
    scaled = made.scaled(factor)
    assert scaled.is_sound
    assert scaled.value == made.value * factor
    assert {scaled.lower, scaled.upper} == {made.lower * factor, made.upper * factor}


@pytest.mark.parametrize(
    ("made", "factor", "lower", "upper"),
    [
        (Estimate(value=0, lower=-1, upper=2), 2.0, -2, 4),
        (Estimate(value=0, lower=-1, upper=2), 0.5, -0.5, 1),
        (Estimate(value=0, lower=1, upper=2), 2.0, 1, 3),  # the value lies outside: not one step nearer to pass
        (Estimate(value=3, lower=1, upper=2), 2.0, 0, 2),
    ],
)
def test_more_confidence_is_a_wider_interval(made: Estimate, factor: float, lower: float, upper: float) -> None:
    stretched = made.stretched(factor)
    assert (stretched.value, stretched.lower, stretched.upper) == (made.value, lower, upper)


@given(NUMBERS, NUMBERS, WIDTHS, st.floats(1, 5))
def test_stretched_intervals_hold_the_narrower_ones(value: float, lower: float, width: float, factor: float) -> None:
    made = Estimate(value=value, lower=lower, upper=lower + width)
    stretched = made.stretched(factor)
    assert stretched.lower <= made.lower + 1e-9
    assert stretched.upper >= made.upper - 1e-9


def test_a_difference_of_independent_values_is_movers() -> None:
    """Squares of the distances add: 3 and 4 make 5."""
    high, low = Estimate(value=0.9, lower=0.87, upper=0.94), Estimate(value=0.5, lower=0.47, upper=0.54)
    gap = spread(high, low)
    assert gap.value == pytest.approx(0.4)
    assert gap.lower == pytest.approx(0.4 - 0.05)
    assert gap.upper == pytest.approx(0.4 + 0.05)


def test_a_mean_by_weight() -> None:
    """(1 × 0.1 + 3 × 0.3) ÷ 4 = 0.25, and √((1 × 0.04)² + (3 × 0.01)²) ÷ 4 = 0.0125."""
    mean = weighted_mean([(1, about(0.1, 0.04)), (3, about(0.3, 0.01))])
    assert mean.value == pytest.approx(0.25)
    assert mean.lower == pytest.approx(0.2375)
    assert mean.upper == pytest.approx(0.2625)


def test_huge_numbers_are_no_numbers_rather_than_an_error() -> None:
    assert not spread(point(1.5e308), point(-1.5e308)).is_sound
    assert not spread(about(0.0, 1.5e308), about(0.0, 1.5e308)).is_sound
    assert not weighted_mean([(1e10, about(1e300, 1.0))]).is_sound


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_not_sound(broken: float) -> None:
    assert point(1.0).is_sound
    for values in ((broken, 0.0, 1.0), (0.5, broken, 1.0), (0.5, 0.0, broken)):
        assert not Estimate(value=values[0], lower=values[1], upper=values[2]).is_sound
    assert not Estimate(value=0.5, lower=1.0, upper=0.0).is_sound


def test_results_are_ordered_for_these_tests() -> None:
    assert [at_least(about(value, 0.1), 0.0) for value in (-1.0, 0.0, 1.0)] == ORDER
    assert all(first is not second for first, second in pairwise(ORDER))
