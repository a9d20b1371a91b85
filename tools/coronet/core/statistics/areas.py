"""The area under the ROC curve of two models on the same rows, and how far both may be off.

DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988), https://doi.org/10.2307/2531595: each positive row
is worth the share of negative rows below it, each negative row the share of positive rows above it, and the
variances of those placements give the areas' own. With case weights the shares and the variances are
weighted; equal weights give DeLong's numbers.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.sample import Sample, require_both, require_finite, require_weight


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Placements:
    """`of_positive` is (positives,), `of_negative` (negatives,), both from 0 to 1; weights sum to 1 on each side."""

    area: float
    of_positive: Floats
    of_negative: Floats
    positive_weight: Floats
    negative_weight: Floats


def place(sample: Sample) -> Placements:
    """The placements of a sample of two classes; raises Undefined where one class is missing."""
    require_weight(sample)
    require_finite(sample)
    counts = sample.weight > 0
    positive = (sample.label == 1)[counts]
    scores, weight = sample.scores[counts], sample.weight[counts]
    require_both(positive, weight)
    upper, lower = weight[positive], weight[~positive]
    below = weight_below(scores[positive], scores[~positive], lower)
    above = upper.sum() - weight_below(scores[~positive], scores[positive], upper)
    return Placements(
        # Undivided until here: the sums of whole weights are exact.
        area=float((upper * below).sum() / (upper.sum() * lower.sum())),
        of_positive=below / lower.sum(),
        of_negative=above / upper.sum(),
        positive_weight=upper / upper.sum(),
        negative_weight=lower / lower.sum(),
    )


def area_error(placements: Placements) -> float | None:
    """The standard error of the area; None where a class has one row."""
    return _error(placements, placements.of_positive, placements.of_negative)


def difference_error(candidate: Placements, champion: Placements) -> float | None:
    """The standard error of candidate − champion on the same rows; None where a class has one row."""
    positive = candidate.of_positive - champion.of_positive
    return _error(candidate, positive, candidate.of_negative - champion.of_negative)


def _error(sides: Placements, positive: Floats, negative: Floats) -> float | None:
    if min(len(positive), len(negative)) < 2:
        return None
    return sqrt(_variance(positive, sides.positive_weight) + _variance(negative, sides.negative_weight))


def _variance(values: Floats, weight: Floats) -> float:
    """The variance of the weighted mean of `values`."""
    mean = (weight * values).sum()
    return float((weight**2 * (values - mean) ** 2).sum()) * len(values) / (len(values) - 1)


def weight_below(scores: Floats, others: Floats, weight: Floats) -> Floats:
    """For each score the weight of `others` below it, ties counting half."""
    order = np.argsort(others, kind="stable")
    cumulated = np.concatenate(([0.0], np.cumsum(weight[order])))
    below = cumulated[np.searchsorted(others[order], scores, side="left")]
    up_to = cumulated[np.searchsorted(others[order], scores, side="right")]
    return np.asarray((below + up_to) / 2)
