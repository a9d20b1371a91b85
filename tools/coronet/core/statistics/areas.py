"""The area under the ROC curve of two models on the same rows, and how far both may be off.

DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988), https://doi.org/10.2307/2531595: each positive row
is worth the share of negative rows below it, each negative row the share of positive rows above it, and the
variances of those placements give the areas' own. With case weights the shares and the variances are
weighted; equal weights give DeLong's numbers. Where rows belong to clusters, the placements of each cluster's rows
are added up: Obuchowski, Biometrics 53 (1997), https://doi.org/10.2307/2533958; with one row in each it is DeLong's.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from coronet.core.statistics.clusters import CLUSTER, ROW, Clusters
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.sample import Sample, Undefined, require_both, require_finite, require_weight


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Placements:
    """`of_positive` is (positives,), `of_negative` (negatives,), both from 0 to 1; weights sum to 1 on each side.

    `clusters` are those of the positive rows and of the negative ones, by the same codes.
    """

    area: float
    of_positive: Floats
    of_negative: Floats
    positive_weight: Floats
    negative_weight: Floats
    clusters: tuple[Clusters, Clusters] | None = None

    @property
    def smaller_class(self) -> int:
        """How many rows, or clusters, the class with the fewest has."""
        if self.clusters:
            return min(len(np.unique(side.codes)) for side in self.clusters)
        return min(len(self.of_positive), len(self.of_negative))

    @property
    def freedom(self) -> float | None:
        """The effective clusters less one; None for rows, whose errors are taken as known."""
        return max(self.clusters[0].effective - 1, 1) if self.clusters else None


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
    clusters = sample.clusters
    if clusters is not None:
        clusters = clusters.take(np.flatnonzero(counts))
    return Placements(
        # Undivided until here: the sums of whole weights are exact.
        area=float((upper * below).sum() / (upper.sum() * lower.sum())),
        of_positive=below / lower.sum(),
        of_negative=above / upper.sum(),
        positive_weight=upper / upper.sum(),
        negative_weight=lower / lower.sum(),
        clusters=None
        if clusters is None
        else (clusters.take(np.flatnonzero(positive)), clusters.take(np.flatnonzero(~positive))),
    )


def area_error(placements: Placements) -> float:
    """The standard error of the area; raises Undefined where a class has one row, or one cluster."""
    return _error(placements, placements.of_positive, placements.of_negative)


def difference_error(candidate: Placements, champion: Placements) -> float:
    """The standard error of candidate − champion on the same rows; raises Undefined as `area_error` does."""
    positive = candidate.of_positive - champion.of_positive
    return _error(candidate, positive, candidate.of_negative - champion.of_negative)


def _error(sides: Placements, positive: Floats, negative: Floats) -> float:
    if sides.smaller_class < 2:
        raise Undefined(f"one {CLUSTER if sides.clusters else ROW} of a class gives no interval")
    if sides.clusters:
        return sqrt(_clustered(sides, sides.clusters, positive, negative))
    return sqrt(_variance(positive, sides.positive_weight) + _variance(negative, sides.negative_weight))


def _clustered(sides: Placements, clusters: tuple[Clusters, Clusters], positive: Floats, negative: Floats) -> float:
    """Each class by as many clusters as have rows of it, and how both vary together in all of them."""
    moves = (_moves(positive, sides.positive_weight), _moves(negative, sides.negative_weight))
    totals = [side.totals(move) for side, move in zip(clusters, moves, strict=True)]
    variance = sum(
        float((total**2).sum()) * _corrected(len(np.unique(side.codes)))
        for side, total in zip(clusters, totals, strict=True)
    )
    return variance + 2 * float((totals[0] * totals[1]).sum()) * _corrected(len(clusters[0]))


def _corrected(clusters: int) -> float:
    return clusters / (clusters - 1)


def _moves(values: Floats, weight: Floats) -> Floats:
    return np.asarray(weight * (values - (weight * values).sum()))


def _variance(values: Floats, weight: Floats) -> float:
    """The variance of the weighted mean of `values`."""
    return float((_moves(values, weight) ** 2).sum()) * len(values) / (len(values) - 1)


def weight_below(scores: Floats, others: Floats, weight: Floats) -> Floats:
    """For each score the weight of `others` below it, ties counting half."""
    order = np.argsort(others, kind="stable")
    cumulated = np.concatenate(([0.0], np.cumsum(weight[order])))
    below = cumulated[np.searchsorted(others[order], scores, side="left")]
    up_to = cumulated[np.searchsorted(others[order], scores, side="right")]
    return np.asarray((below + up_to) / 2)
