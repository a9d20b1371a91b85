"""What other programs, and definitions written out, make of every metric and of its intervals.

A metric is in one of the tables of values; `EXPECTED` says by which of the methods below its intervals are made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import exp, log, sqrt
from typing import Any

import numpy as np
from scipy import stats
from sklearn import metrics as peer
from statsmodels.api import WLS
from statsmodels.stats.proportion import proportion_confint

from coronet.core.catalogue import METRICS, Input
from coronet.core.evidence import Task
from coronet.core.statistics import Columns, Predictions
from coronet.core.statistics.intervals import Interval
from tests.core.statistics import sizes_reference
from tests.core.statistics.rows import Array

Peer = Callable[[Any, Any, Any], float]
Z = float(stats.norm.ppf(0.975))
DRAWS, SEED = 50, 20_261_120


# --- values ---------------------------------------------------------------------------------------


def _averaged(score: Callable[..., float], average: str, label: Any, predicted: Any, weight: Any) -> float:
    return score(label, predicted, average=average, sample_weight=weight)


def _within(share: float, label: Any, values: Any, weight: Any) -> float:
    return float(np.average(np.abs(values - label) / np.abs(label) <= share, weights=weight))


OF_CLASSES: dict[str, Peer] = {
    "accuracy": lambda y, p, w: peer.accuracy_score(y, p, sample_weight=w),
    "balanced_accuracy": lambda y, p, w: peer.balanced_accuracy_score(y, p, sample_weight=w),
}
OF_POSITIVE: dict[str, Peer] = {
    "positive_rate": lambda y, p, w: float(np.average(p, weights=w)),
    "precision": lambda y, p, w: peer.precision_score(y, p, sample_weight=w),
    "recall": lambda y, p, w: peer.recall_score(y, p, sample_weight=w),
    "f1": lambda y, p, w: peer.f1_score(y, p, sample_weight=w),
}
AVERAGED: dict[str, Peer] = {
    f"{name}_{average}": partial(_averaged, score, average)
    for name, score in {"precision": peer.precision_score, "recall": peer.recall_score, "f1": peer.f1_score}.items()
    for average in ("macro", "weighted", "micro")
}
OF_SCORES: dict[str, Peer] = {
    "roc_auc": lambda y, s, w: peer.roc_auc_score(y, s, sample_weight=w),
    "gini": lambda y, s, w: 2 * peer.roc_auc_score(y, s, sample_weight=w) - 1,
    "average_precision": lambda y, s, w: peer.average_precision_score(y, s, sample_weight=w),
    "log_loss": lambda y, s, w: peer.log_loss(y, s, sample_weight=w),
    "brier": lambda y, s, w: peer.brier_score_loss(y, s, sample_weight=w),
    "mean_score": lambda y, s, w: float(np.average(s, weights=w)),
}
OF_PROBABILITIES: dict[str, Peer] = {
    "log_loss": lambda y, s, w: peer.log_loss(y, s, sample_weight=w),
    "brier": lambda y, s, w: peer.brier_score_loss(y, s, sample_weight=w),
    **{
        f"{name}_{average}": partial(_averaged, score, average)
        for name, score in {
            "roc_auc": partial(peer.roc_auc_score, multi_class="ovr"),
            "average_precision": peer.average_precision_score,
        }.items()
        for average in ("macro", "weighted")
    },
}
OF_NUMBERS: dict[str, Peer] = {
    "mae": lambda y, v, w: peer.mean_absolute_error(y, v, sample_weight=w),
    "rmse": lambda y, v, w: peer.root_mean_squared_error(y, v, sample_weight=w),
    "mape": lambda y, v, w: peer.mean_absolute_percentage_error(y, v, sample_weight=w),
    "mean_prediction": lambda y, v, w: float(np.average(v, weights=w)),
    "r2": lambda y, v, w: peer.r2_score(y, v, sample_weight=w),
    **{f"within_{percent}_percent": partial(_within, percent / 100) for percent in (5, 10, 20)},
}


def _distance(label: Any, scores: Any, weight: Any) -> float:
    """The widest distance of two weighted distribution functions, at every score there is."""
    up, down = label == 1, label != 1
    shares = [[float(weight[side & (scores <= at)].sum() / weight[side].sum()) for side in (up, down)] for at in scores]
    return max(abs(one - other) for one, other in shares)


def _calibration(label: Any, scores: Any, weight: Any) -> float:
    """Guo's, written out: bins ]0, 0.1], …, ]0.9, 1], the first closed on both sides."""
    many = scores.ndim == 2
    said = scores.max(axis=1) if many else scores
    right = scores.argmax(axis=1) == label if many else label == 1
    total = 0.0
    for low in range(10):
        inside = (said > low / 10) & (said <= (low + 1) / 10) if low else said <= 0.1
        total += abs(float((weight * (right - said))[inside].sum()))
    return total / float(weight.sum())


