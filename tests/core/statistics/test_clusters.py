"""Rows that belong together: closed forms against statsmodels and against their definitions, and what must hold."""

from dataclasses import replace
from itertools import product
from math import log, sqrt

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from coronet.core.catalogue import metric_names
from coronet.core.evidence import MetricFact, Task
from coronet.core.statistics import Columns, SegmentColumn, Specification, measure
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

CLASSES = {Task.BINARY: BINARY, Task.MULTICLASS: KINDS, Task.REGRESSION: ()}
WEIGHTED = pytest.mark.parametrize("weighted", [False, True], ids=["even", "weighted"])
ALL = [(task, metric) for task in Task for metric in metric_names(task)]
SMOOTH = [(task, metric) for task, metric in ALL if metric not in ("ks", "ece")]


def in_fours(rows: int) -> NDArray[np.int64]:
    return np.arange(rows) // 4


def rows_of(task: Task, rows: int = 240, *, weighted: bool = False) -> Columns:
    """Both models on rows of which four each belong together and have much the same errors."""
    if task is Task.REGRESSION:
        label, *values = prices(rows)
        shared = np.repeat(np.exp(0.2 * np.random.default_rng(5).normal(size=rows // 4)), 4)
        sides = [number_predictions(each * shared) for each in values]
        columns = Columns(label=label, candidate=sides[0], champion=sides[1])
    elif task is Task.BINARY:
        codes, *scores = binary_scores(rows)
        order = np.argsort(codes, kind="stable")
        sides = [binary_predictions(each[order]) for each in scores]
        columns = Columns(label=codes[order], candidate=sides[0], champion=sides[1])
    else:
        codes, *of_classes = class_scores(rows)
        sides = [class_predictions(each) for each in of_classes]
        columns = Columns(label=codes, candidate=sides[0], champion=sides[1])
    return replace(columns, weight=weights(rows) if weighted else None, cluster=in_fours(rows))


def measure_all(columns: Columns, task: Task, *metrics: str, **asked: object) -> tuple[MetricFact, ...]:
    asking = Specification(task=task, metrics=metrics, classes=CLASSES[task], draws=200, cluster="customer")
    return measure(columns, replace(asking, **asked))  # type: ignore[arg-type]


def width(fact: MetricFact) -> float:
    assert fact.interval is not None
    return fact.interval[1] - fact.interval[0]


# --- against statsmodels ---------------------------------------------------------------------------


def mean_by_statsmodels(numbers: Array, weight: Array | None, cluster: NDArray[np.int64]) -> tuple[float, float]:
    """The mean and its cluster-robust standard error, G ÷ (G − 1)."""
    model = sm.WLS(numbers, np.ones(len(numbers)), weights=1.0 if weight is None else weight)
    fitted = model.fit(cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": True})
    return float(fitted.params[0]), float(fitted.bse[0])


@WEIGHTED
def test_a_mean_is_statsmodels(weighted: bool) -> None:
    columns = rows_of(Task.REGRESSION, weighted=weighted)
    assert columns.champion is not None
    assert columns.candidate.values is not None
    assert columns.champion.values is not None
    assert columns.cluster is not None
    values = (columns.candidate.values, columns.champion.values)
    ours, theirs = (np.abs(each - columns.label) for each in values)
    (fact,) = measure_all(columns, Task.REGRESSION, "mae")
    freedom = effective(columns) - 1
    for numbers, value, interval in (
        (ours, fact.candidate, fact.candidate_interval),
        (ours - theirs, fact.difference, fact.interval),
    ):
        mean, error = mean_by_statsmodels(numbers, columns.weight, columns.cluster)
        assert value == pytest.approx(mean, abs=1e-9)
        assert interval == pytest.approx(stats.t.interval(0.95, freedom, mean, error), abs=1e-9)
    assert fact.method == f"paired t,{' weighted,' if weighted else ''} clustered by customer (60 clusters)"


@WEIGHTED
def test_a_rooted_mean_is_statsmodels_by_the_delta_method(weighted: bool) -> None:
    columns = rows_of(Task.REGRESSION, weighted=weighted)
    assert columns.candidate.values is not None
    assert columns.cluster is not None
    squared = (columns.candidate.values - columns.label) ** 2
    mean, error = mean_by_statsmodels(squared, columns.weight, columns.cluster)
    low, high = stats.t.interval(0.95, effective(columns) - 1, log(sqrt(mean)), error / (2 * mean))
    (fact,) = measure_all(replace(columns, champion=None), Task.REGRESSION, "rmse")
    assert fact.interval == pytest.approx((np.exp(low), np.exp(high)), abs=1e-9)


@WEIGHTED
def test_recall_is_statsmodels_of_the_positive_rows(weighted: bool) -> None:
    """A share of some rows is their mean; clusters without any of them add nothing, and count."""
    columns = rows_of(Task.BINARY, weighted=weighted)
    assert columns.candidate.codes is not None
    assert columns.cluster is not None
    positive = columns.label == 1
    hits = (columns.candidate.codes == 1)[positive].astype(np.float64)
    weight = None if columns.weight is None else columns.weight[positive]
    there = len(np.unique(columns.cluster[positive]))
    value, error = mean_by_statsmodels(hits, weight, columns.cluster[positive])
    error *= sqrt((there - 1) / there * 60 / 59)
    centre, scale = log(value / (1 - value)), error / (value * (1 - value))
    low, high = stats.t.interval(0.95, effective(columns) - 1, centre, scale)
    (fact,) = measure_all(replace(columns, champion=None), Task.BINARY, "recall")
    assert fact.interval == pytest.approx([1 / (1 + np.exp(-end)) for end in (low, high)], abs=1e-9)


def test_a_share_counts_as_many_rows_as_make_statsmodels_variance() -> None:
    columns = rows_of(Task.BINARY)
    assert columns.candidate.codes is not None
    assert columns.cluster is not None
    hits = (columns.candidate.codes == columns.label).astype(np.float64)
    value, error = mean_by_statsmodels(hits, None, columns.cluster)
    rows = min(240.0, value * (1 - value) / error**2) * (1.959963984540054 / stats.t.ppf(0.975, 59)) ** 2
    (fact,) = measure_all(replace(columns, champion=None), Task.BINARY, "accuracy")
    z = 1.959963984540054
    centre = (value + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * sqrt(value * (1 - value) / rows + z * z / (4 * rows * rows))
    assert fact.interval == pytest.approx((centre - half, centre + half), abs=1e-9)


# --- against definitions ---------------------------------------------------------------------------


def obuchowski(label: NDArray[np.int64], scores: list[Array], cluster: NDArray[np.int64]) -> tuple[list[float], float]:
    """The areas, and the variance of their difference, as the paper writes it: sums over pairs, cluster by cluster."""
    placed = []
    for each in scores:
        pairs = np.array(
            [float(up > down) + 0.5 * float(up == down) for up, down in product(each[label == 1], each[label == 0])]
        ).reshape((label == 1).sum(), (label == 0).sum())
        placed.append((pairs.mean(axis=1), pairs.mean(axis=0)))
    areas = [float(of_positive.mean()) for of_positive, _ in placed]
    m, n, names = int((label == 1).sum()), int((label == 0).sum()), np.unique(cluster)
    upper, lower = cluster[label == 1], cluster[label == 0]
    sums = [
        (
            np.array([(v10[upper == name] - area).sum() for name in names]),
            np.array([(v01[lower == name] - area).sum() for name in names]),
        )
        for (v10, v01), area in zip(placed, areas, strict=True)
    ]
    i10, i01, i = len(np.unique(upper)), len(np.unique(lower)), len(names)

    def together(one: int, other: int) -> float:
        s10 = i10 / ((i10 - 1) * m) * (sums[one][0] * sums[other][0]).sum()
        s01 = i01 / ((i01 - 1) * n) * (sums[one][1] * sums[other][1]).sum()
        s11 = i / (i - 1) * (sums[one][0] * sums[other][1]).sum()
        s11_turned = i / (i - 1) * (sums[other][0] * sums[one][1]).sum()
        return float(s10 / m + s01 / n + (s11 + s11_turned) / (m * n))

    return areas, together(0, 0) + together(1, 1) - 2 * together(0, 1)


def test_an_areas_difference_is_obuchowskis() -> None:
    label, candidate, champion = binary_scores(120)
    cluster = np.random.default_rng(4).integers(0, 35, size=120)
    areas, variance = obuchowski(label, [candidate, champion], cluster)
    columns = Columns(
        label=label,
        candidate=binary_predictions(candidate),
        champion=binary_predictions(champion),
        cluster=cluster,
    )
    (fact,) = measure_all(columns, Task.BINARY, "roc_auc")
    difference = areas[0] - areas[1]
    expected = stats.t.interval(0.95, effective(columns) - 1, difference, sqrt(variance))
    assert fact.difference == pytest.approx(difference, abs=1e-9)
    assert fact.interval == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("task", "metric"), [(Task.BINARY, "f1"), (Task.REGRESSION, "r2"), (Task.MULTICLASS, "f1_macro")]
)
def test_the_delta_methods_error_is_the_jackknifes_of_clusters(task: Task, metric: str) -> None:
    """Leaving out one cluster at a time moves the value as its influence says, but for terms of second order."""
    columns = replace(rows_of(task, 960), champion=None)
    assert columns.cluster is not None
    (fact,) = measure_all(columns, task, metric)
    left = [
        measure_all(columns.take(np.flatnonzero(columns.cluster != name)), task, metric)[0].candidate
        for name in range(240)
    ]
    error = sqrt(239 * np.var(np.array(left, dtype=np.float64)))
    value = fact.candidate
    assert value is not None
    quantile = stats.t.ppf(0.975, 239)
    if metric == "r2":
        expected = (value - quantile * error, value + quantile * error)
    else:
        logit = log(value / (1 - value))
        ends = (logit + sign * quantile * error / (value * (1 - value)) for sign in (-1, 1))
        expected = tuple(1 / (1 + np.exp(-end)) for end in ends)
    assert fact.interval == pytest.approx(expected, rel=0.02)


def effective(columns: Columns) -> float:
    """The effective number of clusters."""
    assert columns.cluster is not None
    weight = np.ones(len(columns)) if columns.weight is None else columns.weight
    each = np.bincount(columns.cluster, weights=weight)
    return float(each.sum() ** 2 / (each**2).sum())


# --- what must hold --------------------------------------------------------------------------------


@WEIGHTED
@pytest.mark.parametrize(("task", "metric"), ALL)
def test_clusters_of_one_row_change_next_to_nothing(task: Task, metric: str, weighted: bool) -> None:
    columns = rows_of(task, weighted=weighted)
    (alone,) = measure_all(replace(columns, cluster=np.arange(240)), task, metric)
    (plain,) = measure_all(replace(columns, cluster=None), task, metric)
    assert (alone.candidate, alone.difference) == pytest.approx((plain.candidate, plain.difference), abs=1e-12)
    assert alone.interval is not None
    assert plain.interval is not None
    near = 0.03 * width(plain)
    assert alone.interval == pytest.approx(plain.interval, abs=near)
    assert alone.candidate_interval == pytest.approx(plain.candidate_interval, abs=near)


@pytest.mark.parametrize(("task", "metric"), ALL)
def test_what_clusters_are_called_changes_nothing(task: Task, metric: str) -> None:
    columns = rows_of(task)
    names = np.random.default_rng(6).permutation(1000)[:60]
    (fact,) = measure_all(columns, task, metric)
    (renamed,) = measure_all(replace(columns, cluster=names[in_fours(240)]), task, metric)
    assert renamed.interval == pytest.approx(fact.interval, abs=1e-9)
    assert renamed.candidate_interval == pytest.approx(fact.candidate_interval, abs=1e-9)


@pytest.mark.parametrize(("task", "metric"), SMOOTH)
def test_rows_four_times_in_a_cluster_tell_as_much_as_once(task: Task, metric: str) -> None:
    """Without clusters they seem to tell four times as much."""
    columns = replace(rows_of(task, 120), cluster=None)
    four_times = columns.take(np.repeat(np.arange(120), 4))
    (once,) = measure_all(columns, task, metric)
    (clustered,) = measure_all(replace(four_times, cluster=in_fours(480)), task, metric)
    (ignored,) = measure_all(four_times, task, metric)
    assert width(clustered) == pytest.approx(width(once), rel=0.06)
    assert width(ignored) < 0.6 * width(once)


@pytest.mark.parametrize(("task", "metric"), ALL)
def test_one_cluster_gives_a_value_and_no_interval(task: Task, metric: str) -> None:
    columns = rows_of(task, 40)
    (fact,) = measure_all(replace(columns, cluster=np.zeros(40, dtype=np.int64)), task, metric)
    assert fact.candidate is not None
    assert fact.difference is not None
    assert (fact.interval, fact.candidate_interval) == (None, None)
    assert fact.problem in ("one cluster gives no interval", "one cluster of a class gives no interval")


def test_a_class_in_one_cluster_gives_no_area() -> None:
    label = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0])
    columns = Columns(
        label=label,
        candidate=binary_predictions(np.linspace(0.9, 0.1, 9)),
        cluster=np.array([0, 0, 0, 0, 1, 1, 2, 2, 2]),
    )
    for fact in measure_all(columns, Task.BINARY, "roc_auc", "ks", "average_precision"):
        assert (fact.interval, fact.problem) == (None, "one cluster of a class gives no interval")


def test_a_cluster_may_span_segments_and_each_counts_its_own() -> None:
    columns = rows_of(Task.REGRESSION)
    segments = {"kind": SegmentColumn(names=("flat", "house"), codes=(np.arange(240) % 40 > 8).astype(np.int64))}
    overall, flats, houses = measure_all(
        replace(columns, segments=segments), Task.REGRESSION, "mae", segments=("kind",)
    )
    assert [fact.method.rpartition("(")[2] for fact in (overall, flats, houses)] == [
        "60 clusters)",
        "18 clusters)",
        "48 clusters)",
    ]
    alone = columns.take(np.flatnonzero(np.arange(240) % 40 <= 8))
    (expected,) = measure_all(alone, Task.REGRESSION, "mae")
    assert flats.interval == expected.interval


def test_rows_without_weight_make_no_cluster() -> None:
    columns = rows_of(Task.REGRESSION)
    weight = np.where(np.arange(240) < 200, 1.0, 0.0)
    facts = measure_all(replace(columns, weight=weight), Task.REGRESSION, "mae", "rmse", "mdape", "within_20_percent")
    kept = measure_all(columns.take(np.arange(200)), Task.REGRESSION, "mae", "rmse", "mdape", "within_20_percent")
    for fact, expected in zip(facts, kept, strict=True):
        assert fact.interval == pytest.approx(expected.interval, abs=1e-12)
        assert "(50 clusters)" in fact.method


def test_models_that_agree_are_as_unsure_as_there_are_few_clusters() -> None:
    columns = rows_of(Task.BINARY)
    for fact in measure_all(replace(columns, champion=columns.candidate), Task.BINARY, *metric_names(Task.BINARY)):
        assert fact.difference == 0
        if fact.metric != "log_loss":
            assert width(fact) > 0.01, fact.metric


SMALL = settings(max_examples=60, deadline=None)


@SMALL
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 1), *[st.sampled_from([0.0, 0.25, 0.5, 1.0])] * 2, st.integers(0, 2), st.integers(0, 3)
        ),
        max_size=12,
    )
)
def test_any_clusters_of_two_classes(rows: list[tuple[int, float, float, int, int]]) -> None:
    label, candidate, champion, weight, cluster = (np.array([row[index] for row in rows]) for index in range(5))
    columns = Columns(
        label=label.astype(np.int64),
        candidate=binary_predictions(candidate.astype(np.float64)),
        champion=binary_predictions(champion.astype(np.float64)),
        weight=weight.astype(np.float64),
        cluster=cluster.astype(np.int64),
    )
    for fact in measure_all(columns, Task.BINARY, *metric_names(Task.BINARY)):
        assert fact.candidate is not None or fact.problem
        for value, interval in ((fact.difference, fact.interval), (fact.candidate, fact.candidate_interval)):
            assert interval is not None or fact.problem
            if interval is not None:
                assert value is not None
                assert interval[0] - 1e-9 <= value <= interval[1] + 1e-9
