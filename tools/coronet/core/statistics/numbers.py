"""Metrics of predicted numbers that are no plain mean of rows, and the calibration error."""

from collections.abc import Mapping

import numpy as np

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.losses import relative_errors
from coronet.core.statistics.sample import Preparation, Sample, Statistic, Undefined
from coronet.core.statistics.sums import ratio, sum_by

BINS = 10


def _prepare_rmse(sample: Sample) -> Statistic:
    squared = (sample.values - sample.label) ** 2
    return lambda weights: np.sqrt(ratio((weights * squared).sum(axis=1), weights.sum(axis=1)))


def _prepare_r2(sample: Sample) -> Statistic:
    """1 − squared errors ÷ squared distances of the labels from their mean."""
    label = sample.label[sample.weight > 0]
    if not len(label) or label.min() == label.max():
        raise Undefined("every label is the same" if len(label) > 1 else "one row has no variance")
    squared = (sample.values - sample.label) ** 2
    centred = sample.label - sample.label.mean()

    def value(weights: Floats) -> Floats:
        total = weights.sum(axis=1)
        mean = ratio((weights * centred).sum(axis=1), total)
        spread = (weights * (centred - mean[:, np.newaxis]) ** 2).sum(axis=1)
        return 1 - ratio((weights * squared).sum(axis=1), spread)

    return value


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
    """Expected calibration error over 10 bins of equal width, each open below and closed above.

    Of two classes, the positive one's probability against its frequency; of more, the highest probability
    against how often that class is right: Guo et al., ICML 2017, https://proceedings.mlr.press/v70/guo17a.html.
    """
    probabilities = sample.probabilities
    if probabilities.ndim == 1:
        confidence, happened = probabilities, sample.label == 1
    else:
        confidence, happened = probabilities.max(axis=1), probabilities.argmax(axis=1) == sample.label
    edges = np.linspace(0, 1, BINS + 1)[1:-1]
    add, excess = sum_by(np.searchsorted(edges, confidence), BINS), happened - confidence
    return lambda weights: ratio(np.abs(add(weights * excess)).sum(axis=1), weights.sum(axis=1))


NUMBERS: Mapping[str, Preparation] = {
    "rmse": _prepare_rmse,
    "r2": _prepare_r2,
    "mdape": _prepare_mdape,
    "ece": _prepare_ece,
}
