"""What becomes of a model in use: whether a champion must go, and whether a canary has proven itself.

Rates come from requests that were answered, and so with the chance of every sample: a limit is broken, or
kept, where the whole interval says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite

from coronet.core.decision import Check, Result, Verdict, combine, off, worst
from coronet.core.judging.estimate import Estimate, at_least, point
from coronet.core.judging.wording import say_interval, say_number
from coronet.core.policy import Limits, Policy
from coronet.core.timestamps import format_duration
from coronet.core.wilson import wilson


@dataclass(frozen=True, kw_only=True, slots=True)
class Observed:
    """What was counted of a version since `since`, a moment in UTC.

    `successes` and `errors` are of `requests`; `response_time_ms` is None where nobody measured it.
    """

    since: datetime
    requests: int
    successes: int
    errors: int
    response_time_ms: float | None = None


class CanaryVerdict(StrEnum):
    PROMOTE = "promote"
    ROLL_BACK = "roll_back"
    HOLD = "hold"


@dataclass(frozen=True, kw_only=True, slots=True)
class CanaryDecision:
    verdict: CanaryVerdict
    checks: tuple[Check, ...]


def should_roll_back(observed: Observed, policy: Policy) -> Check:
    """fail where the champion certainly breaks a limit under `rollback`; off where the policy has none.

    Whether that rolls it back by itself is `auto_rollback`.
    """
    return _summarise("rollback", _judge(observed, policy.rollback.limits, policy.confidence))


def decide_canary(observed: Observed, policy: Policy, *, now: datetime) -> CanaryDecision:
    """roll_back as soon as a limit under `canary` is certainly broken; promote when the time is over and all are kept.

    hold until then, and where there are too few requests to tell. Without any limit nothing proves it.
    """
    canary = policy.canary
    checks = tuple(_judge(observed, canary.limits, policy.confidence))
    lasted, wanted = now - observed.since, timedelta(hours=canary.duration_hours)
    time = Check(
        name="duration",
        result=Result.PASS if lasted >= wanted else Result.INCONCLUSIVE,
        saw=f"tried for {format_duration(max(lasted, timedelta()))}",
        wanted=f"at least {format_duration(wanted)}",
    )
    if any(check.result is Result.FAIL for check in checks):
        verdict = CanaryVerdict.ROLL_BACK
    else:
        proven = checks and combine((*checks, time)) is Verdict.PASS
        verdict = CanaryVerdict.PROMOTE if proven else CanaryVerdict.HOLD
    return CanaryDecision(verdict=verdict, checks=(*checks, time))


def _summarise(name: str, checks: Iterator[Check]) -> Check:
    parts = tuple(checks)
    if not parts:
        return off(name, saw="the policy has no limits", wanted="limits kept")
    result = worst(part.result for part in parts)
    saw = "; ".join(f"{part.name} {part.saw}" for part in parts if part.result is result)
    return Check(name=name, result=result, saw=saw, wanted="every limit kept", parts=parts)


def _judge(observed: Observed, limits: Limits, confidence: float) -> Iterator[Check]:
    """One check for each limit that there is."""
    if limits.min_success_rate is not None:
        found = _share(observed.successes, observed.requests, confidence)
        yield _keeps("success_rate", found, floor=limits.min_success_rate)
    if limits.max_error_rate is not None:
        found = _share(observed.errors, observed.requests, confidence)
        yield _keeps("error_rate", found, ceiling=limits.max_error_rate)
    if limits.max_response_time_ms is not None:
        taken = observed.response_time_ms
        known = point(taken) if taken is not None and isfinite(taken) else None
        yield _keeps("response_time_ms", known, ceiling=limits.max_response_time_ms)


def _keeps(name: str, found: Estimate | None, *, floor: float | None = None, ceiling: float | None = None) -> Check:
    """Against one of the two bars, whichever there is."""
    bar = floor if floor is not None else ceiling or 0.0
    wanted = f"at {'least' if floor is not None else 'most'} {say_number(bar)}"
    if found is None:
        return Check(name=name, result=Result.INCONCLUSIVE, saw="nothing was measured", wanted=wanted)
    result = at_least(found, bar) if floor is not None else at_least(found.scaled(-1), -bar)
    return Check(name=name, result=result, saw=f"{say_number(found.value)}{say_interval(found)}", wanted=wanted)


def _share(count: int, requests: int, confidence: float) -> Estimate | None:
    """`count` of `requests`; None where there is no request, or where the counts contradict each other."""
    if requests <= 0 or not 0 <= count <= requests:
        return None
    lower, upper = wilson(count / requests, requests, confidence=confidence)
    return Estimate(value=count / requests, lower=lower, upper=upper)
