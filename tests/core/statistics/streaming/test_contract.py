"""Measured at once or streamed, the same rows give the same facts."""

from dataclasses import replace

import numpy as np
import pytest

from coronet.core.catalogue import metric_names
from coronet.core.evidence import MetricFact, Task
from coronet.core.statistics import Columns, Predictions, measure
from coronet.core.statistics.streaming import find_unstreamed
from tests.core.statistics.rows import number_predictions
from tests.core.statistics.streaming.both_ways import asking, rows_of, stream

ORDER = ("roc_auc", "gini", "average_precision", "ks", "mdape")
DRAWN = ("average_precision", "ks", "mdape", "ece")
STREAMED = [
    (task, metric) for task in Task for metric in metric_names(task) if not find_unstreamed(asking(task, metric))
]
SUMS = [(task, metric) for task, metric in STREAMED if metric not in (*ORDER, *DRAWN)]
FORMS = {
    "paired": lambda columns: columns,
    "alone": lambda columns: replace(columns, champion=None),
    "without weight on some": lambda columns: replace(columns, weight=np.where(np.arange(len(columns)) % 7, 1.5, 0.0)),
    "weighted": lambda columns: replace(columns, weight=np.arange(len(columns)) % 3 + 0.5),
    "the same twice": lambda columns: replace(columns, champion=columns.candidate),
    "perfect": lambda columns: replace(columns, candidate=_perfect(columns)),
}


def _perfect(columns: Columns) -> Predictions:
    said, label = columns.candidate, columns.label
    if said.values is not None:
        return replace(said, values=label.astype(np.float64))
    scores = said.scores
    assert scores is not None
    sure = label.astype(float) if scores.ndim == 1 else np.eye(3)[label.astype(int)]
    return replace(said, codes=label.astype(np.int64), scores=sure)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("task", "metric"), SUMS)
def test_what_is_made_of_sums_is_the_same(task: Task, metric: str, form: str) -> None:
    columns = FORMS[form](rows_of(task))
    exact = measure(columns, asking(task, metric))
    streamed = stream(columns, asking(task, metric))
    for one, other in zip(exact, streamed, strict=True):
        assert_same(one, other)
        assert other.method == f"{one.method}, streamed"


@pytest.mark.parametrize("form", [form for form in FORMS if "weight" not in form])
@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS])
def test_the_calibration_error_is_the_same(task: Task, form: str) -> None:
    columns = FORMS[form](rows_of(task))
    for one, other in zip(measure(columns, asking(task, "ece")), stream(columns, asking(task, "ece")), strict=True):
        assert_same(one, other, within=1e-6)
        assert other.method == f"{one.method}, streamed"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("metric", ["roc_auc", "gini", "average_precision", "ks"])
def test_orders_are_the_same_where_scores_are_few(metric: str, form: str) -> None:
    """Each level has one score, and both models' levels are told apart."""
    columns = FORMS[form](rows_of(Task.BINARY, ties=True))
    for one, other in zip(
        measure(columns, asking(Task.BINARY, metric)), stream(columns, asking(Task.BINARY, metric)), strict=True
    ):
        assert_same(one, other, within=1e-9)


def assert_same(one: MetricFact, other: MetricFact, *, within: float = 1e-9) -> None:
    assert (other.metric, other.segment, other.rows, other.problem) == (one.metric, one.segment, one.rows, one.problem)
    for name in ("candidate", "champion", "difference", "interval", "candidate_interval"):
        found, wanted = getattr(other, name), getattr(one, name)
        assert found == (wanted if wanted is None else pytest.approx(wanted, abs=within, rel=within)), name


@pytest.mark.parametrize("form", ["paired", "alone"])
def test_medians_are_the_same_where_errors_are_few(form: str) -> None:
    """Each level has one number, and both models' levels are told apart."""
    random = np.random.default_rng(7)
    label = np.full(400, 100.0)
    candidate, champion = (number_predictions(label + random.integers(1, 9, size=400)) for _ in range(2))
    columns = FORMS[form](replace(rows_of(Task.REGRESSION), label=label, candidate=candidate, champion=champion))
    asked = asking(Task.REGRESSION, "mdape")
    for one, other in zip(measure(columns, asked), stream(columns, asked), strict=True):
        assert_same(one, other)
