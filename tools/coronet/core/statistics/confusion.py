"""Metrics of predicted classes, from the weights of hits, predictions and labels by class.

Averages follow scikit-learn: over the classes that are labelled or predicted, and a class without a
prediction has precision 0, one without a label recall 0
(https://scikit-learn.org/stable/modules/model_evaluation.html#from-binary-to-multiclass-and-multilabel).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.linear import Linearization, Linearize
from coronet.core.statistics.sample import Sample, Undefined

POSITIVE = 1


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Counts:
    """Weights by class, (classes,) each: of hits, of predictions and of labels."""

    hits: Floats
    predicted: Floats
    labelled: Floats


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Shares:
    """A ratio of every class, (classes,), 0 where it has none, and its derivatives by the class's counts."""

    value: Floats
    by_hits: Floats
    by_predicted: Floats
    by_labelled: Floats

    def weighted(self, shares: Floats) -> "Shares":
        """Each class's ratio and derivatives times its share."""
        return Shares(
            value=self.value * shares,
            by_hits=self.by_hits * shares,
            by_predicted=self.by_predicted * shares,
            by_labelled=self.by_labelled * shares,
        )


def _precision(counts: Counts) -> Shares:
    return _ratios(counts.hits, counts.predicted, labelled=False, stretch=1.0)


def _recall(counts: Counts) -> Shares:
    return _ratios(counts.hits, counts.labelled, predicted=False, stretch=1.0)


def _f1(counts: Counts) -> Shares:
    return _ratios(counts.hits, counts.predicted + counts.labelled, stretch=2.0)


def _ratios(hits: Floats, below: Floats, *, stretch: float, predicted: bool = True, labelled: bool = True) -> Shares:
    """stretch × hits ÷ below, where `below` counts predictions, labels or both."""
    value = _divide(stretch * hits, below)
    down = -_divide(value, below)
    return Shares(
        value=value,
        by_hits=_divide(np.full_like(hits, stretch), below),
        by_predicted=down if predicted else np.zeros_like(down),
        by_labelled=down if labelled else np.zeros_like(down),
    )


def _divide(above: Floats, below: Floats) -> Floats:
    """above ÷ below, 0 where `below` is 0."""
    return np.asarray(np.divide(above, below, out=np.zeros_like(below), where=below > 0))


_RATIOS: Mapping[str, Callable[[Counts], Shares]] = {"precision": _precision, "recall": _recall, "f1": _f1}


def _count(sample: Sample) -> tuple[Integers, Integers, Counts]:
    """The labels and predictions as codes, and their counts."""
    label, codes = sample.label.astype(np.int64), sample.codes
    hit = sample.weight * (label == codes)
    hits, predicted, labelled = (
        np.bincount(of, weights=weight, minlength=len(sample.classes)).astype(np.float64)
        for of, weight in ((label, hit), (codes, sample.weight), (label, sample.weight))
    )
    return label, codes, Counts(hits=hits, predicted=predicted, labelled=labelled)


def _linearize(label: Integers, codes: Integers, shares: Shares, rests_on: float) -> Linearization:
    """The sum of the classes' shares."""
    influence = np.where(label == codes, shares.by_hits[label], 0.0)
    influence += shares.by_predicted[codes] + shares.by_labelled[label]
    return Linearization(value=float(shares.value.sum()), influence=influence, rests_on=rests_on)


def _of_positive(name: str, sample: Sample) -> Linearization:
    label, codes, counts = _count(sample)
    predicted, labelled = float(counts.predicted[POSITIVE]), float(counts.labelled[POSITIVE])
    if name != "precision" and not labelled > 0:
        raise Undefined("no row is positive")
    if name == "precision" and not predicted > 0:
        raise Undefined("no row is predicted positive")
    rests_on = {"precision": predicted, "recall": labelled, "f1": (predicted + labelled) / 2}[name]
    only = np.arange(len(sample.classes)) == POSITIVE
    return _linearize(label, codes, _RATIOS[name](counts).weighted(only.astype(np.float64)), rests_on)


def _of_all(name: str, average: str, sample: Sample) -> Linearization:
    label, codes, counts = _count(sample)
    total = float(counts.labelled.sum())
    if average == "weighted":
        return _of_labelled(label, codes, _RATIOS[name](counts), counts)
    if average == "micro":
        # Over all classes together, precision, recall and F1 are all the share of right predictions.
        value = float(counts.hits.sum()) / total
        return Linearization(value=value, influence=((label == codes) - value) / total, rests_on=total)
    rows = (counts.predicted + counts.labelled) / 2
    return _mean(label, codes, _RATIOS[name](counts), rows)


def _balanced(sample: Sample) -> Linearization:
    """Balanced accuracy: the mean recall of the classes that are labelled."""
    label, codes, counts = _count(sample)
    return _mean(label, codes, _recall(counts), counts.labelled)


def _mean(label: Integers, codes: Integers, shares: Shares, rows: Floats) -> Linearization:
    """The mean over the classes that have rows; it rests on as many as if all had those of the smallest."""
    seen = rows > 0
    classes = int(seen.sum())
    return _linearize(label, codes, shares.weighted(seen / classes), classes * float(rows[seen].min()))


def _of_labelled(label: Integers, codes: Integers, shares: Shares, counts: Counts) -> Linearization:
    """The mean weighted by the classes' labels, which move the mean themselves."""
    total = float(counts.labelled.sum())
    found = _linearize(label, codes, shares.weighted(counts.labelled / total), total)
    moved = (shares.value[label] - found.value) / total
    return Linearization(value=found.value, influence=found.influence + moved, rests_on=total)


CONFUSION: Mapping[str, Linearize] = {
    "balanced_accuracy": _balanced,
    **{name: partial(_of_positive, name) for name in _RATIOS},
    **{
        f"{name}_{average}": partial(_of_all, name, average)
        for name in _RATIOS
        for average in ("macro", "weighted", "micro")
    },
}
