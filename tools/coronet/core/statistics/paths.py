"""The sum of the sizes of normal sums, Σ |δ|, from one draw of them: along a path from none to too large.

How the sum comes out rests on how large each δ is, which nobody knows. So a value is asked where the sums found are
made as large as it wants them, and held against what would be found there, not against what was found here:
Carpenter, Journal of the Royal Statistical Society B 61 (1999), https://doi.org/10.1111/1467-9868.00169.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from coronet.core.quantile import normal_quantile
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.intervals import Interval
from coronet.core.statistics.sizes import correct, expand, expect, powers

# Of all variances together, what each has at least.
_JITTER = 1e-12
# Where the path is looked at: first by its length, then evenly by standard errors from what was found.
_LENGTHS = np.concatenate([np.linspace(0, 3, 61), np.linspace(3.2, 14, 55)])
_NODES = np.linspace(-6, 6, 97)
# What a sum of nothing counts as on the path, in variances of its noise: near 0 no sum is known to be smaller.
_OF_NOTHING = 0.5


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Path:
    """By node, (nodes,): the sum of `sizes`, what is `expected` to be found of it, with which `error`.

    `found` is the sum of corrected sizes that was.
    """

    found: float
    sizes: Floats
    expected: Floats
    error: Floats

    @classmethod
    def along(cls, sums: Floats, covariance: Floats) -> Self:
        """Of (bins,) sums. In standard errors each is a multiple of √(d² + ½)."""
        scale, correlation = standardize(covariance)
        drawn, weights = sums / scale, powers(correlation)
        direction = np.where(drawn < 0, -1.0, 1.0) * np.sqrt(drawn**2 + _OF_NOTHING)
        found = float(scale @ correct(drawn))

        def walk(lengths: Floats) -> tuple[Floats, Floats]:
            centres = lengths[:, np.newaxis] * direction
            terms = scale * expand(centres)
            return expect(centres) @ scale, np.sqrt(((terms @ weights) * terms).sum(axis=(0, 2)))

        expected, error = walk(_LENGTHS)
        lengths = np.unique(np.interp(_NODES, np.maximum.accumulate((expected - found) / error), _LENGTHS))
        expected, error = walk(lengths)
        return cls(found=found, sizes=lengths * float(scale @ np.abs(direction)), expected=expected, error=error)

    @property
    def lack(self) -> float:
        """By how many standard errors less was found than sizes of 0 lead to."""
        return float((self.expected[0] - self.found) / self.error[0])

    def where(self, errors: float) -> float:
        """The sum of sizes of which so many standard errors less were found than expected; 0 where there is none."""
        apart = np.maximum.accumulate((self.expected - self.found) / self.error)
        return float(np.interp(errors, apart, self.sizes))

    def at(self, sizes: Floats) -> tuple[Floats, Floats]:
        """(expected, error)"""
        return np.interp(sizes, self.sizes, self.expected), np.interp(sizes, self.sizes, self.error)


def loosen(covariance: Floats) -> Floats:
    """So that a bin without rows has a standard error, which changes nothing."""
    return np.asarray(covariance + _JITTER * float(np.trace(covariance)) * np.eye(len(covariance)))


def standardize(covariance: Floats) -> tuple[Floats, Floats]:
    """(standard errors, correlations)"""
    scale = np.sqrt(np.diag(covariance))
    correlation = np.clip(covariance / np.outer(scale, scale), -1.0, 1.0)
    correlation[np.diag_indices(len(scale))] = 1.0
    return scale, correlation


def find_size(sums: Floats, covariance: Floats, *, confidence: float) -> Interval:
    """Of the sum of the sizes; it holds what was found, which noise makes larger."""
    path, z, value = Path.along(sums, loosen(covariance)), normal_quantile(confidence), float(np.abs(sums).sum())
    return min(path.where(-z), value), max(path.where(z), value)
