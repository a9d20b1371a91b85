"""How sure one may be of harm when many segments were looked at.

Each question is a one-sided test at (1 − confidence) / 2, so that one segment alone is judged by its interval.
Only alarms are corrected. That every segment passes is an intersection-union test, which needs no correction:
Berger, Technometrics 24 (1982), https://doi.org/10.2307/1267823.
"""

from collections.abc import Sequence
from statistics import NormalDist
from typing import assert_never

from coronet.core.judging.estimate import ROUNDING, Estimate
from coronet.core.policy import Correction
from coronet.core.quantile import normal_quantile

_NORMAL = NormalDist()


def certainly_below(
    estimates: Sequence[Estimate],
    bar: float,
    *,
    confidence: float,
    correction: Correction = Correction.HOLM,
    asked: int | None = None,
) -> tuple[bool, ...]:
    """For each estimate: whether it lies below `bar` when all of them are asked at once.

    The normal scores are read off the upper halves of the intervals. `asked` is how many questions there
    were, where `estimates` holds only those whose own interval lies below the bar: the others have larger
    p-values and change nothing.
    """
    level, quantile = (1 - confidence) / 2, normal_quantile(confidence)
    tails = [_tail(estimate, bar, quantile) for estimate in estimates]
    questions = len(tails) if asked is None else asked
    match correction:
        case Correction.HOLM:
            return _holm(tails, level, questions)
        case Correction.BH:
            return _benjamini_hochberg(tails, level, questions)
        case Correction.NONE:
            return tuple(tail <= level for tail in tails)
        case _:
            assert_never(correction)


def _holm(tails: Sequence[float], level: float, questions: int) -> tuple[bool, ...]:
    """Step down from the most certain, so that the chance of any false alarm is at most `level`.

    Holm, Scandinavian Journal of Statistics 6 (1979), https://www.jstor.org/stable/4615733.
    """
    found = [False] * len(tails)
    for step, index in enumerate(sorted(range(len(tails)), key=tails.__getitem__)):
        if tails[index] > level / (questions - step):
            break
        found[index] = True
    return tuple(found)


def _benjamini_hochberg(tails: Sequence[float], level: float, questions: int) -> tuple[bool, ...]:
    """Step up from the least certain, so that the expected share of false ones among the alarms is at most `level`.

    Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995),
    https://doi.org/10.1111/j.2517-6161.1995.tb02031.x; under positive dependence, as of segments that share
    rows, by Benjamini and Yekutieli, Annals of Statistics 29 (2001), https://doi.org/10.1214/aos/1013699998.
    """
    ranked = sorted(tails)
    reached = [tail for rank, tail in enumerate(ranked, 1) if tail <= level * rank / questions]
    return tuple(bool(reached) and tail <= reached[-1] for tail in tails)


def _tail(estimate: Estimate, bar: float, quantile: float) -> float:
    """The one-sided p-value of "not below the bar"."""
    distance, half = bar - ROUNDING - estimate.value, estimate.upper - estimate.value
    if half <= 0:
        return 0.0 if distance > 0 else 1.0
    return _NORMAL.cdf(-distance * quantile / half)
