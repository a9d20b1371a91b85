"""Calibration errors of streamed sums: intervals where nothing moves, and where two models say the same."""

import numpy as np
import pytest

from coronet.core.statistics.intervals import one_row_each_way
from coronet.core.statistics.sample import Undefined
from coronet.core.statistics.streaming.calibration import Excess
from coronet.core.statistics.streaming.standing import Standing
from coronet.core.statistics.streaming.swayed import StreamedCalibrations, Swayed, measure_excess

FAMILY = StreamedCalibrations(scarcest=40, confidence=0.95)
STANDING = Standing(
    rows=100, counted=100, weight=100.0, squares=100.0, by_class=np.array([60, 40]), faults=np.zeros(8, dtype=np.int64)
)


def measure(sums: list[float], spread: float) -> list[Swayed]:
    """Two models with the same sums of ten bins, of which all rows do the same to both."""
    both = np.array([*sums, *sums])
    errors = np.tile(np.diag(np.full(len(sums), spread)), (2, 2)) + np.outer(both, both) / STANDING.effective
    excess = Excess(sums=both, errors=errors)
    return [measure_excess(excess, model, STANDING, 0.95) for model in (0, 1)]


def test_a_perfect_model_is_one_row_from_being_none() -> None:
    (perfect, _) = measure([0.0] * 10, 0.0)
    assert perfect.value == 0
    assert FAMILY.own(perfect) == one_row_each_way(0.0, 40, 1.0, confidence=0.95)


def test_two_models_that_say_the_same_are_one_row_apart() -> None:
    ours, theirs = measure([1.0, -2.0, *[0.0] * 8], 0.5)
    assert FAMILY.difference(ours, theirs) == one_row_each_way(0.0, 40, 1.0, confidence=0.95)


def test_its_own_interval_holds_the_value_less_what_noise_adds() -> None:
    (swayed, _) = measure([50.0, -20.0, *[0.0] * 8], 0.5)
    low, high = FAMILY.own(swayed)
    assert 0 < low < swayed.value
    assert low < high < 2 * swayed.value


def test_one_row_gives_no_interval() -> None:
    alone = Swayed(value=0.1, sums=np.array([0.1]), spread=np.zeros((1, 1)), model=0, rows=1)
    for ask in (FAMILY.own, lambda swayed: FAMILY.difference(swayed, swayed)):
        with pytest.raises(Undefined, match="one row gives no interval"):
            ask(alone)
