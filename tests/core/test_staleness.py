"""Which open proposals have been left behind?"""

from dataclasses import replace

import pytest

from coronet.core.decision import Check, Result, failed, passed
from coronet.core.staleness import find_stale

FINE = tuple(
    passed(name, saw="", wanted="") for name in ("champion", "former_champion", "policy", "in_time", "verdict")
)


def names(checks: tuple[Check, ...]) -> list[str]:
    return [check.name for check in find_stale(checks)]


@pytest.mark.parametrize(
    ("name", "stale"),
    [("champion", True), ("former_champion", True), ("policy", True), ("in_time", False), ("verdict", False)],
)
def test_what_the_world_left_behind(name: str, stale: bool) -> None:
    checks = tuple(failed(name, saw="", wanted="") if check.name == name else check for check in FINE)
    assert names(checks) == ([name] if stale else [])
    assert names(FINE) == []


@pytest.mark.parametrize(
    ("name", "stale"), [("fresh", True), ("same_data", True), ("better", False), ("policy", False)]
)
def test_evidence_that_was_left_behind(name: str, stale: bool) -> None:
    """That a gate fails is no matter of time, and another `policy` stands among the gates."""
    judged = replace(FINE[-1], result=Result.FAIL, parts=(failed(name, saw="", wanted=""),))
    assert names((*FINE[:-1], judged)) == ([name] if stale else [])


def test_a_doubt_is_not_staleness() -> None:
    assert names((replace(FINE[0], result=Result.INCONCLUSIVE), replace(FINE[1], result=Result.WARN))) == []
