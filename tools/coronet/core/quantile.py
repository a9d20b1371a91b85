"""Quantiles, which measuring and judging share; they need no array library."""

from functools import lru_cache
from math import exp, inf, lgamma, log, pi, sqrt
from statistics import NormalDist

_NORMAL = NormalDist()
# From so much freedom on four terms of the expansion are as exact as floats are, and gamma functions take each other's
# digits; and from so much the terms are close.
_MUCH, _SOME = 1_000, 30
# After a step so small, the next one would be as small as rounding.
_NEAR = 1e-8
_SMALL, _FAR = 1e-300, 1e150


def normal_quantile(confidence: float) -> float:
    """The two-sided standard normal quantile: 1.96 for 0.95; `confidence` above 0 and below 1."""
    return -_NORMAL.inv_cdf((1 - confidence) / 2)


@lru_cache(maxsize=4096)
def student_quantile(confidence: float, freedom: float) -> float:
    """The two-sided quantile of Student's t: 2.23 for 0.95 and 10; `freedom` above 0, inf beyond 1e150.

    Of much freedom by Fisher's expansion, Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.5;
    else by Newton's method on the tail, an incomplete beta function (26.7.1).
    """
    z = normal_quantile(confidence)
    if freedom >= _MUCH:
        return _expand(z, freedom)
    # The tail is convex: no step from the left, where z lies, leads beyond the quantile.
    t = _expand(z, freedom) if freedom >= _SOME else z
    step = inf
    while abs(step) > _NEAR * t:
        if t > _FAR:
            return inf
        step = (_tail(t, freedom) - (1 - confidence)) / (2 * _density(t, freedom))
        t += step
    return t


def _expand(z: float, freedom: float) -> float:
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


def _density(t: float, freedom: float) -> float:
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)
    return scale * exp(-(freedom + 1) / 2 * log(1 + t * t / freedom))


def _tail(t: float, freedom: float) -> float:
    """The chance to be farther from 0 than `t`, on either side."""
    a, b = freedom / 2, 0.5
    x, rest = freedom / (freedom + t * t), t * t / (freedom + t * t)
    factor = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(rest))
    if x < (a + 1) / (a + b + 2):
        return factor * _continue(a, b, x) / a
    return 1 - factor * _continue(b, a, rest) / b


def _continue(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (26.5.8), by the method of Lentz (1976)."""
    over, under = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    found, change, m = under, inf, 0
    while abs(change - 1) > 1e-15:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            under = 1 / _away(1 + term * under)
            over = _away(1 + term / over)
            change = over * under
            found *= change
    return found


def _away(number: float) -> float:
    """From 0, which nothing is divided by."""
    return number if abs(number) > _SMALL else _SMALL
