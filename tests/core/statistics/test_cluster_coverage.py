"""Of rows that belong together: intervals that know it hold the truth 94 to 96 % of the time, others do not.

Two standard errors of the simulation itself are forgiven, as in `test_coverage`: 93 to 97 %.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from coronet.core.evidence import CustomMetric, MetricFact, Share, Task
from coronet.core.statistics import Columns, Specification, measure
from coronet.core.statistics.columns import Custom, Integers, Pictures
from coronet.core.statistics.streaming import finish
from coronet.core.statistics.streaming.lots import group_of
from coronet.core.statistics.streaming.pictures.sections import Sections, describe_columns, describe_state
from tests.core.statistics.rows import Array, binary_predictions, number_predictions
from tests.core.statistics.streaming.both_ways import plan_of, state_of

SAMPLES = 2_000
ROWS, STREAMED_ROWS = 400, 2_000
# The widest distance needs more of the clusters.
WIDEST_ROWS = 1_000
TRUTH_ROWS = 1_000_000
Draw = Callable[[np.random.Generator, int], Columns]


def together(random: np.random.Generator, rows: int, *, uneven: bool = False) -> Integers:
    """Five rows a cluster, or about as many."""
    if not uneven:
        return np.arange(rows) // 5
    sizes = 1 + random.geometric(1 / 5, size=rows)
    return np.repeat(np.arange(rows), sizes)[:rows]


def noise(random: np.random.Generator, cluster: Integers, shared: float) -> Array:
    """Of variance 1, of which clusters share a part."""
    of_clusters = random.normal(size=int(cluster.max()) + 1)[cluster]
    return np.asarray(np.sqrt(shared) * of_clusters + np.sqrt(1 - shared) * random.normal(size=len(cluster)))


def draw_binary(random: np.random.Generator, rows: int, *, uneven: bool = False) -> Columns:
    cluster = together(random, rows, uneven=uneven)
    truth = noise(random, cluster, 0.7)
    label = (0.8 * truth + 0.6 * noise(random, cluster, 0.7) > 0.5).astype(np.int64)
    candidate, champion = (
        1 / (1 + np.exp(1 - 1.5 * (share * truth + spread * noise(random, cluster, 0.7))))
        for share, spread in ((1.0, 0.4), (0.8, 0.6))
    )
    return Columns(
        label=label, candidate=binary_predictions(candidate), champion=binary_predictions(champion), cluster=cluster
    )


def draw_numbers(random: np.random.Generator, rows: int, *, uneven: bool = False) -> Columns:
    cluster = together(random, rows, uneven=uneven)
    label, error = 20 + noise(random, cluster, 0.5), noise(random, cluster, 0.5)
    champion = label + 0.6 * (0.6 * error + 0.8 * noise(random, cluster, 0.5))
    return Columns(
        label=label,
        candidate=number_predictions(label + 0.5 * error),
        champion=number_predictions(champion),
        cluster=cluster,
    )


def draw_uneven(random: np.random.Generator, rows: int) -> Columns:
    return draw_binary(random, rows, uneven=True)


def own(arguments: Mapping[str, Any]) -> object:
    """The mean absolute error, as somebody would write it for all draws."""
    errors = np.abs(arguments["prediction"] - arguments["label"])
    return arguments["weights"] @ errors / arguments["weights"].sum(axis=1)


OWN = Custom(
    described=CustomMetric(name="custom.own", meaning="mean absolute error", higher_is_better=False),
    wants=frozenset({"label", "prediction", "weights"}),
    call=own,
)


def asking(metric: str, task: Task) -> Specification:
    classes = ("no", "yes") if task is Task.BINARY else ()
    return Specification(task=task, metrics=(metric,), classes=classes, custom=(OWN,), cluster="customer")


def measure_exactly(columns: Columns, asked: Specification) -> MetricFact:
    return measure(columns, asked)[0]


def measure_streamed(columns: Columns, asked: Specification) -> MetricFact:
    assert columns.cluster is not None
    grouped = replace(columns, cluster=group_of(columns.cluster))
    return finish(state_of(plan_of(grouped, asked), grouped)).facts[0]


def cover(
    metric: str, task: Task, draw: Draw, rows: int, way: Callable[[Columns, Specification], MetricFact]
) -> tuple[float, float]:
    """How often the intervals of the difference, and of the candidate's own value, hold the truth."""
    asked = asking(metric, task)
    truth = measure_exactly(replace(draw(np.random.default_rng(1), TRUTH_ROWS), cluster=None), replace(asked, draws=2))
    assert truth.difference is not None
    assert truth.candidate is not None
    random, held = np.random.default_rng(2), np.zeros(2)
    for _ in range(SAMPLES):
        fact = way(draw(random, rows), asked)
        assert fact.interval is not None
        assert fact.candidate_interval is not None
        held += [
            fact.interval[0] <= truth.difference <= fact.interval[1],
            fact.candidate_interval[0] <= truth.candidate <= fact.candidate_interval[1],
        ]
    paired, alone = (held / SAMPLES).tolist()
    return paired, alone


