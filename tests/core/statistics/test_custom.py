"""Metrics of a team's own: any function of weighted rows, with the Poisson bootstrap."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import pytest

from coronet.core.evidence import CustomMetric, MetricFact, Task
from coronet.core.statistics import Columns, SegmentColumn, Specification, measure
from coronet.core.statistics.columns import Custom
from coronet.core.statistics.custom import prepare_custom
from coronet.core.statistics.draws import draw_weights
from coronet.core.statistics.sample import Undefined, samples
from coronet.core.statistics.streaming import find_unstreamed
from tests.core.statistics.rows import (
    BINARY,
    KINDS,
    Array,
    binary_predictions,
    binary_scores,
    class_predictions,
    class_scores,
    number_predictions,
    prices,
    weights,
)

Function = Callable[..., object]


def own(function: Function, *wants: str, higher: bool = True, **bounds: float) -> Custom:
    def call(arguments: Mapping[str, Any]) -> object:
        assert set(arguments) == set(wants)
        return function(**arguments)

    described = CustomMetric(name="custom.own", meaning="a test", higher_is_better=higher, **bounds)  # type: ignore[arg-type]
    return Custom(described=described, wants=frozenset(wants), call=call)


def of_numbers(custom: Custom, rows: int = 200, *, draws: int = 1000, **columns: Any) -> MetricFact:
    label, candidate, champion = prices(rows)
    made = Columns(
        label=label, candidate=number_predictions(candidate), champion=number_predictions(champion), **columns
    )
    return of_columns(custom, made, Task.REGRESSION, draws=draws)


def of_columns(custom: Custom, columns: Columns, task: Task, classes: Any = (), *, draws: int = 1000) -> MetricFact:
    asked = Specification(task=task, metrics=("custom.own",), classes=classes, custom=(custom,), draws=draws)
    return measure(columns, asked)[0]


def mean_error(label: Array, prediction: Array, weight: Array) -> float:
    return float(np.average(np.abs(prediction - label), weights=weight))


MAE = own(mean_error, "label", "prediction", "weight", higher=False, lowest=0.0)


@pytest.mark.parametrize("more", [{}, {"weight": weights(200)}, {"cluster": np.arange(200) // 4}])
def test_a_mean_has_nearly_its_closed_interval(more: Mapping[str, Any]) -> None:
    label, candidate, champion = prices(200)
    columns = Columns(
        label=label, candidate=number_predictions(candidate), champion=number_predictions(champion), **more
    )
    (closed,) = measure(columns, Specification(task=Task.REGRESSION, metrics=("mae",)))
    drawn = of_columns(MAE, columns, Task.REGRESSION)
    assert (drawn.candidate, drawn.difference) == pytest.approx((closed.candidate, closed.difference), abs=1e-12)
    for found, expected in ((drawn.interval, closed.interval), (drawn.candidate_interval, closed.candidate_interval)):
        assert expected is not None
        assert found == pytest.approx(expected, abs=0.12 * (expected[1] - expected[0]))


def test_the_method_says_how_and_the_same_seed_draws_the_same() -> None:
    fact = of_numbers(MAE, cluster=np.arange(200) // 2)
    assert fact.method == "paired bootstrap, percentiles of 1000 draws, clustered by cluster (100 clusters)"
    assert of_numbers(MAE, cluster=np.arange(200) // 2) == fact


def test_all_draws_at_once_are_the_same_draws() -> None:
    def mean_errors(label: Array, prediction: Array, weights: Array) -> Array:
        return np.asarray((weights * np.abs(prediction - label)).sum(axis=1) / weights.sum(axis=1))

    at_once = of_numbers(own(mean_errors, "label", "prediction", "weights"))
    one_by_one = of_numbers(own(mean_error, "label", "prediction", "weight"))
    assert at_once.interval == pytest.approx(one_by_one.interval, abs=1e-12)


def test_classes_come_as_codes_with_their_names() -> None:
    seen: dict[str, Any] = {}

    def look(**given: Any) -> float:
        seen.update(given)
        return 1.0

    label, candidate, _ = binary_scores(20)
    columns = Columns(label=label, candidate=binary_predictions(candidate))
    of_columns(own(look, "label", "prediction", "score", "classes", "weight"), columns, Task.BINARY, BINARY, draws=2)
    assert seen["classes"] == BINARY
    assert seen["label"].tolist() == label.tolist()
    assert seen["prediction"].tolist() == (candidate >= 0.5).astype(int).tolist()
    assert seen["score"].tolist() == candidate.tolist()


def test_many_classes_have_a_column_of_scores_each() -> None:
    label, candidate, champion = class_scores(60)
    columns = Columns(label=label, candidate=class_predictions(candidate), champion=class_predictions(champion))

    def sure(label: Any, score: Array, weight: Array) -> float:
        return float(np.average(score[np.arange(len(label)), label], weights=weight))

    fact = of_columns(own(sure, "label", "score", "weight"), columns, Task.MULTICLASS, KINDS)
    assert fact.candidate == pytest.approx(candidate[np.arange(60), label].mean())
    assert fact.interval is not None


def test_it_is_measured_over_each_segment() -> None:
    segments = {"kind": SegmentColumn(names=("a", "b"), codes=np.arange(200) % 2)}
    label, candidate, _ = prices(200)
    columns = Columns(label=label, candidate=number_predictions(candidate), segments=segments)
    asked = Specification(
        task=Task.REGRESSION, metrics=("mae", "custom.own"), segments=("kind",), custom=(MAE,), draws=50
    )
    facts = measure(columns, asked)
    assert [fact.candidate for fact in facts[3:]] == pytest.approx([fact.candidate for fact in facts[:3]])


def test_bounds_clip_the_interval() -> None:
    def hits(label: Array, weight: Array) -> float:
        return 1.5 * float(weight.mean())

    fact = of_numbers(own(hits, "label", "weight", lowest=0.0, highest=1.5))
    assert fact.candidate_interval is not None
    assert fact.candidate_interval[1] == 1.5


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("much", "custom.own gives a str, and wanted is a number"),
        (None, "custom.own gives nothing, and wanted is a number"),
        (True, "custom.own gives a bool, and wanted is a number"),
        (1j, "custom.own gives a complex, and wanted is a number"),
        (np.ones(3), "custom.own gives a ndarray, and wanted is a number"),
        (float("nan"), "these rows give no finite value"),
        (float("inf"), "these rows give no finite value"),
    ],
)
def test_what_is_no_number_is_a_problem(answer: object, reason: str) -> None:
    fact = of_numbers(own(lambda weight: answer, "weight"), draws=5)
    assert (fact.candidate, fact.interval, fact.problem) == (None, None, reason)


@pytest.mark.parametrize("answer", [2, 2.0, np.float32(2), np.int64(2), np.array(2.0)])
def test_any_kind_of_number_will_do(answer: object) -> None:
    assert of_numbers(own(lambda weight: answer, "weight"), draws=5).candidate == 2.0


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (1.0, "a float"),
        ("much", "a str"),
        (np.ones(3), r"an array of shape \(3,\)"),
        (np.ones((1, 1)), r"an array of shape \(1, 1\)"),
        (None, "nothing"),
    ],
)
def test_of_many_draws_one_number_each_is_wanted(answer: object, found: str) -> None:
    fact = of_numbers(own(lambda weights: answer, "weights"), draws=5)
    assert fact.candidate is None
    assert fact.problem.startswith(f"custom.own gives {found}".replace("\\", ""))


def test_a_function_that_fails_says_why() -> None:
    def fail(weight: Array) -> float:
        raise Undefined("custom.own failed: no luck")

    assert of_numbers(own(fail, "weight"), draws=5).problem == "custom.own failed: no luck"


def test_without_scores_there_are_none() -> None:
    fact = of_numbers(own(lambda score, weight: 1.0, "score", "weight"), draws=5)
    assert fact.problem == "there are no scores"


def test_a_function_that_fails_on_most_draws_gives_no_interval() -> None:
    def only_whole(weight: Array) -> float:
        if not (weight == 1).all():
            raise Undefined("not these rows")
        return 1.0

    fact = of_numbers(own(only_whole, "weight"), draws=50)
    assert fact.candidate == 1.0
    assert (fact.interval, fact.problem) == (None, "50 of 50 draws of these rows have no value")


def test_what_a_function_is_given_cannot_be_changed() -> None:
    def change(label: Array, weight: Array) -> float:
        with pytest.raises(ValueError, match="read-only"):
            label[0] = 1
        with pytest.raises(ValueError, match="read-only"):
            weight[0] = 1
        return 1.0

    assert of_numbers(own(change, "label", "weight"), draws=2).candidate == 1.0


@pytest.mark.parametrize(
    ("more", "reason"), [({}, "one row"), ({"cluster": np.zeros(1, dtype=np.int64)}, "one cluster")]
)
def test_one_row_gives_no_interval(more: Mapping[str, Any], reason: str) -> None:
    fact = of_numbers(MAE, 1, draws=20, **more)
    assert (fact.interval, fact.problem) == (None, f"{reason} gives no interval")


def test_of_a_draw_without_rows_nobody_is_asked() -> None:
    def never_empty(weight: Array) -> float:
        assert weight.any()
        return float(weight.mean())

    label, candidate, _ = prices(4)
    sample, _ = samples(Columns(label=label, candidate=number_predictions(candidate)), ())
    statistic = prepare_custom(own(never_empty, "weight"), sample)
    some = np.array([[0.0, 0, 0, 0], [2.0, 0, 0, 2]])
    assert statistic(some).tolist() == pytest.approx([float("nan"), 1.0], nan_ok=True)
    assert np.isnan(statistic(some[:1])).all()


def test_it_is_not_streamed() -> None:
    asked = Specification(task=Task.REGRESSION, metrics=("mae", "custom.own"), custom=(MAE,))
    assert find_unstreamed(asked) == ("custom.own",)


# --- draws ----------------------------------------------------------------------------------------


def test_draws_are_poisson_of_mean_one() -> None:
    label, candidate, _ = prices(500)
    sample, _ = samples(Columns(label=label, candidate=number_predictions(candidate)), ())
    drawn = np.concatenate(list(draw_weights(sample, draws=2000, seed=1)))
    assert drawn.shape == (2000, 500)
    assert drawn.mean() == pytest.approx(1, abs=4 / sqrt(drawn.size))
    assert drawn.var() == pytest.approx(1, abs=0.01)
    assert (drawn == 0).mean() == pytest.approx(np.exp(-1), abs=0.002)


def test_rows_of_a_cluster_are_drawn_together() -> None:
    label, candidate, _ = prices(12)
    columns = Columns(label=label, candidate=number_predictions(candidate), cluster=np.arange(12) // 3)
    weighted = replace(columns, weight=np.tile([1.0, 2.0], 6))
    sample, _ = samples(weighted, ())
    (drawn,) = draw_weights(sample, draws=50, seed=1)
    times = drawn / (np.arange(12) % 2 + 1.0)
    assert (times.reshape(50, 4, 3) == times.reshape(50, 4, 3)[:, :, :1]).all()
    assert len(np.unique(times)) > 2
