"""Intervals of sums of sizes by their definitions: integrals, the exact path, and a likelihood ratio of many draws."""

from itertools import product
from math import sqrt

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from scipy.special import erf

from coronet.core.statistics.columns import Flags, Integers
from coronet.core.statistics.intervals import Interval
from tests.core.statistics.rows import Array

NOISE = np.linspace(-7, 7, 351)
WEIGHTS = stats.norm.pdf(NOISE) / stats.norm.pdf(NOISE).sum()
LENGTHS = np.concatenate([np.linspace(0, 2, 61), np.linspace(2.1, 14, 40)])
DRAWS = 8_000


def folded(centre: Array, variance: float) -> Array:
    """The mean size of a normal number."""
    if variance < 1e-12:
        return np.abs(centre)
    spread = sqrt(variance)
    return np.asarray(
        2 * spread * np.exp(-((centre / spread) ** 2) / 2) / sqrt(2 * np.pi) + centre * erf(centre / spread / sqrt(2))
    )


def corrected(drawn: Array, noise: float = 0.0) -> Array:
    """The size, corrected twice for what it grows; on average, where there is more noise of this variance."""
    return np.asarray(sum(times * folded(drawn, noise + more) for more, times in enumerate((3, -3, 1))))


def vary(one: float, other: float, correlation: float) -> float:
    """The covariance of two corrected sizes around these centres, whose noise is correlated."""
    first = corrected(one + NOISE)
    second = corrected(other + correlation * NOISE, 1 - correlation**2)
    return float(WEIGHTS @ (first * second) - (WEIGHTS @ first) * (WEIGHTS @ second))


class Bins:
    """Those of one model that have rows."""

    def __init__(self, sums: Array, covariance: Array) -> None:
        self.scale = np.sqrt(np.diag(covariance))
        self.correlation = covariance / np.outer(self.scale, self.scale)
        self.drawn = sums / self.scale
        self.found = float(self.scale @ corrected(self.drawn))
        self.direction = np.sign(self.drawn) * np.sqrt(self.drawn**2 + 0.5)
        self.whole = float(self.scale @ np.abs(self.direction))

    def at(self, length: float) -> tuple[float, float]:
        """(expected, error)"""
        centre, rows = length * self.direction, range(len(self.scale))
        variance = sum(
            (2 - (a == b)) * self.scale[a] * self.scale[b] * vary(centre[a], centre[b], self.correlation[a, b])
            for a in rows
            for b in rows[a:]
        )
        return float(self.scale @ corrected(centre, 1)), sqrt(variance)

    def end(self, errors: float) -> float:
        """The sum of sizes from which what was found lies so many errors below what is expected."""

        def apart(length: float) -> float:
            expected, error = self.at(length)
            return (expected - self.found) / error - errors

        return 0.0 if apart(0) >= 0 else self.whole * float(brentq(apart, 0, 14, xtol=1e-9))


def own(sums: Array, covariance: Array, z: float) -> Interval:
    rows = np.diag(covariance) > 0
    bins = Bins(sums[rows], covariance[np.ix_(rows, rows)])
    return bins.end(-z), max(bins.end(z), float(np.abs(sums).sum()))


def centre_of(drawn: Array, correlation: Array, places: Integers, first: Flags) -> Array:
    """The mean of what is behind the draws, over all the ways in which bins may be alike."""
    likely, means = [], []
    for reach, alike, ours, theirs in product((2, 8), (0, 0.95), (8, 32), (8, 32)):
        prior = np.zeros(correlation.shape)
        for a, b in product(range(len(drawn)), repeat=2):
            near = np.exp(-((places[a] - places[b]) ** 2) / (2 * reach**2)) + 0.1 * (places[a] == places[b])
            scale = sqrt((ours if first[a] else theirs) * (ours if first[b] else theirs))
            prior[a, b] = scale * near * (1 if first[a] == first[b] else alike)
        whole = prior + correlation + 1e-6 * np.eye(len(drawn))
        likely.append(stats.multivariate_normal.logpdf(drawn, cov=whole))
        means.append(prior @ np.linalg.inv(whole) @ drawn)
    weights = np.exp(np.array(likely) - max(likely))
    return np.asarray(weights @ np.array(means) / weights.sum())


