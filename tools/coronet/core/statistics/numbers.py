"""Metrics of predicted numbers that are no plain mean of rows, and what the calibration error is made of."""

from collections.abc import Mapping
from math import sqrt

import numpy as np

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.linear import Linearization, Linearize
from coronet.core.statistics.sample import Sample, Undefined

BINS = 10


def _linearize_rmse(sample: Sample) -> Linearization:
    squared, total = (sample.values - sample.label) ** 2, sample.weight.sum()
    mean = float((sample.weight * squared).sum() / total)
    if mean == 0:
        return Linearization(value=0.0, influence=np.zeros(len(sample)), rests_on=float(total))
    value = sqrt(mean)
    return Linearization(value=value, influence=(squared - mean) / (2 * value * total), rests_on=float(total))


def _linearize_r2(sample: Sample) -> Linearization:
    """1 − squared errors ÷ squared distances of the labels from their mean."""
    label, weight = sample.label[sample.weight > 0], sample.weight
    if not len(label) or label.min() == label.max():
        raise Undefined("every label is the same" if len(label) > 1 else "one row has no variance")
    squared, total = (sample.values - sample.label) ** 2, weight.sum()
    # From the first label on, so that large labels of little spread lose no digits.
    shifted = sample.label - label[0]
    apart = (shifted - (weight * shifted).sum() / total) ** 2
    errors, spread = float((weight * squared).sum()), float((weight * apart).sum())
    influence = (apart * errors / spread - squared) / spread
    return Linearization(value=1 - errors / spread, influence=influence, rests_on=float(total))


def find_excess(sample: Sample) -> tuple[Integers, Floats]:
    """Each row's bin, and what happened less its probability.

    Of two classes, the positive one's probability against its frequency; of more, the highest probability
    against how often that class is right: Guo et al., ICML 2017, https://proceedings.mlr.press/v70/guo17a.html.
    """
    probabilities = sample.probabilities
    if probabilities.ndim == 1:
        confidence, happened = probabilities, sample.label == 1
    else:
        confidence, happened = probabilities.max(axis=1), probabilities.argmax(axis=1) == sample.label
    edges = np.linspace(0, 1, BINS + 1)[1:-1]
    return np.searchsorted(edges, confidence), happened - confidence


LINEAR: Mapping[str, Linearize] = {"rmse": _linearize_rmse, "r2": _linearize_r2}
