"""Metrics of scores that only ask for their order, for many draws of weights at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from coronet.core.statistics.columns import Flags, Floats, Integers
from coronet.core.statistics.sample import Preparation, Sample, Statistic, require_both
from coronet.core.statistics.sums import ratio


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Ranks:
    """Rows sorted by rising score, all else counted in that order: `order` sorts them.

    `positive` are the positive rows, `firsts` and `lasts` the first and last row of each one's score, and
    `ends` the last row of every distinct score.
    """

    order: Integers
    positive: Integers
    firsts: Integers
    lasts: Integers
    ends: Integers


def _rank(scores: Floats, positive: Flags) -> Ranks:
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    chosen = np.flatnonzero(positive[order])
    return Ranks(
        order=order,
        positive=chosen,
        firsts=np.searchsorted(ranked, ranked[chosen], side="left"),
        lasts=np.searchsorted(ranked, ranked[chosen], side="right") - 1,
        ends=np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1),
    )


def _average_precision(ranks: Ranks) -> Statistic:
    """Σ (recall gained) × precision, over the distinct scores from the highest, as scikit-learn defines it."""
    among = np.searchsorted(ranks.positive, ranks.firsts)

    def value(weights: Floats) -> Floats:
        ranked = weights[:, ranks.order]
        positive = ranked[:, ranks.positive]
        chosen, hits = _sum_from(ranked)[:, ranks.firsts], _sum_from(positive)[:, among]
        precision = np.nan_to_num(ratio(hits, chosen))
        return ratio((positive * precision).sum(axis=1), positive.sum(axis=1))

    return value


def _distance(ranks: Ranks) -> Statistic:
    """The widest distance between the two empirical distribution functions."""

    def value(weights: Floats) -> Floats:
        ranked = weights[:, ranks.order]
        positive, total = ranked[:, ranks.positive], ranked.sum(axis=1, keepdims=True)
        hits = positive.sum(axis=1, keepdims=True)
        steps = -ratio(ranked, total - hits)
        steps[:, ranks.positive] = ratio(positive, hits)
        return np.asarray(np.abs(np.cumsum(steps, axis=1)[:, ranks.ends]).max(axis=1))

    return value


def _sum_from(weights: Floats) -> Floats:
    """For each row the weight of it and of all rows after it."""
    return np.cumsum(weights[:, ::-1], axis=1)[:, ::-1]


def _prepare_binary(measure: Callable[[Ranks], Statistic], sample: Sample) -> Statistic:
    positive = sample.label == 1
    require_both(positive, sample.weight)
    return measure(_rank(sample.scores, positive))


RANKING: Mapping[str, Preparation] = {
    "average_precision": partial(_prepare_binary, _average_precision),
    "ks": partial(_prepare_binary, _distance),
}
