"""Made-up worlds whose truth is known, and how often intervals hold it.

Each world has two models. In one they differ; in the other, `alike`, they are as good as each other, and differ
by noise alone, so that the true difference is 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from coronet.core.evidence import MetricFact, Task
from coronet.core.statistics import Columns, Predictions, Specification, measure
from coronet.core.statistics.intervals import Interval
from tests.core.statistics.rows import (
    BINARY,
    KINDS,
    Array,
    binary_predictions,
    class_predictions,
    number_predictions,
)

TRUTH_ROWS = 1_000_000
# What every model adds to the truth: (candidate, champion).
APART, ALIKE = (0.4, 0.8), (0.6, 0.6)
Codes = NDArray[np.int64]
Draw = Callable[[np.random.Generator, int], Columns]


@dataclass(frozen=True, kw_only=True)
class World:
    name: str
    task: Task
    draw: Draw
    classes: tuple[str, ...] = ()
    alike: bool = False

    def specify(self, *metrics: str, draws: int = 400, segments: tuple[str, ...] = ()) -> Specification:
        return Specification(task=self.task, metrics=metrics, classes=self.classes, segments=segments, draws=draws)

    @property
    def true_rows(self) -> Columns:
        return self.draw(np.random.default_rng(1), TRUTH_ROWS)


@dataclass(kw_only=True)
class Held:
    """How often intervals of the difference and of the candidate's own value held the truth."""

    draws: int = 0
    difference: int = 0
    own: int = 0
    broken: list[str] = field(default_factory=list)

    def add(self, difference: Interval, own: Interval, truth: tuple[float, float]) -> None:
        self.draws += 1
        self.difference += difference[0] <= truth[0] <= difference[1]
        self.own += own[0] <= truth[1] <= own[1]

    def add_fact(self, fact: MetricFact, truth: tuple[float, float]) -> None:
        assert fact.interval is not None, fact.problem
        assert fact.candidate_interval is not None, fact.problem
        self.add(fact.interval, fact.candidate_interval, truth)

    def shares(self) -> tuple[float, float]:
        return self.difference / self.draws, self.own / self.draws

    def slack(self) -> float:
        """Two standard errors of this simulation itself."""
        return 2 * sqrt(0.95 * 0.05 / self.draws)


# --- two classes ----------------------------------------------------------------------------------


def draw_scores(random: np.random.Generator, rows: int, noise: tuple[float, float] = APART) -> Columns:
    """Of every row the truth is a normal number, and each model sees it with noise of its own."""
    truth = random.normal(size=rows)
    label = (random.random(rows) < _expit(1.5 * truth - 0.5)).astype(np.int64)
    candidate, champion = (_expit(1.5 * (truth + each * random.normal(size=rows)) - 0.5) for each in noise)
    return Columns(label=label, candidate=binary_predictions(candidate), champion=binary_predictions(champion))


# --- many classes ---------------------------------------------------------------------------------


def draw_classes(random: np.random.Generator, rows: int, noise: tuple[float, float] = APART) -> Columns:
    truth = random.normal(size=(rows, 3)) + np.array([0.5, 0, -0.5])
    label = (truth + random.gumbel(size=(rows, 3))).argmax(axis=1)
    candidate, champion = (np.exp(truth + each * random.normal(size=(rows, 3))) for each in noise)
    sides = [class_predictions(each / each.sum(axis=1, keepdims=True)) for each in (candidate, champion)]
    return Columns(label=label, candidate=sides[0], champion=sides[1])


# --- numbers --------------------------------------------------------------------------------------


def draw_numbers(random: np.random.Generator, rows: int, noise: tuple[float, float] = APART) -> Columns:
    """Labels around 100, none near 0, with normal errors."""
    label = 100 + 15 * random.normal(size=rows)
    candidate, champion = (label + 15 * each * random.normal(size=rows) for each in noise)
    return Columns(label=label, candidate=number_predictions(candidate), champion=number_predictions(champion))


def _alike(draw: Callable[[np.random.Generator, int, tuple[float, float]], Columns]) -> Draw:
    return lambda random, rows: draw(random, rows, ALIKE)


WORLDS: Mapping[Task, World] = {
    Task.BINARY: World(name="scores", task=Task.BINARY, draw=draw_scores, classes=BINARY),
    Task.MULTICLASS: World(name="classes", task=Task.MULTICLASS, draw=draw_classes, classes=KINDS),
    Task.REGRESSION: World(name="numbers", task=Task.REGRESSION, draw=draw_numbers),
}
ALIKES: Mapping[Task, World] = {
    Task.BINARY: World(name="scores alike", task=Task.BINARY, draw=_alike(draw_scores), classes=BINARY, alike=True),
    Task.MULTICLASS: World(
        name="classes alike", task=Task.MULTICLASS, draw=_alike(draw_classes), classes=KINDS, alike=True
    ),
    Task.REGRESSION: World(name="numbers alike", task=Task.REGRESSION, draw=_alike(draw_numbers), alike=True),
}


def true_values(world: World, metrics: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """(difference, candidate's own) by metric: of a million rows, and 0 where the models are as good."""
    found = {}
    for fact in measure(_true_rows(world.name), world.specify(*metrics, draws=2)):
        assert fact.difference is not None
        assert fact.candidate is not None
        found[fact.metric] = (fact.difference, fact.candidate)
    return {name: (0.0, own) if world.alike else (difference, own) for name, (difference, own) in found.items()}


@cache
def _true_rows(name: str) -> Columns:
    return next(world for world in (*WORLDS.values(), *ALIKES.values()) if world.name == name).true_rows


# --- classes alone, as counts of rows alike -------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Every (label, candidate's class, champion's class) there is, and how likely it is."""

    label: Codes
    candidate: Codes
    champion: Codes
    chance: Array


def cells_of(classes: int, *, right: tuple[float, float], agree: float) -> Cells:
    """Each model is right with a chance of its own, else says any other class; they agree more often than by chance."""
    label, candidate, champion = (each.ravel() for each in np.indices((classes,) * 3))
    prior = np.array([0.35, 0.65]) if classes == 2 else np.array([0.5, 0.3, 0.2])
    wrong = classes - 1
    ours = np.where(candidate == label, right[0], (1 - right[0]) / wrong)
    theirs = np.where(champion == label, right[1], (1 - right[1]) / wrong)
    apart = prior[label] * ours * theirs
    # Where they agree both say what the two would say on average.
    mean = sum(right) / 2
    both = np.where(candidate == label, mean, (1 - mean) / wrong) * (candidate == champion)
    return Cells(
        label=label, candidate=candidate, champion=champion, chance=(1 - agree) * apart + agree * prior[label] * both
    )


def rows_of(counts: Codes, cells: Cells) -> Columns:
    """The rows that the counts stand for."""
    label, candidate, champion = (np.repeat(each, counts) for each in (cells.label, cells.candidate, cells.champion))
    return Columns(label=label, candidate=Predictions(codes=candidate), champion=Predictions(codes=champion))


def _expit(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))
