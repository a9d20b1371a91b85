"""An interval drawn on a line of characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.evidence import CustomMetric, MetricFact
from coronet.core.judging.estimate import ROUNDING
from coronet.core.render.forest import WIDTH, draw_interval, scale_of
from tests.core.examples import fact, gain

SMALL = st.floats(-1, 1, allow_nan=False)


@pytest.mark.parametrize(
    ("improvement", "half", "drawn"),
    [
        (1.0, 0.0, "··········│·········●"),
        (0.5, 0.2, "··········│··━━●━━···"),
        (0.1, 0.1, "··········│●━········"),
        (0.1, 0.3, "········━━┼●━━━······"),
        (-0.5, 0.2, "···━━●━━··│··········"),
        (0.0, 0.0, "··········●··········"),
        (0.0, 0.2, "········━━●━━········"),
        (0.04, 0.0, "··········│●·········"),  # only 0 is drawn at 0
        (-0.04, 0.0, "·········●│··········"),
    ],
)
def test_better_is_on_the_right(improvement: float, half: float, drawn: str) -> None:
    assert draw_interval(gain(improvement, half), 1.0) == drawn


def test_where_less_is_better_it_is_turned_round() -> None:
    assert draw_interval(fact("mae", 0.6, 1.0, 0.1), 1.0) == "··········│··━●━·····"
    assert draw_interval(fact("luck", 1.4, 1.0, 0.1), 1.0) == "··········│··━●━·····"


def test_where_neither_side_is_better_nothing_is_drawn() -> None:
    assert draw_interval(fact("positive_rate", 1.4, 1.0, 0.1), 1.0) == ""


def test_a_point_beside_its_interval_is_shown_beside_it() -> None:
    drawn = draw_interval(gain(0.2, 0.0), 1.0)
    assert drawn == "··········│·●········"
    outside = fact("accuracy", 0.5, 0.0)  # a difference of 0.5
    assert draw_interval(outside, 0.25).count("●") == 0  # and one beyond the line is not


@pytest.mark.parametrize("nothing", [fact(champion=None), fact(half=None), fact(champion=None, candidate=None)])
def test_what_is_no_difference_is_not_drawn(nothing: MetricFact) -> None:
    assert draw_interval(nothing, 1.0) == ""


def test_without_a_scale_nothing_is_drawn() -> None:
    assert draw_interval(gain(0.0, 0.0), scale_of([gain(0.0, 0.0)])) == ""


def test_the_scale_is_the_farthest_that_anything_reaches() -> None:
    assert scale_of([]) == 0.0
    assert scale_of([gain(0.1, 0.2), gain(-0.5, 0.1)]) == pytest.approx(0.6)
    assert scale_of([fact("mae", 3.0, 1.0, None)]) == 2.0
    assert scale_of([fact(champion=None, candidate=9.0)]) == 0.0


@given(SMALL, SMALL, SMALL)
def test_it_touches_nothing_only_where_the_interval_does(improvement: float, half: float, scale: float) -> None:
    one = gain(improvement, abs(half))
    assert one.interval is not None
    drawn = draw_interval(one, max(abs(scale), scale_of([one])))
    low, high = one.interval
    if drawn:
        assert len(drawn) == WIDTH
        assert drawn.count("●") == 1
        left, right = drawn[: WIDTH // 2], drawn[WIDTH // 2 + 1 :]
        assert bool(set(left) & set("━●")) is (low < -ROUNDING)
        assert bool(set(right) & set("━●")) is (high > ROUNDING)


def test_a_metric_of_a_teams_own_is_better_where_it_is_said_to_be() -> None:
    cost = CustomMetric(name="custom.cost", meaning="money lost", higher_is_better=False)
    assert draw_interval(fact("custom.cost", 0.6, 1.0, 0.1), 1.0, [cost]) == "··········│··━●━·····"
