"""Areas under the curves of scores, each class against the rest, as sums that each row moves a little.

The value's derivative by each row's weight is its influence (see `linear`). Of the area under the ROC curve it
is the row's placement less the area, by DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988),
https://doi.org/10.2307/2531595; of average precision it follows from the definition, Σ (recall gained) × precision.
Drawing rows again would not do for that: whoever is drawn twice is tied with himself, and the value grows.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from coronet.core.statistics.areas import weight_below
from coronet.core.statistics.columns import Flags, Floats
from coronet.core.statistics.linear import Linearization, Linearize
from coronet.core.statistics.sample import Sample, require_both
from coronet.core.statistics.sums import ratio

# From scores, which rows are positive, and weights, each (n,): the value, and each row's influence.
Curve = Callable[[Floats, Flags, Floats], tuple[float, Floats]]


def _linearize_area(scores: Floats, positive: Flags, weight: Floats) -> tuple[float, Floats]:
    """The area under the ROC curve, ties counting half."""
    upper, lower = weight[positive], weight[~positive]
    below = weight_below(scores[positive], scores[~positive], lower) / lower.sum()
    above = 1 - weight_below(scores[~positive], scores[positive], upper) / upper.sum()
    value = float((upper * below).sum() / upper.sum())
    influence = np.empty(len(scores))
    influence[positive] = (below - value) / upper.sum()
    influence[~positive] = (above - value) / lower.sum()
    return value, influence


def _linearize_precision(scores: Floats, positive: Flags, weight: Floats) -> tuple[float, Floats]:
    """Average precision, over the distinct scores from the highest, as scikit-learn defines it.

    A row moves the precision at its own score and at all below.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], (weight * positive)[order]
    first = np.flatnonzero(np.append(True, np.diff(ranked) != 0))
    group = np.cumsum(np.append(False, np.diff(ranked) != 0))
    gained = np.add.reduceat(hits, first)
    chosen = np.cumsum(np.add.reduceat(weight[order], first))
    precision = np.nan_to_num(ratio(np.cumsum(gained), chosen))
    total = float(gained.sum())
    value = float((gained * precision).sum()) / total
    # Of every score and all below it, what a hit would add there, and what any row takes away.
    share = np.nan_to_num(ratio(gained, chosen))
    adds, takes = (np.cumsum(each[::-1])[::-1] for each in (share, share * precision))
    influence = np.empty(len(scores))
    hit = positive[order]
    influence[order] = (hit * (precision[group] - value + adds[group]) - takes[group]) / total
    return value, influence


def _of_positive(curve: Curve, sample: Sample) -> Linearization:
    positive = sample.label == 1
    require_both(positive, sample.weight)
    value, influence = curve(sample.scores, positive, sample.weight)
    rows = sample.weight[positive].sum(), sample.weight[~positive].sum()
    scarcest = _scarcest(sample.weight, [positive, ~positive])
    return Linearization(value=value, influence=influence, rests_on=float(min(rows)), scarcest=scarcest)


def _of_all(curve: Curve, weighted: bool, sample: Sample) -> Linearization:
    """Each class against the rest, averaged evenly or by the weight of the class's rows, which move it themselves."""
    scores, weight = sample.probabilities, sample.weight
    sides = [sample.label == code for code in range(len(sample.classes))]
    for name, positive in zip(sample.classes, sides, strict=True):
        require_both(positive, weight, of=f"of class {name}")
    found = [curve(scores[:, code], positive, weight) for code, positive in enumerate(sides)]
    values, rows = np.array([value for value, _ in found]), np.array([weight[side].sum() for side in sides])
    total = float(weight.sum())
    shares = rows / total if weighted else np.full(len(sides), 1 / len(sides))
    value = float((shares * values).sum())
    influence = np.asarray(sum(share * each for share, (_, each) in zip(shares, found, strict=True)))
    if weighted:
        influence = influence + (values[sample.label.astype(np.int64)] - value) / total
    rests_on = total if weighted else len(sides) * float(rows.min())
    return Linearization(value=value, influence=influence, rests_on=rests_on, scarcest=_scarcest(weight, sides))


def _scarcest(weight: Floats, sides: Sequence[Flags]) -> int:
    return min(int(np.count_nonzero(weight[side])) for side in sides)


CURVES: Mapping[str, Linearize] = {
    "average_precision": partial(_of_positive, _linearize_precision),
    "roc_auc_macro": partial(_of_all, _linearize_area, False),
    "roc_auc_weighted": partial(_of_all, _linearize_area, True),
    "average_precision_macro": partial(_of_all, _linearize_precision, False),
    "average_precision_weighted": partial(_of_all, _linearize_precision, True),
}
