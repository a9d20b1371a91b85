"""What becomes of a model in use."""

from datetime import timedelta
from typing import Any

import pytest
from scipy.stats import binomtest

from coronet.core.decision import Check, Result
from coronet.core.operation import CanaryDecision, CanaryVerdict, Observed, decide_canary, should_roll_back
from tests.core.examples import NOW, policy

LIMITS = {"min_success_rate": 0.80, "max_error_rate": 0.05, "max_response_time_ms": 100}


def observed(**fields: Any) -> Observed:
    """A thousand requests in a day, of which nine in ten succeed."""
    given: dict[str, Any] = {
        "since": NOW - timedelta(hours=24),
        "requests": 1_000,
        "successes": 900,
        "errors": 10,
        "response_time_ms": 80.0,
        **fields,
    }
    return Observed(**given)


def rollback(limits: dict[str, Any] = LIMITS, **fields: Any) -> Check:
    return should_roll_back(observed(**fields), policy(rollback=limits))


def canary(limits: dict[str, Any] = LIMITS, **fields: Any) -> CanaryDecision:
    return decide_canary(observed(**fields), policy(canary={"enabled": True, **limits}), now=NOW)


# --- rollback -------------------------------------------------------------------------------------


def test_a_champion_that_keeps_every_limit_stays() -> None:
    made = rollback()
    assert made.result is Result.PASS
    assert [part.name for part in made.parts] == ["success_rate", "error_rate", "response_time_ms"]
    assert made.parts[0].wanted == "at least 0.8"
    assert (made.parts[2].saw, made.parts[2].wanted) == ("80", "at most 100")


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"successes": 700}, Result.FAIL),
        ({"errors": 100}, Result.FAIL),
        ({"response_time_ms": 101.0}, Result.FAIL),
        ({"successes": 790}, Result.INCONCLUSIVE),
        ({"errors": 55}, Result.INCONCLUSIVE),
        ({"response_time_ms": None}, Result.INCONCLUSIVE),
        ({"response_time_ms": float("nan")}, Result.INCONCLUSIVE),
        ({"requests": 10, "successes": 7, "errors": 0}, Result.INCONCLUSIVE),
        ({"requests": 0, "successes": 0, "errors": 0}, Result.INCONCLUSIVE),
        ({"requests": 10, "successes": 11, "errors": 0}, Result.INCONCLUSIVE),
        ({"successes": 790, "errors": 100}, Result.FAIL),
    ],
)
def test_a_champion_goes_where_a_limit_is_certainly_broken(fields: dict[str, Any], result: Result) -> None:
    assert rollback(**fields).result is result


def test_what_is_said_is_what_decided() -> None:
    assert rollback(successes=700).saw == "success_rate 0.7 [0.6709, 0.7276]"
    assert (
        rollback(requests=0, successes=0, errors=0).saw
        == "success_rate nothing was measured; error_rate nothing was measured"
    )


@pytest.mark.parametrize(("count", "of"), [(0, 20), (20, 20), (7, 10), (900, 1000)])
def test_a_share_has_wilsons_interval(count: int, of: int) -> None:
    (part,) = rollback({"min_success_rate": 0.5}, successes=count, requests=of).parts
    expected = binomtest(count, of).proportion_ci(0.95, method="wilson")
    assert f"[{expected.low:.4g}, {expected.high:.4g}]" in part.saw


def test_without_limits_nothing_is_decided() -> None:
    made = rollback({})
    assert (made.result, made.saw) == (Result.OFF, "the policy has no limits")


# --- canaries -------------------------------------------------------------------------------------


def test_a_canary_that_kept_everything_for_its_time_is_promoted() -> None:
    made = canary()
    assert made.verdict is CanaryVerdict.PROMOTE
    assert (made.checks[-1].saw, made.checks[-1].wanted) == ("tried for 1d", "at least 1d")


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"since": NOW - timedelta(hours=23)}, CanaryVerdict.HOLD),
        ({"since": NOW + timedelta(hours=1)}, CanaryVerdict.HOLD),
        ({"successes": 790}, CanaryVerdict.HOLD),
        ({"requests": 0, "successes": 0, "errors": 0}, CanaryVerdict.HOLD),
        ({"successes": 700}, CanaryVerdict.ROLL_BACK),
        ({"since": NOW - timedelta(minutes=1), "errors": 500}, CanaryVerdict.ROLL_BACK),
        ({"successes": 790, "response_time_ms": 500.0}, CanaryVerdict.ROLL_BACK),
    ],
)
def test_a_canary_is_held_until_it_is_certain(fields: dict[str, Any], verdict: CanaryVerdict) -> None:
    assert canary(**fields).verdict is verdict


def test_how_long_it_takes_is_the_policys() -> None:
    assert canary({**LIMITS, "duration_hours": 25}).verdict is CanaryVerdict.HOLD
    assert canary({**LIMITS, "duration_hours": 0.5}, since=NOW - timedelta(hours=1)).verdict is CanaryVerdict.PROMOTE


def test_without_limits_nothing_proves_a_canary() -> None:
    assert canary({}).verdict is CanaryVerdict.HOLD
