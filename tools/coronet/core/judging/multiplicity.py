"""How sure one may be of harm when many segments were looked at."""

from collections.abc import Sequence
from statistics import NormalDist

from coronet.core.judging.estimate import ROUNDING, Estimate
from coronet.core.quantile import normal_quantile

_NORMAL = NormalDist()


def holm_below(
    estimates: Sequence[Estimate], bar: float, *, confidence: float, asked: int | None = None
) -> tuple[bool, ...]:
    """For each estimate: whether it lies below `bar` when all of them are asked at once.

    Holm's step-down over the one-sided tests, each at (1 − confidence) / 2, so that one segment alone is
    judged by its interval and the chance of any false alarm among many stays the same: Holm, Scandinavian
    Journal of Statistics 6 (1979), https://www.jstor.org/stable/4615733. The normal scores are read off
    the upper halves of the intervals. `asked` is how many questions there were, where `estimates` holds
    only those whose own interval lies below the bar: the others have larger p-values and change nothing.

    Only alarms are corrected. That every segment passes is an intersection-union test, which needs no
    correction: Berger, Technometrics 24 (1982), https://doi.org/10.2307/1267823.
    """
    level, quantile = (1 - confidence) / 2, normal_quantile(confidence)
    tails = [_tail(estimate, bar, quantile) for estimate in estimates]
    below, questions = [False] * len(tails), len(tails) if asked is None else asked
    for step, index in enumerate(sorted(range(len(tails)), key=tails.__getitem__)):
        if tails[index] > level / (questions - step):
            break
        below[index] = True
    return tuple(below)


def _tail(estimate: Estimate, bar: float, quantile: float) -> float:
    """The one-sided p-value of "not below the bar"."""
    distance, half = bar - ROUNDING - estimate.value, estimate.upper - estimate.value
    if half <= 0:
        return 0.0 if distance > 0 else 1.0
    return _NORMAL.cdf(-distance * quantile / half)
