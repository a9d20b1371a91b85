"""The metrics there are: what each means, for which tasks, and which direction is better.

Nothing is computed here, so that a policy can be judged without an array library.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from math import inf

from coronet.core.evidence import CustomMetric, Task
from coronet.errors import Finding


class Direction(StrEnum):
    """Which way is better; `NEITHER` of what can only be steady or move, as a share of approvals."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Input(StrEnum):
    """What of the predictions a metric is computed from."""

    VALUES = "values"
    CLASSES = "classes"
    SCORES = "scores"
    PROBABILITIES = "probabilities"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One metric. Values lie between `lowest` and `highest` (None where there is no bound); `best` is a perfect one
    (None where no value is better than another).

    `unit` is "" for plain numbers and shares (0.1 is ten per cent), "label" for the label's own unit.
    """

    name: str
    meaning: str
    tasks: frozenset[Task]
    direction: Direction
    best: float | None
    lowest: float | None
    highest: float | None
    input: Input
    unit: str = ""

    @property
    def higher_is_better(self) -> bool:
        return self.direction is Direction.HIGHER

    @property
    def sign(self) -> int:
        """+1 where more of it is better, −1 where less is, 0 where neither is."""
        return {Direction.HIGHER: 1, Direction.LOWER: -1, Direction.NEITHER: 0}[self.direction]

    @property
    def needs_scores(self) -> bool:
        """Whether predicted classes alone do not suffice."""
        return self.input in (Input.SCORES, Input.PROBABILITIES)

    @property
    def span(self) -> float | None:
        """How far apart two values can lie; None where there is no bound."""
        return None if self.lowest is None or self.highest is None else self.highest - self.lowest


# What the names of a team's own metrics begin with.
CUSTOM = "custom."
_BINARY = frozenset({Task.BINARY})
_MULTICLASS = frozenset({Task.MULTICLASS})
_CLASSES = _BINARY | _MULTICLASS
_REGRESSION = frozenset({Task.REGRESSION})


def _share(name: str, meaning: str, tasks: frozenset[Task], needs: Input, *, lowest: float = 0.0) -> Metric:
    """A metric with 1 as its best value."""
    return Metric(
        name=name,
        meaning=meaning,
        tasks=tasks,
        direction=Direction.HIGHER,
        best=1.0,
        lowest=lowest,
        highest=1.0,
        input=needs,
    )


def _loss(
    name: str, meaning: str, tasks: frozenset[Task], needs: Input, *, highest: float | None = None, unit: str = ""
) -> Metric:
    """A metric with 0 as its best value."""
    return Metric(
        name=name,
        meaning=meaning,
        tasks=tasks,
        direction=Direction.LOWER,
        best=0.0,
        lowest=0.0,
        highest=highest,
        input=needs,
        unit=unit,
    )


def _level(name: str, meaning: str, task: Task, needs: Input, *, bounded: bool = True, unit: str = "") -> Metric:
    """A metric that says what a model does, not how well."""
    return Metric(
        name=name,
        meaning=meaning,
        tasks=frozenset({task}),
        direction=Direction.NEITHER,
        best=None,
        lowest=0.0 if bounded else None,
        highest=1.0 if bounded else None,
        input=needs,
        unit=unit,
    )


_AVERAGES = {
    "macro": "mean over the classes",
    "weighted": "mean over the classes, weighted by their rows",
    "micro": "over all classes together",
}
_OF_CLASSES = {
    "precision": "share of the rows predicted positive that are",
    "recall": "share of the positive rows that are predicted so",
    "f1": "harmonic mean of precision and recall",
}
_OF_SCORES = {
    "roc_auc": "area under the ROC curve",
    "average_precision": "area under the precision-recall curve, by steps",
}
_R2 = Metric(
    name="r2",
    meaning="share of the label's variance that is explained",
    tasks=_REGRESSION,
    direction=Direction.HIGHER,
    best=1.0,
    lowest=None,
    highest=1.0,
    input=Input.VALUES,
)


def _define() -> Iterable[Metric]:
    yield _share("accuracy", "share of the rows whose class is right", _CLASSES, Input.CLASSES)
    yield _share("balanced_accuracy", "mean of the classes' recalls", _CLASSES, Input.CLASSES)
    for name, meaning in _OF_CLASSES.items():
        yield _share(name, meaning, _BINARY, Input.CLASSES)
        for average, over in _AVERAGES.items():
            yield _share(f"{name}_{average}", f"{meaning}, {over}", _CLASSES, Input.CLASSES)
    for name, meaning in _OF_SCORES.items():
        yield _share(name, meaning, _BINARY, Input.SCORES)
        for average in ("macro", "weighted"):
            over = f"each class against the rest, {_AVERAGES[average]}"
            yield _share(f"{name}_{average}", f"{meaning}, {over}", _MULTICLASS, Input.SCORES)
    yield _share("gini", "2 × ROC AUC − 1", _BINARY, Input.SCORES, lowest=-1.0)
    yield _share("ks", "widest distance between the classes' score distributions", _BINARY, Input.SCORES)
    yield _loss("log_loss", "mean −log of the probability given to the true class", _CLASSES, Input.PROBABILITIES)
    yield _loss("brier", "mean squared error of the probabilities", _CLASSES, Input.PROBABILITIES, highest=2.0)
    yield _loss("ece", "mean distance of probability and frequency", _CLASSES, Input.PROBABILITIES, highest=1.0)
    yield _loss("mae", "mean absolute error", _REGRESSION, Input.VALUES, unit="label")
    yield _loss("rmse", "root of the mean squared error", _REGRESSION, Input.VALUES, unit="label")
    yield _loss("mape", "mean absolute error as a share of the label", _REGRESSION, Input.VALUES)
    yield _loss("mdape", "median absolute error as a share of the label", _REGRESSION, Input.VALUES)
    yield _R2
    for percent in (5, 10, 20):
        yield _within(percent)
    yield _level("positive_rate", "share of the rows that are predicted positive", Task.BINARY, Input.CLASSES)
    yield _level("mean_score", "mean probability of the positive class", Task.BINARY, Input.PROBABILITIES)
    yield _level(
        "mean_prediction", "mean of the predicted numbers", Task.REGRESSION, Input.VALUES, bounded=False, unit="label"
    )


def _within(percent: int) -> Metric:
    meaning = f"share of the rows predicted within {percent} % of the label"
    return _share(f"within_{percent}_percent", meaning, _REGRESSION, Input.VALUES)


METRICS: dict[str, Metric] = {metric.name: metric for metric in _define()}

_DEFAULTS = {
    Task.BINARY: ("roc_auc", "average_precision", "log_loss", "brier", "accuracy", "precision", "recall", "f1"),
    Task.MULTICLASS: ("accuracy", "balanced_accuracy", "f1_macro", "log_loss"),
    Task.REGRESSION: ("mae", "rmse", "r2"),
}
_WITHIN = re.compile(r"within_([1-9]\d?)_percent")


def within_percent(name: str) -> int | None:
    """10 for `within_10_percent`, of any whole percentage from 1 to 99; None for another name."""
    found = _WITHIN.fullmatch(name)
    return int(found[1]) if found else None


def find_metric(name: str) -> Metric | None:
    """The metric of that name, where the catalogue has it."""
    percent = within_percent(name)
    return METRICS.get(name) or (_within(percent) if percent else None)


def is_custom(name: str) -> bool:
    """Whether it names a metric of a team's own, which the catalogue will never have."""
    return name.startswith(CUSTOM)


