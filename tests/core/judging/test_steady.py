"""A metric that may move neither way by more than a margin."""

from typing import Any

import pytest

from coronet.core.decision import Result
from coronet.core.evidence import MetricFact
from tests.core.examples import fact, judged

STEADY: dict[str, Any] = {"metric": "positive_rate", "rule": "steady", "margin": 0.05}


def moved(difference: float, half: float, **fields: Any) -> MetricFact:
    return fact("positive_rate", 0.4 + difference, 0.4, half, **fields)


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize(
    ("difference", "half", "result"),
    [
        (0.02, 0.01, "pass"),
        (0.04, 0.01, "pass"),  # to the very margin
        (0.0, 0.0, "pass"),
        (0.0, 0.06, "inconclusive"),  # beyond it on both sides
        (0.04, 0.02, "inconclusive"),
        (0.07, 0.01, "fail"),
        (0.06, 0.01, "inconclusive"),  # from the very margin on
    ],
)
def test_the_whole_interval_lies_within_the_margin(way: int, difference: float, half: float, result: str) -> None:
    assert judged(STEADY, moved(way * difference, half)).result == result


def test_points_decide_where_the_policy_says_so() -> None:
    assert judged({**STEADY, "statistics": "point"}, moved(0.049, 0.3)).result is Result.PASS
    assert judged({**STEADY, "statistics": "point"}, moved(-0.051, 0.3)).result is Result.FAIL


def test_a_share_of_the_champions_value() -> None:
    relative = {**STEADY, "margin": 0.1, "relative": True}
    assert judged(relative, moved(0.03, 0.01)).result is Result.PASS
    assert judged(relative, moved(-0.06, 0.01)).result is Result.FAIL
    assert judged(relative, fact("positive_rate", 0.1, 0.0, 0.01)).result is Result.FAIL


def test_any_metric_may_be_held_steady_and_the_direction_does_not_matter() -> None:
    steady = {"metric": "mae", "rule": "steady", "margin": 1}
    assert judged(steady, fact("mae", 8.0, 10.0, 0.5)).result is Result.FAIL
    assert judged(steady, fact("mae", 9.5, 10.0, 0.5)).result is Result.PASS


def test_what_it_saw_and_wanted_in_words() -> None:
    made = judged(STEADY, moved(-0.07, 0.01))
    assert made.saw == "0.4 → 0.33, lower by 0.07 [0.06, 0.08] on 1000 rows"
    assert made.wanted == "positive_rate moved by at most 0.05, either way"
    assert judged(STEADY, moved(0.02, 0.01)).saw.startswith("0.4 → 0.42, higher by 0.02")


def test_without_a_champion_nothing_moves() -> None:
    assert judged(STEADY, fact("positive_rate", 0.4, None), alone="no champion").result is Result.OFF


@pytest.mark.parametrize("rule", ["superior", "non_inferior"])
def test_no_value_is_better_than_another(rule: str) -> None:
    made = judged({**STEADY, "rule": rule}, moved(0.2, 0.01))
    assert made.result is Result.FAIL
    assert made.saw == "no positive_rate is better than another: ask the rule steady of it"


def test_segments_are_held_to_it_one_by_one_and_together() -> None:
    by = {**STEADY, "by": ["region"]}
    segments = [moved(0.01, 0.01, segment={"region": name}) for name in "abc"]
    assert judged(by, *segments).result is Result.PASS
    wild = moved(-0.2, 0.01, segment={"region": "d"})
    made = judged(by, *segments, wild)
    assert made.result is Result.FAIL
    assert made.saw == "1 of 4 segments: region d"


@pytest.mark.parametrize("way", [1, -1])
def test_one_alarm_among_many_segments_is_held_against_all_of_them(way: int) -> None:
    """Alone the segment fails, among thirty it may be chance: 0.0502 [0.0001 beyond the margin]."""
    by = {**STEADY, "by": ["region"]}
    quiet = [moved(0.0, 0.01, segment={"region": f"r{place}"}) for place in range(29)]
    loud = moved(way * 0.062, 0.0115, segment={"region": "loud"})
    assert judged(by, loud).result is Result.FAIL
    made = judged(by, *quiet, loud)
    assert made.result is Result.INCONCLUSIVE
    assert any("Holm" in part.saw for part in made.parts)
    assert judged(by, *quiet, loud, correction="none").result is Result.FAIL


def test_segments_make_one_number_by_their_rows() -> None:
    by = {**STEADY, "by": ["region"], "weight": "rows"}
    up, down = (moved(way * 0.08, 0.01, segment={"region": name}) for way, name in ((1, "a"), (-1, "b")))
    assert judged(by, up, down).result is Result.PASS
