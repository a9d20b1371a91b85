"""Levels rise with numbers, whatever the sample."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.streaming.grids import make_grid

NUMBERS = st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=50)
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=50)


@pytest.mark.parametrize("bits", [10, 20])
@given(sample=st.one_of(NUMBERS, SHARES), numbers=st.one_of(NUMBERS, SHARES))
def test_a_larger_number_never_has_a_lower_level(bits: int, sample: list[float], numbers: list[float]) -> None:
    known = np.array(sample)
    grid = make_grid(known, known > known.mean(), bits)
    levels = grid.levels(np.sort(numbers))
    assert levels.min() >= 0
    assert levels.max() < 1 << bits
    assert (np.diff(levels) >= 0).all()


def test_levels_are_narrow_where_there_are_many_rows() -> None:
    random = np.random.default_rng(0)
    rare = random.beta(1, 200, size=20_000)
    levels = make_grid(rare, random.random(20_000) < rare, 12).levels(random.beta(1, 200, size=20_000))
    assert len(np.unique(levels)) > 0.7 * (1 << 12)


def test_a_sample_without_rows_gives_a_grid_all_the_same() -> None:
    nothing: Floats = np.empty(0)
    grid = make_grid(nothing, nothing > 0, 10)
    assert len(np.unique(grid.levels(np.linspace(0, 1, 1000)))) > 100
