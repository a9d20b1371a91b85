"""Values agree with scikit-learn and SciPy wherever those have the metric, with and without case weights."""

from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as peer

from coronet.core.evidence import Task
from coronet.core.statistics import Columns, Predictions
from tests.core.statistics.references import (
    AVERAGED,
    OF_CLASSES,
    OF_NUMBERS,
    OF_POSITIVE,
    OF_PROBABILITIES,
    OF_SCORES,
)
from tests.core.statistics.rows import (
    BINARY,
    KINDS,
    Array,
    binary_predictions,
    binary_scores,
    class_predictions,
    class_scores,
    measure_one,
    number_predictions,
    prices,
    weights,
)

TOLERANCE = 1e-12
WEIGHTED = pytest.mark.parametrize("weighted", [False, True], ids=["even", "weighted"])


@WEIGHTED
@pytest.mark.parametrize("metric", [*OF_CLASSES, *OF_POSITIVE, *AVERAGED])
def test_metrics_of_two_classes(metric: str, weighted: bool) -> None:
    label, scores, _ = binary_scores()
    weight, prediction = _weight(label, weighted), binary_predictions(scores)
    expected = (OF_CLASSES | OF_POSITIVE | AVERAGED)[metric](label, prediction.codes, weight)
    fact = measure_one(Columns(label=label, candidate=prediction, weight=weight), Task.BINARY, metric, BINARY)
    assert fact.candidate == pytest.approx(expected, abs=TOLERANCE)


@WEIGHTED
@pytest.mark.parametrize("metric", [*OF_CLASSES, *AVERAGED])
def test_metrics_of_many_classes(metric: str, weighted: bool) -> None:
    label, scores, _ = class_scores()
    weight, prediction = _weight(label, weighted), class_predictions(scores)
    expected = (OF_CLASSES | AVERAGED)[metric](label, prediction.codes, weight)
    fact = measure_one(Columns(label=label, candidate=prediction, weight=weight), Task.MULTICLASS, metric, KINDS)
    assert fact.candidate == pytest.approx(expected, abs=TOLERANCE)


@WEIGHTED
@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "ties"])
@pytest.mark.parametrize("metric", OF_SCORES)
def test_metrics_of_scores(metric: str, ties: bool, weighted: bool) -> None:
    label, scores, _ = binary_scores(ties=ties)
    weight = _weight(label, weighted)
    columns = Columns(label=label, candidate=binary_predictions(scores), weight=weight)
    expected = OF_SCORES[metric](label, scores, weight)
    assert measure_one(columns, Task.BINARY, metric, BINARY).candidate == pytest.approx(expected, abs=TOLERANCE)


@WEIGHTED
@pytest.mark.parametrize("metric", OF_PROBABILITIES)
def test_metrics_of_the_probabilities_of_many_classes(metric: str, weighted: bool) -> None:
    label, scores, _ = class_scores()
    weight = _weight(label, weighted)
    columns = Columns(label=label, candidate=class_predictions(scores), weight=weight)
    expected = OF_PROBABILITIES[metric](label, scores, weight)
    assert measure_one(columns, Task.MULTICLASS, metric, KINDS).candidate == pytest.approx(expected, abs=TOLERANCE)


@WEIGHTED
@pytest.mark.parametrize("metric", OF_NUMBERS)
def test_metrics_of_numbers(metric: str, weighted: bool) -> None:
    label, values, _ = prices()
    weight = _weight(label, weighted)
    columns = Columns(label=label, candidate=number_predictions(values), weight=weight)
    expected = OF_NUMBERS[metric](label, values, weight)
    assert measure_one(columns, Task.REGRESSION, metric).candidate == pytest.approx(expected, rel=TOLERANCE)


@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "ties"])
def test_ks_is_the_two_sample_statistic(ties: bool) -> None:
    label, scores, _ = binary_scores(ties=ties)
    columns = Columns(label=label, candidate=binary_predictions(scores))
    expected = stats.ks_2samp(scores[label == 1], scores[label == 0]).statistic
    assert measure_one(columns, Task.BINARY, "ks", BINARY).candidate == pytest.approx(expected, abs=TOLERANCE)


def test_the_calibration_error_is_the_bins_distance_by_hand() -> None:
    label = np.array([1, 0, 1, 1, 0])
    scores = np.array([0.95, 0.95, 0.1, 0.15, 0.0])
    # bins: 0.95 twice, half right; 0.0 and 0.1 share the first bin, which is closed above; 0.15 alone
    expected = (abs(1.9 - 1) + abs(0.1 - 1) + abs(0.15 - 1)) / 5
    columns = Columns(label=label, candidate=binary_predictions(scores))
    assert measure_one(columns, Task.BINARY, "ece", BINARY).candidate == pytest.approx(expected, abs=TOLERANCE)


def test_the_calibration_error_of_many_classes_looks_at_the_highest_probability() -> None:
    label = np.array([0, 1, 2])
    scores = np.array([[0.8, 0.1, 0.1], [0.8, 0.1, 0.1], [0.2, 0.2, 0.6]])
    columns = Columns(label=label, candidate=class_predictions(scores))
    fact = measure_one(columns, Task.MULTICLASS, "ece", KINDS)
    assert fact.candidate == pytest.approx((abs(1.6 - 1) + abs(0.6 - 1)) / 3, abs=TOLERANCE)


def test_a_class_that_is_never_predicted_has_precision_0_in_the_mean() -> None:
    label, codes = np.array([0, 0, 1, 2]), np.array([0, 0, 0, 2])
    columns = Columns(label=label, candidate=Predictions(codes=codes))
    fact = measure_one(columns, Task.MULTICLASS, "precision_macro", KINDS)
    assert fact.candidate == pytest.approx(peer.precision_score(label, codes, average="macro", zero_division=0.0))


def test_a_sure_mistake_costs_what_the_clipping_leaves() -> None:
    columns = Columns(label=np.array([0, 1]), candidate=binary_predictions(np.array([1.0, 1.0])))
    fact = measure_one(columns, Task.BINARY, "log_loss", BINARY)
    assert fact.candidate == pytest.approx(peer.log_loss([0, 1], [1.0, 1.0]), abs=TOLERANCE)
    assert fact.candidate == pytest.approx(18.02, abs=0.01)
    assert "clipped at 2.2e-16" in fact.method


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "ks", "ece", "f1", "accuracy", "log_loss"])
def test_a_row_of_weight_3_is_three_rows(metric: str) -> None:
    label, scores, _ = binary_scores(60, ties=True)
    weight = weights(60)
    times = weight.astype(np.int64)
    weighted = Columns(label=label, candidate=binary_predictions(scores), weight=weight)
    repeated = Columns(label=np.repeat(label, times), candidate=binary_predictions(np.repeat(scores, times)))
    one, other = (measure_one(columns, Task.BINARY, metric, BINARY) for columns in (weighted, repeated))
    assert one.candidate == pytest.approx(other.candidate, abs=TOLERANCE)
    assert one.method.endswith("weighted")


def test_within_a_share_counts_the_border_and_exact_zeros() -> None:
    label = np.array([100.0, 100.0, 0.0, 0.0, -50.0])
    values = np.array([110.0, 110.5, 0.0, 0.1, -45.0])
    columns = Columns(label=label, candidate=number_predictions(values))
    assert measure_one(columns, Task.REGRESSION, "within_10_percent").candidate == 3 / 5


def _weight(label: Any, weighted: bool) -> Array | None:
    return weights(len(label)) if weighted else None
