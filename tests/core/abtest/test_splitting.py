"""Which version a unit meets."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from coronet.core.abtest.splitting import assign_arm
from coronet.errors import InvalidInput

SHARES = {"5": 0.9, "7": 0.1}


def test_a_unit_meets_the_same_arm_each_time() -> None:
    met = [assign_arm(f"customer-{place}", test="churn-7", shares=SHARES) for place in range(40)]
    assert [place for place, arm in enumerate(met) if arm == "7"] == [31]


def test_arms_have_their_shares() -> None:
    shares = {"a": 0.5, "b": 0.3, "none": 0.0, "c": 0.2}
    met = Counter(assign_arm(str(place), test="t", shares=shares) for place in range(20_000))
    assert met["none"] == 0
    assert chisquare([met["a"], met["b"], met["c"]], [10_000, 6_000, 4_000]).pvalue > 0.001


def test_another_test_mixes_units_anew() -> None:
    half = {"a": 0.5, "b": 0.5}
    again = sum(
        assign_arm(str(n), test="1", shares=half) == assign_arm(str(n), test="2", shares=half) for n in range(4000)
    )
    assert abs(again - 2000) < 150


def test_where_a_test_ends_and_a_unit_begins_is_no_matter_of_chance() -> None:
    """Else the test `a` with the unit `11` were the test `a1` with the unit `1`."""
    half = {"a": 0.5, "b": 0.5}
    pairs = [
        (assign_arm(f"1{n}", test="a", shares=half), assign_arm(f"{n}", test="a1", shares=half)) for n in range(99)
    ]
    assert any(one != other for one, other in pairs)


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_takes_no_unit_away(unit: str, one: float, other: float) -> None:
    less, more = sorted((one, other))
    if assign_arm(unit, test="t", shares={"old": 1 - less, "new": less}) == "new":
        assert assign_arm(unit, test="t", shares={"old": 1 - more, "new": more}) == "new"


def test_arms_without_a_share_meet_nobody() -> None:
    tenths = {str(place): 0.1 for place in range(10)}
    assert {assign_arm(str(place), test="t", shares=tenths) for place in range(500)} == set(tenths)
    assert assign_arm("any", test="t", shares={"a": 1.0, "b": 0.0}) == "a"
    assert assign_arm("any", test="t", shares={"a": 0.0, "b": 1.0}) == "b"


@pytest.mark.parametrize("shares", [{}, {"a": 0.5}, {"a": 1.5, "b": -0.5}, {"a": float("nan"), "b": 0.5}])
def test_shares_that_are_none(shares: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match="do not sum to 1"):
        assign_arm("1", test="t", shares=shares)
