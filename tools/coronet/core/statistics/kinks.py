"""The Kolmogorov–Smirnov distance: a metric with a kink in sums of bins."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from coronet.core.statistics.binned import Bins, counting, draw_sums
from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.intervals import Interval, one_row_each_way, wald
from coronet.core.statistics.sample import Sample, require_both, require_finite, require_weight

# Below this, a spread is what rounding leaves of nothing.
NOTHING = 1e-12
# Stretches of scores, between which the distance is looked at when it is drawn.
_STRETCHES = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Kinked:
    """What both have in common. `scarcest` is how many rows the smallest class has."""

    scarcest: int
    confidence: float
    draws: int
    seed: int

    def _draw(self, *models: Bins) -> list[Floats]:
        for each in models:
            each.require_enough()
        return draw_sums(models, draws=self.draws, seed=self.seed, confidence=self.confidence)

    def _ends(self, draws: Floats) -> Interval:
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(draws, [tail, 1 - tail])
        return float(low), float(high)

    def _without_spread(self, value: float, measured: Bins) -> Interval:
        clusters = measured.clusters
        rows = self.scarcest if clusters is None else min(self.scarcest, len(clusters))
        return one_row_each_way(value, rows, 1.0, confidence=self.confidence)


@dataclass(frozen=True, kw_only=True, slots=True)
class Distances(Kinked):
    """The widest distance between the classes' distributions of scores.

    A maximum comes out of a draw larger than it went in. One model's interval is therefore about the value less what
    it grew (Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 5.2), and wider, since that
    correction is as unsure as it is large; in a difference the growths cancel, and it has percentiles.
    """

    def measure(self, sample: Sample) -> Bins:
        require_weight(sample)
        require_finite(sample)
        rows, clusters = counting(sample)
        positive, scores, weight = sample.label[rows] == 1, sample.scores[rows], sample.weight[rows]
        require_both(positive, weight)
        share = weight / np.where(positive, weight[positive].sum(), weight[~positive].sum())
        numbers = np.where(positive, -1.0, 1.0)
        order = np.argsort(scores, kind="stable")
        ranked = scores[order]
        ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
        apart = np.abs(np.cumsum((share * numbers)[order])[ends])
        edges = np.unique(np.append(ranked[_spread(share[order])], ranked[-1]))
        return Bins(
            value=min(float(apart.max()), 1.0),
            bins=len(edges),
            codes=np.searchsorted(edges, scores),
            numbers=numbers,
            share=share,
            sides=positive.astype(np.int64),
            clusters=clusters,
        )

    def own(self, measured: Bins) -> Interval:
        (drawn,) = self._draw(measured)
        grown = _grown(measured, drawn)
        if np.ptp(grown) < NOTHING:
            return self._without_spread(measured.value, measured)
        growth = float(grown.mean())
        error = sqrt(float(grown.var()) + growth**2)
        return wald(measured.value - growth, error, confidence=self.confidence)

    def difference(self, candidate: Bins, champion: Bins) -> Interval:
        difference = candidate.value - champion.value
        ours, theirs = self._draw(candidate, champion)
        grown = _grown(candidate, ours) - _grown(champion, theirs)
        if candidate.is_same(champion) or np.ptp(grown) < NOTHING:
            return self._without_spread(difference, candidate)
        return self._ends(difference + grown)

    def method(self, *, paired: bool) -> str:
        own = f"multiplier bootstrap, bias-corrected by {self.draws} draws"
        return f"paired multiplier bootstrap, percentiles of {self.draws} draws; own: bias-corrected" if paired else own


def _spread(share: Floats) -> Integers:
    """Places between which about as much of both classes lies."""
    cumulated = np.cumsum(share)
    places = np.searchsorted(cumulated, np.linspace(0, cumulated[-1], _STRETCHES + 1)[1:-1])
    return np.minimum(places, len(share) - 1)


def _grown(bins: Bins, drawn: Floats) -> Floats:
    """By how much wider the widest distance between stretches is in each draw than in the rows."""
    return _widest(bins.sums + drawn) - _widest(bins.sums[np.newaxis, :])


def _widest(sums: Floats) -> Floats:
    """Of each draw; no two distributions are farther apart than 1."""
    return np.asarray(np.minimum(np.abs(np.cumsum(sums, axis=1)).max(axis=1), 1.0))
