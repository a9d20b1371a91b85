"""What is measured over which rows, and what is said where a number cannot be had."""

from math import isfinite

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coronet.core.catalogue import METRICS, metric_names
from coronet.core.evidence import MetricFact, Task
from coronet.core.statistics import Columns, Predictions, SegmentColumn, Specification, measure
from coronet.core.statistics.intervals import bonett_price, student
from coronet.core.wilson import wilson
from tests.core.statistics.rows import (
    BINARY,
    KINDS,
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

NOTHING = np.empty(0)


# --- which rows -----------------------------------------------------------------------------------


def test_each_metric_is_measured_over_all_rows_and_then_by_segment() -> None:
    label, candidate, champion = prices(6)
    columns = Columns(
        label=label,
        candidate=number_predictions(candidate),
        champion=number_predictions(champion),
        segments={
            "kind": SegmentColumn(names=("flat", "house", "ruin"), codes=np.array([1, 0, 1, 0, 1, 1])),
            "area": SegmentColumn(names=("east",), codes=np.zeros(6, dtype=np.int64)),
        },
    )
    facts = measure(
        columns, Specification(task=Task.REGRESSION, metrics=("mae", "rmse"), segments=("kind", "area"), draws=20)
    )
    assert [(fact.metric, dict(fact.segment), fact.rows) for fact in facts[:4]] == [
        ("mae", {}, 6),
        ("mae", {"kind": "flat"}, 2),
        ("mae", {"kind": "house"}, 4),
        ("mae", {"area": "east"}, 6),
    ]
    assert [fact.metric for fact in facts[4:]] == ["rmse"] * 4
    assert facts[1].candidate == pytest.approx(np.abs(candidate - label)[[1, 3]].mean())


def test_the_same_columns_give_the_same_facts() -> None:
    label, candidate, champion = binary_scores()
    facts = [measure_binary("average_precision", label, candidate, champion) for _ in range(2)]
    assert facts[0] == facts[1]


def test_a_metric_does_not_depend_on_the_others_asked_for() -> None:
    label, candidate, champion = class_scores()
    columns = Columns(label=label, candidate=class_predictions(candidate), champion=class_predictions(champion))
    names = ("f1_macro", "roc_auc_macro", "ece")
    together = measure(columns, Specification(task=Task.MULTICLASS, metrics=names, classes=KINDS, draws=200))
    assert together == tuple(measure_one(columns, Task.MULTICLASS, name, KINDS) for name in names)


@pytest.mark.parametrize(
    ("metric", "paired", "alone"),
    [
        ("accuracy", "Bonett–Price; own: Wilson", "Wilson"),
        (
            "ks",
            "paired shares at the widest scores, less what chance adds; own: Wilson",
            "Wilson at the widest score, less what chance adds",
        ),
        ("roc_auc", "paired DeLong; own: DeLong on the logit scale", "DeLong on the logit scale"),
        ("brier", "paired t", "t"),
        ("f1", "paired delta method; own: delta method on the logit scale", "delta method on the logit scale"),
        (
            "ece",
            "paired noise-corrected bins, hybrid resampling; own: inverted, 10 bins of equal width",
            "noise-corrected bins, inverted, 10 bins of equal width",
        ),
        (
            "average_precision",
            "paired delta method; own: delta method on the logit scale",
            "delta method on the logit scale",
        ),
    ],
)
def test_the_method_is_named(metric: str, paired: str, alone: str | None) -> None:
    label, candidate, champion = binary_scores()
    assert measure_binary(metric, label, candidate, champion).method == paired
    assert measure_binary(metric, label, candidate).method == alone


def test_without_a_champion_the_interval_is_the_candidates_own() -> None:
    label, candidate, _ = binary_scores()
    fact = measure_binary("roc_auc", label, candidate)
    assert (fact.champion, fact.difference) == (None, None)
    assert fact.interval is not None
    assert fact.interval == fact.candidate_interval


def test_an_unknown_metric_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        measure_numbers("profit", *prices())


def test_draws_of_weighted_rows_are_weighted() -> None:
    label, candidate, champion = class_scores(60)
    plain, weighted = (
        measure_one(
            Columns(
                label=label,
                candidate=class_predictions(candidate),
                champion=class_predictions(champion),
                weight=weight,
            ),
            Task.MULTICLASS,
            "f1_macro",
            KINDS,
        )
        for weight in (None, weights(60))
    )
    assert plain.candidate != weighted.candidate
    assert plain.interval != weighted.interval


# --- what cannot be said --------------------------------------------------------------------------


@pytest.mark.parametrize("task", list(Task))
def test_no_rows_give_no_numbers_and_a_reason(task: Task) -> None:
    empty = Predictions(values=NOTHING, codes=np.empty(0, dtype=np.int64), scores=NOTHING)
    columns = Columns(label=NOTHING, candidate=empty, champion=empty)
    classes = {Task.BINARY: BINARY, Task.MULTICLASS: KINDS, Task.REGRESSION: ()}[task]
    facts = measure(columns, Specification(task=task, metrics=metric_names(task), classes=classes, draws=20))
    assert all(fact.problem == "there are no rows" for fact in facts)
    assert all(_numbers(fact) == [] for fact in facts)


@pytest.mark.parametrize("metric", ["roc_auc", "gini", "average_precision", "ks"])
@pytest.mark.parametrize(("value", "reason"), [(0, "no row is positive"), (1, "every row is positive")])
def test_one_class_has_no_ranking(metric: str, value: int, reason: str) -> None:
    _, candidate, champion = binary_scores(20)
    fact = measure_binary(metric, np.full(20, value), candidate, champion)
    assert (_numbers(fact), fact.problem) == ([], reason)


def test_a_class_without_rows_has_no_average_area() -> None:
    label, candidate, _ = class_scores()
    columns = Columns(label=np.minimum(label, 1), candidate=class_predictions(candidate))
    fact = measure_one(columns, Task.MULTICLASS, "roc_auc_macro", KINDS)
    assert (fact.candidate, fact.problem) == (None, "no row is of class c")


@pytest.mark.parametrize("metric", ["recall", "f1"])
def test_without_a_positive_row_nothing_can_be_found(metric: str) -> None:
    _, candidate, _ = binary_scores(20)
    fact = measure_binary(metric, np.zeros(20, dtype=np.int64), candidate)
    assert (_numbers(fact), fact.problem) == ([], "no row is positive")


def test_a_model_that_never_says_yes_has_no_precision() -> None:
    label, candidate, champion = binary_scores(20)
    fact = measure_binary("precision", label, candidate * 0, champion)
    assert (fact.candidate, fact.difference, fact.interval) == (None, None, None)
    assert fact.champion is not None
    assert fact.problem == "candidate: no row is predicted positive"


@pytest.mark.parametrize("metric", ["mape", "mdape"])
def test_a_label_of_zero_has_no_relative_error(metric: str) -> None:
    label, candidate, champion = prices(20)
    label[3] = 0
    fact = measure_numbers(metric, label, candidate, champion)
    assert (_numbers(fact), fact.problem) == ([], "1 labels are 0, of which an error has no share")


@pytest.mark.parametrize(("rows", "reason"), [(1, "one row has no variance"), (5, "every label is the same")])
def test_equal_labels_have_no_r2(rows: int, reason: str) -> None:
    values = np.arange(rows, dtype=np.float64)
    assert measure_numbers("r2", np.ones(rows), values).problem == reason


@pytest.mark.parametrize("metric", ["mae", "rmse", "mdape", "log_loss", "ece"])
def test_one_row_has_a_value_and_no_interval(metric: str) -> None:
    if Task.REGRESSION in METRICS[metric].tasks:
        fact = measure_numbers(metric, np.array([2.0]), np.array([3.0]), np.array([4.0]))
    else:
        fact = measure_binary(metric, np.array([1]), np.array([0.9]), np.array([0.8]))
    assert fact.candidate is not None
    assert fact.difference is not None
    assert (fact.interval, fact.candidate_interval) == (None, None)
    assert fact.problem == "one row gives no interval"


def test_one_row_of_a_class_gives_an_area_and_no_interval() -> None:
    fact = measure_binary("roc_auc", np.array([1, 0, 0]), np.array([0.9, 0.1, 0.95]), np.array([0.9, 0.1, 0.2]))
    assert (fact.candidate, fact.champion) == (0.5, 1.0)
    assert fact.interval is None
    assert fact.problem == "one row of a class gives no interval"


@pytest.mark.parametrize("metric", ["average_precision", "ks"])
def test_one_row_of_a_class_gives_an_order_and_no_interval(metric: str) -> None:
    label = np.array([1, *[0] * 30])
    fact = measure_binary(metric, label, np.linspace(0, 1, 31))
    assert fact.candidate is not None
    assert (fact.interval, fact.problem) == (None, "one row of a class gives no interval")


def test_weights_of_zero_alone_are_no_rows() -> None:
    label, candidate, _ = prices(5)
    columns = Columns(label=label, candidate=number_predictions(candidate), weight=np.zeros(5))
    assert measure_one(columns, Task.REGRESSION, "mae").problem == "every row has the weight 0"
    assert measure_one(columns, Task.REGRESSION, "r2").problem == "every row has the weight 0"


def test_scores_that_are_no_probabilities_rank_and_lose_nothing_else() -> None:
    label, candidate, _ = binary_scores(50)
    margins = 10 * candidate - 5
    assert measure_binary("roc_auc", label, margins).candidate is not None
    fact = measure_binary("log_loss", label, margins)
    assert fact.candidate is None
    assert fact.problem.endswith("scores are not probabilities: they lie outside 0 to 1")


def test_probabilities_of_the_classes_sum_to_one() -> None:
    label, candidate, _ = class_scores(10)
    columns = Columns(label=label, candidate=class_predictions(candidate / 2))
    fact = measure_one(columns, Task.MULTICLASS, "log_loss", KINDS)
    assert fact.problem == "the probabilities of 10 rows do not sum to 1"


@pytest.mark.parametrize(
    ("metric", "predictions", "missing"),
    [
        ("accuracy", Predictions(scores=np.array([0.2, 0.8])), "predicted classes"),
        ("f1", Predictions(scores=np.array([0.2, 0.8])), "predicted classes"),
        ("log_loss", Predictions(codes=np.array([0, 1])), "scores"),
        ("roc_auc", Predictions(codes=np.array([0, 1])), "scores"),
    ],
)
def test_what_the_predictions_do_not_say_is_said_to_be_missing(
    metric: str, predictions: Predictions, missing: str
) -> None:
    columns = Columns(label=np.array([0, 1]), candidate=predictions)
    assert measure_one(columns, Task.BINARY, metric, BINARY).problem == f"there are no {missing}"


@pytest.mark.parametrize(("metric", "reason"), [("rmse", "value"), ("mae", "value"), ("r2", "value")])
def test_numbers_beyond_all_bounds_are_not_called_infinite(metric: str, reason: str) -> None:
    fact = measure_numbers(metric, np.array([0.0, 1.0, 2.0]), np.array([1e200, 1.0, -1e200]))
    assert fact.candidate is None
    assert fact.interval is None
    assert fact.problem == f"these rows give no finite {reason}"


def test_an_interval_beyond_all_bounds_is_left_out() -> None:
    fact = measure_numbers("mae", np.array([0.0, 1.0]), np.array([1e100, 1.0]))
    assert fact.candidate == pytest.approx(5e99)
    assert (fact.interval, fact.problem) == (None, "these rows give no finite interval")


# --- a prediction that is not there fails ---------------------------------------------------------


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("metric", metric_names(Task.REGRESSION))
def test_one_candidate_value_that_is_not_finite_undoes_the_metric(metric: str, bad: float) -> None:
    label, candidate, champion = prices(20)
    candidate[7] = bad
    fact = measure_numbers(metric, label, candidate, champion)
    assert (fact.candidate, fact.difference, fact.interval, fact.candidate_interval) == (None, None, None, None)
    assert fact.champion is not None
    assert fact.problem == "candidate: 1 of 20 predictions are missing or not finite"


@pytest.mark.parametrize("metric", metric_names(Task.BINARY))
def test_one_candidate_score_that_is_missing_undoes_the_metric(metric: str) -> None:
    label, candidate, champion = binary_scores(40)
    codes = (candidate >= 0.5).astype(np.int64)
    candidate[5], codes[5] = np.nan, -1
    columns = Columns(
        label=label,
        candidate=Predictions(scores=candidate, codes=codes),
        champion=binary_predictions(champion),
    )
    fact = measure_one(columns, Task.BINARY, metric, BINARY)
    assert fact.candidate is None
    assert fact.champion is not None
    assert fact.problem == "candidate: 1 of 40 predictions are missing or not finite"


def test_a_champion_that_fails_leaves_the_candidates_own_numbers() -> None:
    label, candidate, champion = prices(20)
    champion[0] = np.nan
    fact = measure_numbers("mae", label, candidate, champion)
    assert (fact.champion, fact.difference, fact.interval) == (None, None, None)
    assert fact.candidate_interval is not None
    assert fact.problem == "champion: 1 of 20 predictions are missing or not finite"


# --- agreement, constants, perfection -------------------------------------------------------------


@pytest.mark.parametrize(
    "metric", ["accuracy", "roc_auc", "gini", "f1", "average_precision", "ks", "ece", "brier", "balanced_accuracy"]
)
def test_agreement_on_a_few_rows_proves_no_equality(metric: str) -> None:
    label, candidate, _ = binary_scores(30)
    fact = measure_binary(metric, label, candidate, candidate)
    assert fact.difference == 0
    assert fact.interval is not None
    assert fact.interval[0] < -0.01
    assert fact.interval[1] > 0.01


@pytest.mark.parametrize("metric", ["mae", "rmse", "mape", "mdape", "r2"])
def test_equal_numbers_differ_by_nothing(metric: str) -> None:
    label, candidate, _ = prices(30)
    assert measure_numbers(metric, label, candidate, candidate).interval == (0, 0)


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "gini", "f1", "average_precision", "ks", "brier"])
def test_perfection_on_a_few_rows_is_not_certain(metric: str) -> None:
    label = np.array([0, 1] * 8)
    fact = measure_binary(metric, label, label.astype(np.float64))
    assert fact.candidate == METRICS[metric].best
    assert fact.interval is not None
    assert fact.interval[1] - fact.interval[0] > 0.1


