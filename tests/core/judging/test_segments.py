"""A rule over segments: each for itself, and one number made of them."""

from dataclasses import replace
from typing import Any

import pytest

from coronet.core.decision import Check, Result
from coronet.core.evidence import MetricFact
from tests.core.examples import fact, gain, judged

EACH: dict[str, Any] = {"metric": "accuracy", "rule": "non_inferior", "margin": 0.02, "by": ["kind"]}
BETTER: dict[str, Any] = {"metric": "accuracy", "rule": "superior", "by": ["kind"]}
MEAN: dict[str, Any] = {"metric": "mdape", "rule": "superior", "margin": 0.05, "relative": True, "by": ["kind"],
                        "weight": "rows", "minimum_rows": 2000}  # fmt: skip


def kind(name: str, improvement: float = 0.0, half: float = 0.01, *, column: str = "kind", **fields: Any) -> MetricFact:
    return gain(improvement, half, segment={column: name}, **fields)


def results(check: Check) -> dict[str, str]:
    return {part.name: str(part.result) for part in check.parts}


# --- every segment for itself ---------------------------------------------------------------------


def test_every_segment_must_pass() -> None:
    made = judged(EACH, kind("flat"), kind("house", 0.01))
    assert (made.result, made.saw) == (Result.PASS, "all 2 segments by kind")
    assert results(made) == {"kind flat": "pass", "kind house": "pass"}


def test_one_that_is_open_leaves_the_gate_open() -> None:
    made = judged(EACH, kind("flat"), kind("house", -0.02))
    assert (made.result, made.saw) == (Result.INCONCLUSIVE, "1 of 2 segments: kind house")


def test_one_that_fails_fails_the_gate() -> None:
    made = judged(EACH, kind("flat", -0.2), kind("house"), kind("loft", -0.02))
    assert (made.result, made.saw) == (Result.FAIL, "1 of 3 segments: kind flat")


def test_many_culprits_are_counted() -> None:
    made = judged(EACH, *(kind(name, -0.2) for name in "abcde"))
    assert made.saw == "5 of 5 segments: kind a; kind b; kind c and 2 more"
    assert judged(EACH, *(kind(name, -0.2) for name in "abc")).saw == "3 of 3 segments: kind a; kind b; kind c"


def test_each_column_must_be_in_the_evidence() -> None:
    made = judged({**EACH, "by": ["kind", "age"]}, kind("flat"))
    assert (made.result, made.saw) == (Result.FAIL, "the evidence has no accuracy by age")


def test_two_columns_are_judged_together() -> None:
    made = judged({**EACH, "by": ["kind", "age"]}, kind("flat"), kind("old", -0.2, column="age"))
    assert (made.result, made.saw) == (Result.FAIL, "1 of 2 segments: age old")


def test_crossed_segments_belong_to_no_column() -> None:
    crossed = gain(-0.2, segment={"kind": "flat", "age": "old"})
    assert judged(EACH, kind("flat"), crossed).result is Result.PASS


def test_a_segment_that_stands_twice_fails() -> None:
    made = judged(EACH, kind("flat"), kind("flat", 0.3))
    assert (made.result, made.saw) == (Result.FAIL, "the evidence has accuracy more than once in a segment by kind")


def test_a_segment_that_cannot_be_measured_fails_alone() -> None:
    broken = replace(kind("flat"), candidate=None, difference=None, interval=None, problem="no row is positive")
    made = judged(EACH, broken, kind("house"))
    assert made.result is Result.FAIL
    assert made.parts[0].saw == "accuracy over kind flat could not be measured: no row is positive"
    assert made.parts[1].result is Result.PASS


@pytest.mark.parametrize(
    ("gate", "result", "saw"),
    [
        (EACH, "inconclusive", "1 of 2 segments: kind loft"),
        ({**EACH, "below_minimum": "skip"}, "pass", "all 1 segments by kind"),
    ],
)
def test_too_few_rows_leave_it_open_unless_they_are_skipped(gate: dict[str, Any], result: str, saw: str) -> None:
    made = judged({**gate, "minimum_rows": 200}, kind("flat"), kind("loft", -0.5, rows=199))
    assert (made.result, made.saw) == (result, saw)


def test_what_is_skipped_is_shown() -> None:
    made = judged({**EACH, "minimum_rows": 200, "below_minimum": "skip"}, kind("flat"), kind("loft", rows=199))
    assert results(made) == {"kind flat": "pass", "kind loft": "off"}
    assert made.parts[1].saw == "199 rows, left out below 200"


