"""The widest distance of the classes' scores: what chance adds to it, and what of that the intervals leave out."""

from dataclasses import replace
from math import pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import airy
from statsmodels.stats.proportion import proportion_confint

from coronet.core.evidence import MetricFact, Task
from coronet.core.statistics import Columns, measure
from coronet.core.statistics.distances import MAXIMUM, MISSED, find_growth
from tests.core.statistics.rows import Array, binary_predictions
from tests.core.statistics.simulated import ALIKES, WORLDS
from tests.core.statistics.streaming.both_ways import asking, stream
from tests.core.statistics.streaming.test_state import bound_of, scores_of


def ks_of(columns: Columns) -> MetricFact:
    return measure(columns, asking(Task.BINARY, "ks", segments=()))[0]


def of_scores(label: Array, candidate: Array, champion: Array | None = None) -> Columns:
    return Columns(
        label=label,
        candidate=binary_predictions(candidate),
        champion=None if champion is None else binary_predictions(champion),
    )


def test_constants_are_those_of_their_sources() -> None:
    """Janson, Louchard and Martin-Löf's integral along the imaginary axis; Riemann's zeta at one half."""
    across = quad(lambda t: float((1j * t / airy(1j * t)[0] ** 2).real), -12, 12, limit=400)[0]
    assert pytest.approx(-across * 2 ** (-1 / 3) / (2 * pi), abs=1e-6) == MAXIMUM
    assert pytest.approx(-zeta_at_half() / sqrt(2 * pi), abs=1e-4) == MISSED


def zeta_at_half() -> float:
    """By its alternating series, (1 − 2^(1 − s)) ζ(s) = Σ (−1)^(k − 1) k^(−s), whose last two sums are averaged."""
    sums = np.cumsum([(-1) ** (k - 1) / sqrt(k) for k in range(1, 200_001)])
    return float((sums[-1] + sums[-2]) / 2 / (1 - sqrt(2)))


@given(curvature=st.floats(2e3, 1e5), steps=st.integers(300, 3000))
def test_what_chance_adds_to_a_parabola_is_found_again(curvature: float, steps: int) -> None:
    """A distance that falls like c v² ÷ 2 by the clock, and at its top is raised by what is to be expected."""
    clock = np.linspace(-0.02, 0.02, 2 * steps + 1)
    growth = MAXIMUM * curvature ** (-1 / 3) - MISSED * sqrt(0.02 / steps)
    apart = 0.5 - curvature * clock**2 / 2
    apart[steps] += growth
    found = find_growth(apart, clock, np.array([0.8, 0.7]), np.array([40.0, 50.0]), 0.95)
    assert found == pytest.approx(growth, rel=0.03)


def test_two_scores_have_nothing_that_chance_could_choose() -> None:
    label = np.repeat([1, 1, 0, 0], [40, 10, 15, 35])
    scores = np.repeat([0.9, 0.1, 0.9, 0.1], [40, 10, 15, 35])
    fact = ks_of(of_scores(label, scores))
    ends = [proportion_confint(hits, 50, method="wilson") for hits in (40, 35)]
    below, above = (sqrt((ends[0][side] - 0.8) ** 2 + (ends[1][side] - 0.7) ** 2) for side in (0, 1))
    assert fact.candidate == pytest.approx(0.5)
    assert fact.interval == pytest.approx((0.5 - below, 0.5 + above), abs=1e-12)


def test_turning_the_scores_round_changes_nothing() -> None:
    columns = WORLDS[Task.BINARY].draw(np.random.default_rng(4), 300)
    assert columns.champion is not None
    turned = replace(
        columns,
        candidate=binary_predictions(1 - scores_of(columns.candidate)),
        champion=binary_predictions(1 - scores_of(columns.champion)),
    )
    one, other = ks_of(columns), ks_of(turned)
    for name in ("candidate", "difference", "interval", "candidate_interval"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-9), name


def test_of_all_that_is_said_the_middle_is_below_the_value() -> None:
    """What was chosen as the widest of many is wider than it would be of other rows."""
    fact = ks_of(ALIKES[Task.BINARY].draw(np.random.default_rng(4), 1000))
    assert fact.candidate is not None
    assert fact.candidate_interval is not None
    assert sum(fact.candidate_interval) / 2 < fact.candidate - 0.005


def test_clusters_of_alike_rows_count_once() -> None:
    columns = WORLDS[Task.BINARY].draw(np.random.default_rng(5), 400)
    five = replace(columns.take(np.repeat(np.arange(400), 5)), cluster=np.repeat(np.arange(400), 5))
    alone, together = ks_of(columns), ks_of(five)
    assert together.candidate == pytest.approx(alone.candidate)
    for name in ("interval", "candidate_interval"):
        assert width(getattr(together, name)) == pytest.approx(width(getattr(alone, name)), rel=0.1)


def test_one_cluster_of_a_class_gives_no_interval() -> None:
    label = np.array([1, 1, 0, 0, 0, 0])
    scores = np.array([0.9, 0.4, 0.5, 0.1, 0.2, 0.3])
    columns = replace(of_scores(label, scores), cluster=np.array([0, 0, 1, 1, 2, 2]))
    fact = ks_of(columns)
    assert fact.candidate is not None
    assert (fact.interval, fact.problem) == (None, "one cluster of a class gives no interval")


@pytest.mark.parametrize("metric", ["ks", "average_precision"])
def test_models_that_rank_alike_are_one_row_apart_when_streamed(metric: str) -> None:
    columns = WORLDS[Task.BINARY].draw(np.random.default_rng(6), 500)
    same = replace(columns, champion=columns.candidate)
    asked = asking(Task.BINARY, metric, segments=())
    (exact,), (streamed,) = measure(same, asked), stream(same, asked)
    assert streamed.difference == exact.difference == 0
    assert exact.interval is not None
    assert streamed.interval is not None
    assert width(streamed.interval) == pytest.approx(width(exact.interval) + 2 * bound_of(streamed), rel=0.05)


def width(interval: tuple[float, float]) -> float:
    return interval[1] - interval[0]
