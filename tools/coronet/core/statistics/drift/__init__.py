"""Measuring how far columns have moved from their reference.

A column is a state that is updated with a batch, merged with another, and finished into a profile; two
profiles are compared. Few rows are kept as they are; many are counted on a grid, with a bound on the error.
"""

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coronet.core.drift import ColumnDrift, ColumnKind
from coronet.core.statistics.drift.categories import CategoryCounts
from coronet.core.statistics.drift.cells import cell_number, is_missing
from coronet.core.statistics.drift.comparing import FEW, compare
from coronet.core.statistics.drift.grid import make_grid
from coronet.core.statistics.drift.numbers import NumberCounts, NumberRows
from coronet.core.statistics.drift.profiles import Profile

__all__ = ["FEW", "measure_drift", "measure_profiles", "profile_columns"]

State = NumberRows | NumberCounts | CategoryCounts


def measure_drift(reference: Mapping[str, Any], current: Mapping[str, Any]) -> tuple[ColumnDrift, ...]:
    """The drift of every column of `reference`; mappings (or data frames) of columns, each (n,) of numbers or texts.

    A column is compared as what it is in the reference: where that is a number, texts now are read as
    numbers; where it is a text, numbers now are written as text. A column that `current` does not have, or
    that has no value before or now, says so as its problem.
    """
    columns = ((name, np.asarray(reference[name]), current.get(name)) for name in reference)
    with np.errstate(all="ignore"):
        return tuple(_measure(name, before, None if now is None else np.asarray(now)) for name, before, now in columns)


def measure_profiles(reference: Mapping[str, Profile], current: Mapping[str, Any]) -> tuple[ColumnDrift, ...]:
    """The same against profiles, for which the rows of the reference are not needed."""
    found = []
    for name, before in reference.items():
        state = CategoryCounts() if before.kind is ColumnKind.CATEGORY else _numbers_like(before)
        now = current.get(name)
        found.append(compare(name, before, None if now is None else fill(state, np.asarray(now)).finish()))
    return tuple(found)


def profile_columns(columns: Mapping[str, Any]) -> dict[str, Profile]:
    """The profile of each column of a mapping (or data frame), each (n,); lists and the like are left out."""
    found = {}
    for name in columns:
        column = np.asarray(columns[name])
        if column.dtype.kind != "O" or all(isinstance(cell, Hashable) for cell in column):
            found[str(name)] = fill(_fitted(column), column).finish()
    return found


def _fitted(column: NDArray[Any]) -> State:
    """An empty state for many values, fitted to these."""
    if (kind_of(column) or ColumnKind.CATEGORY) is ColumnKind.CATEGORY:
        return CategoryCounts()
    rows = NumberRows()
    fill(rows, column)
    return NumberCounts(make_grid(rows.numbers))


def _numbers_like(profile: Profile) -> NumberRows | NumberCounts:
    grid = getattr(profile, "grid", None)
    return NumberRows() if grid is None else NumberCounts(grid)


def _measure(name: str, before: NDArray[Any], now: NDArray[Any] | None) -> ColumnDrift:
    kinds = [kind_of(column) for column in (before, now) if column is not None]
    kind = next((kind for kind in kinds if kind), ColumnKind.CATEGORY)
    reference = fill(_state(kind), before).finish()
    return compare(name, reference, None if now is None else fill(_state(kind), now).finish())


def _state(kind: ColumnKind) -> State:
    return NumberRows() if kind is ColumnKind.NUMBER else CategoryCounts()


def kind_of(column: NDArray[Any]) -> ColumnKind | None:
    """What an array holds; None where it has objects and none of them says anything."""
    if column.dtype.kind in "fiubmM":
        return ColumnKind.NUMBER
    if column.dtype.kind != "O":
        return ColumnKind.CATEGORY
    there = [cell for cell in column if not is_missing(cell)]
    if not there:
        return None
    is_number = all(isinstance(cell, int | float | np.number | np.bool_) for cell in there)
    return ColumnKind.NUMBER if is_number else ColumnKind.CATEGORY


def fill(state: State, column: NDArray[Any]) -> State:
    """The state updated with an array."""
    if isinstance(state, CategoryCounts):
        counts = Counter(None if is_missing(cell) else cell for cell in column.tolist())
        state.update(list(counts), list(counts.values()))
        return state
    if column.dtype.kind in "mM":
        # Times are seconds.
        unit = "datetime64[ns]" if column.dtype.kind == "M" else "timedelta64[ns]"
        seconds = column.astype(unit).astype(np.int64) / 1e9
        state.update(np.where(np.isnat(column), np.nan, seconds))
    elif column.dtype.kind in "fiub":
        state.update(column.astype(np.float64))
    else:
        found = [cell_number(cell) for cell in column]
        state.update(np.array([n for n in found if n is not None], dtype=np.float64), found.count(None))
    return state
