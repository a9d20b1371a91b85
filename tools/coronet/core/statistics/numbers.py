"""Metrics of predicted numbers that are no plain mean of rows, and the calibration error."""

from collections.abc import Mapping
from math import sqrt

import numpy as np

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.linear import Linearization, Linearize
from coronet.core.statistics.losses import relative_errors
from coronet.core.statistics.sample import Preparation, Sample, Statistic, Undefined
from coronet.core.statistics.sums import ratio, sum_by

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


def _prepare_mdape(sample: Sample) -> Statistic:
    """The median of |error| ÷ |label|; where half of the weight lies below, the mean of the two in the middle."""
    errors = relative_errors(sample)
    order = np.argsort(errors, kind="stable")
    ranked = errors[order]

    def value(weights: Floats) -> Floats:
        cumulated = np.cumsum(weights[:, order], axis=1)
        half = cumulated[:, -1:] / 2
        lower, upper = (cumulated >= half).argmax(axis=1), (cumulated > half).argmax(axis=1)
        return np.where(half[:, 0] > 0, (ranked[lower] + ranked[upper]) / 2, np.nan)

    return value


def _prepare_ece(sample: Sample) -> Statistic:
    """Expected calibration error over 10 bins of equal width, each open below and closed above."""
    bins, excess = find_excess(sample)
    add = sum_by(bins, BINS)
    return lambda weights: ratio(np.abs(add(weights * excess)).sum(axis=1), weights.sum(axis=1))


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


NUMBERS: Mapping[str, Preparation] = {
    "mdape": _prepare_mdape,
    "ece": _prepare_ece,
}
LINEAR: Mapping[str, Linearize] = {"rmse": _linearize_rmse, "r2": _linearize_r2}