def test_to_skip_every_segment_is_no_answer() -> None:
    made = judged({**EACH, "minimum_rows": 200, "below_minimum": "skip"}, kind("loft", rows=199))
    assert (made.result, made.saw) == (Result.INCONCLUSIVE, "no segment by kind has 200 rows")


def test_segments_without_rows_are_no_answer() -> None:
    assert judged(EACH, kind("flat", rows=0)).result is Result.INCONCLUSIVE
    skipped = judged({**EACH, "below_minimum": "skip"}, kind("flat", rows=0))
    assert (skipped.result, skipped.saw) == (Result.INCONCLUSIVE, "no segment by kind has 1 rows")


# --- Holm -----------------------------------------------------------------------------------------

# One of ten lies 2.2 standard errors below −0.02: certain alone, not among ten (which asks for 2.81).
DOUBTFUL = kind("loft", -0.02 - 2.2 * 0.01 / 1.96)
CERTAIN = kind("loft", -0.02 - 3.0 * 0.01 / 1.96)
NINE = tuple(kind(str(index), 0.01) for index in range(9))


def test_an_alarm_among_many_must_be_certain_among_many() -> None:
    made = judged(EACH, DOUBTFUL, *NINE)
    assert made.result is Result.INCONCLUSIVE
    assert made.parts[0].saw.endswith("; not certain among 10 segments (Holm)")
    assert judged(EACH, CERTAIN, *NINE).result is Result.FAIL


def test_alone_it_is_what_its_interval_says() -> None:
    assert judged(EACH, DOUBTFUL).result is Result.FAIL


def test_two_are_many() -> None:
    """2.2 standard errors, and 2.241 are asked of the more certain of two."""
    assert judged(EACH, DOUBTFUL, NINE[0]).result is Result.INCONCLUSIVE


def test_without_a_correction_each_is_judged_as_if_alone() -> None:
    assert judged(EACH, DOUBTFUL, *NINE, correction="none").result is Result.FAIL


def test_a_gate_may_have_a_correction_of_its_own() -> None:
    """Two of three at 2.2 standard errors: each is certain enough for Benjamini and Hochberg, none for Holm."""
    facts = (DOUBTFUL, replace(DOUBTFUL, segment={"kind": "shed"}), NINE[0])
    assert judged(EACH, *facts).result is Result.INCONCLUSIVE
    assert judged(EACH, *facts, correction="bh").result is Result.FAIL
    assert judged({**EACH, "correction": "bh"}, *facts).result is Result.FAIL
    assert judged({**EACH, "correction": "holm"}, *facts, correction="bh").result is Result.INCONCLUSIVE
    made = judged({**EACH, "correction": "bh"}, DOUBTFUL, *NINE)
    assert made.parts[0].saw.endswith("; not certain among 10 segments (Benjamini–Hochberg)")


def test_points_have_no_chance_to_correct() -> None:
    assert judged({**EACH, "statistics": "point"}, kind("loft", -0.03), *NINE).result is Result.FAIL


def test_only_what_was_asked_counts_as_many() -> None:
    """Nine small segments that give no answer are no nine questions."""
    small = tuple(replace(each, rows=10) for each in NINE)
    made = judged({**EACH, "minimum_rows": 100}, DOUBTFUL, *small)
    assert made.result is Result.FAIL


def test_what_cannot_be_measured_is_no_matter_of_chance() -> None:
    broken = replace(kind("broken"), candidate=None)
    made = judged(EACH, broken, DOUBTFUL, *NINE)
    assert made.result is Result.FAIL
    assert results(made)["kind broken"] == "fail"
    assert results(made)["kind loft"] == "inconclusive"


def test_a_segment_no_better_than_the_champion_is_not_superior() -> None:
    """Exactly equal, without any spread: nothing is left to chance."""
    equal = kind("equal", 0.0, 0.0)
    made = judged(BETTER, equal, *NINE)
    assert results(made)["kind equal"] == "fail"


def test_superiority_in_each_segment_is_corrected_like_harm() -> None:
    worse = kind("worse", -0.0112)  # 2.2 standard errors below 0
    assert judged(BETTER, worse).result is Result.FAIL
    assert judged(BETTER, worse, *(kind(str(index), 0.02) for index in range(9))).result is Result.INCONCLUSIVE


# --- one number made of the segments --------------------------------------------------------------


def major(name: str, champion: float, candidate: float, rows: int, half: float = 0.0005, **fields: Any) -> MetricFact:
    return fact("mdape", candidate, champion, half, rows=rows, segment={"kind": name}, **fields)


