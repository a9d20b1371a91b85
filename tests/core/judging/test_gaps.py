"""Segments against each other."""

from dataclasses import replace
from typing import Any

import pytest

from coronet.core.decision import Result
from coronet.core.evidence import MetricFact
from coronet.core.judging.gates import judge_gate
from coronet.core.policy import Gate, Rule
from tests.core.examples import evidence, fact, judged, policy

FAIR: dict[str, Any] = {"metric": "accuracy", "rule": "gap", "value": 0.2, "by": ["sex"]}
NEW: dict[str, Any] = {**FAIR, "only_new": True}


def group(name: str, candidate: float, own: float | None = 0.01, **fields: Any) -> MetricFact:
    column, champion = fields.pop("column", "sex"), fields.pop("champion", None)
    return fact(candidate=candidate, champion=champion, own=own, segment={column: name}, **fields)


@pytest.mark.parametrize(
    ("low", "own", "result"),
    [
        (0.80, 0.01, "pass"),  # 0.1 apart
        (0.70, 0.0, "pass"),  # exactly as far apart as may be
        (0.70, 0.01, "inconclusive"),
        (0.60, 0.01, "fail"),
    ],
)
def test_two_segments_must_be_close_with_all_their_interval(low: float, own: float, result: str) -> None:
    assert judged(FAIR, group("1", 0.9, own), group("2", low, own)).result == result


def test_the_numbers_and_the_segments_are_said() -> None:
    made = judged(FAIR, group("1", 0.9, 0.03), group("2", 0.6, 0.04))
    assert made.saw == "0.3 [0.25, 0.35] between sex 1 and sex 2"


def test_a_small_segment_between_two_large_ones_may_lie_anywhere() -> None:
    """The two farthest apart are certainly close; the third is not."""
    made = judged(FAIR, group("1", 0.9), group("2", 0.8), group("3", 0.85, 0.3))
    assert made.result is Result.INCONCLUSIVE
    assert made.saw == "0.05 [−0.2502, 0.3502] between sex 1 and sex 3, and 1 more pair"


def test_points_decide_where_the_policy_says_so() -> None:
    made = judged({**FAIR, "statistics": "point"}, group("1", 0.9, None, problem="few"), group("2", 0.75, 0.3))
    assert (made.result, made.saw) == (Result.PASS, "0.15 between sex 1 and sex 2")


def test_points_for_want_of_intervals_are_said() -> None:
    made = judged(FAIR, group("1", 0.9, None), group("2", 0.75))
    assert made.result is Result.PASS
    assert made.saw.endswith("a bare point: the evidence has no interval of its own")


@pytest.mark.parametrize(
    ("facts", "minimum", "skip", "saw"),
    [
        ([group("1", 0.9)], 0, False, "1 of 1 segments by sex have the 1 rows that make an answer"),
        ([group("1", 0.9), group("2", 0.9, rows=0)], 0, False, "1 of 2 segments by sex have the 1 rows"),
        ([group("1", 0.9), group("2", 0.9, rows=99)], 100, False, "1 of 2 segments by sex have the 100 rows"),
        ([group("1", 0.9), group("2", 0.9, rows=99)], 100, True, "1 of 2 segments by sex have the 100 rows"),
        ([group("1", 0.9, rows=9), group("2", 0.9, rows=9)], 100, True, "0 of 2 segments by sex have the 100 rows"),
        (
            [group("1", 0.9), group("2", 0.9), group("3", 0.9, rows=99)],
            100,
            False,
            "2 of 3 segments by sex have the 100 rows",
        ),
    ],
)
def test_less_than_two_segments_are_no_answer(facts: list[MetricFact], minimum: int, skip: bool, saw: str) -> None:
    gate = {**FAIR, "minimum_rows": minimum, "below_minimum": "skip" if skip else "inconclusive"}
    made = judged(gate, *facts)
    assert made.result is Result.INCONCLUSIVE
    assert made.saw.startswith(saw)


def test_small_segments_may_be_skipped() -> None:
    gate = {**FAIR, "minimum_rows": 100, "below_minimum": "skip"}
    assert judged(gate, group("1", 0.9), group("2", 0.9), group("3", 0.1, rows=99)).result is Result.PASS


def test_every_column_is_judged_for_itself() -> None:
    facts = [group("1", 0.9), group("2", 0.9), group("y", 0.9, column="age"), group("o", 0.6, column="age")]
    made = judged({**FAIR, "by": ["sex", "age"]}, *facts)
    assert [(part.name, str(part.result)) for part in made.parts] == [("sex", "pass"), ("age", "fail")]
    assert made.saw == "age: 0.3 [0.2859, 0.3141] between age y and age o"


def test_a_column_that_is_missing_fails() -> None:
    made = judged({**FAIR, "by": ["sex", "age"]}, group("1", 0.9), group("2", 0.9))
    assert (made.result, made.saw) == (Result.FAIL, "age: the evidence has no accuracy by age")


