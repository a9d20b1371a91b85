"""A predictor that has learned nothing but how often each answer comes, and what it is worth beside a candidate.

For each metric it says the one thing, always the same, that the metric likes best or nearly so: the majority
class, or the shares of the classes (of which the areas see a constant score); the positive class where a metric
has no value without it; the mean where errors are squared, the median where they are not.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

import numpy as np

from coronet.core.catalogue import find_metric
from coronet.core.evidence import Baseline, LabelSource, MetricFact, Task
from coronet.core.statistics.columns import Columns, Constants, Floats, Integers, Predictions, Specification
from coronet.core.statistics.measurement import measure

# Of more classes the shares are not told.
MOST_SHARES = 32


class Kind(StrEnum):
    """What a trivial predictor always says."""

    SHARES = "shares"
    POSITIVE = "positive"
    MEAN = "mean"
    MEDIAN = "median"


_POSITIVE = ("precision", "f1")
_SQUARED = ("rmse", "r2")


def find_constants(
    label: Floats | Integers, weight: Floats | None, classes: tuple[str, ...], source: LabelSource
) -> Constants:
    """What labels, (n,), tell: codes of `classes`, or numbers where there are none."""
    weights = np.ones(len(label)) if weight is None else weight
    rows = int(np.count_nonzero(weights > 0))
    if classes:
        totals = np.bincount(label.astype(np.int64), weights=weights, minlength=len(classes))
        return share_classes(totals.astype(np.float64), rows, source)
    if not rows:
        return Constants(source=source, rows=0)
    order = np.argsort(label, kind="stable")
    middle = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return Constants(
        source=source,
        rows=rows,
        mean=float(np.average(label, weights=weights)),
        median=float(label[order[middle]]) if weight is not None else float(np.median(label)),
    )


def share_classes(totals: Floats, rows: int, source: LabelSource) -> Constants:
    """What labels tell of which each class has so many, (classes,), or so much weight."""
    # A class that has no label here can come all the same: as if each had come once more.
    totals = totals + 1 if (totals == 0).any() else totals
    return Constants(source=source, rows=rows, shares=tuple((totals / totals.sum()).tolist()))


def find_left_out(metrics: tuple[str, ...]) -> Mapping[str, str]:
    """The metrics that a trivial predictor has no value of to beat, and why."""
    left = {}
    for name in metrics:
        metric = find_metric(name)
        if metric is not None and not metric.sign:
            left[name] = "no value of it is better than another"
        elif name == "ece":
            left[name] = "the share of the positive rows, always said, is calibrated"
    return left


def group_metrics(specification: Specification) -> Mapping[Kind, tuple[str, ...]]:
    """The metrics by the trivial predictor that they are measured against."""
    groups: dict[Kind, tuple[str, ...]] = {}
    left = find_left_out(specification.metrics)
    for name in specification.metrics:
        if name not in left:
            kind = _kind_of(name, specification.task)
            groups[kind] = (*groups.get(kind, ()), name)
    return groups


def _kind_of(metric: str, task: Task) -> Kind:
    if task is Task.REGRESSION:
        return Kind.MEAN if metric in _SQUARED else Kind.MEDIAN
    return Kind.POSITIVE if metric in _POSITIVE else Kind.SHARES


def find_code(constants: Constants, kind: Kind) -> int:
    """The class that is always said."""
    return 1 if kind is Kind.POSITIVE else int(np.argmax(constants.shares)) if constants.shares else 0


def stand_in(columns: Columns, constants: Constants, kind: Kind) -> Columns:
    """The rows, without segments, on which a trivial predictor has the champion's place."""
    rows = len(columns)
    if kind in (Kind.MEAN, Kind.MEDIAN):
        said = constants.mean if kind is Kind.MEAN else constants.median
        trivial = Predictions(values=np.broadcast_to(np.float64(said), rows))
    else:
        shares = np.array(constants.shares)
        scores = shares[1] if len(shares) == 2 else shares
        trivial = Predictions(
            codes=np.broadcast_to(np.int64(find_code(constants, kind)), rows),
            scores=None if columns.candidate.scores is None else np.broadcast_to(scores, (rows, *np.shape(scores))),
        )
    return replace(columns, champion=trivial, segments={})


def measure_trivial(columns: Columns, specification: Specification) -> Baseline:
    """The candidate beside the trivial predictors, on rows that are all in memory."""
    constants = known_constants(columns, specification, LabelSource.MEASURED)

    def ask(kind: Kind, asked: Specification) -> tuple[MetricFact, ...]:
        return measure(stand_in(columns, constants, kind), asked)

    return describe_baseline(specification, constants, ask)


def known_constants(columns: Columns, specification: Specification, source: LabelSource) -> Constants:
    """Those of the training labels where they are known, else of the rows at hand."""
    pictures = specification.pictures
    if pictures is not None and pictures.constants is not None:
        return pictures.constants
    return find_constants(columns.label, columns.weight, specification.classes, source)


def describe_baseline(
    specification: Specification,
    constants: Constants,
    ask: Callable[[Kind, Specification], tuple[MetricFact, ...]],
) -> Baseline:
    """`ask` gives the facts of a specification beside one trivial predictor."""
    facts = {
        fact.metric: fact
        for kind, metrics in group_metrics(specification).items()
        for fact in ask(kind, narrow(specification, metrics))
    }
    return Baseline(
        source=constants.source,
        rows=constants.rows,
        predicts=_say(constants, specification.classes),
        metrics=tuple(facts[name] for name in specification.metrics if name in facts),
        left_out=find_left_out(specification.metrics),
    )


def narrow(specification: Specification, metrics: tuple[str, ...]) -> Specification:
    """Of all rows, and these metrics alone."""
    return replace(specification, metrics=metrics, segments=(), pictures=None)


def _say(constants: Constants, classes: tuple[str, ...]) -> Mapping[str, Any]:
    if not classes:
        return {"mean": constants.mean, "median": constants.median}
    majority = {"class": classes[int(np.argmax(constants.shares))]}
    if len(classes) > MOST_SHARES:
        return majority
    return {**majority, "shares": dict(zip(classes, constants.shares, strict=True))}