def _median(label: Any, values: Any, weight: Any) -> float:
    """The median of whole weights: of each row as often as it counts."""
    return float(np.median(np.repeat(np.abs(values - label) / np.abs(label), weight.astype(int))))


KINKED: dict[str, Peer] = {"ks": _distance, "ece": _calibration, "mdape": _median}


def value_of(task: Task, metric: str) -> Peer:
    """The reference of a metric's value: from labels, what is said, and weights."""
    of_scores = OF_PROBABILITIES if task is Task.MULTICLASS else OF_SCORES
    for table in (KINKED, OF_NUMBERS, of_scores, OF_CLASSES, OF_POSITIVE, AVERAGED):
        if metric in table:
            return table[metric]
    raise KeyError(f"{metric} of {task} has no reference: give it one")


def said_of(metric: str, predictions: Predictions) -> Any:
    """What of the predictions the reference reads."""
    match METRICS[metric].input:
        case Input.VALUES:
            return predictions.values
        case Input.CLASSES:
            return predictions.codes
        case _:
            return predictions.scores


# --- intervals ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Both:
    """Labels, weights, and what two models say of the same rows."""

    task: Task
    metric: str
    label: Any
    weight: Array
    said: tuple[Any, Any]

    @property
    def values(self) -> tuple[float, float]:
        value = value_of(self.task, self.metric)
        ours, theirs = (value(self.label, said, self.weight) for said in self.said)
        return ours, theirs

    @property
    def kish(self) -> float:
        return float(self.weight.sum() ** 2 / (self.weight**2).sum())


def both_of(task: Task, metric: str, columns: Columns) -> Both:
    assert columns.champion is not None
    return Both(
        task=task,
        metric=metric,
        label=columns.label,
        weight=np.ones(len(columns)) if columns.weight is None else columns.weight,
        said=(said_of(metric, columns.candidate), said_of(metric, columns.champion)),
    )


def shares(both: Both) -> tuple[Interval, Interval]:
    """Bonett and Price by their formula, Wilson by statsmodels."""
    hits = [_hits(both, said) for said in both.said]
    rows, weight = both.kish, both.weight / both.weight.sum()
    only_ours, only_theirs = float((weight * (hits[0] & ~hits[1])).sum()), float((weight * (hits[1] & ~hits[0])).sum())
    gained, lost = (only_ours * rows + 1) / (rows + 2), (only_theirs * rows + 1) / (rows + 2)
    half = Z * sqrt((gained + lost - (gained - lost) ** 2) / (rows + 2))
    own = proportion_confint(float((weight * hits[0]).sum()) * rows, rows, alpha=0.05, method="wilson")
    return (gained - lost - half, gained - lost + half), (float(own[0]), float(own[1]))


def _hits(both: Both, said: Any) -> Any:
    if both.metric == "accuracy":
        return said == both.label
    if both.metric == "positive_rate":
        return said == 1
    share = int(both.metric.split("_")[1]) / 100
    return np.abs(said - both.label) / np.abs(both.label) <= share


def means(both: Both) -> tuple[Interval, Interval]:
    """A weighted mean's error robust to unlike rows: statsmodels' HC1 of a regression on a constant."""
    ours, theirs = (_losses(both, said) for said in both.said)
    return _mean(both, ours - theirs), _mean(both, ours)


