"""Metrics that are the mean of one number a row: hits (0 or 1), losses, and what a model says itself."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from coronet.core.catalogue import within_percent
from coronet.core.statistics.columns import Flags, Floats
from coronet.core.statistics.sample import Sample, Undefined

# From a sample to one number a row, (n,); raises Undefined where a row has none.
RowNumbers = Callable[[Sample], Floats]

# Probabilities are held this far from 0 and 1, so that one sure mistake costs 36 and not infinity; it is
# what scikit-learn's log_loss does with 64-bit probabilities.
CLIP = float(np.finfo(np.float64).eps)


def find_hits(metric: str) -> Callable[[Sample], Flags] | None:
    """Which rows hit, for the metrics that are a share of rows."""
    if metric == "accuracy":
        return _is_right
    if metric == "positive_rate":
        return _is_called_positive
    percent = within_percent(metric)
    return partial(_is_within, percent) if percent else None


def _is_right(sample: Sample) -> Flags:
    return np.asarray(sample.codes == sample.label)


def _is_called_positive(sample: Sample) -> Flags:
    return np.asarray(sample.codes == 1)


def _is_within(percent: int, sample: Sample) -> Flags:
    """|error| at most `percent` % of |label|; of the label 0, only an exact prediction."""
    return np.asarray(100 * np.abs(sample.values - sample.label) <= percent * np.abs(sample.label))


def _absolute_errors(sample: Sample) -> Floats:
    return np.abs(sample.values - sample.label)


def relative_errors(sample: Sample) -> Floats:
    """|error| ÷ |label|, (n,)."""
    zero = int(np.count_nonzero(sample.label == 0))
    if zero:
        raise Undefined(f"{zero} labels are 0, of which an error has no share")
    return _absolute_errors(sample) / np.abs(sample.label)


def _log_losses(sample: Sample) -> Floats:
    found = _of_true_class(sample)
    for step in (partial(np.clip, a_min=CLIP, a_max=1 - CLIP), np.log, np.negative):
        step(found, out=found)
    return found


def _squared_errors(sample: Sample) -> Floats:
    """Of two classes (p − y)², 0 to 1; of more, summed over the classes, 0 to 2, as Brier (1950) wrote it."""
    probabilities = sample.probabilities
    if probabilities.ndim == 1:
        apart = np.asarray(probabilities - (sample.label == 1))
        return np.asarray(np.square(apart, out=apart))
    happened = np.arange(len(sample.classes)) == sample.label[:, np.newaxis]
    return np.asarray(((probabilities - happened) ** 2).sum(axis=1))


def _probabilities(sample: Sample) -> Floats:
    return sample.probabilities


def _predicted_numbers(sample: Sample) -> Floats:
    return sample.values


def _of_true_class(sample: Sample) -> Floats:
    """In an array of its own."""
    probabilities = sample.probabilities
    if probabilities.ndim == 1:
        # 1 less the probability is as far from 0 as the probability from 1, to the last bit.
        apart = np.asarray(probabilities - (sample.label != 1))
        return np.asarray(np.abs(apart, out=apart))
    return np.asarray(probabilities[np.arange(len(sample)), sample.label.astype(np.int64)])


LOSSES: Mapping[str, RowNumbers] = {
    "mae": _absolute_errors,
    "mape": relative_errors,
    "log_loss": _log_losses,
    "brier": _squared_errors,
    "mean_score": _probabilities,
    "mean_prediction": _predicted_numbers,
}
