"""Alarms among many: Holm, and Benjamini and Hochberg, on intervals."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from coronet.core.judging.estimate import Estimate
from coronet.core.judging.multiplicity import certainly_below
from coronet.core.policy import Correction

Z = NormalDist().inv_cdf(0.975)


def at_score(z: float, bar: float = 0.0) -> Estimate:
    """An estimate that lies z standard errors (of 1) below the bar, with its 95 % interval."""
    return Estimate(value=bar - z, lower=bar - z - Z, upper=bar - z + Z)


def below(*scores: float, asked: int | None = None, correction: Correction = Correction.HOLM) -> list[bool]:
    estimates = [at_score(z) for z in scores]
    return list(certainly_below(estimates, 0.0, confidence=0.95, asked=asked, correction=correction))


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
    assert certainly_below(points, 0.0, confidence=0.95) == (True, False, False)


def test_nothing_asked_is_nothing_found() -> None:
    assert certainly_below([], 0.0, confidence=0.95) == ()


@given(st.lists(st.floats(-5, 8), min_size=1, max_size=12))
def test_it_finds_less_than_each_alone_and_no_less_than_bonferroni(scores: list[float]) -> None:
    found = below(*scores)
    level = NormalDist().inv_cdf(1 - 0.025 / len(scores))
    for z, is_below in zip(scores, found, strict=True):
        assert not is_below or z >= Z - 1e-6
        assert is_below or z <= level + 1e-6


# --- Benjamini and Hochberg -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        # One-sided p-values against 0.025 × 1 ÷ 3, × 2 ÷ 3, × 3 ÷ 3: z of 2.394, 2.128, 1.960.
        ((2.0,), [True]),
        ((1.9,), [False]),
        ((2.0, 0.0, 0.0), [False, False, False]),
        ((2.2, 2.2, 0.0), [True, True, False]),  # Holm would find none of them
        ((2.0, 1.97, 2.0), [True, True, True]),  # the least certain carries the others
        ((2.5, 1.5, 2.2), [True, False, True]),
    ],
)
def test_steps_up_from_the_least_certain(scores: tuple[float, ...], expected: list[bool]) -> None:
    assert below(*scores, correction=Correction.BH) == expected


def test_without_a_correction_each_is_asked_alone() -> None:
    assert below(2.0, 0.0, 1.9, correction=Correction.NONE) == [True, False, False]


@pytest.mark.parametrize(("correction", "method"), [(Correction.HOLM, "holm"), (Correction.BH, "fdr_bh")])
@pytest.mark.parametrize("seed", range(20))
def test_each_becomes_an_alarm_at_the_level_that_statsmodels_says(
    correction: Correction, method: str, seed: int
) -> None:
    """Its adjusted p-value is the lowest level at which it is found: to one part in a billion."""
    random = np.random.default_rng(seed)
    scores = random.normal(1.5, 1.0, size=int(random.integers(1, 30)))
    tails = [NormalDist().cdf(-z) for z in scores.tolist()]
    for index, adjusted in enumerate(multipletests(tails, method=method)[1].tolist()):
        if adjusted < 0.4:
            assert _found_at(scores, adjusted * (1 + 1e-9), correction)[index]
            assert not _found_at(scores, adjusted * (1 - 1e-9), correction)[index]


@given(scores=st.lists(st.floats(-5, 8), min_size=1, max_size=12), more=st.integers(0, 9))
def test_those_whose_own_interval_says_nothing_need_not_be_listed(scores: list[float], more: int) -> None:
    alarms = [z for z in scores if below(z)[0]]
    for correction in (Correction.HOLM, Correction.BH):
        whole = below(*scores, *[0.0] * more, correction=correction)[: len(scores)]
        listed = below(*alarms, asked=len(scores) + more, correction=correction)
        assert listed == [found for z, found in zip(scores, whole, strict=True) if below(z)[0]]


@given(st.lists(st.floats(-5, 8), min_size=1, max_size=12))
def test_it_finds_no_less_than_holm_and_no_more_than_each_alone(scores: list[float]) -> None:
    holm, hochberg, alone = (below(*scores, correction=each) for each in Correction)
    assert all(not one or other for one, other in zip(holm, hochberg, strict=True))
    assert all(not one or other for one, other in zip(hochberg, alone, strict=True))


def _found_at(scores: "np.typing.NDArray[np.float64]", level: float, correction: Correction) -> tuple[bool, ...]:
    half = NormalDist().inv_cdf(1 - level)
    estimates = [Estimate(value=-z, lower=-z - half, upper=-z + half) for z in scores.tolist()]
    return certainly_below(estimates, 0.0, confidence=1 - 2 * level, correction=correction)