def _mean(both: Both, numbers: Array) -> Interval:
    fitted = WLS(numbers, np.ones(len(numbers)), weights=both.weight).fit(cov_type="HC1")
    half = float(stats.t.ppf(0.975, both.kish - 1) * fitted.bse[0])
    return float(fitted.params[0]) - half, float(fitted.params[0]) + half


def _losses(both: Both, said: Any) -> Array:
    """What each row costs, or says: the metric of it alone."""
    label = both.label
    if both.metric in ("mean_score", "mean_prediction"):
        return np.asarray(said)
    if both.task is Task.REGRESSION:
        error = np.abs(said - label)
        return np.asarray(error if both.metric == "mae" else error / np.abs(label))
    whole = said if said.ndim == 2 else np.stack([1 - said, said], axis=1)
    happened = np.eye(whole.shape[1])[label]
    if both.metric == "log_loss":
        return np.asarray(-np.log((whole * happened).sum(axis=1)))
    squared = ((whole - happened) ** 2).sum(axis=1)
    return np.asarray(squared if said.ndim == 2 else squared / 2)


def areas(both: Both) -> tuple[Interval, Interval]:
    """DeLong by all pairs of a positive and a negative row, weighted."""
    stretch, shift = (2.0, -1.0) if both.metric == "gini" else (1.0, 0.0)
    up, down = both.label == 1, both.label != 1
    shares = both.weight[up] / both.weight[up].sum(), both.weight[down] / both.weight[down].sum()
    tables = [np.sign(said[up][:, None] - said[down][None, :]) / 2 + 0.5 for said in both.said]
    area = float(shares[0] @ tables[0] @ shares[1])
    difference = area - float(shares[0] @ tables[1] @ shares[1])
    error = _placement_error(tables[0], shares)
    apart = _placement_error(tables[0] - tables[1], shares)
    half = Z * error / (area * (1 - area))
    ends = [_expit(log(area / (1 - area)) + side * half) for side in (-1, 1)]
    return (
        (stretch * (difference - Z * apart), stretch * (difference + Z * apart)),
        (stretch * ends[0] + shift, stretch * ends[1] + shift),
    )


def _placement_error(table: Array, shares: tuple[Array, Array]) -> float:
    total = 0.0
    for placements, share in ((table @ shares[1], shares[0]), (shares[0] @ table, shares[1])):
        apart = placements - share @ placements
        total += float((share**2 * apart**2).sum()) * len(share) / (len(share) - 1)
    return sqrt(total)


def smooth(both: Both, step: float = 1e-4) -> tuple[Interval, Interval]:
    """The delta method, with the derivative of the other program's value by every row's weight found by steps."""
    value = value_of(both.task, both.metric)
    moved = []
    for said in both.said:
        ends = [
            np.array(
                [value(both.label, said, _heavier(both.weight, row, side * step)) for row in range(len(both.label))]
            )
            for side in (1, -1)
        ]
        moved.append((ends[0] - ends[1]) / (2 * step))
    (ours, theirs), rows = both.values, len(both.label)
    own, apart = (
        sqrt(float(((both.weight * each) ** 2).sum()) * rows / (rows - 1)) for each in (moved[0], moved[0] - moved[1])
    )
    t = float(stats.t.ppf(0.975, both.kish - 1))
    return _moved_apart(both, ours - theirs, apart, t), _own(both, ours, own, t)


def _moved_apart(both: Both, difference: float, error: float, t: float) -> Interval:
    if both.metric in ("rmse", "r2") or "roc_auc" in both.metric or "average_precision" in both.metric:
        return difference - t * error, difference + t * error
    # Half a row is added to each kind of disagreement, of as many as the value is a share of.
    rests_on = min(_rests_on(both, said) for said in both.said) * both.kish / float(both.weight.sum())
    middle = difference * rests_on / (rests_on + 1)
    half = t * sqrt(error**2 + 2 * (0.5 / (rests_on + 1)) ** 2)
    return middle - half, middle + half


def _own(both: Both, value: float, error: float, t: float) -> Interval:
    if both.metric == "r2":
        return value - t * error, value + t * error
    if both.metric == "rmse":
        return value * exp(-t * error / value), value * exp(t * error / value)
    half = t * error / (value * (1 - value))
    return _expit(log(value / (1 - value)) - half), _expit(log(value / (1 - value)) + half)


