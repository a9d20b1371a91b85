"""The delta method: influences are derivatives, and intervals are what they say."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from coronet.core.evidence import Task
from coronet.core.statistics import Columns, Predictions
from coronet.core.statistics.confusion import CONFUSION
from coronet.core.statistics.intervals import one_row_each_way
from coronet.core.statistics.linear import Linearize
from coronet.core.statistics.numbers import LINEAR
from coronet.core.statistics.orders import ORDERS
from coronet.core.statistics.sample import Sample
from tests.core.statistics.rows import (
    BINARY,
    KINDS,
    Array,
    binary_scores,
    class_scores,
    measure_numbers,
    measure_one,
    prices,
    weights,
)

STEP = 1e-6


def classes_sample(rows: int = 40, *, seed: int = 0) -> Sample:
    random = np.random.default_rng(seed)
    label = random.integers(3, size=rows)
    codes = np.where(random.random(rows) < 0.7, label, random.integers(3, size=rows))
    return Sample(label=label, predictions=Predictions(codes=codes), weight=weights(rows), classes=KINDS)


def numbers_sample(rows: int = 40) -> Sample:
    label, values, _ = prices(rows)
    return Sample(label=label, predictions=Predictions(values=values), weight=weights(rows), classes=())


def scores_sample(rows: int = 60, *, ties: bool) -> Sample:
    label, scores, _ = binary_scores(rows, ties=ties)
    return Sample(label=label, predictions=Predictions(scores=scores), weight=weights(rows), classes=BINARY)


def probabilities_sample(rows: int = 40) -> Sample:
    label, scores, _ = class_scores(rows)
    return Sample(label=label, predictions=Predictions(scores=scores), weight=weights(rows), classes=KINDS)


CASES = [
    *((linearize, classes_sample()) for linearize in CONFUSION.values()),
    *((linearize, numbers_sample()) for linearize in LINEAR.values()),
    *((ORDERS["average_precision"], scores_sample(ties=ties)) for ties in (False, True)),
    *((linearize, probabilities_sample()) for name, linearize in ORDERS.items() if name != "average_precision"),
]
NAMES = [
    *CONFUSION,
    *LINEAR,
    *("average_precision", "average_precision with ties"),
    *(name for name in ORDERS if name != "average_precision"),
]


@pytest.mark.parametrize(("linearize", "sample"), CASES, ids=NAMES)
def test_an_influence_is_the_derivative_by_the_rows_weight(linearize: Linearize, sample: Sample) -> None:
    found = linearize(sample)
    for row in range(len(sample)):
        ends = [linearize(_heavier(sample, row, step)).value for step in (STEP, -STEP)]
        assert found.influence[row] == pytest.approx((ends[0] - ends[1]) / (2 * STEP), abs=1e-7)


@pytest.mark.parametrize(("linearize", "sample"), CASES, ids=NAMES)
def test_influences_cancel(linearize: Linearize, sample: Sample) -> None:
    """Twice the weight everywhere is the same value."""
    assert float((sample.weight * linearize(sample).influence).sum()) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("metric", ["f1", "precision", "recall", "balanced_accuracy", "f1_macro", "f1_weighted"])
def test_rows_alike_put_together_or_apart_are_the_same(metric: str) -> None:
    """Weights of 1 let rows be put together; that one of them is a hair heavier does not."""
    label, candidate, champion = binary_classes(300)
    together, apart = (
        measure_one(columns_of(label, candidate, champion, weight), Task.BINARY, metric, ("no", "yes"))
        for weight in (None, np.where(np.arange(300) == 0, 1 + 1e-12, 1.0))
    )
    assert together.interval == pytest.approx(apart.interval, abs=1e-9)
    assert together.candidate_interval == pytest.approx(apart.candidate_interval, abs=1e-9)


@given(factor=st.floats(0.01, 100), metric=st.sampled_from(["f1", "precision", "f1_macro", "recall_weighted"]))
@settings(max_examples=30)
def test_weights_count_by_their_proportions(factor: float, metric: str) -> None:
    label, candidate, champion = binary_classes(80)
    weight = weights(80)
    once, scaled = (
        measure_one(columns_of(label, candidate, champion, w), Task.BINARY, metric, ("no", "yes"))
        for w in (weight, factor * weight)
    )
    assert scaled.interval == pytest.approx(once.interval, abs=1e-9)
    assert scaled.candidate_interval == pytest.approx(once.candidate_interval, abs=1e-9)


def test_a_difference_of_precisions_by_hand() -> None:
    label, candidate, champion = (
        np.array([1, 1, 1, 0, 0, 1]),
        np.array([1, 1, 0, 1, 0, 1]),
        np.array([1, 0, 1, 1, 1, 0]),
    )
    fact = measure_one(columns_of(label, candidate, champion), Task.BINARY, "precision", ("no", "yes"))
    ours, theirs = 3 / 4, 2 / 4
    influence = np.array(
        [
            (1 - ours) / 4 - (1 - theirs) / 4,
            (1 - ours) / 4,
            -(1 - theirs) / 4,
            (theirs - ours) / 4,
            theirs / 4,
            (1 - ours) / 4,
        ]
    )
    error = sqrt((influence**2).sum() * 6 / 5 + 2 * (0.5 / 5) ** 2)
    middle, half = 0.25 * 4 / 5, stats.t.ppf(0.975, 5) * error
    assert fact.difference == pytest.approx(0.25)
    assert fact.interval == pytest.approx((middle - half, min(1.0, middle + half)), abs=1e-12)


def test_a_root_mean_squared_errors_own_interval_is_students_on_the_log_scale() -> None:
    label, values, _ = prices(60)
    squared = (values - label) ** 2
    value = sqrt(squared.mean())
    error = squared.std(ddof=1) / (2 * value) / sqrt(60)
    fact = measure_numbers("rmse", label, values)
    half = stats.t.ppf(0.975, 59) * error / value
    assert fact.interval == pytest.approx(np.exp([log(value) - half, log(value) + half]), rel=1e-12)


def test_the_difference_of_two_r2_is_that_of_the_squared_errors_over_the_spread() -> None:
    label, candidate, champion = prices(60)
    fact = measure_numbers("r2", label, candidate, champion)
    spread = label.var()
    gained = ((champion - label) ** 2 - (candidate - label) ** 2) / spread
    assert fact.difference == pytest.approx(gained.mean(), abs=1e-12)
    influence = gained - gained.mean() - gained.mean() * ((label - label.mean()) ** 2 / spread - 1)
    half = stats.t.ppf(0.975, 59) * sqrt((influence**2).sum() / 59 / 60)
    assert fact.interval == pytest.approx((gained.mean() - half, gained.mean() + half), abs=1e-9)


def test_large_labels_of_little_spread_keep_their_r2() -> None:
    label, values, _ = prices(60)
    assert measure_numbers("r2", label + 1e9, values + 1e9).candidate == pytest.approx(
        measure_numbers("r2", label, values).candidate, abs=1e-4
    )


def test_a_perfect_model_is_as_unsure_as_its_rows_are_few() -> None:
    label = np.array([0, 1] * 20)
    fact = measure_one(columns_of(label, label), Task.BINARY, "f1", ("no", "yes"))
    assert fact.candidate == 1
    assert fact.interval == pytest.approx((one_row_each_way(1, 20, 1, confidence=0.95)[0], 1), abs=1e-12)


def test_a_perfect_regression_has_no_error_and_no_width() -> None:
    label, _, _ = prices(20)
    fact = measure_numbers("rmse", label, label)
    assert (fact.candidate, fact.interval) == (0, (0, 0))


def test_two_models_that_agree_on_few_rows_prove_little() -> None:
    label, candidate, _ = binary_classes(12)
    fact = measure_one(columns_of(label, candidate, candidate), Task.BINARY, "f1", ("no", "yes"))
    assert fact.difference == 0
    assert fact.interval is not None
    assert fact.interval[1] > 0.1


def test_an_error_beyond_all_numbers_has_no_interval() -> None:
    label = np.zeros(3)
    fact = measure_numbers("rmse", label, np.array([1e90, 0.0, 0.0]))
    assert fact.candidate is not None
    assert fact.interval is None or all(np.isfinite(fact.interval))


def binary_classes(rows: int) -> tuple[Array, Array, Array]:
    random = np.random.default_rng(4)
    label = random.integers(2, size=rows)
    wrong = [random.random(rows) < share for share in (0.15, 0.25)]
    return label, *(np.where(miss, 1 - label, label) for miss in wrong)  # type: ignore[return-value]


def columns_of(label: Array, candidate: Array, champion: Array | None = None, weight: Array | None = None) -> Columns:
    return Columns(
        label=label,
        candidate=Predictions(codes=candidate.astype(np.int64)),
        champion=None if champion is None else Predictions(codes=champion.astype(np.int64)),
        weight=weight,
    )


def _heavier(sample: Sample, row: int, step: float) -> Sample:
    weight = sample.weight.copy()
    weight[row] += step
    return Sample(label=sample.label, predictions=sample.predictions, weight=weight, classes=sample.classes)
