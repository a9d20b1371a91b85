"""The size of a normal number, |δ|, from one draw of it, and what it is found to be on average.

Noise takes sizes up: where δ is 0, |d| is 0.8 standard errors. No function of d is right on average whatever δ is,
since the size has a kink: Cai and Low, Annals of Statistics 39 (2011), https://doi.org/10.1214/10-AOS849. The size
less what it grows, and once more less what remains of that (Hall and Martin, Biometrika 75 (1988),
https://doi.org/10.1093/biomet/75.4.661) is off by 0.4 at 0, and by less than 0.1 from half a standard error on.
Everything here is in standard errors of d.
"""

from functools import cache
from math import factorial, pi, sqrt

import numpy as np

from coronet.core.statistics.columns import Floats

# |d| three times, less three times what it is after noise, and what it is after noise twice.
_TIMES = (3.0, -3.0, 1.0)
# Terms of the expansion below; what is left is a term of its own.
_ORDERS = 4
_FARTHEST, _STEP = 10.0, 0.02


def correct(drawn: Floats) -> Floats:
    """Nearly right on average, of any shape."""
    return np.asarray(sum(times * _size(drawn, noise) for noise, times in enumerate(_TIMES)))


def expect(centre: Floats) -> Floats:
    """What `correct` gives on average, where the draws lie around `centre`."""
    return np.asarray(sum(times * _size(centre, 1 + noise) for noise, times in enumerate(_TIMES)))


def expand(centre: Floats) -> Floats:
    """(orders, …): Σ over orders k of one's entry × the other's × ρ ** k is the covariance of two corrected sizes whose
    draws have the correlation ρ: Price, IRE Transactions on Information Theory 4 (1958),
    https://doi.org/10.1109/TIT.1958.1057444. The last stands for all that follow.
    """
    terms = [
        sum(times * _slope(centre, 1 + noise, order) for noise, times in enumerate(_TIMES)) / sqrt(factorial(order))
        for order in range(1, _ORDERS + 1)
    ]
    rest = _variance(centre) - sum(term**2 for term in terms)
    return np.stack([*terms, np.sqrt(np.maximum(rest, 0.0))])


def powers(correlation: Floats) -> Floats:
    """(orders, …) of what `expand` counts by; the rest by an even power, so that it never has a sign."""
    return np.stack([correlation**power for power in (*range(1, _ORDERS + 1), _ORDERS + 2)])


def _size(centre: Floats, noise: float) -> Floats:
    """The mean of |centre + noise|, of this variance: the folded normal distribution."""
    if noise == 0:
        return np.abs(centre)
    # SciPy takes longer to import than small data to measure, and other metrics do without.
    from scipy.special import ndtr

    scaled = centre / sqrt(noise)
    return np.asarray(sqrt(noise) * 2 * _density(scaled) + centre * (2 * ndtr(scaled) - 1))


def _slope(centre: Floats, noise: float, order: int) -> Floats:
    """The derivative of `_size` of this order, from 1."""
    from scipy.special import eval_hermitenorm, ndtr

    scaled = centre / sqrt(noise)
    if order == 1:
        return np.asarray(2 * ndtr(scaled) - 1)
    sign = -1 if order % 2 else 1
    return np.asarray(sign * 2 * eval_hermitenorm(order - 2, scaled) * _density(scaled) / sqrt(noise) ** (order - 1))


def _variance(centre: Floats) -> Floats:
    """Of `correct` around `centre`; 1 far from 0."""
    return np.interp(np.abs(centre), *_variances())


@cache
def _variances() -> tuple[Floats, Floats]:
    centres = np.arange(0, _FARTHEST + _STEP / 2, _STEP)
    noise = np.arange(-7, 7 + _STEP / 2, _STEP)
    weights = _density(noise) / _density(noise).sum()
    found = correct(centres[:, np.newaxis] + noise) - expect(centres)[:, np.newaxis]
    return centres, np.append((found**2 @ weights)[:-1], 1.0)


def _density(x: Floats) -> Floats:
    return np.asarray(np.exp(-x * x / 2) / sqrt(2 * pi))
