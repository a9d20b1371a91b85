"""Repeated looks at the same evaluation data: which confidence is left for this one.

One look at the confidence c promotes a candidate that is no better with the chance α = (1 − c) / 2 at most.
Looks share that α: the k-th may spend α(k), and the sum of all is at most α, so that by Boole's inequality so
is the chance of any false promotion, whatever the candidates have to do with each other: Tian and Ramdas,
Statistical Methods in Medical Research 30 (2021), https://doi.org/10.1177/0962280220983381 ("alpha-spending").
Sharper bounds hold for one candidate looked at while its data grow (Lan and DeMets), where looks are known to
be parts of each other; here they need not be, and only the functions by which α is spent are taken from there.
"""

from collections.abc import Sequence
from math import ceil, e, log, log10, pi, sqrt
from statistics import NormalDist
from typing import assert_never

from coronet.core.decision import Check, demand, failed, passed
from coronet.core.evidence import EvaluationData, Evidence
from coronet.core.policy import Looks, LooksAt, Policy, Spend
from coronet.core.proposal import Kind

_NORMAL = NormalDist()
# Less than this is not told from nothing by any quantile; all looks together may so spend 1e-9 too much.
LEAST = 1e-12


def look_at(evidence: Evidence, policy: Policy, kind: Kind) -> tuple[float, tuple[Check, ...]]:
    """The confidence that gates judge by, and what is to be said of the look.

    Where the policy spends nothing, and of what is not compared (a rollback, a renewal), that is the policy's
    own and nothing. Where the look is unknown or one too many the check fails.
    """
    if policy.looks is None or kind is not Kind.PROMOTION:
        return policy.confidence, ()
    check = _known_look(evidence, policy.looks)
    if check is not None:
        return policy.confidence, (check,)
    number = evidence.look.number if evidence.look else 1
    confidence = confidence_at(policy, number)
    saw = f"look {_say_number(policy.looks, number)} at these data, at {say_confidence(confidence)} confidence"
    return confidence, (passed("look", saw=saw, wanted=_say_wanted(policy)),)


def confidence_at(policy: Policy, number: int) -> float:
    """The confidence that is left for the look of that number (from 1); the policy's own where it spends nothing.

    Of more looks than were planned it is that of the last.
    """
    if policy.looks is None:
        return policy.confidence
    return 1 - 2 * max(spend(policy.looks, number, alpha=(1 - policy.confidence) / 2), LEAST)


def spend(looks: Looks, number: int, *, alpha: float) -> float:
    """What of `alpha` the look may spend."""
    if looks.planned is None:
        # The sum of 1 ÷ k² over all k is π² ÷ 6.
        return 6 * alpha / (pi * number) ** 2
    last = min(number, looks.planned)
    return _spent(looks.spend, last / looks.planned, alpha) - _spent(looks.spend, (last - 1) / looks.planned, alpha)


def _spent(rule: Spend, share: float, alpha: float) -> float:
    """What may be spent in all when that share of the looks is over: 0 of none, `alpha` of all.

    Lan and DeMets, Biometrika 70 (1983), https://doi.org/10.1093/biomet/70.3.659, where the functions for
    Pocock's and O'Brien and Fleming's boundaries are.
    """
    match rule:
        case Spend.EQUAL:
            return alpha * share
        case Spend.POCOCK:
            return alpha * log(1 + (e - 1) * share)
        case Spend.OBRIEN_FLEMING:
            return 2 * _NORMAL.cdf(_NORMAL.inv_cdf(alpha / 2) / sqrt(share)) if share > 0 else 0.0
        case Spend.ENDLESS | Spend.NONE:
            raise ValueError(f"{rule} does not spend by a share of the looks")
        case _:
            assert_never(rule)


def looked_at(looks: Looks, data: EvaluationData) -> str:
    """What the looks of a policy are counted over: the data's bytes, or their name where they grow."""
    return data.digest if looks.data is LooksAt.FIXED else data.name


def _known_look(evidence: Evidence, looks: Looks) -> Check | None:
    """Why it cannot be said which look this is, or that there is none left."""
    look, data = evidence.look, looked_at(looks, evidence.data)
    if look is None or look.data != data:
        saw = "the evidence does not say which look it is" if look is None else f"a look at {look.data}"
        hint = "`coronet evaluate MODEL` counts looks where the policy asks; from files, say --look"
        return failed("look", saw=saw, wanted=f"the number of the look at {data}", hint=hint)
    if looks.planned is not None and look.number > looks.planned:
        return failed(
            "look",
            saw=f"look {_say_number(looks, look.number)} at these data: nothing is left to be spent",
            wanted=f"at most {looks.planned} looks at the same data",
            hint="pin other evaluation data, with which the count begins anew",
        )
    return None


def follows(evidence: Evidence, looks: Looks, others: Sequence[Evidence]) -> Check:
    """pass where the look's number is its own, and beyond those of the `others` that were made before.

    They are the evidence of the main branch's other proposals. Looks are counted where git does not see, and
    this is what git shows of it.
    """
    data, number = looked_at(looks, evidence.data), evidence.look.number if evidence.look else 0
    same = [each for each in others if looked_at(looks, each.data) == data and _compared(each) != _compared(evidence)]
    before = [each for each in same if each.created_at <= evidence.created_at]
    comparisons = {_compared(each) for each in before if _is_comparison(each)}
    least = 1 + max([len(comparisons), *_numbers(before, data)])
    taken = number in _numbers(same, data)
    saw = f"look {number}{', which another one is' if taken else ''}; other looks proposed before: {len(comparisons)}"
    return demand(
        "look_number",
        number >= least and not taken,
        saw=saw,
        wanted=f"a number of its own, at least {least}",
        hint="evaluate again: looks are counted then",
    )


def _numbers(found: Sequence[Evidence], data: str) -> list[int]:
    return [each.look.number for each in found if each.look and each.look.data == data]


def _is_comparison(evidence: Evidence) -> bool:
    """Whether two models were compared: a renewal measures the champion alone, or beside itself."""
    return evidence.champion is not None and evidence.champion.digest != evidence.candidate.digest


def _compared(evidence: Evidence) -> tuple[str | None, ...]:
    champion = evidence.champion.digest if evidence.champion else None
    return evidence.candidate.digest, champion, evidence.data.digest


def _say_number(looks: Looks, number: int) -> str:
    return f"{number} of {looks.planned}" if looks.planned is not None else f"{number}"


def _say_wanted(policy: Policy) -> str:
    return f"all looks at the same data together at {say_confidence(policy.confidence)}"


def say_confidence(confidence: float) -> str:
    """`95 %`, or with as many digits as tell it from certainty: `99.58 %`."""
    percent = 100 * (1 - confidence)
    digits = max(0, 2 - ceil(log10(percent)))
    return f"{100 * confidence:.{digits}f}".rstrip("0").rstrip(".") + " %" if digits else f"{100 * confidence:.0f} %"
