"""The same rows measured at once and streamed."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coronet.core.evidence import MetricFact, Task
from coronet.core.statistics import Columns, SegmentColumn, Specification
from coronet.core.statistics.columns import Integers
from coronet.core.statistics.streaming import Plan, State, finish, make_plan
from tests.core.statistics.rows import (
    BINARY,
    KINDS,
    binary_predictions,
    binary_scores,
    class_predictions,
    class_scores,
    number_predictions,
    prices,
    weights,
)

CLASSES = {Task.BINARY: BINARY, Task.MULTICLASS: KINDS, Task.REGRESSION: ()}
DRAWS = 200


def rows_of(task: Task, rows: int = 400, *, seed: int = 0, weighted: bool = False, ties: bool = False) -> Columns:
    """Both models on rows with two columns of segments."""
    random = np.random.default_rng(seed + 1)
    if task is Task.BINARY:
        label, *scores = binary_scores(rows, seed=seed, ties=ties)
        candidate, champion = (binary_predictions(each) for each in scores)
        columns = Columns(label=label, candidate=candidate, champion=champion)
    elif task is Task.MULTICLASS:
        label, *scores = class_scores(rows, seed=seed)
        candidate, champion = (class_predictions(each) for each in scores)
        columns = Columns(label=label, candidate=candidate, champion=champion)
    else:
        price, *values = prices(rows, seed=seed)
        candidate, champion = (number_predictions(each) for each in values)
        columns = Columns(label=price, candidate=candidate, champion=champion)
    segments = {
        "kind": SegmentColumn(names=("flat", "house", "ruin"), codes=random.integers(2, size=rows)),
        "area": SegmentColumn(names=("east", "west"), codes=random.integers(2, size=rows)),
    }
    return replace(columns, segments=segments, weight=weights(rows) if weighted else None)


def asking(task: Task, *metrics: str, segments: Sequence[str] = ("kind", "area")) -> Specification:
    return Specification(task=task, metrics=metrics, classes=CLASSES[task], segments=tuple(segments), draws=DRAWS)


def plan_of(columns: Columns, specification: Specification) -> Plan:
    return make_plan(columns, specification, rows=len(columns))


def part_of(columns: Columns, index: Integers) -> Columns:
    segments = {
        name: SegmentColumn(names=segment.names, codes=segment.codes[index])
        for name, segment in columns.segments.items()
    }
    return replace(columns.take(index), segments=segments)


def state_of(plan: Plan, *batches: Columns) -> State:
    state = State(plan)
    for batch in batches:
        state.add(batch)
    return state


def stream(columns: Columns, specification: Specification) -> tuple[MetricFact, ...]:
    return finish(state_of(plan_of(columns, specification), columns)).facts
