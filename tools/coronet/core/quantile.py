"""The one quantile that measuring and judging share; it needs no array library."""

from statistics import NormalDist

_NORMAL = NormalDist()


def normal_quantile(confidence: float) -> float:
    """The two-sided standard normal quantile: 1.96 for 0.95; `confidence` above 0 and below 1."""
    return -_NORMAL.inv_cdf((1 - confidence) / 2)