def test_a_constant_score_ranks_by_chance() -> None:
    label, _, champion = binary_scores(50)
    fact = measure_binary("roc_auc", label, np.full(50, 0.5), champion)
    assert fact.candidate == 0.5
    assert fact.candidate_interval is not None
    assert fact.candidate_interval[0] < 0.5 < fact.candidate_interval[1]


def test_a_calibration_error_is_not_judged_by_its_own_noise() -> None:
    random = np.random.default_rng(3)
    scores = random.random(200)
    label = (random.random(200) < scores).astype(np.int64)
    fact = measure_binary("ece", label, scores)
    assert fact.candidate is not None
    assert fact.interval is not None
    assert fact.interval[0] < 0.01


# --- for any rows ---------------------------------------------------------------------------------

SMALL = st.integers(0, 12)
COARSE = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
SETTINGS = settings(max_examples=60, deadline=None)


@SETTINGS
@given(rows=st.lists(st.tuples(st.integers(0, 1), COARSE, COARSE, st.integers(0, 2)), max_size=12), even=st.booleans())
def test_any_scores_of_two_classes(rows: list[tuple[int, float, float, int]], even: bool) -> None:
    label, candidate, champion, weight = (np.array([row[index] for row in rows]) for index in range(4))
    columns = Columns(
        label=label.astype(np.int64),
        candidate=binary_predictions(candidate.astype(np.float64)),
        champion=binary_predictions(champion.astype(np.float64)),
        weight=None if even else weight.astype(np.float64),
    )
    names = metric_names(Task.BINARY)
    _check(measure(columns, Specification(task=Task.BINARY, metrics=names, classes=BINARY, draws=30)))


