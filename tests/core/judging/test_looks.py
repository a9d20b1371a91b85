"""Repeated looks at the same data share one chance of a false promotion."""

from dataclasses import replace
from datetime import timedelta
from math import e, log, sqrt
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.decision import Check, Result, Verdict
from coronet.core.evidence import Evidence, Look, Subject
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.judging.looks import LEAST, confidence_at, follows, say_confidence, spend
from coronet.core.policy import Looks, LooksAt, Policy, Spend
from coronet.core.proposal import Kind
from tests.core.examples import CHAMPION, DATA, NOW, digest, evidence, gain, policy

PLANNED = (Spend.EQUAL, Spend.POCOCK, Spend.OBRIEN_FLEMING)
BETTER = {"better": {"metric": "accuracy", "rule": "superior"}}


def looks(rule: Spend = Spend.EQUAL, planned: int | None = 12, data: LooksAt = LooksAt.FIXED) -> Looks:
    return Looks(spend=rule, planned=planned, data=data)


def sharing(gates: Any = BETTER, **keys: Any) -> Policy:
    return policy(gates, looks={"spend": "equal", "of": 12, **keys})


def at_look(number: int | None, half: float = 0.01, *, data: str = DATA, **fields: Any) -> Evidence:
    look = None if number is None else Look(number=number, data=data)
    return evidence(gain(0.0125, half), look=look, **fields)


def judged(found: Evidence, made: Policy, kind: Kind = Kind.PROMOTION) -> Judgement:
    return judge(found, made, now=NOW, kind=kind)


def answer(judgement: Judgement, name: str) -> Check:
    return next(check for check in judgement.checks if check.name == name)


# --- what a look may spend ------------------------------------------------------------------------


@pytest.mark.parametrize("rule", PLANNED)
@given(planned=st.integers(1, 200), alpha=st.floats(1e-4, 0.25))
def test_planned_looks_spend_all_together_what_there_is(rule: Spend, planned: int, alpha: float) -> None:
    spent = [spend(looks(rule, planned), number, alpha=alpha) for number in range(1, planned + 1)]
    assert sum(spent) == pytest.approx(alpha, rel=1e-9)
    assert all(share >= 0 for share in spent)


def test_looks_without_end_never_spend_more_than_there_is() -> None:
    spent = [spend(looks(Spend.ENDLESS, None), number, alpha=0.025) for number in range(1, 100_000)]
    assert 0.0249 < sum(spent) < 0.025
    assert spent[:3] == pytest.approx([0.0151982, 0.0037995, 0.0016887], abs=1e-7)


def test_equal_shares_by_hand() -> None:
    assert spend(looks(planned=10), 4, alpha=0.05) == pytest.approx(0.005)


def test_the_spending_functions_are_those_of_lan_and_demets() -> None:
    """Of 5 looks at the one-sided 0.025, as their functions are tabulated: cumulated, by fifths."""
    of_pocock = [0.025 * log(1 + (e - 1) * fifth / 5) for fifth in range(1, 6)]
    normal = NormalDist()
    of_obrien = [2 - 2 * normal.cdf(normal.inv_cdf(1 - 0.0125) / sqrt(fifth / 5)) for fifth in range(1, 6)]
    assert of_pocock == pytest.approx([0.0074, 0.0131, 0.0177, 0.0216, 0.025], abs=5e-5)
    assert of_obrien == pytest.approx([0.0000, 0.0004, 0.0038, 0.0122, 0.025], abs=5e-5)
    for rule, expected in ((Spend.POCOCK, of_pocock), (Spend.OBRIEN_FLEMING, of_obrien)):
        spent = [spend(looks(rule, 5), number, alpha=0.025) for number in range(1, 6)]
        assert [sum(spent[:number]) for number in range(1, 6)] == pytest.approx(expected, abs=1e-9)


def test_looks_without_end_have_no_share_of_them() -> None:
    with pytest.raises(ValueError, match="endless does not spend"):
        spend(looks(Spend.ENDLESS, 5), 1, alpha=0.025)


def test_the_confidence_of_a_look() -> None:
    assert confidence_at(policy(), 9) == 0.95
    assert confidence_at(sharing(), 9) == pytest.approx(1 - 0.05 / 12)
    assert confidence_at(sharing(), 99) == pytest.approx(1 - 0.05 / 12)
    assert confidence_at(sharing(spend="endless"), 1) == pytest.approx(1 - 0.05 * 0.6079271)
    # What is spent at the first of 100 looks is no number that a quantile could tell from 0.
    assert confidence_at(sharing(spend="obrien_fleming", of=100), 1) == pytest.approx(1 - 2 * LEAST, abs=1e-15)


@pytest.mark.parametrize(
    ("confidence", "said"),
    [
        (0.95, "95 %"),
        (0.9, "90 %"),
        (0.975, "97.5 %"),
        (1 - 0.05 / 12, "99.58 %"),
        (0.5, "50 %"),
        (0.99996, "99.996 %"),
    ],
)
def test_a_confidence_is_told_from_certainty(confidence: float, said: str) -> None:
    assert say_confidence(confidence) == said


# --- judging --------------------------------------------------------------------------------------