def describe_custom(custom: CustomMetric, task: Task) -> Metric:
    """A team's own metric, as the catalogue would have it."""
    end, nowhere = (custom.highest, inf) if custom.higher_is_better else (custom.lowest, -inf)
    return Metric(
        name=custom.name,
        meaning=custom.meaning,
        tasks=frozenset({task}),
        direction=Direction.HIGHER if custom.higher_is_better else Direction.LOWER,
        best=nowhere if end is None else end,
        lowest=custom.lowest,
        highest=custom.highest,
        input=Input.VALUES if task is Task.REGRESSION else Input.CLASSES,
        unit=custom.unit,
    )


def sign_of(name: str, custom: Iterable[CustomMetric]) -> int | None:
    """+1 where more of a metric of the catalogue or of `custom` is better, −1 where less is, 0 where neither is; None
    for another name.
    """
    if metric := find_metric(name):
        return metric.sign
    return next((1 if own.higher_is_better else -1 for own in custom if own.name == name), None)


def default_metrics(task: Task, *, scores: bool = True) -> tuple[str, ...]:
    """What is measured when nobody says; `scores` tells whether there are scores or only predicted classes."""
    return tuple(name for name in _DEFAULTS[task] if scores or not METRICS[name].needs_scores)


def metric_names(task: Task) -> tuple[str, ...]:
    """The names of every metric that `task` has."""
    return tuple(metric.name for metric in METRICS.values() if task in metric.tasks)


def examine_metric(name: str, task: Task, custom: Collection[str] = ()) -> Finding | None:
    """What is wrong with asking for the metric `name` of a model of `task`; None where nothing is.

    `custom` are the names of its own metrics.
    """
    if is_custom(name):
        return None if name in custom else _undescribed(name, custom)
    metric = find_metric(name)
    if metric is None:
        return Finding(message=f"there is no metric {name!r}", hint=_suggest(name, task))
    if task in metric.tasks:
        return None
    if averaged := [other for other in metric_names(task) if other.startswith(f"{name}_")]:
        return Finding(
            message=f"{name} speaks of one positive class, and a multiclass model has many",
            hint=f"say how the classes are averaged: {' or '.join(averaged)}",
        )
    wanted = " or ".join(sorted(metric.tasks))
    return Finding(message=f"{name} is a metric of {wanted} models, and this is {task}", hint=_list(task))


def _undescribed(name: str, custom: Collection[str]) -> Finding:
    known = f"its own metrics are {', '.join(custom)}; " if custom else ""
    describe = "describe it under `custom_metrics` of the model file, or by --custom-metric for prediction files"
    return Finding(message=f"nothing says what {name} is", hint=f"{known}{describe}")


def _suggest(name: str, task: Task) -> str:
    close = get_close_matches(name.lower().replace("-", "_"), [*metric_names(task), *METRICS], n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else _list(task)


def _list(task: Task) -> str:
    return f"metrics of {task}: {', '.join(metric_names(task))}"