@SETTINGS
@given(rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2)), max_size=10))
def test_any_classes(rows: list[tuple[int, int, int]]) -> None:
    label, candidate, champion = (np.array([row[index] for row in rows], dtype=np.int64) for index in range(3))
    columns = Columns(
        label=label,
        candidate=Predictions(codes=candidate, scores=np.eye(3)[candidate]),
        champion=Predictions(codes=champion, scores=np.eye(3)[champion]),
    )
    names = metric_names(Task.MULTICLASS)
    _check(measure(columns, Specification(task=Task.MULTICLASS, metrics=names, classes=KINDS, draws=30)))


@SETTINGS
@given(rows=st.lists(st.tuples(*[st.sampled_from([-3.0, 0.0, 1.0, 1e9, 1e200])] * 3), max_size=10))
def test_any_numbers(rows: list[tuple[float, float, float]]) -> None:
    label, candidate, champion = (np.array([row[index] for row in rows], dtype=np.float64) for index in range(3))
    columns = Columns(label=label, candidate=number_predictions(candidate), champion=number_predictions(champion))
    _check(measure(columns, Specification(task=Task.REGRESSION, metrics=metric_names(Task.REGRESSION), draws=30)))


def _check(facts: tuple[MetricFact, ...]) -> None:
    for fact in facts:
        metric = METRICS[fact.metric]
        assert all(isfinite(number) for number in _numbers(fact))
        assert fact.candidate is not None or fact.problem
        assert fact.interval is not None or fact.problem
        for value, interval in ((fact.difference, fact.interval), (fact.candidate, fact.candidate_interval)):
            if value is not None and interval is not None:
                slack = 1e-9 * max(1, abs(value))
                assert interval[0] - slack <= value <= interval[1] + slack
        if fact.candidate_interval:
            assert metric.lowest is None or fact.candidate_interval[0] >= metric.lowest
            assert metric.highest is None or fact.candidate_interval[1] <= metric.highest