def test_a_look_is_judged_at_what_is_left_for_it() -> None:
    """0.0125 ± 0.01 at 95 % is ± 0.0146 at 99.58 %: better for one look, and not for one of twelve."""
    alone, shared = judged(at_look(7), policy(BETTER)), judged(at_look(7), sharing())
    assert (alone.verdict, alone.confidence) == (Verdict.PASS, 0.95)
    assert shared.verdict is Verdict.INCONCLUSIVE
    assert shared.confidence == pytest.approx(0.995833, abs=1e-6)
    assert answer(shared, "better").saw == "0.5 → 0.5125, better by 0.0125 [−0.002119, 0.02712] on 1000 rows"
    look = answer(shared, "look")
    assert (look.result, look.saw) == (Result.PASS, "look 7 of 12 at these data, at 99.58 % confidence")
    assert look.wanted == "all looks at the same data together at 95 %"
    assert judged(at_look(7, 0.005), sharing()).verdict is Verdict.PASS
    assert shared.to_json()["confidence"] == shared.confidence


def test_without_an_end_the_number_alone_is_said() -> None:
    assert answer(judged(at_look(3), sharing(spend="endless")), "look").saw.startswith("look 3 at these data, at 99.66")


def test_without_sharing_nothing_is_said_of_looks() -> None:
    for made in (policy(BETTER), sharing(spend="none")):
        found = judged(at_look(None), made)
        assert found.verdict is Verdict.PASS
        assert "look" not in [check.name for check in found.checks]


@pytest.mark.parametrize(
    ("look", "keys", "said"),
    [
        (None, {}, "the evidence does not say which look it is"),
        (Look(number=1, data=digest("9")), {}, f"a look at {digest('9')}"),
        (Look(number=1, data=DATA), {"data": "growing"}, f"a look at {DATA}"),
        (Look(number=13, data=DATA), {}, "look 13 of 12 at these data: nothing is left to be spent"),
    ],
)
def test_a_look_that_is_not_known_or_one_too_many_fails(look: Look | None, keys: dict[str, Any], said: str) -> None:
    found = judged(replace(at_look(None, 0.001), look=look), sharing(**keys))
    assert found.verdict is Verdict.FAIL
    assert answer(found, "look").saw == said
    assert answer(found, "look").hint


def test_the_last_planned_look_is_not_one_too_many() -> None:
    assert judged(at_look(12, 0.001), sharing()).verdict is Verdict.PASS


def test_data_that_grow_are_the_same_by_their_name() -> None:
    assert judged(at_look(2, 0.001, data="iris"), sharing(data="growing")).verdict is Verdict.PASS


@pytest.mark.parametrize("kind", [Kind.ROLLBACK, Kind.RENEWAL])
def test_what_is_not_compared_is_no_look(kind: Kind) -> None:
    """A rollback brings the evidence of its day, of which nobody counted looks."""
    floor = {"good_enough": {"metric": "accuracy", "rule": "floor", "value": 0.4}}
    found = judged(at_look(None), sharing(floor), kind)
    assert (found.verdict, found.confidence) == (Verdict.PASS, 0.95)


# --- the number against what git shows ------------------------------------------------------------

CANDIDATES = {letter: Subject(version="8", digest=digest(letter)) for letter in "abc"}


def other(letter: str, number: int | None, hours: int = 2, **fields: Any) -> Evidence:
    """Another comparison, made so many hours ago; that under judgement was made one hour ago."""
    made = NOW - timedelta(hours=hours)
    return at_look(number, candidate=CANDIDATES[letter], created_at=made, **fields)


@pytest.mark.parametrize(
    ("number", "others", "fits"),
    [
        (1, [], True),
        (2, [other("a", 1)], True),
        (1, [other("a", 1)], False),
        (4, [other("a", 4), other("b", 2)], False),
        (5, [other("a", 4), other("b", 2)], True),
        # Evidence from before looks were counted was a look all the same.
        (2, [other("a", None), other("b", None)], False),
        (3, [other("a", None), other("b", None)], True),
        # The same comparison again, as a rollback brings it, is no other.
        (2, [other("a", 1), other("a", 1, hours=3)], True),
        (1, [at_look(1, created_at=NOW - timedelta(hours=5))], True),
        # Those made later may have higher numbers, and never this one.
        (1, [other("a", 2, hours=0)], True),
        (2, [other("a", 2, hours=0)], False),
        # Other data, and a champion that was measured beside itself.
        (1, [replace(other("a", 3), data=replace(evidence().data, digest=digest("9")))], True),
        (1, [replace(other("a", None), candidate=Subject(version="5", digest=CHAMPION))], True),
        (1, [replace(other("a", None), champion=None)], True),
    ],
)
def test_the_number_is_its_own_and_beyond_those_before(number: int, others: list[Evidence], fits: bool) -> None:
    check = follows(at_look(number), looks(), others)
    assert check.result is (Result.PASS if fits else Result.FAIL)
    assert check.name == "look_number"


def test_a_number_that_is_not_said_fits_nothing() -> None:
    assert follows(at_look(None), looks(), []).result is Result.FAIL


def test_the_check_says_what_git_shows() -> None:
    check = follows(at_look(1), looks(), [other("a", 1)])
    assert check.saw == "look 1, which another one is; other looks proposed before: 1"
    assert check.wanted == "a number of its own, at least 2"
