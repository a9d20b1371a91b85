"""How sure one may be of harm when many segments were looked at."""

from collections.abc import Sequence
from statistics import NormalDist

from coronet.core.judging.estimate import ROUNDING, Estimate

_NORMAL = NormalDist()


def normal_quantile(confidence: float) -> float:
    """The two-sided standard normal quantile: 1.96 for 0.95."""
    return _NORMAL.inv_cdf(0.5 + confidence / 2)


def holm_below(estimates: Sequence[Estimate], bars: Sequence[float], *, confidence: float) -> tuple[bool, ...]:
    """For each estimate: whether it lies below its bar when all of them are asked at once.

    Holm's step-down over the one-sided tests, each at (1 − confidence) / 2, so that one segment alone is
    judged by its interval and the chance of any false alarm among many stays the same: Holm, Scandinavian
    Journal of Statistics 6 (1979), https://www.jstor.org/stable/4615733. The normal scores are read off
    the upper halves of the intervals.

    Only alarms are corrected. That every segment passes is an intersection-union test, which needs no
    correction: Berger, Technometrics 24 (1982), https://doi.org/10.2307/1267823.
    """
    level = (1 - confidence) / 2
    tails = [_tail(estimate, bar, normal_quantile(confidence)) for estimate, bar in zip(estimates, bars, strict=True)]
    below = [False] * len(tails)
    for step, index in enumerate(sorted(range(len(tails)), key=tails.__getitem__)):
        if tails[index] > level / (len(tails) - step):
            break
        below[index] = True
    return tuple(below)


def _tail(estimate: Estimate, bar: float, quantile: float) -> float:
    """The one-sided p-value of "not below the bar"."""
    distance, half = bar - ROUNDING - estimate.value, estimate.upper - estimate.value
    if half <= 0:
        return 0.0 if distance > 0 else 1.0
    return 1 - _NORMAL.cdf(distance / (half / quantile))