CASES: list[tuple[str, Task, Draw]] = [
    *(
        (metric, Task.BINARY, draw_binary)
        for metric in ("roc_auc", "accuracy", "log_loss", "f1", "average_precision", "ks")
    ),
    *((metric, Task.BINARY, draw_uneven) for metric in ("roc_auc", "accuracy", "brier", "recall", "ks")),
    *((metric, Task.REGRESSION, draw_numbers) for metric in ("mae", "rmse", "r2", "mdape", "custom.own")),
]
STREAMED = [
    *((metric, Task.BINARY, draw_uneven) for metric in ("roc_auc", "accuracy", "log_loss", "f1")),
    ("rmse", Task.REGRESSION, draw_numbers),
]
NAMES = ("metric", "task", "draw")


# --- the share of rows that change ----------------------------------------------------------------


def share_exactly(columns: Columns, asked: Specification) -> Share:
    return share_of(describe_columns(columns, asked))


def share_streamed(columns: Columns, asked: Specification) -> Share:
    assert columns.cluster is not None
    grouped = replace(columns, cluster=group_of(columns.cluster))
    return share_of(describe_state(state_of(plan_of(grouped, asked), grouped)))


def share_of(sections: Sections) -> Share:
    assert sections.changes
    assert sections.changes.shares[0].share
    return sections.changes.shares[0].share


def cover_changes(draw: Draw, rows: int, way: Callable[[Columns, Specification], Share]) -> float:
    asked = replace(asking("accuracy", Task.BINARY), metrics=(), custom=(), pictures=Pictures(movers=0))
    truth = share_exactly(replace(draw(np.random.default_rng(1), TRUTH_ROWS), cluster=None), asked).value
    random = np.random.default_rng(2)
    ends = [way(draw(random, rows), asked).interval for _ in range(SAMPLES)]
    return sum(low <= truth <= high for low, high in ends) / SAMPLES


@pytest.mark.slow
@pytest.mark.parametrize("draw", [draw_binary, draw_uneven])
@pytest.mark.parametrize(("rows", "way"), [(ROWS, share_exactly), (STREAMED_ROWS, share_streamed)])
def test_coverage_of_the_share_of_rows_that_change(
    rows: int, way: Callable[[Columns, Specification], Share], draw: Draw
) -> None:
    assert 0.93 <= cover_changes(draw, rows, way) <= 0.97


@pytest.mark.slow
def test_who_ignores_clusters_is_too_sure_of_what_changes() -> None:
    def ignore(columns: Columns, asked: Specification) -> Share:
        return share_exactly(replace(columns, cluster=None), asked)

    assert cover_changes(draw_binary, ROWS, ignore) < 0.9


# --- metrics --------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(NAMES, CASES)
def test_coverage(metric: str, task: Task, draw: Draw) -> None:
    rows = WIDEST_ROWS if metric == "ks" else ROWS
    paired, alone = cover(metric, task, draw, rows, measure_exactly)
    assert 0.93 <= paired <= 0.97
    assert 0.93 <= alone <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(NAMES, STREAMED)
def test_coverage_of_what_is_streamed(metric: str, task: Task, draw: Draw) -> None:
    paired, alone = cover(metric, task, draw, STREAMED_ROWS, measure_streamed)
    assert 0.93 <= paired <= 0.97
    assert 0.93 <= alone <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(NAMES, [case for case in CASES if case[0] in ("roc_auc", "accuracy", "log_loss", "mae")])
def test_who_ignores_clusters_is_too_sure(metric: str, task: Task, draw: Draw) -> None:
    def ignore(columns: Columns, asked: Specification) -> MetricFact:
        return measure_exactly(replace(columns, cluster=None), asked)

    assert max(cover(metric, task, draw, ROWS, ignore)) < 0.9
