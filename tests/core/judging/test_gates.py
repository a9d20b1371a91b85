"""One gate over all rows: its rule, its direction, its bar, and what cannot be judged."""

from dataclasses import replace
from typing import Any

import pytest

from coronet.core.decision import Result
from coronet.core.evidence import CustomMetric, Evidence, MetricFact, Subject
from coronet.core.judging.comparison import measure
from coronet.core.judging.facts import Reader, Unusable
from coronet.core.judging.gates import judge_gate
from coronet.core.policy import Gate, Rule
from tests.core.examples import evidence, fact, gain, judged, policy

SUPERIOR: dict[str, Any] = {"metric": "accuracy", "rule": "superior"}
HARMLESS: dict[str, Any] = {"metric": "accuracy", "rule": "non_inferior", "margin": 0.02}
FLOOR: dict[str, Any] = {"metric": "accuracy", "rule": "floor", "value": 0.9}
CEILING: dict[str, Any] = {"metric": "mae", "rule": "ceiling", "value": 10}
NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("gate", "seen", "result"),
    [
        (SUPERIOR, gain(0.02, 0.01), "pass"),
        (SUPERIOR, gain(0.02, 0.03), "inconclusive"),
        (SUPERIOR, gain(-0.02, 0.01), "fail"),
        (SUPERIOR, gain(0.0, 0.0), "fail"),  # a tie is not better
        ({**SUPERIOR, "margin": 0.05}, gain(0.02, 0.01), "fail"),  # better, and not by enough
        ({**SUPERIOR, "margin": 0.02}, gain(0.04, 0.01), "pass"),
        (HARMLESS, gain(-0.01, 0.005), "pass"),  # worse, within the margin
        (HARMLESS, gain(-0.01, 0.01), "pass"),  # to the very margin
        (HARMLESS, gain(-0.02, 0.01), "inconclusive"),
        (HARMLESS, gain(-0.05, 0.01), "fail"),
        (FLOOR, fact(candidate=0.92, own=0.01), "pass"),
        (FLOOR, fact(candidate=0.91, own=0.01), "pass"),  # at the very floor
        (FLOOR, fact(candidate=0.92, own=0.03), "inconclusive"),
        (FLOOR, fact(candidate=0.85, own=0.01), "fail"),
        (CEILING, fact("mae", 9.0, 8.0, own=0.5), "pass"),
        (CEILING, fact("mae", 9.5, 8.0, own=1.0), "inconclusive"),
        (CEILING, fact("mae", 12.0, 8.0, own=1.0), "fail"),
    ],
)
def test_the_whole_interval_decides(gate: dict[str, Any], seen: MetricFact, result: str) -> None:
    assert judged(gate, seen).result == result


@pytest.mark.parametrize(("difference", "result"), [(-2.0, "pass"), (2.0, "fail"), (0.5, "inconclusive")])
def test_less_is_better_where_the_catalogue_says_so(difference: float, result: str) -> None:
    made = judged({"metric": "mae", "rule": "superior"}, fact("mae", 10 + difference, 10.0, 1.0))
    assert made.result == result


def test_a_floor_is_about_the_number_itself_whatever_is_better() -> None:
    assert judged({"metric": "mae", "rule": "floor", "value": 5}, fact("mae", 6.0, 8.0)).result is Result.PASS


def test_points_decide_where_the_policy_says_so() -> None:
    seen = gain(0.001, 0.5)
    made = judged({**SUPERIOR, "statistics": "point"}, seen)
    assert made.result is Result.PASS
    assert "points alone" in made.wanted
    assert judged({**SUPERIOR, "statistics": "point"}, replace(seen, interval=None)).result is Result.PASS
    assert judged(SUPERIOR, seen).result is Result.INCONCLUSIVE


@pytest.mark.parametrize(
    ("improvement", "champion", "metric", "result"),
    [
        (0.02, 0.4, "accuracy", "pass"),  # exactly five per cent
        (0.02, 0.5, "accuracy", "fail"),
        (-0.02, 0.3, "mdape", "pass"),
        (0.02, -0.3, "r2", "pass"),  # of its size, where the champion's value is negative
    ],
)
def test_a_share_of_the_champions_value(improvement: float, champion: float, metric: str, result: str) -> None:
    gate = {"metric": metric, "rule": "superior", "margin": 0.05, "relative": True}
    assert judged(gate, fact(metric, champion + improvement, champion, 0.0)).result == result


@pytest.mark.parametrize("champion", [0.0, -0.0, 5e-324, NAN])
def test_no_share_of_nothing(champion: float) -> None:
    seen = replace(fact(champion=0.5), champion=champion)
    made = judged({**SUPERIOR, "margin": 0.05, "relative": True}, seen)
    assert made.result is Result.FAIL
    assert "champion whose value is not 0" in made.saw or "not a finite number" in made.saw


