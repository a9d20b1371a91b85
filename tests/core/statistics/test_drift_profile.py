"""Profiles: written as JSON and read again, they say of data what the reference itself would say."""

import json
from typing import Any

import numpy as np
import pytest

from coronet.core.canonical import canonical_json
from coronet.core.drift import ColumnDrift, ColumnKind
from coronet.core.statistics.drift import measure_profiles, profile_columns
from coronet.core.statistics.drift.categories import CategoryCounts
from coronet.core.statistics.drift.comparing import compare
from coronet.core.statistics.drift.grid import make_grid
from coronet.core.statistics.drift.profile_json import parse_profile, profile_json, quantiles
from coronet.core.statistics.drift.profiles import CategoryProfile, NumberProfile, Profile
from coronet.core.statistics.drift.steps import Steps, thin
from tests.core.statistics.test_drift_states import ROWS, SHAPES, Numbers, counted, many, rows_of


def again(profile: Profile) -> Profile:
    """Written and read."""
    written = canonical_json(profile_json("x", profile))
    value: dict[str, Any] = json.loads(written)
    return parse_profile(value)


def numbers(sample: Numbers) -> NumberProfile:
    return counted(make_grid(sample), sample).finish()


def against(profile: Profile, now: Any) -> ColumnDrift:
    (found,) = measure_profiles({"x": profile}, {"x": now})
    return found


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("moved", [0.0, 0.4])
def test_a_profile_says_nearly_what_the_rows_say(shape: str, moved: float) -> None:
    random = np.random.default_rng(11)
    before, now = SHAPES[shape](random, ROWS), SHAPES[shape](random, ROWS)
    low, high = np.nanquantile(before, [0.25, 0.75])
    now = now + moved * (high - low)
    exact = compare("x", rows_of(before).finish(), rows_of(now).finish())
    found = against(again(numbers(before)), now)
    assert exact.distance is not None
    assert found.distance is not None
    assert found.bound < 0.02
    assert found.distance - 1e-12 <= exact.distance <= found.distance + found.bound + 1e-12
    if exact.shift is not None and found.shift is not None:
        assert abs(exact.shift - found.shift) <= found.shift_bound + 1e-6
    assert found.psi is not None
    assert found.psi > 2 or found.psi == pytest.approx(exact.psi, rel=0.2, abs=0.01)
    assert found.missing == exact.missing


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_written_is_small_and_stable(shape: str) -> None:
    profile = numbers(SHAPES[shape](np.random.default_rng(12), ROWS))
    written = canonical_json(profile_json("x", profile))
    assert written == canonical_json(profile_json("x", profile))
    if shape != "two far modes":
        assert len(written) < 12_000


def test_few_values_are_kept_as_they_are() -> None:
    before = np.array([0.1, 0.2, 0.3] * 400)
    profile = again(numbers(before))
    same, between = against(profile, before), against(profile, before + 0.05)
    assert (same.psi, same.distance, same.bound) == (0, 0, 0)
    assert (between.psi or 0) > 2
    assert [each.label for each in same.bins] == ["0.1", "0.2", "0.3"]


def test_categories_keep_the_most_frequent_names() -> None:
    few, lots = CategoryCounts(), CategoryCounts()
    few.update(["a", "b", None], [60, 30, 10])
    lots.update([*many(0, 500), "often"], [2] * 500 + [500])
    for state in (few, lots):
        profile = again(state.finish())
        assert isinstance(profile, CategoryProfile)
        assert profile.present == state.finish().present
        found = compare("x", profile, state.finish())
        assert found.distance == pytest.approx(0)
    assert again(few.finish()).kind is ColumnKind.CATEGORY
    value = profile_json("x", lots.finish())
    assert len(value["categories"]) == 200
    assert sum(value["pooled"].values()) == 1500 - 500 - 199 * 2


def test_a_column_without_numbers() -> None:
    empty = np.array([np.nan, np.nan])
    profile = again(numbers(empty))
    assert isinstance(profile, NumberProfile)
    assert quantiles(profile)["0.5"] is None
    assert against(profile, np.ones(3)).problem == "there is no value before"
    infinite = again(numbers(np.array([np.inf, 1.0, 2.0])))
    assert isinstance(infinite, NumberProfile)
    assert infinite.infinite == 1


def test_a_column_that_is_gone_or_was_never_counted_on_a_grid() -> None:
    (gone,) = measure_profiles({"x": numbers(np.arange(9.0))}, {})
    assert gone.gone
    assert against(rows_of(np.arange(9.0)).finish(), np.arange(9.0)).distance == 0
    texts = CategoryProfile(rows=2, missing=0, counts={"a": 2})
    assert against(texts, np.array(["a", "a"], dtype=object)).constant


def test_quantiles_are_near_the_true_ones() -> None:
    sample = np.random.default_rng(13).normal(size=ROWS)
    found = quantiles(numbers(sample))
    for share, value in found.items():
        assert value == pytest.approx(np.quantile(sample, float(share)), abs=0.01)


@pytest.mark.parametrize("change", [{"until": [1, 1]}, {"until": [1]}, {"high": [0.0]}, {"rows": [1, 2, 3]}])
def test_lists_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    value = profile_json("x", numbers(np.array([1.0, 2.0])))
    value["steps"] = {"until": [1, 2], "high": [1.0, 2.0], "rows": [1, 1]} | change
    with pytest.raises(ValueError, match="do not fit"):
        parse_profile(value)


def test_thin_steps_keep_every_row() -> None:
    keys = np.arange(1000) * 3
    low = np.arange(1000.0)
    steps = Steps(keys=keys, low=low, high=low + 1, rows=np.ones(1000))
    thinned = thin(steps, 10)
    assert thinned.total == 1000
    assert 10 <= len(thinned.keys) <= 11
    assert (np.diff(thinned.keys) > 0).all()
    nothing = np.empty(0)
    assert thin(Steps(keys=nothing, low=nothing, high=nothing, rows=nothing), 10).total == 0


def test_a_value_stands_by_itself_right_after_a_step_that_ends_there() -> None:
    low, high = np.array([0.0, 1.0, 1.0]), np.array([1.0, 1.0, 2.0])
    steps = Steps(keys=np.array([3, 4, 5]), low=low, high=high, rows=np.array([50.0, 60.0, 2.0]))
    thinned = thin(steps, 3)
    assert thinned.keys.tolist() == [3, 4, 6]
    assert thinned.rows.tolist() == [50, 60, 2]


def test_columns_in_memory_are_profiled_so_that_later_ones_are_compared_with_them() -> None:
    random = np.random.default_rng(1)
    texts = np.array(["a", "b", None], dtype=object)[random.integers(0, 3, 500)]
    lists = np.empty(500, dtype=object)
    lists[:] = [[1]] * 500
    columns = {"n": random.normal(size=500), "t": texts, "nothing": np.full(500, None), "lists": lists}
    profiles = profile_columns(columns)
    assert list(profiles) == ["n", "t", "nothing"]
    assert (profiles["n"].rows, profiles["t"].missing) == (500, int((texts == None).sum()))  # noqa: E711
    moved = {"n": columns["n"] + 1, "t": texts}
    found = {each.column: each for each in measure_profiles({name: profiles[name] for name in moved}, moved)}
    assert found["n"].distance == pytest.approx(0.38, abs=0.05)
    assert found["t"].distance == 0.0
