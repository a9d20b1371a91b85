"""Every metric, its value and both of its intervals, against other programs or its definition: to 1e-9.

The tables are in `references`; a metric that is in none of them fails here. The calibration error's ends are searched
for between nodes of a path, and lie within so much of their width from what integrals and many draws make of them.
"""

from dataclasses import replace

import pytest
from sklearn import config_context

from coronet.core.catalogue import METRICS, metric_names
from coronet.core.evidence import Task
from coronet.core.statistics import Columns, Specification, measure
from coronet.core.statistics.intervals import clip
from tests.core.statistics.references import DRAWS, EXPECTED, both_of
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

ROWS = 32
# Of the difference, and of one model.
SEARCHED = {"ece": (0.02, 0.003)}
EVERY = [(task, name) for task in Task for name in metric_names(task)]
CLASSES = {Task.BINARY: BINARY, Task.MULTICLASS: KINDS, Task.REGRESSION: ()}


def columns_of(task: Task, *, weighted: bool) -> Columns:
    weight = weights(ROWS) if weighted else None
    if task is Task.REGRESSION:
        prices_, *values = prices(ROWS)
        ours, theirs = (number_predictions(each) for each in values)
        return Columns(label=prices_, candidate=ours, champion=theirs, weight=weight)
    if task is Task.BINARY:
        label, *scores = binary_scores(ROWS)
        ours, theirs = (binary_predictions(each) for each in scores)
    else:
        label, *scores = class_scores(ROWS)
        ours, theirs = (class_predictions(each) for each in scores)
    return Columns(label=label, candidate=ours, champion=theirs, weight=weight)


@pytest.mark.parametrize("weighted", [False, True], ids=["even", "weighted"])
@pytest.mark.parametrize(("task", "metric"), EVERY, ids=[f"{task}-{name}" for task, name in EVERY])
def test_values_and_intervals_are_those_of_the_reference(task: Task, metric: str, weighted: bool) -> None:
    columns = columns_of(task, weighted=weighted)
    (fact,) = measure(columns, Specification(task=task, metrics=(metric,), classes=CLASSES[task], draws=DRAWS))
    both = both_of(task, metric, columns)
    assert (fact.candidate, fact.champion) == pytest.approx(both.values, rel=1e-9, abs=1e-9)
    found, span = METRICS[metric], METRICS[metric].span
    with config_context(assume_finite=True, skip_parameter_validation=True):
        difference, own = EXPECTED[metric](both)
    bounds = (None, None) if span is None else (-span, span)
    expected = clip(difference, *bounds), clip(own, found.lowest, found.highest)
    for interval, ends, share in zip(
        (fact.interval, fact.candidate_interval), expected, SEARCHED.get(metric, (0, 0)), strict=True
    ):
        assert interval == pytest.approx(ends, rel=1e-9, abs=max(1e-9, share * (ends[1] - ends[0])))


def test_every_metric_has_a_reference() -> None:
    assert set(EXPECTED) == set(METRICS)


@pytest.mark.parametrize("metric", ["accuracy", "brier", "roc_auc", "f1", "ks"])
def test_a_reference_sees_a_change_of_the_rows(metric: str) -> None:
    """It is no mirror of what it is compared with."""
    columns = columns_of(Task.BINARY, weighted=False)
    plain, heavy = (
        EXPECTED[metric](both_of(Task.BINARY, metric, replace(columns, weight=weight)))
        for weight in (None, weights(ROWS))
    )
    for one, other in zip(plain, heavy, strict=True):
        assert one != pytest.approx(other, abs=1e-6)