@pytest.mark.parametrize("broken", [NAN, INFINITY, -INFINITY])
@pytest.mark.parametrize("place", ["difference", "lower", "upper"])
@pytest.mark.parametrize("gate", [SUPERIOR, HARMLESS, {**SUPERIOR, "relative": True}])
def test_no_gate_passes_on_what_is_no_number(gate: dict[str, Any], place: str, broken: float) -> None:
    numbers = {"difference": 0.1, "lower": 0.05, "upper": 0.15, place: broken}
    seen = replace(fact(), difference=numbers["difference"], interval=(numbers["lower"], numbers["upper"]))
    made = judged(gate, seen)
    assert made.result is Result.FAIL
    assert made.saw == "accuracy over all rows is not a finite number with its interval"


@pytest.mark.parametrize("broken", [NAN, INFINITY, -INFINITY])
@pytest.mark.parametrize("place", ["candidate", "lower", "upper"])
@pytest.mark.parametrize("gate", [FLOOR, {**CEILING, "metric": "accuracy"}, {**FLOOR, "statistics": "point"}])
def test_no_bound_passes_on_what_is_no_number(gate: dict[str, Any], place: str, broken: float) -> None:
    numbers = {"candidate": 0.95, "lower": 0.94, "upper": 0.96, place: broken}
    ends = (numbers["lower"], numbers["upper"])
    made = judged(gate, replace(fact(), candidate=numbers["candidate"], candidate_interval=ends))
    is_unasked = gate.get("statistics") == "point" and place != "candidate"
    assert made.result is (Result.PASS if is_unasked else Result.FAIL)


def test_an_interval_upside_down_is_none() -> None:
    assert judged(SUPERIOR, replace(fact(), interval=(0.3, 0.01))).result is Result.FAIL


@pytest.mark.parametrize(
    ("gate", "facts", "saw"),
    [
        (SUPERIOR, [], "the evidence has no accuracy over all rows"),
        (SUPERIOR, [fact("f1")], "the evidence has no accuracy over all rows"),
        (SUPERIOR, [fact(segment={"kind": "flat"})], "the evidence has no accuracy over all rows"),
        (SUPERIOR, [fact(), fact(candidate=0.1)], "the evidence has accuracy over all rows 2 times"),
        (SUPERIOR, [fact(half=None)], "accuracy over all rows has no interval"),
        (SUPERIOR, [fact(half=None, problem="one row")], "accuracy over all rows has no interval: one row"),
        (SUPERIOR, [fact(champion=None)], "accuracy over all rows could not be measured"),
        (SUPERIOR, [fact(candidate=None, problem="no row")], "accuracy over all rows could not be measured: no row"),
        (SUPERIOR, [replace(fact(), difference=None)], "accuracy over all rows could not be measured"),
        (FLOOR, [fact(candidate=None, problem="no row")], "accuracy over all rows could not be measured: no row"),
        (FLOOR, [fact(own=None, problem="one row")], "accuracy over all rows has no interval: one row"),
        ({**SUPERIOR, "metric": "luck"}, [fact("luck")], "luck is no metric of the catalogue"),
    ],
)
def test_what_is_missing_fails_with_its_sentence(gate: dict[str, Any], facts: list[MetricFact], saw: str) -> None:
    made = judged(gate, *facts)
    assert (made.result, made.saw) == (Result.FAIL, saw)


def test_a_value_without_an_interval_of_its_own_is_said_to_be_a_point() -> None:
    made = judged(FLOOR, fact(own=None))
    assert (made.result, made.saw) == (
        Result.PASS,
        "0.92 on 1000 rows, a bare point: the evidence has no interval of its own",
    )
    assert "bare" not in judged({**FLOOR, "statistics": "point"}, fact(own=None)).saw
    assert "bare" not in judged(SUPERIOR, fact(own=None)).saw


def test_without_a_champion_the_interval_is_the_candidates_own() -> None:
    alone = fact(candidate=0.92, champion=None, half=0.05, own=None)
    made = judged(FLOOR, alone, evidence_fields={"champion": None}, alone="no champion to compare with")
    assert made.result is Result.INCONCLUSIVE
    assert made.saw == "0.92 [0.87, 0.97] on 1000 rows"


def test_the_interval_of_a_difference_is_never_taken_for_the_candidates_own() -> None:
    """The champion's value is unknown here, and the evidence has a champion."""
    seen = replace(fact(champion=None, own=0.05), interval=(0.91, 0.93))
    made = judged(FLOOR, seen)
    assert made.saw == "0.92 [0.87, 0.97] on 1000 rows"


@pytest.mark.parametrize(("rows", "minimum", "result"), [(199, 200, "inconclusive"), (200, 200, "pass")])
def test_fewer_rows_than_the_minimum_are_no_answer(rows: int, minimum: int, result: str) -> None:
    assert judged({**SUPERIOR, "minimum_rows": minimum}, fact(rows=rows)).result == result


def test_no_rows_are_no_answer() -> None:
    made = judged(SUPERIOR, fact(rows=0))
    assert (made.result, made.saw) == (Result.INCONCLUSIVE, "0 rows, fewer than the 1 that make an answer")


