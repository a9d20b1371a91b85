"""Holm's procedure on intervals."""

from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.judging.estimate import Estimate
from coronet.core.judging.multiplicity import holm_below

Z = NormalDist().inv_cdf(0.975)


def at_score(z: float, bar: float = 0.0) -> Estimate:
    """An estimate that lies z standard errors (of 1) below the bar, with its 95 % interval."""
    return Estimate(value=bar - z, lower=bar - z - Z, upper=bar - z + Z)


def below(*scores: float, asked: int | None = None) -> list[bool]:
    return list(holm_below([at_score(z) for z in scores], 0.0, confidence=0.95, asked=asked))


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        # One-sided p-values against 0.025 ÷ 3, 0.025 ÷ 2, 0.025 ÷ 1: z of 2.394, 2.241, 1.960.
        ((2.0,), [True]),  # alone, as its interval says
        ((1.9,), [False]),
        ((2.0, 0.0, 0.0), [False, False, False]),  # among three it needs 2.394
        ((2.4, 0.0, 0.0), [True, False, False]),
        ((2.4, 2.25, 2.0), [True, True, True]),  # step by step
        ((2.0, 2.25, 2.4), [True, True, True]),  # in whatever order
        ((2.4, 2.2, 2.0), [True, False, False]),  # stopping where one is not certain
    ],
)
def test_steps_down_from_the_most_certain(scores: tuple[float, ...], expected: list[bool]) -> None:
    assert below(*scores) == expected


def test_those_not_listed_count_all_the_same() -> None:
    assert below(2.4, 2.25, asked=3) == [True, True]
    assert below(2.4, 2.25, asked=4) == [False, False]
    assert below(2.4, asked=3) == below(2.4, 0.0, 0.0)[:1]


def test_points_are_certain_of_what_they_say() -> None:
    points = [Estimate(value=value, lower=value, upper=value) for value in (-0.1, 0.0, 0.1)]
    assert holm_below(points, 0.0, confidence=0.95) == (True, False, False)


def test_nothing_asked_is_nothing_found() -> None:
    assert holm_below([], 0.0, confidence=0.95) == ()


@given(st.lists(st.floats(-5, 8), min_size=1, max_size=12))
def test_it_finds_less_than_each_alone_and_no_less_than_bonferroni(scores: list[float]) -> None:
    found = below(*scores)
    level = NormalDist().inv_cdf(1 - 0.025 / len(scores))
    for z, is_below in zip(scores, found, strict=True):
        assert not is_below or z >= Z - 1e-6
        assert is_below or z <= level + 1e-6
