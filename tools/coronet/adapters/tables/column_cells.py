"""Columns of Arrow as what states count: numbers as floats, texts with how many rows have each."""

from typing import Any

import numpy as np

from coronet.core.statistics.drift.categories import CategoryCounts
from coronet.core.statistics.drift.cells import cell_number
from coronet.core.statistics.drift.grid import Scratch
from coronet.core.statistics.drift.numbers import NumberCounts, NumberRows
from coronet.ports.columns import Holds


def what_it_holds(type_: Any) -> Holds:
    from pyarrow import types

    if types.is_dictionary(type_):
        return what_it_holds(type_.value_type)
    if types.is_null(type_):
        return Holds.NOTHING
    if _is_text(type_):
        return Holds.TEXTS
    if types.is_interval(type_):
        return Holds.OTHER
    numbers = (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal, types.is_temporal)
    return Holds.NUMBERS if any(is_(type_) for is_ in numbers) else Holds.OTHER


def feed_numbers(state: NumberRows | NumberCounts, column: Any, scratch: Scratch) -> None:
    """Whatever the column holds, as numbers; texts that are none are counted as strange."""
    from pyarrow import types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type) if not _is_text(column.type.value_type) else column
    if types.is_null(column.type):
        state.update(np.full(len(column), np.nan))
    elif types.is_dictionary(column.type) or _is_text(column.type):
        state.update(*_read_texts(column))
    else:
        state.update(_floats(column), scratch=scratch)


def feed_texts(state: CategoryCounts, column: Any) -> None:
    """Whatever the column holds, as texts."""
    encoded = _encode(column)
    values = [*encoded.dictionary.to_pylist(), None]
    rows = np.bincount(_codes(encoded), minlength=len(values))
    there = np.flatnonzero(rows)
    state.update([values[place] for place in there], rows[there].tolist())


def _floats(column: Any) -> Any:
    """(n,) floats, NaN where one is missing; times as seconds since 1970, or since midnight."""
    import pyarrow
    from pyarrow import types

    if types.is_float64(column.type) and not column.null_count:
        return _raw(column, np.float64)
    seconds = 1.0
    if types.is_boolean(column.type):
        column = column.cast(pyarrow.int8())
    elif types.is_date(column.type):
        column = column.cast(pyarrow.timestamp("s")).cast(pyarrow.int64())
    elif types.is_temporal(column.type):
        seconds = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}[column.type.unit]
        column = column.cast(pyarrow.int32() if types.is_time32(column.type) else pyarrow.int64())
    floats = column.cast(pyarrow.float64(), safe=False)
    if floats.null_count:
        floats = floats.fill_null(float("nan"))
    numbers = _raw(floats, np.float64)
    return numbers if seconds == 1.0 else numbers * seconds


def _read_texts(column: Any) -> tuple[Any, int]:
    """The numbers that texts say, and how many of them say none."""
    encoded = _encode(column)
    values = [cell_number(value) for value in encoded.dictionary.to_pylist()]
    numbers = np.array([*(float("nan") if number is None else number for number in values), np.nan])
    is_strange = np.array([*(number is None for number in values), False])
    codes = _codes(encoded)
    strange = is_strange[codes]
    return numbers[codes[~strange]], int(strange.sum())


def _encode(column: Any) -> Any:
    from pyarrow import types

    return column if types.is_dictionary(column.type) else column.dictionary_encode()


def _codes(encoded: Any) -> Any:
    """(n,) places in the dictionary, its length where there is nothing."""
    indices = encoded.indices.fill_null(len(encoded.dictionary)) if encoded.indices.null_count else encoded.indices
    return _raw(indices, np.dtype(str(indices.type))).astype(np.int64)


def _raw(column: Any, dtype: Any) -> Any:
    """The numbers of a column that has one in each row; Arrow's own way imports pandas."""
    size = np.dtype(dtype).itemsize
    return np.frombuffer(column.buffers()[1], dtype=dtype, count=len(column), offset=column.offset * size)


def _is_text(type_: Any) -> bool:
    from pyarrow import types

    return bool(types.is_string(type_) or types.is_large_string(type_) or types.is_string_view(type_))
