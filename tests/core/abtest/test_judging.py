"""What an A/B test answers."""

import pytest
from scipy.stats import chisquare

from coronet.core.abtest.comparing import Comparison
from coronet.core.abtest.judging import Demand, Units, judge_demands, judge_split
from coronet.core.decision import Result
from coronet.core.judging.estimate import Estimate


def units(champion: int = 900, candidate: int = 100, both: int = 0) -> Units:
    return Units(champion=champion, candidate=candidate, both=both)


def found(value: float, half: float) -> dict[str, Comparison]:
    difference = Estimate(value=value, lower=value - half, upper=value + half)
    return {"sold": Comparison(champion=None, candidate=None, difference=difference, method="")}


@pytest.mark.parametrize(
    ("met", "share", "result"),
    [
        (units(), 0.1, Result.PASS),
        (units(900, 120), 0.1, Result.PASS),
        (units(900, 150), 0.1, Result.FAIL),
        (units(500, 500), 0.1, Result.FAIL),
        (units(40, 4), 0.1, Result.INCONCLUSIVE),
        (units(0, 0), 0.5, Result.INCONCLUSIVE),
        (units(), None, Result.OFF),
    ],
)
def test_arms_are_shared_as_was_planned(met: Units, share: float | None, result: Result) -> None:
    assert judge_split(met, share)[0].result is result


def test_the_chance_of_a_split_is_pearsons() -> None:
    check = judge_split(units(900, 120), 0.1)[0]
    assert check.saw == f"120 of 1020 units met the candidate, p = {chisquare([900, 120], [918, 102]).pvalue:.4g}"
    assert judge_split(units(500, 500), 0.1)[0].saw.endswith("p < 1e-12")


@pytest.mark.parametrize(("both", "result"), [(0, Result.PASS), (10, Result.WARN), (11, Result.FAIL)])
def test_units_meet_one_arm_each(both: int, result: Result) -> None:
    check = judge_split(units(890, 100, both), None)[1]
    assert check.result is result
    assert check.saw.startswith(f"{both} of {990 + both} units met both arms")
    assert judge_split(units(0, 0), None)[1].result is Result.PASS


@pytest.mark.parametrize(
    ("value", "half", "lower_is_better", "margin", "result"),
    [
        (0.02, 0.01, False, None, Result.PASS),
        (0.02, 0.02, False, None, Result.INCONCLUSIVE),
        (-0.02, 0.01, False, None, Result.FAIL),
        (-0.02, 0.01, True, None, Result.PASS),
        (0.0, 0.005, False, 0.01, Result.PASS),
        (-0.005, 0.01, False, 0.01, Result.INCONCLUSIVE),
        (-0.03, 0.01, False, 0.01, Result.FAIL),
        (0.03, 0.01, True, 0.01, Result.FAIL),
    ],
)
def test_what_is_wanted_of_an_outcome(
    value: float, half: float, lower_is_better: bool, margin: float | None, result: Result
) -> None:
    demand = Demand(outcome="sold", lower_is_better=lower_is_better, margin=margin)
    (check,) = judge_demands((demand,), found(value, half))
    assert check.result is result
    assert bool(check.hint) is (result is Result.INCONCLUSIVE)


def test_what_is_wanted_is_said() -> None:
    demands = [
        Demand(outcome="sold", lower_is_better=lower, margin=margin)
        for lower in (False, True)
        for margin in (None, 0.01)
    ]
    assert [check.wanted for check in judge_demands(demands, found(0, 1))] == [
        "higher than the champion's",
        "not lower than the champion's by more than 0.01",
        "lower than the champion's",
        "not higher than the champion's by more than 0.01",
    ]


def test_an_outcome_of_which_nothing_is_known() -> None:
    nothing = {"sold": Comparison(champion=None, candidate=None, difference=None, method="", problem="why")}
    (check,) = judge_demands((Demand(outcome="sold", lower_is_better=False),), nothing)
    assert (check.result, check.saw) == (Result.INCONCLUSIVE, "why")
