"""A few rows tell how fine levels must be for all of them."""

from dataclasses import replace

import numpy as np
import pytest

from coronet.core.evidence import Task
from coronet.core.statistics import Columns
from coronet.core.statistics.streaming import TOLERATED, finish, foresee, make_plan
from coronet.core.statistics.streaming.choosing import SAMPLE
from coronet.core.statistics.streaming.foresight import SPARE
from tests.core.statistics.rows import binary_predictions
from tests.core.statistics.streaming.both_ways import asking, rows_of, state_of
from tests.core.statistics.streaming.test_state import scores_of

MANY = SAMPLE + 1
AREA = asking(Task.BINARY, "roc_auc", segments=())


def nearly_one(rows: int) -> Columns:
    """Two models that differ by little."""
    columns = rows_of(Task.BINARY, rows)
    moved = scores_of(columns.candidate) + 1e-3 * np.random.default_rng(1).normal(size=rows)
    return replace(columns, champion=binary_predictions(np.clip(moved, 0, 1)))


def test_models_of_their_own_need_no_more_than_usual() -> None:
    assert foresee(rows_of(Task.BINARY, 5000), AREA, rows=MANY) == 0


def test_models_that_are_nearly_one_need_more() -> None:
    assert foresee(nearly_one(5000), AREA, rows=MANY) > 1


@pytest.mark.parametrize("rows", [20_000, 40_000])
def test_what_is_foreseen_suffices_for_more_rows(rows: int) -> None:
    columns = nearly_one(rows)
    few = replace(columns.take(np.arange(5000)), segments={})
    usual, finer = (
        make_plan(few, AREA, rows=rows, sharper={None: more})
        for more in (0.0, foresee(nearly_one(5000), AREA, rows=MANY))
    )
    shares = [finish(state_of(plan, columns)).shares[None] for plan in (usual, finer)]
    assert shares[0] > TOLERATED
    assert shares[1] < 1.2 * TOLERATED


def test_scores_of_few_values_need_no_more() -> None:
    assert foresee(rows_of(Task.BINARY, 5000, ties=True), AREA, rows=MANY) == 0


def test_what_has_no_levels_or_too_few_rows_tells_nothing() -> None:
    assert foresee(rows_of(Task.BINARY, 5000), asking(Task.BINARY, "brier", segments=()), rows=MANY) == 0
    assert foresee(nearly_one(100), AREA, rows=MANY) == 0


def test_few_rows_have_levels_to_spare() -> None:
    columns = rows_of(Task.BINARY, 5000)
    assert foresee(columns, AREA, rows=SAMPLE) == foresee(columns, AREA, rows=MANY) + SPARE
