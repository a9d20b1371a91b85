"""The numbers of a row of which metrics are smooth functions of the means."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.losses import LOSSES
from coronet.core.statistics.sample import Sample
from coronet.core.statistics.streaming.rows import Rows

RELATIVE = ("mape", "mdape")


def _squared(sample: Sample) -> Floats:
    return np.asarray((sample.values - sample.label) ** 2)


# What is asked of each model, beside the losses; r2 asks the label and its square, too.
SQUARED: Mapping[str, Callable[[Sample], Floats]] = {"rmse": _squared, "r2": _squared}
SMOOTH: Mapping[str, Callable[[Sample], Floats]] = {**LOSSES, **SQUARED}


def feature_numbers(metric: str, rows: Rows, about: float) -> list[Floats]:
    """The numbers of each model, and what else the metric asks, (n,) each; labels are taken from `about`."""
    ask = SMOOTH["mape" if metric in RELATIVE else metric]
    numbers = [ask(_answerable(side.sample) if metric in RELATIVE else side.sample) for side in rows.sides]
    near = np.asarray(rows.label - about, dtype=np.float64)
    return [*numbers, near, near**2] if metric == "r2" else numbers


def _answerable(sample: Sample) -> Sample:
    """With 1 for labels of 0, of which no error is a share: their rows are counted, and undo the metric."""
    return replace(sample, label=np.where(sample.label == 0, 1.0, sample.label))
