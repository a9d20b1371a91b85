"""Closed forms against other programs and against their definitions written out."""

from dataclasses import replace
from itertools import product
from math import sqrt

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from coronet.core.catalogue import metric_names
from coronet.core.evidence import Task
from coronet.core.statistics import Columns
from coronet.core.statistics.intervals import (
    bonett_price,
    clip,
    logit_wald,
    one_row_each_way,
    student,
)
from coronet.core.wilson import wilson
from tests.core.statistics.rows import (
    BINARY,
    KINDS,
    Array,
    binary_predictions,
    binary_scores,
    class_predictions,
    class_scores,
    measure_binary,
    measure_numbers,
    measure_one,
    number_predictions,
    prices,
    weights,
)

LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@given(rows=st.integers(1, 500), share=st.floats(0, 1), level=LEVELS)
def test_wilson_is_scipys(rows: int, share: float, level: float) -> None:
    hits = round(share * rows)
    expected = stats.binomtest(hits, rows).proportion_ci(level, method="wilson")
    assert wilson(hits / rows, rows, confidence=level) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_bonett_and_price_by_hand() -> None:
    up, down = 21 / 202, 6 / 202
    half = 1.959963984540054 * sqrt((up + down - (up - down) ** 2) / 202)
    expected = (up - down - half, up - down + half)
    assert bonett_price(20 / 200, 5 / 200, 200, confidence=0.95) == pytest.approx(expected, abs=1e-12)


@given(rows=st.integers(1, 10_000), shares=st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)), level=LEVELS)
def test_bonett_and_price_always_have_a_width_and_hold_the_difference(
    rows: int, shares: tuple[float, float], level: float
) -> None:
    gained, lost = (round(share * rows) / rows for share in shares)
    low, high = bonett_price(gained, lost, rows, confidence=level)
    assert -1 <= low < high <= 1
    assert low - 1e-12 <= gained - lost <= high + 1e-12


def test_students_interval_is_scipys_paired_t() -> None:
    label, candidate, champion = prices(40)
    errors = [np.abs(values - label) for values in (candidate, champion)]
    expected = stats.ttest_rel(*errors).confidence_interval(0.95)
    fact = measure_numbers("mae", label, candidate, champion)
    assert fact.interval == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert fact.candidate_interval == pytest.approx(
        stats.t.interval(0.95, 39, errors[0].mean(), stats.sem(errors[0])), abs=1e-12
    )
    assert fact.method == "paired t"


def test_more_confidence_is_a_wider_interval() -> None:
    widths = [high - low for low, high in (student(0, 1, 10, confidence=level) for level in (0.8, 0.95, 0.99))]
    assert widths == sorted(widths)


@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "ties"])
def test_delong_is_its_definition_over_all_pairs(ties: bool) -> None:
    label, candidate, champion = binary_scores(120, ties=ties)
    placements = [_placements(label, scores) for scores in (candidate, champion)]
    areas = [float(of_positive.mean()) for of_positive, _ in placements]
    positive, negative = placements[0][0] - placements[1][0], placements[0][1] - placements[1][1]
    error = sqrt(positive.var(ddof=1) / len(positive) + negative.var(ddof=1) / len(negative))
    fact = measure_binary("roc_auc", label, candidate, champion)
    difference = areas[0] - areas[1]
    assert fact.difference == pytest.approx(difference, abs=1e-12)
    expected = (difference - 1.959963984540054 * error, difference + 1.959963984540054 * error)
    assert fact.interval == pytest.approx(expected, abs=1e-12)


def test_an_areas_own_interval_is_delongs_on_the_logit_scale() -> None:
    label, scores, _ = binary_scores(120)
    positive, negative = _placements(label, scores)
    area = float(positive.mean())
    error = sqrt(positive.var(ddof=1) / len(positive) + negative.var(ddof=1) / len(negative))
    fact = measure_binary("roc_auc", label, scores)
    assert fact.interval == fact.candidate_interval
    assert fact.interval == pytest.approx(logit_wald(area, error, confidence=0.95), abs=1e-12)


def test_gini_is_the_stretched_area() -> None:
    label, candidate, champion = binary_scores(120)
    area, gini = (measure_binary(metric, label, candidate, champion) for metric in ("roc_auc", "gini"))
    assert area.interval is not None
    assert area.candidate_interval is not None
    assert gini.interval == pytest.approx([2 * end for end in area.interval], abs=1e-12)
    assert gini.candidate_interval == pytest.approx([2 * end - 1 for end in area.candidate_interval], abs=1e-12)