def _numbers(fact: MetricFact) -> list[float]:
    ends = (*(fact.interval or ()), *(fact.candidate_interval or ()))
    return [number for number in (fact.candidate, fact.champion, fact.difference, *ends) if number is not None]


def test_the_approval_rate_and_the_mean_score_by_hand() -> None:
    """The paired intervals are those of any share, and of any mean."""
    label, candidate, champion = np.array([0, 1, 1, 0]), np.array([0.2, 0.6, 0.9, 0.7]), np.array([0.1, 0.4, 0.8, 0.2])
    rate = measure_binary("positive_rate", label, candidate, champion)
    assert (rate.candidate, rate.champion, rate.difference) == (0.75, 0.25, 0.5)
    assert rate.interval == pytest.approx(bonett_price(0.5, 0.0, 4, confidence=0.95))
    assert rate.candidate_interval == pytest.approx(wilson(0.75, 4, confidence=0.95))
    score = measure_binary("mean_score", label, candidate, champion)
    assert score.difference == pytest.approx(0.225)
    apart = candidate - champion
    error = apart.std(ddof=1) / 2
    assert score.interval == pytest.approx(student(0.225, error, 3, confidence=0.95))


def test_the_mean_prediction_by_hand() -> None:
    label, candidate, champion = np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 5.0]), np.array([1.0, 2.0, 3.0])
    fact = measure_numbers("mean_prediction", label, candidate, champion)
    assert (fact.candidate, fact.champion, fact.difference) == (3.0, 2.0, 1.0)
    assert fact.interval == pytest.approx(student(1.0, np.std([0, 1, 2], ddof=1) / np.sqrt(3), 2, confidence=0.95))
