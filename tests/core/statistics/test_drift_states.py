"""Columns as states: counted on a grid they say what sorted ones say, as far as their bound; parts make the whole."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from coronet.core.drift import ColumnDrift, DriftLimits, decide_drift
from coronet.core.statistics.drift.categories import BUCKETS, MOST, CategoryCounts, bucket
from coronet.core.statistics.drift.cells import cell_number, cell_text
from coronet.core.statistics.drift.comparing import compare
from coronet.core.statistics.drift.grid import WIDEST, Grid, Scratch, make_grid
from coronet.core.statistics.drift.numbers import NumberCounts, NumberRows
from coronet.core.statistics.drift.profiles import CategoryProfile, NumberProfile

Numbers = NDArray[np.float64]
ROWS = 20_000

SHAPES: dict[str, Callable[[np.random.Generator, int], Numbers]] = {
    "normal": lambda random, rows: random.normal(size=rows),
    "far from zero": lambda random, rows: random.normal(1e9, 1, size=rows),
    "heavy tails": lambda random, rows: random.standard_cauchy(size=rows),
    "lognormal": lambda random, rows: random.lognormal(0, 3, size=rows),
    "mostly zero": lambda random, rows: np.where(random.random(rows) < 0.7, 0.0, random.exponential(size=rows)),
    "two far modes": lambda random, rows: np.where(random.random(rows) < 0.5, 0, 1e9) + random.normal(size=rows),
    "counts": lambda random, rows: random.poisson(4, size=rows).astype(np.float64),
    "prices": lambda random, rows: np.round(random.lognormal(3, 1, size=rows), 2),
    "times": lambda random, rows: 1.7e9 + random.random(rows) * 3e7,
    "tiny": lambda random, rows: random.normal(size=rows) * 1e-300,
    "huge": lambda random, rows: random.normal(size=rows) * 1e300,
    "with gaps": lambda random, rows: np.where(random.random(rows) < 0.2, np.nan, random.normal(size=rows)),
}


def counted(grid: Grid, *parts: Numbers) -> NumberCounts:
    state = NumberCounts(grid)
    for part in parts:
        state.update(part)
    return state


def rows_of(*parts: Numbers) -> NumberRows:
    state = NumberRows()
    for part in parts:
        state.update(part)
    return state


def both_ways(before: Numbers, now: Numbers) -> tuple[ColumnDrift, ColumnDrift]:
    grid = make_grid(before[::3])
    exact = compare("x", rows_of(before).finish(), rows_of(now).finish())
    return exact, compare("x", counted(grid, before).finish(), counted(grid, now).finish())


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("moved", [0.0, 0.2])
def test_a_grid_says_what_sorting_says_as_far_as_its_bound(shape: str, moved: float) -> None:
    random = np.random.default_rng(5)
    before, now = SHAPES[shape](random, ROWS), SHAPES[shape](random, ROWS)
    low, high = np.nanquantile(before, [0.25, 0.75])
    now = now + moved * (high - low)
    exact, grid = both_ways(before, now)
    assert grid.bound < 0.005
    assert exact.distance is not None
    assert grid.distance is not None
    assert grid.distance <= exact.distance + 1e-12
    assert exact.distance <= grid.distance + grid.bound + 1e-12
    assert (exact.shift is None) == (grid.shift is None)
    if exact.shift is not None and grid.shift is not None:
        assert abs(exact.shift - grid.shift) <= grid.shift_bound + 1e-9
    assert grid.psi is not None
    # Where all values have moved between those of the reference, the index is large in either way.
    assert grid.psi > 2 or grid.psi == pytest.approx(exact.psi, rel=0.05, abs=0.002)
    assert (grid.missing, grid.missing_p) == (exact.missing, exact.missing_p)


@pytest.mark.parametrize("shape", SHAPES)
def test_few_levels_are_wide(shape: str) -> None:
    sample = SHAPES[shape](np.random.default_rng(6), ROWS)
    profile = counted(make_grid(sample), sample).finish()
    steps = profile.steps
    others = steps.rows[steps.low != steps.high]
    assert others.max(initial=0) <= 2 * WIDEST * ROWS


@given(
    values=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=60),
    sample=st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=20),
    cut=st.integers(0, 60),
)
def test_parts_merged_are_the_whole_whatever_the_grid(values: list[float], sample: list[float], cut: int) -> None:
    with np.errstate(all="ignore"):
        numbers, grid = np.array(values), make_grid(np.array(sample))
        whole, first, second = (counted(grid, part).finish() for part in (numbers, np.empty(0), np.empty(0)))
        assert (first.rows, second.steps.total) == (0, 0)
        parts = counted(grid, numbers[:cut])
        parts.merge(counted(grid, numbers[cut:]))
    merged = parts.finish()
    assert (merged.rows, merged.missing, merged.infinite) == (whole.rows, whole.missing, whole.infinite)
    assert (merged.moments.least, merged.moments.greatest) == (whole.moments.least, whole.moments.greatest)
    assert merged.steps.keys.tolist() == whole.steps.keys.tolist()
    assert merged.steps.rows.tolist() == whole.steps.rows.tolist()
    assert whole.missing == int(np.isnan(numbers).sum())
    assert whole.infinite == int(np.isinf(numbers).sum())
    assert whole.steps.total == len(numbers) - whole.missing


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=40), st.integers(0, 9))
def test_a_larger_number_never_has_a_lower_level(values: list[float], seed: int) -> None:
    random = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        for grid in (make_grid(random.normal(size=50)), Grid(edges=np.sort(random.normal(size=9)))):
            steps = [counted(grid, np.array([value])).finish().steps for value in sorted(values)]
    keys = [int(step.keys[0]) for step in steps]
    assert keys == sorted(keys)
    for value, step in zip(sorted(values), steps, strict=True):
        assert step.low[0] <= value <= step.high[0] or np.isclose(step.low[0], value) or np.isclose(step.high[0], value)


@pytest.mark.parametrize("shape", SHAPES)
def test_moments_of_counts_are_those_of_rows(shape: str) -> None:
    numbers = SHAPES[shape](np.random.default_rng(7), ROWS)
    with np.errstate(over="ignore"):
        exact = rows_of(numbers).finish()
    grid = counted(make_grid(numbers), numbers[:99], numbers[99:]).finish()
    assert (grid.moments.least, grid.moments.greatest, grid.missing) == (
        exact.moments.least,
        exact.moments.greatest,
        exact.missing,
    )
    if shape not in ("tiny", "huge"):
        assert grid.moments.mean == pytest.approx(exact.moments.mean, rel=1e-9, abs=1e-12)
        assert grid.moments.deviation == pytest.approx(exact.moments.deviation, rel=1e-6)


def test_rows_without_any_finite_number() -> None:
    nothing = np.array([np.nan, np.inf, -np.inf, np.inf])
    for state in (rows_of(nothing), counted(make_grid(nothing), nothing)):
        found = state.finish()
        assert (found.rows, found.missing, found.infinite, found.moments.mean, found.moments.least) == (
            4,
            1,
            3,
            None,
            None,
        )
        assert found.steps.rows.sum() == 3
    assert make_grid(nothing).size == 1 << 15


def test_rows_are_merged_and_strange_cells_kept_apart() -> None:
    first, second = NumberRows(), NumberRows()
    first.update(np.array([1.0, 2.0]), 3)
    second.update(np.array([4.0]), 1)
    first.merge(second)
    found = first.finish()
    assert (found.rows, found.strange) == (7, 4)
    assert found.moments.mean == pytest.approx(7 / 3)
    state = NumberCounts(Grid())
    state.update(np.array([1.0]), 2)
    other = NumberCounts(Grid())
    other.update(np.empty(0), 5)
    state.merge(other)
    counted_ = state.finish()
    assert (counted_.rows, counted_.strange, counted_.missing) == (8, 7, 0)


def test_zero_is_one_value_whatever_its_sign() -> None:
    sample = np.array([0.0, -0.0, 5.0, -5.0] * 50)
    found = counted(make_grid(sample), sample).finish()
    assert found.steps.rows.tolist() == [50, 100, 50]
    assert (found.steps.low == found.steps.high).all()


def test_memory_that_batches_share_grows_with_them() -> None:
    random = np.random.default_rng(9)
    scratch, state = Scratch(10), NumberCounts(Grid())
    parts = [random.normal(size=size) for size in (5, 100, 20)]
    for part in parts:
        state.update(part, scratch=scratch)
    whole = counted(Grid(), np.concatenate(parts)).finish()
    assert state.finish().steps.keys.tolist() == whole.steps.keys.tolist()
    assert state.finish().moments.mean == pytest.approx(whole.moments.mean)


def test_a_shape_that_no_centre_fits_has_edges() -> None:
    sample = SHAPES["two far modes"](np.random.default_rng(8), ROWS)
    assert len(make_grid(sample).edges) > 1000
    assert not len(make_grid(sample - sample).edges)


def test_texts_where_numbers_were_are_unseen() -> None:
    state = rows_of(np.arange(90.0))
    state.update(np.empty(0), 10)
    found = compare("x", rows_of(np.arange(100.0)).finish(), state.finish())
    assert found.unseen == pytest.approx(0.1)
    assert found.p is not None
    assert found.p < 0.01
    only = NumberRows()
    only.update(np.empty(0), 10)
    gone = compare("x", rows_of(np.arange(9.0)).finish(), only.finish())
    assert (gone.problem, gone.unseen) == ("there is no number now", 1)
    assert decide_drift([gone], DriftLimits()).alarms == ("x",)
    assert compare("x", only.finish(), rows_of(np.arange(9.0)).finish()).problem == "there is no number before"


def test_numbers_and_categories_are_never_compared() -> None:
    with pytest.raises(TypeError, match="on both sides"):
        compare("x", rows_of(np.ones(3)).finish(), CategoryProfile(rows=3, missing=0, counts={"1": 3}))


# --- categories -----------------------------------------------------------------------------------


def categories(texts: list[Any], named: tuple[str, ...] = ()) -> CategoryCounts:
    state = CategoryCounts(named)
    state.update(texts, [1] * len(texts))
    return state


def many(start: int, end: int) -> list[str]:
    return [f"user {number}" for number in range(start, end)]


def test_texts_are_counted_and_blanks_are_missing() -> None:
    found = categories(["a", "a", 3.0, None, float("nan"), "", "  ", "NaN", True]).finish()
    assert found.counts == {"a": 2, "3": 1, "True": 1}
    assert (found.rows, found.missing, found.present, found.pooled) == (9, 5, 4, None)


@pytest.mark.parametrize("cut", [0, 5, MOST - 1, MOST + 5, 2 * MOST])
def test_the_same_rows_give_the_same_counts_in_any_parts(cut: int) -> None:
    texts = ["often"] * 50 + many(0, MOST + 20)
    whole = categories(texts, ("often",)).finish()
    for first, second in ((texts[:cut], texts[cut:]), (texts[cut:], texts[:cut])):
        state = categories(first, ("often",))
        state.merge(categories(second, ("often",)))
        found = state.finish()
        assert found.counts == whole.counts == {"often": 50}
        assert found.pooled is not None
        assert whole.pooled is not None
        assert found.pooled.tolist() == whole.pooled.tolist()
        assert (found.rows, int(found.pooled.sum())) == (len(texts), MOST + 20)


def test_two_that_are_pooled_are_merged() -> None:
    first, second = categories(many(0, MOST + 1)), categories(many(5, MOST + 6))
    first.merge(second)
    found = first.finish().pooled
    assert found is not None
    assert int(found.sum()) == 2 * (MOST + 1)


def test_the_most_frequent_keep_their_names() -> None:
    assert categories(["b", "a", "b", "c", "a", "b"]).frequent() == ("b", "a")


def test_a_bucket_is_the_same_everywhere() -> None:
    assert bucket("a") == 0xE8B7BE43 % BUCKETS
    assert 0 <= bucket("\ud800") < BUCKETS


def test_too_many_categories_are_compared_by_hash_and_it_is_said() -> None:
    before, again = categories(many(0, MOST + 1) * 2), categories(many(0, MOST + 1) * 2)
    other = categories(["new"] * 5_000 + many(0, MOST + 1))
    quiet, loud = (compare("x", before.finish(), now.finish()) for now in (again, other))
    assert "pooled by hash" in quiet.note
    assert quiet.unseen == 0
    assert quiet.p == pytest.approx(1)
    assert quiet.distance == pytest.approx(0)
    assert loud.p is not None
    assert loud.p < 1e-9
    few = compare("x", categories(["a", "b"] * 50).finish(), other.finish())
    assert few.unseen == pytest.approx(1, abs=0.01)
    assert few.distance == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("cell", "text", "number"),
    [
        (" 5 ", " 5 ", 5.0),
        ("1e3", "1e3", 1000.0),
        ("true", "true", 1.0),
        ("False", "False", 0.0),
        ("x", "x", None),
        (2.0, "2", 2.0),
    ],
)
def test_a_cell_as_text_and_as_number(cell: Any, text: str, number: float | None) -> None:
    assert (cell_text(cell), cell_number(cell)) == (text, number)


@pytest.mark.parametrize("cell", [None, "", " ", "nan", "NA", "null"])
def test_what_stands_for_no_number(cell: Any) -> None:
    found = cell_number(cell)
    assert found is not None
    assert np.isnan(found)


class Unknown:
    """As the NA of pandas: it says of no comparison whether it holds."""

    def __ne__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError("unknown")

    __hash__ = None  # type: ignore[assignment]


def test_what_refuses_to_be_compared_is_missing() -> None:
    number = cell_number(Unknown())
    assert cell_text(Unknown()) is None
    assert number is not None
    assert np.isnan(number)


def test_profiles_say_what_is_there() -> None:
    found = rows_of(np.array([1.0, np.nan])).finish()
    assert isinstance(found, NumberProfile)
    assert (found.present, str(found.kind)) == (1, "number")
