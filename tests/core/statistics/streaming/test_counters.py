"""Rows are counted exactly, in bytes and beyond them, alone and among others that wait."""

from dataclasses import replace

import numpy as np
import pytest

from coronet.core.evidence import Task
from coronet.core.statistics.columns import Integers
from coronet.core.statistics.streaming import finish
from coronet.core.statistics.streaming.counters import Counters
from coronet.core.statistics.streaming.waiting import Queue, Waiting
from tests.core.statistics.streaming.both_ways import asking, part_of, plan_of, rows_of, state_of
from tests.core.statistics.streaming.test_contract import assert_same

CELLS = 1000


def batch_of(levels: Integers, *, weighted: bool = False) -> Waiting:
    rows = len(levels)
    weight = np.asarray(np.arange(rows) % 3 + 0.5, dtype=np.float64) if weighted else None
    nothing = np.zeros(rows, dtype=np.int16)
    return Waiting(levels=[levels.astype(np.int32)], coarse=nothing, groups={None: nothing}, weight=weight)


def index_of(batch: Waiting) -> Integers:
    return batch.levels[0].astype(np.int64)


HEAPS = {
    "few": np.arange(10),
    "many": np.random.default_rng(0).integers(CELLS, size=5000),
    "just in bytes": np.repeat([3, 4], [255, 100]),
    "beyond bytes": np.repeat([3, 4], [256, 100]),
    "all alike": np.full(70_000, 7),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("heap", HEAPS)
def test_rows_are_counted_exactly(heap: str, weighted: bool) -> None:
    counters = Counters(CELLS, weighted=weighted)
    batches = [batch_of(HEAPS[heap], weighted=weighted), batch_of(HEAPS["many"], weighted=weighted)]
    counters.add(batches, index_of)
    counters.add(batches[1:], index_of)
    index = np.concatenate([index_of(batch) for batch in (*batches, batches[1])])
    rows, *sums = counters.between(0, CELLS)
    assert rows.tolist() == np.bincount(index, minlength=CELLS).tolist()
    weights = [batch.weight for batch in (*batches, batches[1]) if batch.weight is not None]
    for power, found in enumerate(sums, 1):
        wanted = np.bincount(index, weights=np.concatenate(weights) ** power, minlength=CELLS)
        assert found.tolist() == pytest.approx(wanted.tolist())
    assert len(sums) == (2 if weighted else 0)


def test_rows_that_wait_are_finished_as_those_that_were_counted() -> None:
    """More batches than wait at once, the last of which is not full."""
    columns = rows_of(Task.BINARY, 40_000, ties=True)
    columns = replace(columns, segments={"kind": columns.segments["kind"]})
    plan = plan_of(columns, asking(Task.BINARY, "roc_auc", segments=("kind",)))
    parts = [part_of(columns, np.arange(start, min(start + 900, 40_000))) for start in range(0, 40_000, 900)]
    for one, other in zip(finish(state_of(plan, columns)).facts, finish(state_of(plan, *parts)).facts, strict=True):
        assert_same(one, other)


@pytest.mark.parametrize("patience", [0, 1, 25, 1000])
def test_every_column_counts_every_batch_once_and_in_turn(patience: int) -> None:
    queue, counted = Queue([None, "kind", "area"], patience), {None: 0, "kind": 0, "area": 0}
    batches = [batch_of(np.full(rows, rows)) for rows in (3, 5, 1, 0, 9, 2, 4)]
    longest = 0
    for batch in batches:
        queue.append(batch)
        for column, taken in queue.due():
            longest = max(longest, sum(map(len, taken)))
            counted[column] += sum(map(len, taken))
    assert longest <= patience + 18
    for column, taken in queue.rest():
        counted[column] += sum(map(len, taken))
    assert set(counted.values()) == {24}
    assert all(not taken for _, taken in queue.rest())


def test_rows_do_not_wait_where_they_take_much_memory() -> None:
    queue = Queue([None], 10**9)
    wide = np.zeros(1 << 20, dtype=np.int16)
    batch = Waiting(levels=[], coarse=wide, groups=dict.fromkeys(map(str, range(64)), wide), weight=None)
    queue.append(batch)
    assert [taken for _, taken in queue.due()] == [[batch]]
