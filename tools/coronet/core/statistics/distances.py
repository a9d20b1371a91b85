"""The Kolmogorov–Smirnov distance: how far the classes' distributions of scores are apart where they are farthest.

There it is a sum of two shares less 1, of the rows of each class on their own side of a score (Youden's index), and
would have an interval in closed form if the score were given. It is not: of all scores the one is taken at which
chance adds most. Around it the true distance falls like a parabola, and what chance adds moves like Brownian motion,
so what it adds at most is the maximum of a Brownian motion with parabolic drift: Groeneboom, Electronic Journal of
Probability 15 (2010), https://doi.org/10.1214/EJP.v15-826; its moments are in Janson, Louchard and Martin-Löf, the
same volume, https://doi.org/10.1214/EJP.v15-830. Intervals are about the value less the mean of that.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from coronet.core.quantile import normal_quantile
from coronet.core.statistics.binned import counting
from coronet.core.statistics.clusters import CLUSTER, ROW, Clusters, gather
from coronet.core.statistics.columns import Flags, Floats
from coronet.core.statistics.families import count_rows, effective_rows
from coronet.core.statistics.intervals import Interval, one_row_each_way, wald
from coronet.core.statistics.linear import ADDED
from coronet.core.statistics.sample import Sample, Undefined, require_both, require_finite, require_weight
from coronet.core.wilson import wilson

# The mean of the maximum of a two-sided Brownian motion less t² / 2.
MAXIMUM = 0.9961930
# What walks by steps miss of the maximum of a Brownian motion, in standard deviations of a step: −ζ(½) / √(2π);
# Asmussen, Glynn and Pitman, Annals of Applied Probability 5 (1995), https://doi.org/10.1214/aoap/1177004597.
MISSED = 0.5826
# Standard errors below the value, down to where the parabola is looked at. No theory says how far: it was chosen, as
# what is below was, by simulations of twelve pairs of models.
DEPTH = 4.0
# What a growth takes from the variance, of its square: where chance has raised the curve it has less left to add.
# Exactly known growths would take twice as much (the mean distance of the maximum, less its variance); these vary.
SETTLED = 0.15
_ROUNDS = 8


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Peak:
    """One model where its distributions are farthest apart; all arrays are (2,), of the negatives and the positives.

    `right` are the shares of rows on their own side, whose sum is 1 more than `value`, and `rows` how many independent
    rows tell as much of each. Their errors correlate by `shared`, as clusters have rows of both. `growth` is what
    chance added; `fewest` is how many rows, or clusters, the smaller class has.
    """

    value: float
    right: Floats
    rows: Floats
    growth: float
    fewest: int
    shared: float = 0.0
    unit: str = ROW

    @property
    def corrected(self) -> Floats:
        """The shares without what chance added to them."""
        return np.asarray(np.maximum(self.right - self.growth / 2, 0.0))

    @property
    def error(self) -> float:
        shares = self.corrected
        return _add(np.sqrt(shares * (1 - shares) / self.rows), self.shared)

    def require_enough(self) -> None:
        if self.fewest < 2:
            raise Undefined(f"one {self.unit} of a class gives no interval")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Distance(Peak):
    """`moves` is what each row, or cluster, adds to the distance at its score, about its mean."""

    moves: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Peaks:
    """The intervals of what `own_interval` and `difference_interval` say, without a way to measure."""

    confidence: float

    def own(self, measured: Peak) -> Interval:
        return own_interval(measured, confidence=self.confidence)

    def method(self, *, paired: bool) -> str:
        own = "Wilson at the widest score, less what chance adds"
        return "paired shares at the widest scores, less what chance adds; own: Wilson" if paired else own


@dataclass(frozen=True, kw_only=True, slots=True)
class Distances(Peaks):
    """Of rows that are all there."""

    def measure(self, sample: Sample) -> Distance:
        require_weight(sample)
        require_finite(sample)
        counts, clusters = counting(sample)
        positive, scores, weight = sample.label[counts] == 1, sample.scores[counts], sample.weight[counts]
        require_both(positive, weight)
        share = weight / np.where(positive, weight[positive].sum(), weight[~positive].sum())
        order = np.argsort(scores, kind="stable")
        ranked = scores[order]
        ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
        apart = np.cumsum(np.where(positive, -share, share)[order])[ends]
        place = int(np.abs(apart).argmax())
        below = scores <= ranked[ends[place]]
        is_right = below != positive if apart[place] >= 0 else below == positive
        sides = [_look(is_right, share, side, clusters, confidence=self.confidence) for side in (~positive, positive)]
        right, rows, moves = (np.array([getattr(side, name) for side in sides]) for name in ("right", "rows", "moves"))
        return Distance(
            value=min(float(np.abs(apart[place])), 1.0),
            right=right,
            rows=rows,
            growth=find_growth(np.abs(apart), np.cumsum((share**2)[order])[ends], right, rows, self.confidence),
            fewest=min(side.counted for side in sides),
            shared=0.0 if clusters is None else correlate(*moves),
            unit=ROW if clusters is None else CLUSTER,
            moves=moves.sum(axis=0),
        )

    def difference(self, candidate: Distance, champion: Distance) -> Interval:
        correlation = correlate(candidate.moves, champion.moves)
        same = np.array_equal(candidate.moves, champion.moves)
        return difference_interval(candidate, champion, correlation, same=same, confidence=self.confidence)


def own_interval(peak: Peak, *, confidence: float) -> Interval:
    """Wilson's intervals of both shares, whose ends are as far from their sum as they are from their shares together.

    Newcombe, Statistics in Medicine 17 (1998); Zou and Donner, Statistics in Medicine 27 (2008),
    https://doi.org/10.1002/sim.3095, where the two have something in common.
    """
    peak.require_enough()
    below, above = _reach(peak.corrected, peak.rows, peak.shared, confidence)
    centre = peak.value - peak.growth
    return centre - below, centre + above


def difference_interval(
    candidate: Peak, champion: Peak, correlation: float, *, same: bool, confidence: float
) -> Interval:
    """Of two distances on the same rows, whose errors at their scores correlate so far; `same` rows are right.

    At given scores it is a difference of paired shares in each class, to which half a row each way is added, as
    `linear` does it: Bonett and Price, Journal of Educational and Behavioral Statistics 37 (2012),
    https://doi.org/10.3102/1076998611411915.
    """
    candidate.require_enough()
    difference = candidate.value - champion.value
    if same:
        return one_row_each_way(difference, candidate.fewest, 1.0, confidence=confidence)
    ours, theirs = candidate.error, champion.error
    variance = (ours - theirs) ** 2 + 2 * (1 - correlation) * ours * theirs
    settled = SETTLED * (candidate.growth**2 + champion.growth**2)
    rows = np.minimum(candidate.rows, champion.rows)
    added = 2 * ADDED * float((1 / (rows + 2 * ADDED) ** 2).sum())
    error = sqrt(max(variance - settled, variance / 2) + added)
    return wald(difference - candidate.growth + champion.growth, error, confidence=confidence)


def find_growth(apart: Floats, clock: Floats, right: Floats, rows: Floats, confidence: float) -> float:
    """What chance added to the widest distance, on average.

    `apart` are the distances at rising scores, and `clock` the variance of what is added up to each, (scores,), by
    rows: few of a cluster lie between scores that are close. A parabola as wide as the stretch where the distance is
    at most `DEPTH` standard errors less than the widest has a curvature of 8 × depth ÷ width².
    """
    depth = DEPTH * sum(_reach(right, rows, 0.0, confidence)) / (2 * normal_quantile(confidence))
    near = apart >= apart.max() - depth
    steps = np.diff(clock)[near[1:] & near[:-1]]
    width = float(steps.sum())
    if not width > 0:
        return 0.0
    missed, growth = MISSED * sqrt(width / len(steps)), 0.0
    for _ in range(_ROUNDS):
        # The widest distance is itself above the top of the parabola by the growth.
        below = max(depth - growth, depth / 4)
        growth = max(MAXIMUM * (width**2 / (8 * below)) ** (1 / 3) - missed, 0.0)
    return growth


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Side:
    right: float
    rows: float
    moves: Floats
    counted: int


def _look(is_right: Flags, share: Floats, side: Flags, clusters: Clusters | None, *, confidence: float) -> _Side:
    """One class at the score; `moves` are of all rows or clusters, 0 where they have none of it."""
    right = min(float(share[side & is_right].sum()), 1.0)
    moves = np.where(side, share * (is_right - right), 0.0)
    rows = effective_rows(share[side])
    if clusters is None:
        return _Side(right=right, rows=rows, moves=moves, counted=int(side.sum()))
    mine = gather(clusters.codes[side], share[side])
    variance = mine.variance(moves[side]) if len(mine) > 1 else 0.0
    told = count_rows(rows, right * (1 - right), variance, mine.effective, confidence=confidence)
    return _Side(right=right, rows=told, moves=clusters.totals(moves), counted=len(mine))


def _reach(shares: Floats, rows: Floats, shared: float, confidence: float) -> Interval:
    """How far the ends of the interval of the sum of two shares are below and above it."""
    ends = np.array([wilson(share, many, confidence=confidence) for share, many in zip(shares, rows, strict=True)])
    return _add(shares - ends[:, 0], shared), _add(ends[:, 1] - shares, shared)


def _add(errors: Floats, shared: float) -> float:
    return sqrt(max(float((errors**2).sum() + 2 * shared * errors.prod()), 0.0))


def correlate(ours: Floats, theirs: Floats) -> float:
    """How far what rows, or clusters, add goes together, from -1 to 1; 0 where one adds nothing."""
    alone = sqrt(float((ours**2).sum()) * float((theirs**2).sum()))
    return float((ours * theirs).sum()) / alone if alone > 0 else 0.0
