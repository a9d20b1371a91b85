"""Gates about the predictions themselves: how many rows change, and whether guessing is beaten."""

from typing import Any

import pytest

from coronet.core.decision import Check, Result
from coronet.core.evidence import Baseline, ChangeFact, MetricFact
from tests.core.examples import fact, judged
from tests.core.predictions import baseline, change, changes

FEW: dict[str, Any] = {"rule": "changes", "value": 0.10}
BEATS: dict[str, Any] = {"metric": "log_loss", "rule": "baseline"}


def of_changes(gate: dict[str, Any], *facts: ChangeFact, **fields: Any) -> Check:
    return judged(gate, evidence_fields={"changes": changes(*facts)}, **fields)


def of_baseline(gate: dict[str, Any], *facts: MetricFact, **fields: Any) -> Check:
    made: Baseline = fields.pop("of", baseline(*facts))
    return judged(gate, evidence_fields={"baseline": made}, **fields)


@pytest.mark.parametrize(
    ("seen", "result"),
    [
        (change(0.03, 0.01), "pass"),
        (change(0.09, 0.01), "pass"),  # to the very bar
        (change(0.10, 0.01), "inconclusive"),
        (change(0.12, 0.01), "fail"),
        (change(0.0, 0.0, rows=0), "inconclusive"),
        (change(None, problem="3 predictions are missing"), "fail"),
    ],
)
def test_the_whole_interval_decides_how_many_rows_change(seen: ChangeFact, result: str) -> None:
    assert of_changes(FEW, seen).result == result


def test_what_it_saw_and_wanted_in_words() -> None:
    made = of_changes(FEW, change(0.03, 0.01))
    assert made.saw == "0.03 [0.02, 0.04] on 1000 rows"
    assert made.wanted == "at most 0.1 of the rows change"
    assert of_changes({**FEW, "weighted": True}, change(weighted=0.2)).wanted == "at most 0.1 of the weight change"
    broken = of_changes(FEW, change(None, problem="3 of 9 predictions are missing"))
    assert "3 of 9 predictions are missing" in broken.saw


def test_points_decide_where_the_policy_says_so() -> None:
    assert of_changes({**FEW, "statistics": "point"}, change(0.099, 0.5)).result is Result.PASS


def test_rows_may_count_by_their_weight() -> None:
    heavy = change(0.03, 0.01, weighted=0.3)
    assert of_changes(FEW, heavy).result is Result.PASS
    assert of_changes({**FEW, "weighted": True}, heavy).result is Result.FAIL
    without = of_changes({**FEW, "weighted": True}, change())
    assert (without.result, without.saw) == (Result.FAIL, "the rows have no weight")


def test_every_segment_is_held_to_it_with_the_correction() -> None:
    by = {**FEW, "by": ["region"], "minimum_rows": 100}
    quiet = [change(0.02, 0.01, segment={"region": f"r{place}"}) for place in range(20)]
    assert of_changes(by, change(), *quiet).result is Result.PASS
    loud = change(0.5, 0.01, segment={"region": "loud"})
    made = of_changes(by, change(), *quiet, loud)
    assert (made.result, made.saw) == (Result.FAIL, "1 of 21 segments: region loud")
    by_chance = change(0.12, 0.0195, segment={"region": "odd"})
    assert of_changes(by, change(), *quiet, by_chance).result is Result.INCONCLUSIVE
    thin = change(0.5, 0.01, segment={"region": "thin"}, rows=5)
    assert of_changes(by, change(), *quiet, thin).result is Result.INCONCLUSIVE
    assert of_changes({**by, "below_minimum": "skip"}, change(), *quiet, thin).result is Result.PASS
    assert of_changes({**FEW, "by": ["age"]}, change()).saw == "the evidence has no changes by age"


def test_evidence_that_does_not_say_fails() -> None:
    made = judged(FEW, fact())
    assert (made.result, made.saw) == (Result.FAIL, "the evidence does not say how many rows change")
    assert "evaluate again" in made.hint


def test_without_a_champion_nothing_changes() -> None:
    assert judged(FEW, fact(), alone="no champion to compare with").result is Result.OFF


@pytest.mark.parametrize(
    ("seen", "margin", "result"),
    [
        (fact("log_loss", 0.5, 0.69, 0.05), 0, "pass"),
        (fact("log_loss", 0.68, 0.69, 0.05), 0, "inconclusive"),
        (fact("log_loss", 0.69, 0.69, 0.0), 0, "fail"),  # guessing is not beaten by guessing
        (fact("log_loss", 0.9, 0.69, 0.05), 0, "fail"),
        (fact("log_loss", 0.5, 0.69, 0.05), 0.3, "fail"),
        (fact("log_loss", 0.5, 0.69, 0.05), 0.1, "pass"),
        (fact("log_loss", None, 0.69, problem="odd"), 0, "fail"),
    ],
)
def test_guessing_must_be_beaten(seen: MetricFact, margin: float, result: str) -> None:
    assert of_baseline({**BEATS, "margin": margin}, seen).result == result


def test_it_holds_for_a_first_champion_too() -> None:
    made = of_baseline(BEATS, fact("log_loss", 0.5, 0.69, 0.05), alone="no champion to compare with")
    assert made.result is Result.PASS
    assert made.saw == "0.69 → 0.5, better by 0.19 [0.14, 0.24] on 1000 rows"
    assert made.wanted == "log_loss better than guessing"
    assert of_baseline({**BEATS, "margin": 0.1}, fact("log_loss", 0.5, 0.69)).wanted.endswith("guessing by 0.1")


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("ece", "ece has no baseline: the share of the positive rows, always said, is calibrated"),
        ("brier", "the evidence does not say what a trivial predictor's brier is"),
    ],
)
def test_a_metric_without_a_trivial_value_fails(metric: str, said: str) -> None:
    made = of_baseline({**BEATS, "metric": metric}, fact("log_loss", 0.5, 0.69))
    assert (made.result, made.saw) == (Result.FAIL, said)


def test_evidence_without_a_baseline_fails() -> None:
    made = judged(BEATS, fact("log_loss", 0.5, 0.69))
    assert (made.result, made.saw) == (Result.FAIL, "the evidence does not say what a trivial predictor is worth")


def test_a_gate_may_only_warn() -> None:
    assert of_changes({**FEW, "mode": "warn"}, change(0.5)).result is Result.WARN
