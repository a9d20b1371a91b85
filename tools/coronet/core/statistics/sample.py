"""One model on one set of rows, as the metrics see it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.clusters import Clusters, gather
from coronet.core.statistics.columns import Columns, Flags, Floats, Integers, Predictions

Scalar = TypeVar("Scalar", bound=np.generic)


class Undefined(Exception):
    """A number that these rows cannot give; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sample:
    """n rows of one model; the arrays are those of `Columns` and `Predictions`.

    `weight` is (n,), ones where every row counts once. Where each row stands for several alike,
    `multiplicity` says for how many, and `weight` says the same. `cluster` is as in `Columns`.
    """

    label: Floats | Integers
    predictions: Predictions
    weight: Floats
    classes: tuple[str, ...]
    multiplicity: Integers | None = None
    cluster: Integers | None = None

    def __len__(self) -> int:
        return len(self.label)

    @property
    def rows(self) -> int:
        """How many rows there were before those alike were put together."""
        return len(self) if self.multiplicity is None else int(self.multiplicity.sum())

    @property
    def clusters(self) -> Clusters | None:
        """Those of the rows that count; None where each row stands for itself."""
        return None if self.cluster is None else gather(self.cluster, self.weight)

    @property
    def values(self) -> Floats:
        return _present(self.predictions.values, "predicted numbers")

    @property
    def codes(self) -> Integers:
        return _present(self.predictions.codes, "predicted classes")

    @property
    def scores(self) -> Floats:
        return _present(self.predictions.scores, "scores")

    @property
    def probabilities(self) -> Floats:
        """The scores, where they are probabilities: from 0 to 1, and of all classes summing to 1."""
        scores = self.scores
        if outside := int(np.count_nonzero(find_outside(scores))):
            raise Undefined(f"{outside} scores are not probabilities: they lie outside 0 to 1")
        if scores.ndim == 2 and (off := int(np.count_nonzero(np.abs(scores.sum(axis=1) - 1) > 1e-3))):
            raise Undefined(f"the probabilities of {off} rows do not sum to 1")
        return scores


def find_outside(scores: Floats) -> Flags:
    """(n,): in which rows a score lies outside 0 to 1."""
    if scores.min(initial=0) >= 0 and scores.max(initial=1) <= 1:
        return np.zeros(len(scores), dtype=np.bool_)
    beyond = (scores < 0) | (scores > 1)
    return np.asarray(beyond.any(axis=1) if beyond.ndim == 2 else beyond)


# From weights (draws, n) to one value a draw, NaN where a draw has none.
Statistic = Callable[[Floats], Floats]
# Prepares a statistic for the rows of a sample; raises Undefined where they have no value.
Preparation = Callable[[Sample], Statistic]


def samples(columns: Columns, classes: tuple[str, ...]) -> tuple[Sample, Sample | None]:
    """The candidate's and the champion's side of the same rows."""
    weight = np.ones(len(columns)) if columns.weight is None else columns.weight
    candidate = Sample(
        label=columns.label, predictions=columns.candidate, weight=weight, classes=classes, cluster=columns.cluster
    )
    return candidate, replace(candidate, predictions=columns.champion) if columns.champion else None


def require_finite(sample: Sample) -> None:
    """Raises Undefined where a row has no usable prediction: leaving it out would flatter the model."""
    broken = int(np.count_nonzero(sample.predictions.broken(len(sample))))
    if broken:
        raise Undefined(f"{broken} of {len(sample)} predictions are missing or not finite")


def require_weight(sample: Sample) -> None:
    if not len(sample):
        raise Undefined("there are no rows")
    if not sample.weight.sum() > 0:
        raise Undefined("every row has the weight 0")


def require_both(positive: Flags, weight: Floats, *, of: str = "positive") -> None:
    """Raises Undefined where all rows that count are on one side."""
    if not weight[positive].sum() > 0:
        raise Undefined(f"no row is {of}")
    if not weight[~positive].sum() > 0:
        raise Undefined(f"every row is {of}")


def prepare(preparation: Preparation, sample: Sample) -> tuple[Statistic, float]:
    """The statistic of a sample, and its value on the rows as they are."""
    require_weight(sample)
    require_finite(sample)
    statistic = preparation(sample)
    return statistic, float(statistic(sample.weight[np.newaxis, :])[0])


def _present(array: NDArray[Scalar] | None, what: str) -> NDArray[Scalar]:
    if array is None:
        raise Undefined(f"there are no {what}")
    return array
