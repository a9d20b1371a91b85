"""Rows of made-up evaluations, with a fixed seed for each."""

import numpy as np
from numpy.typing import NDArray

from coronet.core.evidence import MetricFact, Task
from coronet.core.statistics import Columns, Predictions, Specification, measure

Array = NDArray[np.float64]
BINARY = ("no", "yes")
KINDS = ("a", "b", "c")


def binary_scores(rows: int = 300, *, seed: int = 0, ties: bool = False) -> tuple[NDArray[np.int64], Array, Array]:
    """Labels, and two models' probabilities of `yes`."""
    random = np.random.default_rng(seed)
    truth = random.normal(size=rows)
    label = (random.random(rows) < _expit(truth)).astype(np.int64)
    candidate, champion = (_expit(truth + noise * random.normal(size=rows)) for noise in (0.5, 1.0))
    return (label, np.round(candidate, 1), np.round(champion, 1)) if ties else (label, candidate, champion)


def class_scores(rows: int = 300, *, seed: int = 0) -> tuple[NDArray[np.int64], Array, Array]:
    """Labels of three classes, and two models' (rows, 3) probabilities."""
    random = np.random.default_rng(seed)
    truth = random.normal(size=(rows, 3)) + np.array([0.5, 0, -0.5])
    label = (truth + random.normal(size=(rows, 3))).argmax(axis=1)
    candidate, champion = (np.exp(truth + noise * random.normal(size=(rows, 3))) for noise in (0.3, 0.9))
    return label, candidate / candidate.sum(axis=1, keepdims=True), champion / champion.sum(axis=1, keepdims=True)


def prices(rows: int = 300, *, seed: int = 0) -> tuple[Array, Array, Array]:
    """Positive labels, and two models' values."""
    random = np.random.default_rng(seed)
    label = np.exp(random.normal(size=rows) * 0.5 + 3)
    return label, label * np.exp(0.1 * random.normal(size=rows)), label * np.exp(0.2 * random.normal(size=rows))


def weights(rows: int, *, seed: int = 9) -> Array:
    return np.random.default_rng(seed).integers(1, 5, size=rows).astype(np.float64)


def binary_predictions(scores: Array) -> Predictions:
    return Predictions(scores=scores, codes=(scores >= 0.5).astype(np.int64))


def class_predictions(scores: Array) -> Predictions:
    return Predictions(scores=scores, codes=scores.argmax(axis=1))


def number_predictions(values: Array) -> Predictions:
    return Predictions(values=values)


def measure_binary(
    metric: str, label: NDArray[np.int64], candidate: Array, champion: Array | None = None
) -> MetricFact:
    columns = Columns(
        label=label,
        candidate=binary_predictions(candidate),
        champion=None if champion is None else binary_predictions(champion),
    )
    return measure_one(columns, Task.BINARY, metric, BINARY)


def measure_numbers(metric: str, label: Array, candidate: Array, champion: Array | None = None) -> MetricFact:
    columns = Columns(
        label=label,
        candidate=number_predictions(candidate),
        champion=None if champion is None else number_predictions(champion),
    )
    return measure_one(columns, Task.REGRESSION, metric)


def measure_one(columns: Columns, task: Task, metric: str, classes: tuple[str, ...] = ()) -> MetricFact:
    (fact,) = measure(columns, Specification(task=task, metrics=(metric,), classes=classes, draws=200))
    return fact


def _expit(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))
