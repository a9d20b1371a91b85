"""Rows that belong together, streamed: as measured at once where each group is one cluster."""

from dataclasses import replace

import numpy as np
import pytest

from coronet.core.catalogue import metric_names
from coronet.core.evidence import MetricFact, Task
from coronet.core.statistics import Columns, Specification, measure
from coronet.core.statistics.streaming import State, find_unstreamed, finish
from coronet.core.statistics.streaming.groups import count_sums
from coronet.core.statistics.streaming.lots import GROUPS, group_of
from tests.core.statistics.streaming.both_ways import asking, part_of, plan_of, rows_of, state_of, stream
from tests.core.statistics.streaming.test_contract import FORMS, assert_same


def clustered(task: Task, *metrics: str) -> Specification:
    return replace(asking(task, *metrics), cluster="customer")


STREAMED = [
    (task, metric)
    for task in Task
    for metric in metric_names(task)
    if not find_unstreamed(clustered(task, metric)) and metric != "ece"
]
SUMS = [(task, metric) for task, metric in STREAMED if metric not in ("roc_auc", "gini")]


def in_groups(columns: Columns, groups: int = 20) -> Columns:
    """Rows in a few groups, each of which is one cluster; neighbours are together."""
    return replace(columns, cluster=np.arange(len(columns)) * groups // len(columns))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("task", "metric"), SUMS)
def test_what_is_made_of_sums_is_the_same(task: Task, metric: str, form: str) -> None:
    columns = in_groups(FORMS[form](rows_of(task)))
    exact = measure(columns, clustered(task, metric))
    streamed = stream(columns, clustered(task, metric))
    for one, other in zip(exact, streamed, strict=True):
        assert_same(one, other)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("metric", ["roc_auc", "gini"])
def test_areas_are_the_same_where_scores_are_few(metric: str, form: str) -> None:
    """Each level has one score, and each group both classes."""
    columns = in_groups(FORMS[form](rows_of(Task.BINARY, ties=True)), 10)
    asked = replace(asking(Task.BINARY, metric, segments=("area",)), cluster="customer")
    for one, other in zip(measure(columns, asked), stream(columns, asked), strict=True):
        assert_same(one, other, within=1e-9)


@pytest.mark.parametrize("metric", ["roc_auc", "gini"])
def test_areas_are_nearly_the_same_where_scores_are_many(metric: str) -> None:
    columns = in_groups(rows_of(Task.BINARY, 4000), 40)
    asked = replace(asking(Task.BINARY, metric, segments=()), cluster="customer")
    (exact,), (streamed,) = measure(columns, asked), stream(columns, asked)
    assert _width(streamed) == pytest.approx(_width(exact), rel=0.02)
    assert streamed.difference == pytest.approx(exact.difference, abs=1e-3)


def test_the_calibration_error_is_spread_as_its_clusters_are() -> None:
    """Rows eight times in a cluster tell as much as once."""
    once = rows_of(Task.BINARY, 500)
    many = part_of(once, np.repeat(np.arange(500), 8))
    asked = asking(Task.BINARY, "ece", segments=())
    (alone,) = stream(once, asked)
    groups = group_of(np.repeat(np.arange(500), 8))
    (together,) = stream(replace(many, cluster=groups), replace(asked, cluster="customer"))
    assert together.candidate == pytest.approx(alone.candidate)
    assert _width(together) == pytest.approx(_width(alone), rel=0.2)
    assert _width(stream(many, asked)[0]) < 0.5 * _width(alone)


@pytest.mark.parametrize(("task", "metric"), STREAMED)
def test_states_of_parts_make_the_state_of_the_whole(task: Task, metric: str) -> None:
    columns = in_groups(rows_of(task))
    plan = plan_of(columns, clustered(task, metric))
    parts = [np.arange(0, 150), np.arange(150, 400)]
    whole = state_of(plan, columns)
    merged = state_of(plan, part_of(columns, parts[1]))
    merged.merge(state_of(plan, part_of(columns, parts[0])))
    batches = state_of(plan, *(part_of(columns, part) for part in parts))
    for one, other, third in zip(*(finish(state).facts for state in (whole, merged, batches)), strict=True):
        assert_same(one, other)
        assert_same(one, third)


@pytest.mark.parametrize("task", list(Task))
def test_a_state_that_was_sent_knows_its_groups(task: Task) -> None:
    columns = in_groups(rows_of(task))
    names = tuple(metric for kind, metric in STREAMED if kind is task)
    state = state_of(plan_of(columns, clustered(task, *names)), columns)
    again = State(state.plan)
    again.restore([each.copy() for each in state.arrays()])
    assert finish(again) == finish(state)


@pytest.mark.parametrize(("task", "metric"), [*STREAMED, (Task.BINARY, "ece")])
def test_one_group_gives_a_value_and_no_interval(task: Task, metric: str) -> None:
    columns = in_groups(rows_of(task), 1)
    for fact in stream(columns, clustered(task, metric)):
        assert fact.candidate is not None
        assert (fact.interval, fact.candidate_interval) == (None, None)
        assert fact.problem.startswith("one group of clusters")


@pytest.mark.parametrize("task", list(Task))
def test_no_rows_give_no_numbers_and_a_reason(task: Task) -> None:
    columns = in_groups(rows_of(task))
    names = tuple(metric for kind, metric in STREAMED if kind is task)
    facts = finish(state_of(plan_of(columns, clustered(task, *names)))).facts
    assert {fact.problem for fact in facts} == {"there are no rows"}


def test_what_is_drawn_from_cells_is_not_streamed() -> None:
    names = ("roc_auc", "average_precision", "ks", "brier")
    assert find_unstreamed(clustered(Task.BINARY, *names)) == ("average_precision", "ks")
    assert find_unstreamed(asking(Task.BINARY, *names)) == ()


def test_the_method_says_in_how_many_groups() -> None:
    (fact, *_) = stream(in_groups(rows_of(Task.REGRESSION)), clustered(Task.REGRESSION, "mae"))
    assert fact.method == "paired t, clustered by customer (in 128 groups), streamed"


# --- groups ---------------------------------------------------------------------------------------


def test_clusters_fall_evenly_into_groups() -> None:
    groups = group_of(np.arange(100_000, dtype=np.int64))
    counts = np.bincount(groups, minlength=GROUPS)
    assert len(counts) == GROUPS
    assert counts.min() > 600
    assert counts.max() < 1000


def test_whoever_asks_for_groups_keeps_the_clusters() -> None:
    clusters = np.arange(9, dtype=np.int64)
    assert group_of(clusters).tolist() == group_of(clusters).tolist()
    assert clusters.tolist() == list(range(9))


def test_how_many_sums_there_are_is_known_beforehand() -> None:
    columns = in_groups(rows_of(Task.BINARY))
    plan = plan_of(columns, clustered(Task.BINARY, "accuracy", "f1", "roc_auc", "brier", "ece"))
    # 2 models; labels by classes, scores by class and level, one number, bins; 6 segments in all.
    assert count_sums(plan) == 2 * (6 + 256 + 1 + 10) * 6 * GROUPS


def _width(fact: MetricFact) -> float:
    assert fact.interval is not None
    return fact.interval[1] - fact.interval[0]
