"""What guessing is worth: a predictor that knows nothing but how often each answer comes."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import accuracy_score, average_precision_score, brier_score_loss, log_loss, mean_absolute_error

from coronet.core.catalogue import METRICS, metric_names
from coronet.core.evidence import Baseline, LabelSource, MetricFact, Task
from coronet.core.statistics import Columns, Specification
from coronet.core.statistics.columns import Constants, Pictures
from coronet.core.statistics.trivial import Kind, find_constants, group_metrics, measure_trivial, stand_in
from tests.core.statistics.rows import BINARY, KINDS, binary_predictions, binary_scores, number_predictions, prices
from tests.core.statistics.streaming.both_ways import rows_of

CLASSES = {Task.BINARY: BINARY, Task.MULTICLASS: KINDS, Task.REGRESSION: ()}


def baseline(columns: Columns, task: Task, *metrics: str, constants: Constants | None = None) -> Baseline:
    pictures = Pictures(constants=constants)
    asked = Specification(task=task, metrics=metrics, classes=CLASSES[task], draws=200, pictures=pictures)
    return measure_trivial(columns, asked)


def fact_of(made: Baseline, metric: str) -> MetricFact:
    (found,) = [fact for fact in made.metrics if fact.metric == metric]
    return found


def test_it_is_worth_what_scikit_learns_dummies_are() -> None:
    label, scores, _ = binary_scores(400)
    columns = Columns(label=label, candidate=binary_predictions(scores))
    made = baseline(columns, Task.BINARY, "accuracy", "log_loss", "brier", "average_precision", "roc_auc", "gini", "ks")
    rows = np.zeros((400, 1))
    prior = DummyClassifier(strategy="prior").fit(rows, label)
    said = prior.predict_proba(rows)[:, 1]
    wanted = {
        "accuracy": accuracy_score(label, prior.predict(rows)),
        "log_loss": log_loss(label, said),
        "brier": brier_score_loss(label, said),
        "average_precision": average_precision_score(label, said),
        "roc_auc": 0.5,
        "gini": 0.0,
        "ks": 0.0,
    }
    assert {fact.metric: fact.champion for fact in made.metrics} == pytest.approx(wanted, abs=1e-12)


def test_of_numbers_it_says_the_mean_where_errors_are_squared_and_the_median_where_they_are_not() -> None:
    label, values, _ = prices(400)
    columns = Columns(label=label, candidate=number_predictions(values))
    made = baseline(columns, Task.REGRESSION, "mae", "rmse", "r2", "mdape", "within_10_percent")
    rows = np.zeros((400, 1))
    median = DummyRegressor(strategy="median").fit(rows, label).predict(rows)
    assert fact_of(made, "mae").champion == pytest.approx(mean_absolute_error(label, median))
    assert fact_of(made, "rmse").champion == pytest.approx(label.std())
    assert fact_of(made, "r2").champion == pytest.approx(0, abs=1e-12)
    assert made.predicts == {"mean": pytest.approx(label.mean()), "median": pytest.approx(np.median(label))}


def test_precision_and_f1_are_held_against_calling_everything_positive() -> None:
    label = np.array([0] * 70 + [1] * 30)
    columns = Columns(label=label, candidate=binary_predictions(np.where(label, 0.9, 0.1)))
    made = baseline(columns, Task.BINARY, "precision", "f1", "recall", "balanced_accuracy")
    assert fact_of(made, "precision").champion == pytest.approx(0.3)
    assert fact_of(made, "f1").champion == pytest.approx(2 * 0.3 / 1.3)
    assert fact_of(made, "recall").champion == 0
    assert fact_of(made, "balanced_accuracy").champion == 0.5
    assert [fact.metric for fact in made.metrics] == ["precision", "f1", "recall", "balanced_accuracy"]


@pytest.mark.parametrize("task", list(Task))
def test_every_metric_has_a_trivial_value_or_a_reason(task: Task) -> None:
    made = baseline(rows_of(task, 200), task, *metric_names(task))
    assert {fact.metric for fact in made.metrics} | made.left_out.keys() == set(metric_names(task))
    assert made.left_out.keys() == {name for name in metric_names(task) if name == "ece" or not METRICS[name].sign}
    for fact in made.metrics:
        assert fact.segment == {}
        assert fact.champion is not None
        assert fact.interval is not None


def test_guessing_does_not_beat_guessing() -> None:
    label = np.array([0, 1, 1, 0, 1])
    columns = Columns(label=label, candidate=binary_predictions(np.full(5, 0.6)))
    fact = fact_of(baseline(columns, Task.BINARY, "log_loss"), "log_loss")
    assert fact.difference == pytest.approx(0)
    assert fact.interval is not None
    assert fact.interval[0] <= 0 <= fact.interval[1]


def test_it_may_know_other_labels_than_those_measured() -> None:
    training = Constants(source=LabelSource.TRAINING, rows=1000, shares=(0.9, 0.1))
    label = np.array([0, 1, 1, 0])
    columns = Columns(label=label, candidate=binary_predictions(np.array([0.1, 0.9, 0.8, 0.2])))
    made = baseline(columns, Task.BINARY, "log_loss", "accuracy", constants=training)
    assert (made.source, made.rows) == (LabelSource.TRAINING, 1000)
    assert made.predicts == {"class": "no", "shares": {"no": 0.9, "yes": 0.1}}
    assert fact_of(made, "log_loss").champion == pytest.approx(-(log(0.9) + log(0.1)) / 2)
    assert baseline(columns, Task.BINARY, "accuracy").source is LabelSource.MEASURED


def test_weights_count() -> None:
    label, weight = np.array([0, 0, 1]), np.array([1.0, 1.0, 8.0])
    found = find_constants(label, weight, BINARY, LabelSource.MEASURED)
    assert found.shares == (0.2, 0.8)
    assert found.rows == 3
    numbers = find_constants(np.array([1.0, 2.0, 10.0]), weight, (), LabelSource.MEASURED)
    assert numbers.mean == pytest.approx(8.3)
    assert numbers.median == 10.0
    assert find_constants(label, np.array([1.0, 0.0, 1.0]), BINARY, LabelSource.MEASURED).rows == 2


def test_a_class_that_never_came_may_come() -> None:
    found = find_constants(np.array([0, 0, 1]), None, KINDS, LabelSource.MEASURED)
    assert found.shares == pytest.approx((3 / 6, 2 / 6, 1 / 6))


def test_without_rows_there_are_no_numbers_to_know() -> None:
    assert find_constants(np.empty(0), None, (), LabelSource.MEASURED).rows == 0


def test_classes_without_scores_have_constants_without_scores() -> None:
    columns = rows_of(Task.BINARY)
    bare = replace(columns, candidate=replace(columns.candidate, scores=None))
    constants = find_constants(bare.label, None, BINARY, LabelSource.MEASURED)
    put = stand_in(bare, constants, Kind.POSITIVE)
    assert put.champion is not None
    assert put.champion.scores is None
    assert put.champion.codes is not None
    assert set(put.champion.codes.tolist()) == {1}
    assert put.segments == {}


def test_metrics_are_grouped_by_what_is_said() -> None:
    asked = Specification(task=Task.BINARY, metrics=("accuracy", "f1", "log_loss", "ece", "precision"), classes=BINARY)
    assert group_metrics(asked) == {Kind.SHARES: ("accuracy", "log_loss"), Kind.POSITIVE: ("f1", "precision")}
