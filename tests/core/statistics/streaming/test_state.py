"""States are added to and merged in any order and of any parts, and finish into the same facts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coronet.core.evidence import MetricFact, Task
from coronet.core.statistics import Columns, Predictions, Specification, measure
from coronet.core.statistics.columns import Floats, Pictures
from coronet.core.statistics.streaming import State, find_unstreamed, finish, make_plan
from coronet.core.statistics.streaming.plan import may_be_finer
from tests.core.statistics.streaming.both_ways import asking, part_of, plan_of, rows_of, state_of, stream
from tests.core.statistics.streaming.test_contract import STREAMED, assert_same

ROWS = 120
EVERY = {task: tuple(metric for each, metric in STREAMED if each is task) for task in Task}


@given(
    task=st.sampled_from(Task),
    weighted=st.booleans(),
    cuts=st.lists(st.integers(0, ROWS), max_size=4),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=20, deadline=None)
def test_splitting_and_merging_changes_nothing(task: Task, weighted: bool, cuts: list[int], order: Random) -> None:
    columns = rows_of(task, ROWS, weighted=weighted)
    plan = plan_of(columns, asking(task, *EVERY[task]))
    whole = finish(state_of(plan, columns)).facts
    turned = np.random.default_rng(len(cuts)).permutation(ROWS)
    ends = sorted({0, *cuts, ROWS})
    parts = [part_of(columns, turned[start:end]) for start, end in pairwise(ends)]
    order.shuffle(parts)
    merged = State(plan)
    merged.add(parts[0])
    for part in parts[1:]:
        merged.merge(state_of(plan, part))
    for one, other in zip(whole, finish(merged).facts, strict=True):
        assert_same(one, other)
        assert one.method == other.method


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("task", Task)
def test_jobs_of_different_kinds_do_not_ask_for_an_order(task: Task, weighted: bool) -> None:
    columns = rows_of(task, ROWS, weighted=weighted)
    plan = plan_of(columns, asking(task, *EVERY[task]))
    batches = [part_of(columns, np.arange(start, start + 40)) for start in range(0, ROWS, 40)]
    state = State(plan)
    kinds = list(zip(*(state.jobs(batch) for batch in batches), strict=True))
    for job in (job for kind in reversed(kinds) for job in kind):
        job()
    assert finish(state) == finish(state_of(plan, *batches))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("task", Task)
def test_what_is_left_to_do_asks_for_no_order(task: Task, weighted: bool) -> None:
    columns = rows_of(task, ROWS, weighted=weighted)
    plan = plan_of(columns, replace(asking(task, *EVERY[task]), pictures=Pictures()))
    state = state_of(plan, columns)
    for call in reversed(state.rest()):
        call()
    assert finish(state) == finish(state_of(plan, columns))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("sharper", [{}, {None: 12}], ids=["a column of segments tells", "it would take too much"])
def test_all_rows_are_counted_as_finely_with_segments_as_without(
    sharper: Mapping[str | None, int], weighted: bool
) -> None:
    columns = rows_of(Task.BINARY, 5000, weighted=weighted)
    found = []
    for segments in ((), ("kind", "area")):
        asked = asking(Task.BINARY, "roc_auc", segments=segments)
        plan = make_plan(columns, asked, rows=len(columns), sharper=sharper)
        found.append(finish(state_of(plan, columns)).facts[0])
    assert_same(*found)
    assert found[0].method == found[1].method


def test_states_of_different_plans_are_not_merged() -> None:
    columns = rows_of(Task.BINARY, 20)
    states = [state_of(plan_of(columns, asking(Task.BINARY, "brier")), columns) for _ in range(2)]
    with pytest.raises(ValueError, match="different plans"):
        states[0].merge(states[1])


def test_a_metric_that_nobody_knows_has_no_plan() -> None:
    with pytest.raises(KeyError, match="luck"):
        plan_of(rows_of(Task.BINARY, 20), asking(Task.BINARY, "luck"))


# --- what a histogram leaves open -----------------------------------------------------------------


def facts_of(task: Task, metric: str, rows: int, *, paired: bool) -> list[tuple[MetricFact, MetricFact]]:
    columns = rows_of(task, rows, seed=3)
    columns = columns if paired else replace(columns, champion=None)
    asked = asking(task, metric)
    return list(zip(measure(columns, asked), stream(columns, asked), strict=True))


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("metric", ["roc_auc", "gini", "average_precision", "ks"])
def test_what_is_read_from_a_histogram_is_within_its_bound(metric: str, paired: bool) -> None:
    for exact, streamed in facts_of(Task.BINARY, metric, 3000, paired=paired):
        assert exact.candidate is not None
        within = bound_of(streamed) + 1e-12
        assert streamed.candidate == pytest.approx(exact.candidate, abs=within)
        if paired:
            assert exact.champion is not None
            assert streamed.champion == pytest.approx(exact.champion, abs=within)


@pytest.mark.parametrize("metric", ["roc_auc", "gini"])
def test_intervals_of_areas_are_wider_by_the_bound(metric: str) -> None:
    for exact, streamed in facts_of(Task.BINARY, metric, 3000, paired=True):
        assert exact.interval is not None
        assert streamed.interval is not None
        wanted = half(exact.interval) + bound_of(streamed)
        # What both models have in common is seen through a coarse histogram.
        assert half(streamed.interval) == pytest.approx(wanted, rel=0.005)


@pytest.mark.parametrize(
    ("task", "metric", "within"),
    [
        (Task.BINARY, "average_precision", 0.03),
        (Task.BINARY, "ks", 0.03),
        (Task.REGRESSION, "mdape", 0.03),
        # Drawn otherwise.
        (Task.MULTICLASS, "ece", 0.4),
    ],
)
@pytest.mark.parametrize("paired", [True, False])
def test_streamed_intervals_are_as_wide_as_of_rows(task: Task, metric: str, within: float, paired: bool) -> None:
    for exact, streamed in facts_of(task, metric, 3000, paired=paired):
        assert exact.interval is not None
        assert streamed.interval is not None
        bound = bound_of(streamed)
        assert half(streamed.interval) - bound == pytest.approx(half(exact.interval), rel=within, abs=0.06 * bound)
        middles = [sum(interval) / 2 for interval in (exact.interval, streamed.interval)]
        assert middles[1] == pytest.approx(middles[0], abs=within * half(exact.interval) + bound)


def test_a_calibration_error_of_unlike_weights_has_an_interval() -> None:
    """Errors that are large where weights are: what is left of their spread is no covariance."""
    columns = rows_of(Task.BINARY, 60)
    weight = np.where(columns.label == columns.candidate.codes, 0.01, 5.0)
    for fact in stream(replace(columns, weight=weight), asking(Task.BINARY, "ece")):
        assert fact.interval is not None
        assert np.isfinite(fact.interval).all()


def test_a_median_of_few_rows_is_exact() -> None:
    for exact, streamed in facts_of(Task.REGRESSION, "mdape", 21, paired=True):
        assert (streamed.candidate, streamed.champion) == pytest.approx((exact.candidate, exact.champion), rel=1e-12)


def bound_of(fact: MetricFact) -> float:
    """As the method says it, to the two digits that it has, rounded up."""
    _, said, rest = fact.method.partition("widened by the histogram's ")
    return float(rest.partition(",")[0]) * 1.06 if said else 0.0


def scores_of(side: Predictions) -> Floats:
    assert side.scores is not None
    return side.scores


def half(interval: tuple[float, float]) -> float:
    return (interval[1] - interval[0]) / 2


def test_what_is_blurred_is_said_by_column_and_sharper_plans_mend_it() -> None:
    columns = rows_of(Task.BINARY, 30_000)
    near = replace(columns.candidate, scores=0.6 + 1e-4 * scores_of(columns.candidate))
    columns = replace(columns, candidate=near)
    asked = asking(Task.BINARY, "roc_auc")
    plan = make_plan(part_of(columns, np.arange(0)), asked, rows=len(columns))
    blurred = finish(state_of(plan, columns)).blurred
    assert None in blurred
    sharper = make_plan(part_of(columns, np.arange(0)), asked, rows=len(columns), sharper=dict.fromkeys(blurred, 9))
    assert finish(state_of(sharper, columns)).blurred.get(None, 0.0) < blurred[None]


def test_what_cannot_be_finer_is_not_read_again() -> None:
    columns = rows_of(Task.BINARY, 50)
    asked = asking(Task.BINARY, "roc_auc", segments=("kind",))
    usual = make_plan(columns, asked, rows=1000)
    finest = make_plan(columns, asked, rows=1000, sharper={None: 20, "kind": 20})
    assert [may_be_finer(usual, column) for column in (None, "kind")] == [True, True]
    assert [may_be_finer(finest, column) for column in (None, "kind")] == [False, False]


def test_columns_of_many_segments_share_what_levels_there_are() -> None:
    columns = rows_of(Task.BINARY, 50)
    asked = asking(Task.BINARY, "roc_auc", segments=("kind",))
    plan = make_plan(columns, asked, rows=10**16)
    assert plan.bits[None] == 23
    assert 3 << plan.bits["kind"] <= 1 << 23


def test_columns_of_many_segments_are_packed_apart() -> None:
    columns = rows_of(Task.BINARY, 200)
    kind = columns.segments["kind"]
    names = tuple(f"v{place:03}" for place in range(900))
    columns = replace(columns, segments={**columns.segments, "kind": replace(kind, names=names)})
    asked = asking(Task.BINARY, "brier", "accuracy")
    assert len(plan_of(columns, asked).layout.packs) == 1
    more = replace(columns, segments={**columns.segments, "area": replace(kind, names=names)})
    assert len(plan_of(more, asked).layout.packs) == 2
    for one, other in zip(measure(more, asked), stream(more, asked), strict=True):
        assert_same(one, other)


# --- where a number cannot be had -----------------------------------------------------------------


def _one_class(columns: Columns, *, first: bool) -> Columns:
    return part_of(columns, np.flatnonzero((columns.label == columns.label[0]) == first))


def _one_of_a_class(columns: Columns) -> Columns:
    same = columns.label == columns.label[0]
    return part_of(columns, np.append(np.flatnonzero(same), np.flatnonzero(~same)[:1]))


def _with_score(columns: Columns, score: float) -> Columns:
    if columns.candidate.scores is None:
        return columns
    scores = columns.candidate.scores.copy()
    scores[3] = score
    return replace(columns, candidate=replace(columns.candidate, scores=scores))


def _broken(columns: Columns) -> Columns:
    rows = np.arange(len(columns))
    return replace(columns, candidate=columns.candidate.align(np.where(rows % 9, rows, -1)))


FORMS: Mapping[str, Callable[[Columns], Columns]] = {
    "no rows": lambda columns: part_of(columns, np.arange(0)),
    "no weight": lambda columns: replace(columns, weight=np.zeros(len(columns))),
    "broken": _broken,
    "nothing said": lambda columns: replace(columns, candidate=Predictions(), champion=Predictions()),
    "one row": lambda columns: part_of(columns, np.arange(1)),
    "one class": lambda columns: _one_class(columns, first=True),
    "other class": lambda columns: _one_class(columns, first=False),
    "outside": lambda columns: _with_score(columns, 1.5),
    "far from one": lambda columns: _with_score(columns, 0.1),
    "zero labels": lambda columns: replace(columns, label=np.where(np.arange(len(columns)) == 7, 0, columns.label)),
}


@pytest.mark.parametrize(("task", "metric"), STREAMED)
@pytest.mark.parametrize("form", FORMS)
def test_problems_are_said_in_the_same_words(task: Task, metric: str, form: str) -> None:
    require_same_problems(FORMS[form](rows_of(task, 60)), task, metric)


@pytest.mark.parametrize("metric", ["roc_auc", "f1", "log_loss"])
def test_one_row_of_a_class_is_said_in_the_same_words(metric: str) -> None:
    require_same_problems(_one_of_a_class(rows_of(Task.BINARY, 60)), Task.BINARY, metric)


def require_same_problems(columns: Columns, task: Task, metric: str) -> None:
    asked = asking(task, metric)
    for one, other in zip(measure(columns, asked), stream(columns, asked), strict=True):
        assert (other.segment, other.rows, other.problem) == (one.segment, one.rows, one.problem)
        assert (other.interval is None) == (one.interval is None)


def test_areas_of_numbers_that_are_no_probabilities() -> None:
    columns = rows_of(Task.BINARY, 300)
    sides = [
        replace(side, scores=np.log(scores_of(side) / (1 - scores_of(side))))
        for side in (columns.candidate, columns.champion)
        if side is not None
    ]
    columns = replace(columns, candidate=sides[0], champion=sides[1])
    asked = asking(Task.BINARY, "roc_auc")
    for one, other in zip(measure(columns, asked), stream(columns, asked), strict=True):
        assert other.candidate == pytest.approx(one.candidate, abs=bound_of(other) + 1e-12)


def test_what_has_an_order_for_each_class_is_not_streamed() -> None:
    some = Specification(task=Task.MULTICLASS, metrics=("accuracy", "roc_auc_macro", "ece"), classes=("a", "b", "c"))
    assert find_unstreamed(some) == ("roc_auc_macro",)
    many = replace(some, classes=tuple(map(str, range(40))))
    assert find_unstreamed(many) == ("accuracy", "roc_auc_macro")


@pytest.mark.parametrize("metric", ["brier", "average_precision"])
def test_weights_too_small_to_be_squared_give_no_interval(metric: str) -> None:
    columns = replace(rows_of(Task.BINARY, 50), weight=np.full(50, 1e-200))
    for fact in stream(columns, asking(Task.BINARY, metric)):
        assert fact.candidate is not None
        assert (fact.interval, fact.problem) == (None, "these rows give no finite interval")