def test_the_mean_is_by_rows_and_its_share_of_the_champions_mean() -> None:
    """(0.02 × 3000 + 0.01 × 6000) ÷ 9000 = 0.01333; of (0.30 × 3000 + 0.15 × 6000) ÷ 9000 = 0.2 that is 0.0667."""
    made = judged(MEAN, major("flat", 0.30, 0.28, 3000), major("house", 0.15, 0.14, 6000))
    assert made.result is Result.PASS
    assert made.name == "gate"
    assert made.saw.startswith("better by 0.06667 [")
    assert made.saw.endswith("] of the champion's value over 2 segments with 9000 rows (kind flat, kind house)")


@pytest.mark.parametrize(("candidate", "result"), [(0.19, "pass"), (0.1901, "fail")])
def test_the_share_reaches_the_margin_exactly(candidate: float, result: str) -> None:
    assert judged({**MEAN, "statistics": "point"}, major("flat", 0.2, candidate, 2000)).result == result


def test_small_segments_are_left_out_and_shown() -> None:
    made = judged(MEAN, major("flat", 0.30, 0.27, 2000), major("loft", 0.30, 0.90, 1999))
    assert made.result is Result.PASS
    assert [(part.name, part.result) for part in made.parts] == [("kind loft", Result.OFF)]


def test_a_mean_of_nothing_is_no_answer() -> None:
    made = judged(MEAN, major("loft", 0.30, 0.20, 1999))
    assert (made.result, made.saw) == (Result.INCONCLUSIVE, "no segment by kind has 2000 rows")


def test_rows_that_are_none_do_not_divide() -> None:
    made = judged({**MEAN, "minimum_rows": 0}, major("loft", 0.30, 0.20, 0))
    assert made.result is Result.INCONCLUSIVE


def test_a_champions_value_that_is_missing_fails_the_mean() -> None:
    broken = replace(major("flat", 0.3, 0.2, 3000), champion=None)
    made = judged(MEAN, broken, major("house", 0.15, 0.14, 6000))
    assert made.result is Result.FAIL
    assert made.saw == "mdape over kind flat could not be measured"


def test_no_share_of_a_mean_of_nothing() -> None:
    zero = fact("r2", 0.1, 0.0, rows=3000, segment={"kind": "flat"})
    made = judged({**MEAN, "metric": "r2"}, zero)
    assert made.result is Result.FAIL
    assert "not 0" in made.saw


def test_a_column_without_segments_fails_the_mean() -> None:
    assert judged({**MEAN, "by": ["age"]}, major("flat", 0.3, 0.2, 3000)).saw == "the evidence has no mdape by age"


def test_the_mean_of_absolute_values_has_a_floor() -> None:
    gate = {"metric": "accuracy", "rule": "floor", "value": 0.9, "by": ["kind"], "weight": "rows"}
    facts = [fact(candidate=0.95, segment={"kind": "a"}), fact(candidate=0.89, segment={"kind": "b"})]
    made = judged(gate, *facts)
    assert made.result is Result.PASS
    assert made.saw == "0.92 [0.9165, 0.9235] over 2 segments with 2000 rows (kind a, kind b)"
    bare = judged(gate, *(replace(each, candidate_interval=None) for each in facts))
    assert bare.saw.endswith("a bare point: the evidence has no interval of its own")


def test_many_segments_are_counted() -> None:
    made = judged({**MEAN, "minimum_rows": 0}, *(major(name, 0.3, 0.2, 10) for name in "abcdefg"))
    assert "7 segments with 70 rows (kind a, kind b, kind c, kind d, kind e and 2 more)" in made.saw
    five = judged({**MEAN, "minimum_rows": 0}, *(major(name, 0.3, 0.2, 10) for name in "abcde"))
    assert "(kind a, kind b, kind c, kind d, kind e)" in five.saw


def test_two_columns_make_two_numbers() -> None:
    """The same rows cut twice are no twice as many rows: the interval must not shrink."""
    gate = {"metric": "accuracy", "rule": "superior", "by": ["kind", "age"], "weight": "rows"}
    facts = [kind("flat", 0.02, 0.019), kind("old", 0.02, 0.021, column="age")]
    made = judged(gate, *facts)
    assert results(made) == {"kind": "pass", "age": "inconclusive"}
    assert made.result is Result.INCONCLUSIVE
    assert made.saw.startswith("age: better by 0.02")


def test_a_mean_of_huge_numbers_fails() -> None:
    gate = {"metric": "mae", "rule": "superior", "by": ["kind"], "weight": "rows"}
    huge = [fact("mae", 1e308, 1.5e308, 0.0, rows=10**6, segment={"kind": name}) for name in "ab"]
    made = judged(gate, *huge)
    assert (made.result, made.saw) == (
        Result.FAIL,
        "the mean of mae by kind is not a finite number with its interval",
    )