def alike(sums: Array, covariance: Array) -> float:
    rows = np.flatnonzero(np.diag(covariance) > 0)
    half = len(sums) // 2
    scale = np.sqrt(np.diag(covariance)[rows])
    correlation = covariance[np.ix_(rows, rows)] / np.outer(scale, scale)
    first = rows < half
    centre = centre_of(sums[rows] / scale, correlation, rows % half, first)
    total = np.zeros((2, 2))
    for a, b in product(range(len(rows)), repeat=2):
        covaries = vary(centre[a], centre[b], correlation[a, b])
        total[int(first[a]), int(first[b])] += scale[a] * scale[b] * covaries
    return float(total[0, 1] / sqrt(total[0, 0] * total[1, 1]))


def difference(sums: Array, covariance: Array, confidence: float) -> Interval:
    """Every difference whose likelihood ratio is as small as in draws from where it is likeliest."""
    half = len(sums) // 2
    models = []
    for mine in (slice(0, half), slice(half, None)):
        block = covariance[mine, mine]
        rows = np.diag(block) > 0
        models.append(Bins(sums[mine][rows], block[np.ix_(rows, rows)]))
    rho, random = alike(sums, covariance), np.random.default_rng(1)
    tables = [np.array([each.at(length) for length in LENGTHS]).T for each in models]
    sizes = [each.whole * LENGTHS for each in models]
    normal = random.standard_normal((2, DRAWS))
    noise = np.stack([normal[0], rho * normal[0] + sqrt(1 - rho**2) * normal[1]])
    found = np.array([each.found for each in models])[:, np.newaxis]

    def square(x: Array, y: Array) -> Array:
        return np.asarray((x**2 + y**2 - 2 * rho * x * y) / (1 - rho**2))

    def least(drawn: Array) -> Array:
        """From the nearest place that sizes lead to, none of which is below 0."""
        x, y = ((drawn[k] - tables[k][0, 0]) / tables[k][1, 0] for k in (0, 1))
        places = [(0 * x, 0 * y), (np.maximum(x - rho * y, 0), 0 * y), (0 * x, np.maximum(y - rho * x, 0))]
        best = np.min([square(x - a, y - b) for a, b in places], axis=0)
        return np.where((x >= 0) & (y >= 0), 0, best)

    def doubt(asked: float) -> float:
        ours = np.linspace(max(asked, 0), min(sizes[0][-1], sizes[1][-1] + asked), 400)
        tabled = [
            [np.interp(places, sizes[k], row) for row in tables[k]] for k, places in enumerate((ours, ours - asked))
        ]
        (x, wide_x), (y, wide_y) = tabled
        far = square((found[0] - x) / wide_x, (found[1] - y) / wide_y)
        best = int(far.argmin())
        drawn = np.stack([x[best] + wide_x[best] * noise[0], y[best] + wide_y[best] * noise[1]])
        nearest = np.full(DRAWS, np.inf)
        for place in range(len(ours)):
            nearest = np.minimum(
                nearest, square((drawn[0] - x[place]) / wide_x[place], (drawn[1] - y[place]) / wide_y[place])
            )
        return float(far[best] - least(found)[0] - np.quantile(nearest - least(drawn), confidence))

    middle = models[0].end(0) - models[1].end(0)
    value = float(np.abs(sums[:half]).sum() - np.abs(sums[half:]).sum())
    width = sum(each.at(0)[1] for each in models) / 100
    low = brentq(doubt, -sizes[1][-1] / 2, middle, xtol=width)
    high = brentq(doubt, middle, sizes[0][-1] / 2, xtol=width)
    return min(float(low), value), max(float(high), value)
