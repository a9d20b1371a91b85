"""Nominal 95 % intervals hold the truth in 93 to 97 % of 2,000 samples, for every closed form."""

from collections.abc import Callable

import numpy as np
import pytest

from coronet.core.evidence import Task
from coronet.core.statistics import Columns, Predictions, Specification, measure
from tests.core.statistics.rows import Array, binary_predictions, number_predictions

SAMPLES = 2_000
ROWS = 300
TRUTH_ROWS = 1_000_000
CLOSED = {
    Task.BINARY: (
        *("roc_auc", "gini", "accuracy", "log_loss", "brier"),
        *("precision", "recall", "f1", "balanced_accuracy", "f1_macro", "precision_weighted"),
    ),
    Task.REGRESSION: ("mae", "mape", "within_20_percent"),
}
Draw = Callable[[np.random.Generator, int], Columns]


def draw_binary(random: np.random.Generator, rows: int, *, weighted: bool = False, rare: bool = False) -> Columns:
    base = -3 if rare else -1
    truth = random.normal(size=rows)
    label = (random.random(rows) < _expit(1.5 * truth + base)).astype(np.int64)
    candidate = _expit(1.5 * (truth + 0.4 * random.normal(size=rows)) + base)
    champion = _expit(1.5 * (0.8 * truth + 0.6 * random.normal(size=rows)) + base)
    weight = random.choice([0.5, 1.0, 2.0], size=rows) if weighted else None
    return Columns(
        label=label,
        candidate=binary_predictions(candidate),
        champion=binary_predictions(champion),
        weight=weight,
    )


def draw_rare(random: np.random.Generator, rows: int) -> Columns:
    """One row in ten is positive."""
    return draw_binary(random, rows, rare=True)


def draw_weighted(random: np.random.Generator, rows: int) -> Columns:
    return draw_binary(random, rows, weighted=True)


def draw_numbers(random: np.random.Generator, rows: int) -> Columns:
    label = np.exp(0.5 * random.normal(size=rows) + 3)
    candidate, champion = (label * np.exp(spread * random.normal(size=rows)) for spread in (0.2, 0.25))
    return Columns(label=label, candidate=number_predictions(candidate), champion=number_predictions(champion))


def draw_normal(random: np.random.Generator, rows: int) -> Columns:
    label = random.normal(size=rows)
    candidate, champion = (label + spread * random.normal(size=rows) for spread in (0.5, 0.6))
    return Columns(label=label, candidate=number_predictions(candidate), champion=number_predictions(champion))


def draw_alike(random: np.random.Generator, rows: int) -> Columns:
    """Two models that are right nine times in ten and nearly always agree."""
    label = random.integers(2, size=rows)
    agreed = np.where(random.random(rows) < 0.9, label, 1 - label)
    candidate, champion = (np.where(random.random(rows) < 0.02, 1 - agreed, agreed) for _ in range(2))
    return Columns(label=label, candidate=Predictions(codes=candidate), champion=Predictions(codes=champion))


CASES: list[tuple[Task, str, Draw]] = [
    *((Task.BINARY, metric, draw_binary) for metric in CLOSED[Task.BINARY]),
    *((Task.REGRESSION, metric, draw_numbers) for metric in CLOSED[Task.REGRESSION]),
    (Task.REGRESSION, "rmse", draw_normal),
    (Task.REGRESSION, "r2", draw_normal),
    (Task.BINARY, "accuracy", draw_alike),
    (Task.BINARY, "f1", draw_weighted),
    (Task.BINARY, "recall", draw_rare),
    (Task.BINARY, "roc_auc", draw_weighted),
    (Task.BINARY, "brier", draw_weighted),
]
NAMES = [f"{metric}-{draw.__name__}" for _, metric, draw in CASES]


@pytest.mark.slow
@pytest.mark.parametrize(("task", "metric", "draw"), CASES, ids=NAMES)
def test_coverage(task: Task, metric: str, draw: Draw) -> None:
    specification = Specification(task=task, metrics=(metric,), classes=("no", "yes") if task is Task.BINARY else ())
    (truth,) = measure(draw(np.random.default_rng(1), TRUTH_ROWS), specification)
    assert truth.difference is not None
    assert truth.candidate is not None
    random = np.random.default_rng(2)
    held = np.zeros(2)
    for _ in range(SAMPLES):
        (fact,) = measure(draw(random, ROWS), specification)
        assert fact.interval is not None
        assert fact.candidate_interval is not None
        held += [
            fact.interval[0] <= truth.difference <= fact.interval[1],
            fact.candidate_interval[0] <= truth.candidate <= fact.candidate_interval[1],
        ]
    paired, own = held / SAMPLES
    assert 0.93 <= paired <= 0.97
    assert 0.93 <= own <= 0.97


def _expit(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))
