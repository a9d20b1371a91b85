"""Metrics of predicted classes, from the weights of hits, predictions and labels by class.

Averages follow scikit-learn: over the classes that are labelled or predicted, and a class without a
prediction has precision 0, one without a label recall 0
(https://scikit-learn.org/stable/modules/model_evaluation.html#from-binary-to-multiclass-and-multilabel).
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.sample import Preparation, Sample, Statistic, Undefined
from coronet.core.statistics.sums import ratio, sum_by

# Weights of hits, of predictions and of labels, each (draws, classes).
Counts = tuple[Floats, Floats, Floats]
POSITIVE = 1


def _counter(sample: Sample) -> Callable[[Floats], Counts]:
    label, codes, classes = sample.label.astype(np.int64), sample.codes, len(sample.classes)
    hit = (label == codes).astype(np.float64)
    by_label, by_code = sum_by(label, classes), sum_by(codes, classes)
    return lambda weights: (by_label(weights * hit), by_code(weights), by_label(weights))


def _precision(counts: Counts) -> Floats:
    return ratio(counts[0], counts[1])


def _recall(counts: Counts) -> Floats:
    return ratio(counts[0], counts[2])


def _f1(counts: Counts) -> Floats:
    return ratio(2 * counts[0], counts[1] + counts[2])


_RATIOS: Mapping[str, Callable[[Counts], Floats]] = {"precision": _precision, "recall": _recall, "f1": _f1}


def _prepare_positive(name: str, sample: Sample) -> Statistic:
    count = _counter(sample)
    _, predicted, actual = (totals[0, POSITIVE] for totals in count(sample.weight[np.newaxis, :]))
    if name != "precision" and not actual > 0:
        raise Undefined("no row is positive")
    if name == "precision" and not predicted > 0:
        raise Undefined("no row is predicted positive")
    return lambda weights: _RATIOS[name](count(weights))[:, POSITIVE]


def _prepare_macro(name: str, sample: Sample) -> Statistic:
    count = _counter(sample)

    def value(weights: Floats) -> Floats:
        counts = count(weights)
        seen = (counts[1] + counts[2] > 0).sum(axis=1)
        return ratio(np.nan_to_num(_RATIOS[name](counts)).sum(axis=1), seen)

    return value


def _prepare_weighted(name: str, sample: Sample) -> Statistic:
    count = _counter(sample)

    def value(weights: Floats) -> Floats:
        counts = count(weights)
        by_class = np.nan_to_num(_RATIOS[name](counts))
        return ratio((by_class * counts[2]).sum(axis=1), counts[2].sum(axis=1))

    return value


def _prepare_micro(name: str, sample: Sample) -> Statistic:
    count = _counter(sample)

    def value(weights: Floats) -> Floats:
        hits, predicted, actual = (totals.sum(axis=1) for totals in count(weights))
        return _RATIOS[name]((hits, predicted, actual))

    return value


def _prepare_balanced(sample: Sample) -> Statistic:
    """Balanced accuracy: the mean recall of the classes that are labelled."""
    count = _counter(sample)

    def value(weights: Floats) -> Floats:
        counts = count(weights)
        return ratio(np.nan_to_num(_recall(counts)).sum(axis=1), (counts[2] > 0).sum(axis=1))

    return value


CONFUSION: Mapping[str, Preparation] = {
    "balanced_accuracy": _prepare_balanced,
    **{name: partial(_prepare_positive, name) for name in _RATIOS},
    **{f"{name}_macro": partial(_prepare_macro, name) for name in _RATIOS},
    **{f"{name}_weighted": partial(_prepare_weighted, name) for name in _RATIOS},
    **{f"{name}_micro": partial(_prepare_micro, name) for name in _RATIOS},
}
