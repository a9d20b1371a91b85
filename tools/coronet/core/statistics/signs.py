"""How alike two models' sums of sizes are drawn, which rests on the signs of what they are the sizes of.

Bins side by side are mostly off the same way, and two models that learned of the same data too. So the signs are read
from all bins together: the mean of a Gaussian process, its scale and reach weighted by how likely they make what was
found; Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), sections 2.2 and 5.2.
"""

from itertools import product
from math import sqrt

import numpy as np

from coronet.core.statistics.columns import Flags, Floats, Integers
from coronet.core.statistics.paths import standardize
from coronet.core.statistics.sizes import expand, powers

# Variances of a model's bins beside those of noise; bins that are alike; how alike the two models are.
_SCALES, _REACHES, _ALIKE = (8.0, 32.0), (2.0, 8.0), (0.0, 0.95)
# The share of the variance that a bin has for itself.
_OWN = 0.1
# Below this share of the largest variance a bin has no rows.
_EMPTY = 1e-9
_NOISE = 1e-6
# No two models are more alike than that, or their difference would have no error.
_MOST = 0.999


def correlate(sums: Floats, covariance: Floats) -> float:
    """Of the sums of the corrected sizes of the two models whose bins these are, (2 × bins,)."""
    scale, correlation = standardize(covariance)
    rows = scale**2 > _EMPTY * scale.max() ** 2
    centre = np.zeros(len(sums))
    centre[rows] = _smooth((sums / scale)[rows], correlation[np.ix_(rows, rows)], np.flatnonzero(rows), len(sums) // 2)
    terms, weights, first = scale * expand(centre), powers(correlation), np.arange(len(sums)) < len(sums) // 2

    def vary(one: Flags, other: Flags) -> float:
        return float(np.einsum("ki,kij,kj->", terms[:, one], weights[:, one][:, :, other], terms[:, other]))

    found = vary(first, ~first) / sqrt(vary(first, first) * vary(~first, ~first))
    return min(max(found, -_MOST), _MOST)


def _smooth(drawn: Floats, correlation: Floats, places: Integers, bins: int) -> Floats:
    """What is likely behind the draws of the bins at these places, in standard errors."""
    priors = _priors(places, bins)
    whole = priors + correlation + _NOISE * np.eye(len(drawn))
    solved = np.linalg.solve(whole, np.broadcast_to(drawn[:, np.newaxis], (len(whole), len(drawn), 1)))[..., 0]
    likely = -(solved @ drawn + np.linalg.slogdet(whole)[1]) / 2
    weights = np.exp(likely - likely.max())
    return np.asarray(np.einsum("k,kij,kj->i", weights / weights.sum(), priors, solved))


def _priors(places: Integers, bins: int) -> Floats:
    """(priors, bins, bins)"""
    bin_, first = places % bins, places < bins
    apart, same = np.subtract.outer(bin_, bin_) ** 2, first[:, np.newaxis] == first
    shapes = [
        np.where(same, 1.0, alike) * (np.exp(-apart / (2 * reach**2)) + _OWN * (apart == 0))
        for reach, alike in product(_REACHES, _ALIKE)
    ]
    scales = [np.sqrt(np.where(first, one, other)) for one, other in product(_SCALES, repeat=2)]
    return np.stack([np.outer(scale, scale) * shape for shape, scale in product(shapes, scales)])
