"""Every metric has a direction, a best value and the tasks it is for; a wrong name is said to be wrong."""

import subprocess
import sys
from dataclasses import replace
from math import inf

import pytest

from coronet.core.catalogue import (
    METRICS,
    Direction,
    Input,
    default_metrics,
    describe_custom,
    examine_metric,
    find_metric,
    is_custom,
    metric_names,
    sign_of,
    within_percent,
)
from coronet.core.evidence import CustomMetric, Task

NAMED = [
    *("accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc"),
    *("average_precision", "log_loss", "brier", "gini", "ks", "ece"),
    *("mae", "rmse", "mape", "mdape", "r2", "within_5_percent", "within_10_percent"),
    *("within_20_percent", "f1_macro", "f1_weighted", "precision_macro"),
    *("recall_micro", "roc_auc_macro", "roc_auc_weighted", "average_precision_macro"),
]


@pytest.mark.parametrize("name", NAMED)
def test_every_named_metric_is_there(name: str) -> None:
    metric = find_metric(name)
    assert metric is not None
    assert metric.name == name
    assert metric.meaning


@pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))
def test_the_best_value_lies_at_the_better_end(metric: object) -> None:
    assert isinstance(metric, type(METRICS["accuracy"]))
    assert metric.higher_is_better == (metric.direction is Direction.HIGHER)
    ends = {Direction.HIGHER: metric.highest, Direction.LOWER: metric.lowest, Direction.NEITHER: None}
    assert metric.best == ends[metric.direction]
    assert metric.sign == {Direction.HIGHER: 1, Direction.LOWER: -1, Direction.NEITHER: 0}[metric.direction]


def test_lower_is_better_for_errors_and_losses_alone() -> None:
    lower = {name for name, metric in METRICS.items() if metric.sign < 0}
    assert lower == {"log_loss", "brier", "ece", "mae", "rmse", "mape", "mdape"}


def test_what_a_model_does_is_neither_better_nor_worse() -> None:
    neither = {name for name, metric in METRICS.items() if not metric.sign}
    assert neither == {"positive_rate", "mean_score", "mean_prediction"}
    assert not neither & {name for task in Task for name in default_metrics(task)}


def test_only_ranking_and_probability_metrics_need_scores() -> None:
    assert find_metric("f1") is not None
    assert not METRICS["f1"].needs_scores
    assert METRICS["roc_auc"].needs_scores
    assert METRICS["log_loss"].needs_scores
    assert METRICS["log_loss"].input is Input.PROBABILITIES
    assert not METRICS["mae"].needs_scores


def test_the_span_of_an_unbounded_metric_is_unknown() -> None:
    assert METRICS["gini"].span == 2
    assert METRICS["r2"].span is None
    assert METRICS["mae"].span is None


@pytest.mark.parametrize(
    ("name", "percent"),
    [("within_1_percent", 1), ("within_15_percent", 15), ("within_99_percent", 99)],
)
def test_any_whole_percentage_is_a_metric(name: str, percent: int) -> None:
    metric = find_metric(name)
    assert metric is not None
    assert metric.tasks == {Task.REGRESSION}
    assert within_percent(name) == percent


@pytest.mark.parametrize(
    "name", ["within_0_percent", "within_100_percent", "within_x_percent", "within_010_percent", ""]
)
def test_other_percentages_are_none(name: str) -> None:
    assert find_metric(name) is None


@pytest.mark.parametrize("task", list(Task))
def test_the_defaults_of_a_task_belong_to_it(task: Task) -> None:
    assert set(default_metrics(task)) <= set(metric_names(task))
    assert all(examine_metric(name, task) is None for name in metric_names(task))


def test_without_scores_the_defaults_need_none() -> None:
    assert default_metrics(Task.BINARY, scores=False) == ("accuracy", "precision", "recall", "f1")


def test_a_misspelt_metric_is_suggested() -> None:
    finding = examine_metric("rocauc", Task.BINARY)
    assert finding is not None
    assert finding.message == "there is no metric 'rocauc'"
    assert finding.hint == "did you mean roc_auc?"


def test_a_metric_like_no_other_lists_those_of_the_task() -> None:
    finding = examine_metric("profit", Task.REGRESSION)
    assert finding is not None
    assert finding.hint.startswith("metrics of regression: mae, rmse")


def test_a_metric_of_one_class_asks_for_an_average() -> None:
    finding = examine_metric("f1", Task.MULTICLASS)
    assert finding is not None
    assert "multiclass model has many" in finding.message
    assert finding.hint == "say how the classes are averaged: f1_macro or f1_weighted or f1_micro"


def test_a_metric_of_another_task_says_which() -> None:
    finding = examine_metric("mae", Task.BINARY)
    assert finding is not None
    assert finding.message == "mae is a metric of regression models, and this is binary"


def test_reading_the_catalogue_imports_no_array_library() -> None:
    code = "import sys, coronet.core.catalogue; print([m for m in ('numpy', 'scipy', 'pandas') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# --- metrics of a team's own ----------------------------------------------------------------------

COST = CustomMetric(name="custom.cost", meaning="money lost", higher_is_better=False, lowest=0.0, unit="EUR")


def test_a_metric_of_ones_own_is_described_as_one_of_the_catalogue() -> None:
    metric = describe_custom(COST, Task.REGRESSION)
    assert (metric.name, metric.meaning, metric.unit) == ("custom.cost", "money lost", "EUR")
    assert (metric.direction, metric.best, metric.lowest, metric.highest) == (Direction.LOWER, 0.0, 0.0, None)
    assert metric.tasks == {Task.REGRESSION}
    assert not describe_custom(COST, Task.BINARY).needs_scores


def test_without_a_bound_the_best_value_is_out_of_reach() -> None:
    profit = CustomMetric(name="custom.profit", meaning="money", higher_is_better=True)
    assert describe_custom(profit, Task.BINARY).best == inf
    assert describe_custom(replace(profit, higher_is_better=False), Task.BINARY).best == -inf


def test_which_direction_is_better_is_known_of_both() -> None:
    assert sign_of("accuracy", [COST]) == 1
    assert sign_of("positive_rate", [COST]) == 0
    assert sign_of("custom.cost", [COST]) == -1
    assert sign_of("custom.cost", []) is None


def test_no_metric_of_the_catalogue_is_called_as_one_of_ones_own() -> None:
    assert not any(is_custom(name) for name in METRICS)
    assert examine_metric("custom.cost", Task.BINARY, ["custom.cost"]) is None
    assert examine_metric("custom.cost", Task.BINARY) is not None