def _rests_on(both: Both, said: Any) -> float:
    """How many rows, by weight, the value is a share of."""
    name, _, average = both.metric.rpartition("_")
    total, classes = float(both.weight.sum()), np.unique(both.label)
    labelled = np.array([both.weight[both.label == each].sum() for each in classes])
    if average in ("weighted", "micro"):
        return total
    if average == "macro" and said.ndim == 2:
        return len(classes) * float(labelled.min())
    predicted = np.array([both.weight[said == each].sum() for each in classes])
    of_positive = {"precision": predicted[-1], "recall": labelled[-1], "f1": (predicted[-1] + labelled[-1]) / 2}
    if both.metric in of_positive:
        return float(of_positive[both.metric])
    if name == "balanced":
        return len(classes) * float(labelled.min())
    return len(classes) * float(((predicted + labelled) / 2).min())


def medians(both: Both) -> tuple[Interval, Interval]:
    """Woodruff's interval, and of a difference the errors that both intervals tell, with how they go together."""
    share, t = both.weight / both.weight.sum(), float(stats.t.ppf(0.975, both.kish - 1))
    rows, found, signs = len(share), [], []
    for said, value in zip(both.said, both.values, strict=True):
        errors = np.abs(said - both.label) / np.abs(both.label)
        below = (errors < value) * 0.5 - (errors > value) * 0.5
        half = t * sqrt(rows / (rows - 1) * sum(float(each) ** 2 for each in share * below))
        # Up to where each row's own middle is: the weight of the smaller ones, and half of its own.
        at = np.array([float(share[errors < each].sum()) for each in errors]) + share / 2
        order = np.argsort(errors)
        low, high = (float(np.interp(place, at[order], errors[order])) for place in (0.5 - half, 0.5 + half))
        found.append((low, high))
        signs.append(share * below)
    ours, theirs = ((high - low) / (2 * t) for low, high in found)
    together = float(signs[0] @ signs[1]) / float(np.linalg.norm(signs[0]) * np.linalg.norm(signs[1]))
    half = t * sqrt(ours**2 + theirs**2 - 2 * together * ours * theirs)
    difference = both.values[0] - both.values[1]
    return (difference - half, difference + half), found[0]


@dataclass(frozen=True, kw_only=True)
class Sums:
    """One model's sums of bins, and what each row adds to them beyond what its weight is worth, (rows, bins)."""

    sums: Array
    apart: Array


def _sums(both: Both, bins: Array, of: Array, numbers: Array) -> Sums:
    """`of` are all bins that there are."""
    added = (bins[:, None] == of[None, :]) * numbers[:, None]
    share, rows = both.weight / both.weight.sum(), len(bins)
    sums = share @ added
    return Sums(sums=sums, apart=sqrt(rows / (rows - 1)) * share[:, None] * (added - sums))


@dataclass(frozen=True, kw_only=True)
class Peak:
    """A model at its widest score: what each row adds there, what chance adds, and both classes' shares without it."""

    moves: Array
    growth: float
    shares: list[float]


def distances(both: Both) -> tuple[Interval, Interval]:
    """Paired shares of both classes at the scores where they are farthest apart, less what chance adds there."""
    up = both.label == 1
    share = np.where(up, both.weight / both.weight[up].sum(), both.weight / both.weight[~up].sum())
    rows = [1 / float((share[side] ** 2).sum()) for side in (~up, up)]
    ours, theirs = (_peak(said, share, up, rows) for said in both.said)
    ends = [proportion_confint(each * n, n, method="wilson") for each, n in zip(ours.shares, rows, strict=True)]
    below, above = (
        sqrt(sum((end[side] - each) ** 2 for end, each in zip(ends, ours.shares, strict=True))) for side in (0, 1)
    )
    middle = both.values[0] - ours.growth
    one, other = (
        sqrt(sum(each * (1 - each) / n for each, n in zip(peak.shares, rows, strict=True))) for peak in (ours, theirs)
    )
    together = float(np.corrcoef(ours.moves, theirs.moves)[0, 1])
    spread = one**2 + other**2 - 2 * together * one * other
    spread = max(spread / 2, spread - 0.15 * (ours.growth**2 + theirs.growth**2))
    half = Z * sqrt(spread + sum(1 / (n + 1) ** 2 for n in rows))
    apart = middle - both.values[1] + theirs.growth
    return (apart - half, apart + half), (middle - below, middle + above)