@pytest.mark.parametrize(("task", "metric"), [(task, metric) for task in Task for metric in metric_names(task)])
def test_even_weights_change_nothing(task: Task, metric: str) -> None:
    """A weight says what a row counts beside the others, and not that there are more of them."""
    columns, classes = _both(task, 80)
    plain, weighted = (
        measure_one(replace(columns, weight=weight), task, metric, classes) for weight in (None, np.full(80, 2.5))
    )
    assert weighted.interval == pytest.approx(plain.interval, abs=1e-9)
    assert weighted.candidate_interval == pytest.approx(plain.candidate_interval, abs=1e-9)


@pytest.mark.parametrize(("task", "metric"), [(task, metric) for task in Task for metric in metric_names(task)])
def test_rows_that_weigh_next_to_nothing_tell_next_to_nothing(task: Task, metric: str) -> None:
    """Half of the rows alone give nearly what all of them give, where the rest hardly weigh."""
    columns, classes = _both(task, 400)
    half = np.arange(400) % 2 == 0
    (alone, beside) = (
        measure_one(each, task, metric, classes)
        for each in (columns.take(np.flatnonzero(half)), replace(columns, weight=np.where(half, 1.0, 1e-6)))
    )
    assert alone.interval is not None
    near = 0.05 * (alone.interval[1] - alone.interval[0])
    assert beside.interval == pytest.approx(alone.interval, abs=near)
    assert beside.candidate_interval == pytest.approx(alone.candidate_interval, abs=near)


def test_a_weighted_means_error_is_statsmodels_robust_one() -> None:
    label, candidate, champion = prices(60)
    weight = weights(60)
    columns = Columns(
        label=label, candidate=number_predictions(candidate), champion=number_predictions(champion), weight=weight
    )
    errors = np.abs(candidate - label) - np.abs(champion - label)
    fitted = sm.WLS(errors, np.ones(60), weights=weight).fit(cov_type="HC1")
    freedom = weight.sum() ** 2 / (weight**2).sum() - 1
    expected = stats.t.interval(0.95, freedom, float(fitted.params[0]), float(fitted.bse[0]))
    fact = measure_one(columns, Task.REGRESSION, "mae")
    assert fact.interval == pytest.approx(expected, abs=1e-9)


def test_uneven_weights_widen_the_interval() -> None:
    label, candidate, champion = binary_scores(80)
    sides = (binary_predictions(candidate), binary_predictions(champion))
    weight = np.where(np.arange(80) % 4 == 0, 50.0, 1.0)
    columns = [Columns(label=label, candidate=sides[0], champion=sides[1], weight=w) for w in (None, weight)]
    plain, uneven = (measure_one(each, Task.BINARY, "accuracy", BINARY) for each in columns)
    assert plain.interval is not None
    assert uneven.interval is not None
    assert uneven.interval[1] - uneven.interval[0] > plain.interval[1] - plain.interval[0]


def test_without_disagreement_a_bounded_metric_is_as_unsure_as_a_share() -> None:
    low, high = one_row_each_way(0, 98, 1, confidence=0.95)
    assert (low, high) == pytest.approx(bonett_price(0, 0, 98, confidence=0.95), abs=1e-12)


@given(
    ends=st.tuples(st.floats(-9, 9), st.floats(-9, 9)),
    lowest=st.none() | st.floats(-1, 0),
    highest=st.none() | st.floats(0, 1),
)
def test_clipping_stays_in_range_and_in_order(
    ends: tuple[float, float], lowest: float | None, highest: float | None
) -> None:
    low, high = clip((min(ends), max(ends)), lowest, highest)
    assert low <= high
    assert lowest is None or low >= lowest
    assert highest is None or high <= highest


def test_weights_matter_in_an_area() -> None:
    label, scores, _ = binary_scores(80)
    columns = [Columns(label=label, candidate=binary_predictions(scores), weight=w) for w in (None, weights(80))]
    plain, weighted = (measure_one(each, Task.BINARY, "roc_auc", BINARY) for each in columns)
    assert plain.candidate != weighted.candidate


def _both(task: Task, rows: int) -> tuple[Columns, tuple[str, ...]]:
    """Both models on rows of a task, and its classes."""
    if task is Task.REGRESSION:
        price, *values = prices(rows)
        numbers = [number_predictions(each) for each in values]
        return Columns(label=price, candidate=numbers[0], champion=numbers[1]), ()
    label, *scores = binary_scores(rows) if task is Task.BINARY else class_scores(rows)
    sides = [(binary_predictions if task is Task.BINARY else class_predictions)(each) for each in scores]
    return Columns(label=label, candidate=sides[0], champion=sides[1]), BINARY if task is Task.BINARY else KINDS


def _placements(label: NDArray[np.int64], scores: Array) -> tuple[Array, Array]:
    positive, negative = scores[label == 1], scores[label == 0]
    pairs = np.array([float(up > down) + 0.5 * float(up == down) for up, down in product(positive, negative)])
    table = pairs.reshape(len(positive), len(negative))
    return table.mean(axis=1), table.mean(axis=0)
