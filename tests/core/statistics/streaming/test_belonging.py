"""Shares of rows that change, where rows belong together: the intervals of any other share of clustered rows."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from coronet.core.evidence import ChangeFact, Changes, Share, Task
from coronet.core.statistics import Columns, Predictions, Specification
from coronet.core.statistics.clusters import compact, gather
from coronet.core.statistics.columns import Flags, Floats, Integers
from coronet.core.statistics.families import Share as Shared
from coronet.core.statistics.families import Shares
from coronet.core.statistics.streaming import State
from coronet.core.statistics.streaming.lots import group_of
from coronet.core.statistics.streaming.pictures.sections import describe_columns, describe_state
from tests.core.statistics.streaming.alike import assert_alike
from tests.core.statistics.streaming.both_ways import part_of, plan_of, rows_of, state_of
from tests.core.statistics.streaming.test_clustered import in_groups
from tests.core.statistics.streaming.test_pictures import FORMS, asked, named, streamed

PAIRED = sorted(FORMS.keys() - {"alone"})


def clustered(task: Task, **pictures: float) -> Specification:
    return replace(asked(task, **pictures), cluster="customer")


def exactly(columns: Columns, specification: Specification) -> Changes:
    found = describe_columns(columns, specification).changes
    assert found
    return found


# --- cluster by cluster ---------------------------------------------------------------------------


def change(columns: Columns) -> Flags:
    ours, theirs = columns.candidate, columns.champion
    assert theirs is not None
    if ours.values is not None and theirs.values is not None:
        return np.asarray(np.abs(ours.values - theirs.values) > 0.1 * np.abs(theirs.values))
    assert ours.codes is not None
    return np.asarray(ours.codes != theirs.codes)


def by_hand(hits: Flags, weight: Floats, cluster: Integers, confidence: float = 0.95) -> tuple[float, float]:
    clusters = gather(compact(cluster), weight)
    value = float(weight[hits].sum() / weight.sum())
    share = Shared(value=value, hits=hits, weight=weight, clusters=clusters)
    low, high = Shares(hits=lambda sample: hits, confidence=confidence).own(share)
    return (min(low, value) if value else 0.0, max(high, value))


def scopes(columns: Columns) -> Iterator[tuple[dict[str, str], Flags]]:
    yield {}, np.ones(len(columns), dtype=np.bool_)
    for column, segment in columns.segments.items():
        for code, name in enumerate(segment.names):
            yield {column: name}, segment.codes == code


@pytest.mark.parametrize("form", [form for form in PAIRED if form != "broken"])
@pytest.mark.parametrize("task", list(Task))
def test_intervals_are_those_of_a_share_of_clustered_rows(task: Task, form: str) -> None:
    columns = in_groups(FORMS[form](named(rows_of(task))), 37)
    assert columns.cluster is not None
    facts = {tuple(fact.segment.items()): fact for fact in exactly(columns, clustered(task)).shares}
    weight = np.ones(len(columns)) if columns.weight is None else columns.weight
    changed, seen = change(columns), 0
    for segment, inside in scopes(columns):
        there = inside & (weight > 0)
        if not there.any():
            continue
        fact, seen = facts[tuple(segment.items())], seen + 1
        ones = np.ones(int(there.sum()))
        assert interval(fact.share) == pytest.approx(by_hand(changed[there], ones, columns.cluster[there]), abs=1e-12)
        if columns.weight is None:
            assert fact.weighted is None
        else:
            wanted = by_hand(changed[there], weight[there], columns.cluster[there])
            assert interval(fact.weighted) == pytest.approx(wanted, abs=1e-12)
    assert seen == len(facts) == 5


def interval(share: Share | None) -> tuple[float, float]:
    assert share
    return share.interval


def test_rows_that_moved_by_more_than_it_takes_belong_together_too() -> None:
    columns = in_groups(named(rows_of(Task.REGRESSION)), 20)
    assert columns.cluster is not None
    assert columns.champion
    assert columns.champion.values is not None
    assert columns.candidate.values is not None
    far = np.abs(columns.candidate.values - columns.champion.values) > 5
    moves = exactly(columns, clustered(Task.REGRESSION, moved_by=5)).moves
    assert moves
    assert interval(moves.beyond) == pytest.approx(by_hand(far, np.ones(400), columns.cluster), abs=1e-12)


def test_eight_alike_rows_of_a_cluster_tell_as_much_as_one() -> None:
    once = named(rows_of(Task.BINARY, 500))
    many = part_of(once, np.repeat(np.arange(500), 8))
    alone = exactly(once, asked(Task.BINARY)).shares[0]
    together = exactly(replace(many, cluster=np.repeat(np.arange(500), 8)), clustered(Task.BINARY)).shares[0]
    assert together.share
    assert alone.share
    assert together.share.value == alone.share.value
    assert width(together) == pytest.approx(width(alone), rel=0.01)
    assert width(exactly(many, asked(Task.BINARY)).shares[0]) < 0.4 * width(alone)
    in_lots = streamed(replace(many, cluster=group_of(np.repeat(np.arange(500), 8))), clustered(Task.BINARY)).changes
    assert in_lots
    assert width(in_lots.shares[0]) == pytest.approx(width(alone), rel=0.2)


def width(fact: ChangeFact) -> float:
    low, high = interval(fact.share)
    return high - low


# --- in groups ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", PAIRED)
@pytest.mark.parametrize("task", list(Task))
def test_streamed_the_same_is_shown_where_each_group_is_one_cluster(task: Task, form: str) -> None:
    columns = in_groups(FORMS[form](named(rows_of(task))))
    assert_alike(exactly(columns, clustered(task)), streamed(columns, clustered(task)).changes)


@pytest.mark.parametrize("task", list(Task))
def test_parts_that_were_sent_and_merged_show_the_same(task: Task) -> None:
    columns = in_groups(named(rows_of(task, weighted=True)))
    plan = plan_of(columns, clustered(task))
    whole, merged = describe_state(state_of(plan, columns)), State(plan)
    for start in range(0, 400, 90):
        part, sent = state_of(plan, columns.pick(np.arange(start, min(start + 90, 400)))), State(plan)
        sent.restore([each.copy() for each in part.arrays()], part.keys)
        merged.merge(sent)
    assert_alike(whole, describe_state(merged))


@pytest.mark.parametrize("way", ["exact", "streamed"])
def test_one_cluster_gives_no_share(way: str) -> None:
    columns = in_groups(named(rows_of(Task.BINARY)), 1)
    specification = clustered(Task.BINARY, moved_by=0.1)
    shown = (describe_columns if way == "exact" else streamed)(columns, specification).changes
    assert shown
    unit = "one cluster" if way == "exact" else "one group of clusters"
    assert {(fact.share, fact.problem) for fact in shown.shares} == {(None, f"{unit} gives no interval")}
    assert shown.shares[0].changed > 0
    assert shown.moves
    assert (shown.moves.amount, shown.moves.beyond) == (None, None)


def test_a_cluster_without_a_usable_row_is_none() -> None:
    """Of the first of three clusters the candidate says nothing: where rows moved, two are left."""
    scores = np.array([np.nan] * 4 + [0.9, 0.2, 0.8, 0.3] * 2)
    champion = np.array([0.9, 0.2, 0.8, 0.3] * 3)
    ours, theirs = (Predictions(scores=each, codes=np.where(each > 0.5, 1, 0)) for each in (scores, champion))
    label, cluster = np.array([1, 0] * 6), np.repeat(np.arange(3), 4)
    columns = named(Columns(label=label, candidate=ours, champion=theirs, cluster=cluster))
    moves = exactly(columns, replace(clustered(Task.BINARY, moved_by=0.1), segments=())).moves
    assert moves
    assert interval(moves.beyond) == by_hand(np.zeros(8, np.bool_), np.ones(8), cluster[4:])