def _peak(said: Any, share: Array, up: Any, rows: list[float]) -> Peak:
    scores = np.unique(said)
    steps = [float(share[~up & (said <= at)].sum() - share[up & (said <= at)].sum()) for at in scores]
    place = int(np.argmax(np.abs(steps)))
    right = (said <= scores[place]) != (up if steps[place] > 0 else ~up)
    shares = [float(share[side & right].sum()) for side in (~up, up)]
    ends = [proportion_confint(each * n, n, method="wilson") for each, n in zip(shares, rows, strict=True)]
    reach = [sqrt(sum((end[side] - each) ** 2 for end, each in zip(ends, shares, strict=True))) for side in (0, 1)]
    depth = 4 * sum(reach) / (2 * Z)
    inside = [abs(step) >= abs(steps[place]) - depth for step in steps]
    walked = [
        float((share[said == scores[at]] ** 2).sum()) for at in range(1, len(scores)) if all(inside[at - 1 : at + 1])
    ]
    growth, width = 0.0, sum(walked)
    for _ in range(8):
        curved = 8 * max(depth - growth, depth / 4) / width**2
        growth = max(0.996193 * curved ** (-1 / 3) - 0.5826 * sqrt(width / len(walked)), 0.0)
    moves = np.zeros(len(share))
    for side, mean in zip((~up, up), shares, strict=True):
        moves[side] = share[side] * (right[side] - mean)
    return Peak(moves=moves, growth=growth, shares=[max(each - growth / 2, 0.0) for each in shares])


def calibrations(both: Both) -> tuple[Interval, Interval]:
    """Of the sizes of the bins' sums, with their covariances; wider as Student's quantile is of so many rows."""
    tenths = np.arange(1.0, 11.0)
    models = [_sums(both, bins, tenths, excess) for bins, excess in (_excess(both, s) for s in both.said)]
    apart = np.concatenate([each.apart for each in models], axis=1)
    effective = both.weight.sum() ** 2 / (both.weight**2).sum()
    covariance = apart.T @ apart * (float(stats.t.ppf(0.975, effective - 1)) / Z) ** 2
    sums = np.concatenate([each.sums for each in models])
    return sizes_reference.difference(sums, covariance, 0.95), sizes_reference.own(sums[:10], covariance[:10, :10], Z)


def _excess(both: Both, said: Any) -> tuple[Array, Array]:
    """The bin of every row, ]0, 0.1] and so on, and what happened less what was said of it."""
    many = said.ndim == 2
    sure = said.max(axis=1) if many else said
    right = said.argmax(axis=1) == both.label if many else both.label == 1
    return np.maximum(np.ceil(np.round(10 * sure, 9)), 1), right - sure


def _heavier(weight: Array, row: int, step: float) -> Array:
    found = weight.copy()
    found[row] += step
    return found


def _expit(x: float) -> float:
    return 1 / (1 + exp(-x))


Method = Callable[[Both], tuple[Interval, Interval]]
_SMOOTH = (
    *("balanced_accuracy", "precision", "recall", "f1", "average_precision", "rmse", "r2"),
    *(f"{name}_{each}" for name in ("precision", "recall", "f1") for each in ("macro", "weighted", "micro")),
    *(f"{name}_{each}" for name in ("roc_auc", "average_precision") for each in ("macro", "weighted")),
)
EXPECTED: Mapping[str, Method] = {
    **dict.fromkeys(("accuracy", "positive_rate", *(f"within_{each}_percent" for each in (5, 10, 20))), shares),
    **dict.fromkeys(("log_loss", "brier", "mae", "mape", "mean_score", "mean_prediction"), means),
    **dict.fromkeys(("roc_auc", "gini"), areas),
    **dict.fromkeys(_SMOOTH, smooth),
    "mdape": medians,
    "ks": distances,
    "ece": calibrations,
}
