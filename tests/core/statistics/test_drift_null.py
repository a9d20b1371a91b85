"""Drift under the null and out of it: how often chance is taken for drift, and how often drift is seen."""

from collections.abc import Callable
from functools import cache
from math import sqrt
from typing import Any

import numpy as np
import pytest

from coronet.core.drift import DriftLimits, DriftRule, decide_drift
from coronet.core.statistics.drift import measure_drift

pytestmark = pytest.mark.slow

Frame = dict[str, Any]
DRAWS = 2_000
# The level, and three standard errors of so many looks.
AT_MOST = 0.05 + 3 * sqrt(0.05 * 0.95 / DRAWS)


def columns(random: np.random.Generator, rows: int) -> Frame:
    """One column of each shape; the last two go with the first."""
    rare = np.array([0.6, 0.3, *[0.1 / 40] * 40])
    normal = random.normal(size=rows)
    return {
        "normal": normal,
        "heavy": random.standard_cauchy(size=rows),
        "skewed": random.lognormal(0, 2, size=rows),
        "counts": random.poisson(2, size=rows).astype(np.float64),
        "flag": random.random(rows) < 0.1,
        "mostly zero": np.where(random.random(rows) < 0.8, 0.0, random.exponential(size=rows)),
        "region": random.choice(list("abcd"), p=[0.5, 0.3, 0.15, 0.05], size=rows),
        "rare": random.choice([f"c{place}" for place in range(42)], p=rare / rare.sum(), size=rows),
        "gaps": np.where(random.random(rows) < 0.1, np.nan, normal),
        "copy": normal + 0.1 * random.normal(size=rows),
    }


@cache
def table(rows: int, wide: int) -> Frame:
    """The data whose halves are drawn: `wide` columns."""
    random = np.random.default_rng(rows + wide)
    found: Frame = {}
    while len(found) < wide:
        found |= {f"{name} {len(found)}": column for name, column in columns(random, rows).items()}
    return dict(list(found.items())[:wide])


def halves(frame: Frame, random: np.random.Generator) -> tuple[Frame, Frame]:
    order = random.permutation(len(next(iter(frame.values()))))
    first, second = np.array_split(order, 2)
    return {k: v[first] for k, v in frame.items()}, {k: v[second] for k, v in frame.items()}


@pytest.mark.parametrize(
    ("rows", "wide", "draws"), [(400, 5, DRAWS), (400, 50, DRAWS), (2_000, 10, DRAWS), (20_000, 5, DRAWS)]
)
def test_halves_of_the_same_data_are_an_alarm_in_five_of_a_hundred_at_most(rows: int, wide: int, draws: int) -> None:
    random, frame = np.random.default_rng(1), table(rows, wide)
    alarms = sum(bool(decide_drift(measure_drift(*halves(frame, random)), DriftLimits()).alarms) for _ in range(draws))
    assert alarms / draws <= AT_MOST


@pytest.mark.parametrize("rows", [400, 2_000])
def test_significance_alone_is_as_rare_as_it_says(rows: int) -> None:
    """Without any demand on the effect, Holm's correction is what keeps alarms rare."""
    random, frame = np.random.default_rng(2), table(rows, 10)
    limits = DriftLimits(psi=0.0, distance=0.0, shift=0.0, missing=0.0, unseen=0.0)
    alarms = sum(bool(decide_drift(measure_drift(*halves(frame, random)), limits).alarms) for _ in range(DRAWS))
    assert alarms / DRAWS <= AT_MOST


@pytest.mark.parametrize("rows", [400, 2_000])
def test_any_p_below_the_level_cries_wolf(rows: int) -> None:
    random, frame, draws = np.random.default_rng(3), table(rows, 20), 500
    limits = DriftLimits(rule=DriftRule.ANY_P)
    alarms = sum(bool(decide_drift(measure_drift(*halves(frame, random)), limits).alarms) for _ in range(draws))
    assert alarms / draws >= 0.3


def new_category(column: Any, random: np.random.Generator) -> Any:
    return np.where(random.random(len(column)) < 0.03, "new", column)


SHIFTS: dict[str, tuple[str, Callable[[Any, np.random.Generator], Any]]] = {
    "mean by 0.3 deviations": ("normal 0", lambda column, random: column + 0.3),
    "variance half as much again": ("normal 0", lambda column, random: column * sqrt(1.5)),
    "shares of categories": (
        "region 0",
        lambda column, random: np.where(random.random(len(column)) < 0.2, "c", column),
    ),
    "a new category": ("region 0", new_category),
    "missing, 0 to 5 %": (
        "skewed 0",
        lambda column, random: np.where(random.random(len(column)) < 0.05, np.nan, column),
    ),
    "constant": ("counts 0", lambda column, random: np.full(len(column), 2.0)),
    "scale of a heavy tail": ("heavy 0", lambda column, random: column * 2),
    "a flag twice as often": ("flag 0", lambda column, random: column | (random.random(len(column)) < 0.12)),
}


@pytest.mark.parametrize("shift", SHIFTS)
def test_real_shifts_are_caught_among_twenty_columns(shift: str) -> None:
    random, frame, draws = np.random.default_rng(4), table(10_000, 20), 200
    name, move = SHIFTS[shift]
    caught = 0
    for _ in range(draws):
        before, now = halves(frame, random)
        now[name] = move(now[name], random)
        caught += decide_drift(measure_drift(before, now), DriftLimits()).alarms == (name,)
    assert caught / draws >= 0.95