def test_a_segment_without_a_value_fails() -> None:
    broken = replace(group("2", 0.9), candidate=None, problem="no row is positive")
    made = judged(FAIR, group("1", 0.9), broken)
    assert made.result is Result.FAIL
    assert made.saw == "accuracy over sex 2 could not be measured: no row is positive"


def test_a_gap_of_huge_numbers_fails() -> None:
    facts = [
        fact("r2", value, None, own=None, segment={"sex": name}) for name, value in (("1", 1.5e308), ("2", -1e308))
    ]
    assert judged({**FAIR, "metric": "r2"}, *facts).saw == "the gap of r2 is not a finite number with its interval"


def test_a_gate_that_compares_nothing_fails() -> None:
    gate = Gate(name="x", rule=Rule.GAP, metric="accuracy", bar=0.2)
    made = judge_gate(
        gate,
        evidence(),
        policy(),
    )
    assert (made.result, made.saw) == (Result.FAIL, "the gate names no columns that make segments")


# --- Holm -----------------------------------------------------------------------------------------


def crowd(apart: float) -> list[MetricFact]:
    """Ten segments of one value, and one that lies `apart` from them: 55 pairs, ten of them wide."""
    return [*(group(str(index), 0.9, 0.01) for index in range(10)), group("x", 0.9 - apart, 0.01)]


def test_an_alarm_among_many_pairs_must_be_certain_among_many() -> None:
    """0.217 is 2.4 standard errors beyond 0.2 (of 0.0141 ÷ 1.96): certain alone, and not among 55."""
    made = judged(FAIR, *crowd(0.2174))
    assert made.result is Result.INCONCLUSIVE
    assert made.saw.endswith("; not certain among 55 pairs (Holm)")
    assert judged(FAIR, *crowd(0.2174), correction="none").result is Result.FAIL
    assert judged(FAIR, *crowd(0.24)).result is Result.FAIL


def test_points_have_no_chance_to_correct() -> None:
    assert judged({**FAIR, "statistics": "point"}, *crowd(0.201)).result is Result.FAIL


def test_two_segments_alone_are_what_their_intervals_say() -> None:
    assert judged(FAIR, group("1", 0.9), group("2", 0.685)).result is Result.FAIL


# --- gaps that the champion has already -----------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "result"),
    [
        ([("1", 0.9, 0.95), ("2", 0.6, 0.60)], "pass"),  # 0.30, and 0.35 with the champion
        ([("1", 0.9, 0.95), ("2", 0.6, 0.66)], "pass"),  # 0.30 ± 0.014, and 0.29 with the champion
        ([("1", 0.9, 0.90), ("2", 0.6, 0.68)], "fail"),  # grew from 0.22 to 0.30
        ([("1", 0.9, 0.90), ("2", 0.6, 0.70)], "fail"),  # the champion's 0.2 is no gap
        ([("1", 0.9, 0.60), ("2", 0.6, 0.90)], "fail"),  # the other way round: others are left behind
        ([("1", 0.9, None), ("2", 0.6, 0.10)], "fail"),  # nobody knows
        ([("1", 0.9, 0.95), ("2", 0.6, 0.60), ("3", 0.5, 0.95)], "fail"),  # a new one beside the old
    ],
)
def test_only_new_gaps_count(facts: list[tuple[str, float, float | None]], result: str) -> None:
    made = judged(NEW, *(group(name, candidate, champion=champion) for name, candidate, champion in facts))
    assert made.result == result


def test_a_gap_that_the_champion_does_not_have_stays_open() -> None:
    """0.19 ± 0.014 may be more than 0.2, and with the champion it was exactly that."""
    facts = [group("1", 0.9, champion=0.9), group("2", 0.71, champion=0.7)]
    assert judged(NEW, *facts).result is Result.INCONCLUSIVE


def test_the_widest_alarm_is_shown_first() -> None:
    """Not the one whose interval reaches farthest."""
    facts = [group("1", 0.9, 0.01), group("2", 0.5, 0.01), group("3", 0.55, 0.09)]
    made = judged({**FAIR, "value": 0.1}, *facts, correction="none")
    assert made.saw == "0.4 [0.3859, 0.4141] between sex 1 and sex 2, and 1 more pair"


def test_a_gap_that_is_excused_is_said() -> None:
    made = judged(NEW, group("1", 0.9, champion=0.95), group("2", 0.6, champion=0.6))
    assert made.saw == "0.3 [0.2859, 0.3141] between sex 1 and sex 2; 1 as far apart with the champion"


def test_without_only_new_an_old_gap_counts() -> None:
    assert judged(FAIR, group("1", 0.9, champion=0.95), group("2", 0.6, champion=0.6)).result is Result.FAIL
