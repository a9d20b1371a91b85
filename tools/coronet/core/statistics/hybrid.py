"""The difference of two sums of sizes: what is plausible of it, from one draw of the sums of both.

A difference is held against what was found by the ratio of likelihoods, and the ratio against what it is in draws from
the likeliest place with this difference: hybrid resampling, Chuang and Lai, Statistica Sinica 10 (2000), 1–50. Near 0,
where one model or both may be without error, the ratio is not distributed as elsewhere.
"""

from dataclasses import dataclass
from functools import cache
from math import sqrt

import numpy as np

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.intervals import Interval
from coronet.core.statistics.paths import Path, loosen
from coronet.core.statistics.signs import correlate

# Nodes on either side of the likeliest among which its draws find theirs.
_NEAR = 24
_RINGS, _TURNS, _FARTHEST = 18, 32, 5.5
_GOLDEN = (sqrt(5) - 1) / 2


def find_difference(ours: Floats, theirs: Floats, covariance: Floats, *, confidence: float) -> Interval:
    """Of two models with sums of as many bins, (bins,), and the `covariance` of all, (2 × bins, 2 × bins)."""
    bins, covariance = len(ours), loosen(covariance)
    pair = Pair(
        ours=Path.along(ours, covariance[:bins, :bins]),
        theirs=Path.along(theirs, covariance[bins:, bins:]),
        correlation=correlate(np.concatenate([ours, theirs]), covariance),
    )
    low, high = pair.find_interval(confidence)
    value = float(np.abs(ours).sum() - np.abs(theirs).sum())
    return min(low, value), max(high, value)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Pair:
    """`correlation` is that of what is found of both."""

    ours: Path
    theirs: Path
    correlation: float

    def find_interval(self, confidence: float) -> Interval:
        less = max(self.ours.lack, 0.0), max(self.theirs.lack, 0.0)
        middle = self.ours.where(self.correlation * less[1]) - self.theirs.where(self.correlation * less[0])
        least, most = -float(self.theirs.sizes[-1]), float(self.ours.sizes[-1])
        return self._find_end(middle, least, confidence), self._find_end(middle, most, confidence)

    def doubt(self, difference: float, confidence: float) -> float:
        """By how much more than it may what was found speaks against a difference that the paths have."""
        sizes = self._sizes_with(difference)
        x, error_x = self.ours.at(sizes)
        y, error_y = self.theirs.at(sizes - difference)
        far = self._square((self.ours.found - x) / error_x, (self.theirs.found - y) / error_y)
        likeliest = int(far.argmin())
        one, other, weights = _lattice()
        ours = x[likeliest] + error_x[likeliest] * one
        theirs = y[likeliest] + error_y[likeliest] * (self.correlation * one + sqrt(1 - self.correlation**2) * other)
        near = np.arange(max(0, likeliest - _NEAR), min(len(sizes), likeliest + _NEAR + 1))[:, np.newaxis]
        drawn = self._square((ours - x[near]) / error_x[near], (theirs - y[near]) / error_y[near]).min(axis=0)
        ratio = far[likeliest] - self._least(np.array([self.ours.found]), np.array([self.theirs.found]))[0]
        return float(ratio - _quantile(drawn - self._least(ours, theirs), weights, confidence))

    def _find_end(self, middle: float, far: float, confidence: float) -> float:
        if self.doubt(far, confidence) <= 0 or self.doubt(middle, confidence) >= 0:
            return far
        # Takes longer to import than small data to measure, and other metrics do without.
        from scipy.optimize import brentq

        return float(brentq(self.doubt, middle, far, args=(confidence,), rtol=1e-4, xtol=1e-4 * abs(far - middle)))

    def _sizes_with(self, difference: float) -> Floats:
        """Ours, at the nodes of both paths, where theirs are less by the difference."""
        least, most = max(difference, 0.0), min(self.ours.sizes[-1], self.theirs.sizes[-1] + difference)
        nodes = np.concatenate([self.ours.sizes, self.theirs.sizes + difference, [least]])
        return np.unique(nodes[(nodes >= least) & (nodes <= most)])

    def _square(self, x: Floats, y: Floats) -> Floats:
        """Of standard errors, Mahalanobis' distance: twice a likelihood's logarithm."""
        return np.asarray((x * x + y * y - 2 * self.correlation * x * y) / (1 - self.correlation**2))

    def _least(self, ours: Floats, theirs: Floats) -> Floats:
        """The same from the nearest place of all: 0, but of what is less than sizes of 0 lead to."""
        x = (ours - self.ours.expected[0]) / self.ours.error[0]
        y = (theirs - self.theirs.expected[0]) / self.theirs.error[0]
        corner = self._square(x, y)
        without_ours = np.where(self.correlation * x <= y, x * x, corner)
        without_theirs = np.where(self.correlation * y <= x, y * y, corner)
        less = [(x < 0) & (y < 0), x < 0, y < 0]
        return np.select(less, [np.minimum(without_ours, without_theirs), without_ours, without_theirs], 0.0)


def _quantile(numbers: Floats, weights: Floats, level: float) -> float:
    order = np.argsort(numbers)
    shares = np.cumsum(weights[order]) - weights[order] / 2
    return float(np.interp(level, shares, numbers[order]))


@cache
def _lattice() -> tuple[Floats, Floats, Floats]:
    """Pairs of numbers that lie evenly, and the weights that make them normal: rings, each turned against the last."""
    rings, turns = np.arange(_RINGS)[:, np.newaxis], np.arange(_TURNS)
    radius = (rings + 0.5) * _FARTHEST / _RINGS + 0.0 * turns
    angle = (turns + 0.5 + rings * _GOLDEN % 1) / _TURNS * 2 * np.pi
    weights = radius * np.exp(-(radius**2) / 2)
    return (radius * np.cos(angle)).ravel(), (radius * np.sin(angle)).ravel(), (weights / weights.sum()).ravel()