@pytest.mark.parametrize(
    ("confidence", "result"),
    [
        (0.90, "pass"),  # 0.02 ± 0.0168
        (0.95, "inconclusive"),  # 0.02 ± 0.02, and equal is not better
        (0.99, "inconclusive"),
    ],
)
def test_the_policys_confidence_counts(confidence: float, result: str) -> None:
    assert judged(SUPERIOR, gain(0.02, 0.02), confidence=confidence).result == result


def test_intervals_are_stretched_to_the_policys_confidence() -> None:
    made = judged(SUPERIOR, gain(0.02, 0.0195996), confidence=0.99)
    assert made.saw.endswith("better by 0.02 [−0.005758, 0.04576] on 1000 rows")


@pytest.mark.parametrize("measured", [0.5, 0.0, 1.0, 1.5, NAN])
def test_a_confidence_that_is_none_fails(measured: float) -> None:
    made = judged(SUPERIOR, fact(), evidence_fields={"confidence": measured})
    assert made.result is Result.FAIL
    assert "which is none" in made.saw
    assert (
        judged({**SUPERIOR, "statistics": "point"}, fact(), evidence_fields={"confidence": measured}).result == "pass"
    )


def test_comparisons_are_off_without_a_champion() -> None:
    made = judged(SUPERIOR, evidence_fields={"champion": None}, alone="no champion to compare with")
    assert (made.result, made.saw) == (Result.OFF, "no champion to compare with")
    assert judged({"rule": "unchanged", "of": ["signature"]}, alone="no champion to compare with").result is Result.OFF


def test_a_gate_that_is_off_is_not_asked() -> None:
    made = judged({**SUPERIOR, "mode": "off"}, gain(-1.0))
    assert (made.result, made.saw) == (Result.OFF, "switched off by the policy")


@pytest.mark.parametrize(
    ("improvement", "half", "result"), [(0.02, 0.01, "pass"), (0.02, 0.03, "warn"), (-0.02, 0.01, "warn")]
)
def test_a_gate_that_warns_says_the_same(improvement: float, half: float, result: str) -> None:
    warned = judged({**SUPERIOR, "mode": "warn"}, gain(improvement, half))
    assert warned.result == result
    assert warned.saw == judged(SUPERIOR, gain(improvement, half)).saw


def test_a_gate_that_warns_warns_of_what_is_missing() -> None:
    assert judged({**SUPERIOR, "mode": "warn"}).result is Result.WARN


@pytest.mark.parametrize(
    ("gate", "seen", "saw"),
    [
        (SUPERIOR, gain(0.02), "0.5 → 0.52, better by 0.02 [0.01, 0.03] on 1000 rows"),
        (SUPERIOR, gain(-0.02), "0.5 → 0.48, worse by 0.02 [0.01, 0.03] on 1000 rows"),
        (SUPERIOR, gain(0.0), "0.5 → 0.5, different by 0 [−0.01, 0.01] on 1000 rows"),
        (CEILING, fact("mae", 9.0, 8.0), "9 [8.995, 9.005] on 1000 rows"),
        (
            {**SUPERIOR, "relative": True},
            fact(candidate=0.55, champion=0.5, half=None),
            "accuracy over all rows has no interval",
        ),
        (
            {**SUPERIOR, "relative": True, "statistics": "point"},
            fact(candidate=0.55, champion=0.5),
            "0.5 → 0.55, better by 0.1 of the champion's value on 1000 rows",
        ),
    ],
)
def test_the_numbers_that_made_it_so_are_said(gate: dict[str, Any], seen: MetricFact, saw: str) -> None:
    assert judged(gate, seen).saw == saw


@pytest.mark.parametrize("rule", [Rule.GAP, Rule.UNCHANGED])
def test_some_rules_are_not_about_one_number(rule: Rule) -> None:
    gate = Gate(name="x", rule=rule, metric="accuracy")
    with pytest.raises(Unusable, match="not about one number"):
        measure(gate, Reader(evidence=evidence(), gate=gate, confidence=0.95), fact())


def test_subjects_need_no_names() -> None:
    bare: Evidence = evidence(fact(), champion=Subject())
    made = policy({"gate": SUPERIOR})
    assert judge_gate(made.gates[0], bare, made).result is Result.PASS


@pytest.mark.parametrize(("higher", "result"), [(True, "pass"), (False, "fail")])
def test_which_direction_is_better_is_read_from_the_evidence(higher: bool, result: str) -> None:
    described = CustomMetric(name="custom.profit", meaning="money", higher_is_better=higher)
    gate = {**SUPERIOR, "metric": "custom.profit"}
    made = judged(gate, gain(0.2, metric="custom.profit"), evidence_fields={"custom_metrics": (described,)})
    assert made.result == result


def test_evidence_that_does_not_say_which_direction_is_better_fails() -> None:
    made = judged({**SUPERIOR, "metric": "custom.profit"}, gain(0.2, metric="custom.profit"))
    assert (made.result, made.saw) == (
        Result.FAIL,
        "the evidence does not say which direction of custom.profit is better",
    )
