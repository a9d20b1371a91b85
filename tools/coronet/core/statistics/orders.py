"""How much each row moves a metric of the order of scores: average precision, and averages over the classes.

Both are smooth in the rows' weights, so the delta method of `linear` holds. An area's influences are DeLong's
placements. On the logit scale average precision is nearly normal: Boyd, Eng and Page, ECML PKDD 2013,
https://doi.org/10.1007/978-3-642-40994-3_29.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from coronet.core.statistics.areas import weight_below
from coronet.core.statistics.columns import Flags, Floats
from coronet.core.statistics.linear import Linearization, Linearize
from coronet.core.statistics.sample import Sample, require_both

# From scores, whether a row is positive, and weights, (n,) each, to the value and the influences.
_Order = Callable[[Floats, Flags, Floats], tuple[float, Floats]]


def _average_precision(scores: Floats, positive: Flags, weight: Floats) -> tuple[float, Floats]:
    distinct, level = np.unique(scores, return_inverse=True)
    hits, chosen = (
        np.bincount(level, weights=each, minlength=len(distinct)).astype(np.float64)
        for each in (weight * positive, weight)
    )
    value, moves = average_precision_of_levels(hits, chosen)
    return value, moves[positive.astype(np.int64), level]


def average_precision_of_levels(positive: Floats, chosen: Floats) -> tuple[float, Floats]:
    """Σ (recall gained) × precision, over the distinct scores from the highest, as scikit-learn defines it; and how
    much a negative and a positive row of each score moves it, (2, levels).

    `positive` and `chosen` are what the positive and all rows of each score weigh together, (levels,), the scores
    rising. A row moves the recall gained at its own score, and the precision at all that are not higher.
    """
    hits, above = (np.cumsum(each[::-1])[::-1] for each in (positive, chosen))
    precision, each = (np.divide(some, above, out=np.zeros(len(above)), where=above > 0) for some in (hits, positive))
    total = float(positive.sum())
    value = float((positive * precision).sum()) / total
    up, down = np.cumsum(each), np.cumsum(each * precision)
    return value, np.array([-down, precision - value + up - down]) / total


def _area(scores: Floats, positive: Flags, weight: Floats) -> tuple[float, Floats]:
    """The share of pairs that are ordered rightly, ties counting half."""
    upper, lower = weight[positive], weight[~positive]
    below = weight_below(scores[positive], scores[~positive], lower) / lower.sum()
    above = 1 - weight_below(scores[~positive], scores[positive], upper) / upper.sum()
    value = float((upper * below).sum() / upper.sum())
    influence = np.empty(len(scores))
    influence[positive] = (below - value) / upper.sum()
    influence[~positive] = (above - value) / lower.sum()
    return value, influence


def _of_positive(measure: _Order, sample: Sample) -> Linearization:
    positive = sample.label == 1
    require_both(positive, sample.weight)
    value, influence = measure(sample.scores, positive, sample.weight)
    return _linearization(sample, value, influence)


def _of_all(measure: _Order, weighted: bool, sample: Sample) -> Linearization:
    """Each class against the rest, averaged evenly or by the weight of the class's rows."""
    scores, codes = sample.probabilities, sample.label.astype(np.int64)
    sides = [codes == code for code in range(len(sample.classes))]
    for name, positive in zip(sample.classes, sides, strict=True):
        require_both(positive, sample.weight, of=f"of class {name}")
    found = [measure(scores[:, code], positive, sample.weight) for code, positive in enumerate(sides)]
    values = np.array([value for value, _ in found])
    labelled, total = np.array([sample.weight[positive].sum() for positive in sides]), sample.weight.sum()
    shares = labelled / total if weighted else np.full(len(sides), 1 / len(sides))
    value = float((shares * values).sum())
    influence = sum((share * moves for share, (_, moves) in zip(shares, found, strict=True)), np.zeros(len(sample)))
    if weighted:
        influence = influence + (values[codes] - value) / total
    return _linearization(sample, value, influence)


def _linearization(sample: Sample, value: float, influence: Floats) -> Linearization:
    """A value that rests on the rows of the smallest class."""
    codes = sample.label.astype(np.int64)
    labelled = np.bincount(codes, weights=sample.weight)
    smallest = float(labelled[labelled > 0].min())
    return Linearization(value=value, influence=influence, rests_on=smallest, sides=codes)


ORDERS: Mapping[str, Linearize] = {
    "average_precision": partial(_of_positive, _average_precision),
    "roc_auc_macro": partial(_of_all, _area, False),
    "roc_auc_weighted": partial(_of_all, _area, True),
    "average_precision_macro": partial(_of_all, _average_precision, False),
    "average_precision_weighted": partial(_of_all, _average_precision, True),
}
