"""Columns of Arrow as NumPy arrays: texts as codes, numbers as floats, keys as numbers that stand for them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from coronet.adapters.tables.cells import MISSING_NUMBER, MISSING_TEXT, distinct_csv_texts, distinct_texts
from coronet.core.statistics.columns import Names
from coronet.core.statistics.streaming.fingerprint import key_numbers
from coronet.core.statistics.streaming.joined import Surprise
from coronet.core.statistics.streaming.lots import group_of
from coronet.errors import InvalidInput

# More texts are no classes and no segments, and would fill the memory that is to be saved.
MOST_TEXTS = 100_000
# Whole numbers so close together are looked up in a table.
_MOST_WHOLE = 1 << 16
_WHOLE = r"^(0|-?[1-9][0-9]{0,17})$"


class TextColumn:
    """The texts of one column: first it is shown all values, then it encodes them."""

    def __init__(self, name: str, file: str, *, is_csv: bool) -> None:
        self._name, self._file, self._is_csv = name, file, is_csv
        self._places: dict[Any, int] = {}
        self.texts: tuple[str, ...] = ()
        self.has_gaps = False
        self._codes = np.empty(0, dtype=np.int64)
        self._known: Known | None = None
        self._whole: Known | None = None

    def show(self, column: Any) -> None:
        found = find_values(column)
        for value in found.values:
            self._places.setdefault(value, len(self._places))
        self.has_gaps = self.has_gaps or found.has_gaps
        if len(self._places) > MOST_TEXTS:
            raise InvalidInput(
                f"{self._name} of {self._file} has more than {MOST_TEXTS} values", hint="name a column of classes"
            )

    def settle(self) -> None:
        """After the last value: which text each one is, and which are the same text."""
        distinct = distinct_csv_texts if self._is_csv else distinct_texts
        found = distinct(self._places)
        self.texts = tuple(dict.fromkeys(text for text in found if text is not None))
        self.has_gaps = self.has_gaps or None in found
        codes = {text: code for code, text in enumerate(self.texts)}
        self._codes = np.array([-1 if text is None else codes[text] for text in found] + [-1], dtype=np.int64)
        self._known, self._whole = None, self._find_range()

    def encode(self, column: Any) -> Any:
        """(n,) codes of texts, -1 where one is missing; raises `Surprise` for a value that was not shown."""
        if self._whole and (places := _find_places(column, self._whole.values)) is not None:
            return self._whole.decode(places)
        found = find_values(column)
        if self._known is None or self._known.values != found.values:
            self._known = Known.of(found.values, self._find_codes(found.values))
        return self._known.decode(found.places)

    def _find_range(self) -> "Known | None":
        """All values, where they are all whole numbers from one to another."""
        if not self._places or not all(type(value) is int for value in self._places):
            return None
        values = [*range(min(self._places), max(self._places) + 1)] if len(self._places) < _MOST_WHOLE else []
        return Known.of(values, self._find_codes(values)) if len(values) == len(self._places) else None

    def _find_codes(self, values: list[Any]) -> Any:
        """The code of each value, and then that of a gap."""
        if any(value not in self._places for value in values):
            raise Surprise(f"{self._name} of {self._file} has values that its survey did not find")
        return self._codes[[*(self._places[value] for value in values), -1]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """The values of one batch, which are mostly those of the next, and what they are encoded as.

    `is_plain` says that each value's code is its place: then there is nothing to look up.
    """

    values: list[Any]
    codes: Any
    is_plain: bool

    @classmethod
    def of(cls, values: list[Any], codes: Any) -> "Known":
        return cls(values=values, codes=codes, is_plain=bool((codes[:-1] == np.arange(len(values))).all()))

    def decode(self, places: Any) -> Any:
        """(n,) codes; a place beyond the values is a gap."""
        return (
            places
            if self.is_plain and places.max(initial=-1) < len(self.values)
            else self.codes.take(places, mode="clip")
        )


def encode_numbers(column: Any, *, name: str, file: str) -> Any:
    """(n,) 64-bit floats, NaN where missing; InvalidInput for what is no number."""
    import pyarrow
    from pyarrow import types

    if not column.null_count and types.is_float64(column.type):
        return as_array(column)
    if not column.null_count and types.is_integer(column.type):
        # Whole numbers beyond 2^53 become the nearest float, as they do everywhere else.
        return as_array(column).astype(np.float64)
    from pyarrow import compute

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if types.is_string(column.type) or types.is_large_string(column.type):
        missing = compute.is_in(column, value_set=pyarrow.array(MISSING_NUMBER))
        column = compute.if_else(missing, pyarrow.scalar(None, column.type), column)
    if types.is_temporal(column.type):
        raise InvalidInput(f"{name} of {file} holds times, and numbers were wanted", hint="name another column")
    try:
        floats = column.cast(pyarrow.float64(), safe=False)
    except pyarrow.ArrowException as error:
        raise InvalidInput(
            f"{name} of {file} holds cells that are no numbers: {str(error).partition(chr(10))[0]}",
            hint="name a column of numbers, or mend these cells",
        ) from error
    if floats.null_count:
        floats = floats.fill_null(float("nan"))
    return floats.to_numpy(zero_copy_only=False)


def as_array(column: Any) -> Any:
    """Numbers without gaps, without a copy.

    Arrow's own `to_numpy` imports pandas, for which small data would wait longer than for everything else.
    """
    kind = np.dtype(str(column.type))
    if not len(column):
        return np.empty(0, dtype=kind)
    return np.frombuffer(column.buffers()[1], dtype=kind)[column.offset : column.offset + len(column)]


def encode_groups(column: Any) -> Any:
    """(n,) groups of the clusters that the values name, -1 where one is missing; the same value has the same group."""
    import pyarrow
    from pyarrow import compute, types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not is_whole(column.type):
        column = column.cast(pyarrow.string())
        missing = compute.is_in(column, value_set=pyarrow.array([*MISSING_TEXT, ""]))
        column = compute.if_else(missing, pyarrow.scalar(None, column.type), column)
    known = column.is_valid().to_numpy(zero_copy_only=False)
    groups = np.full(len(column), -1, dtype=np.int64)
    if known.any():
        present = column.drop_null()
        groups[known] = group_of(number_keys(present.cast(pyarrow.int64()) if is_whole(present.type) else present))
    return groups


def is_whole(type_: Any) -> bool:
    """Whether keys of this type are numbers that stand for themselves."""
    from pyarrow import types

    return bool(types.is_integer(type_)) and not types.is_uint64(type_)


def plain_keys(column: Any, *, name: str, file: str, before: int) -> Any:
    """Keys as 64-bit whole numbers or as texts; InvalidInput where one is missing, or of another type."""
    import pyarrow
    from pyarrow import types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if is_whole(column.type):
        column = column if types.is_int64(column.type) else column.cast(pyarrow.int64())
    elif types.is_floating(column.type) or types.is_decimal(column.type):
        raise InvalidInput(
            f"the keys {name} of {file} are numbers with a fraction", hint="write them as whole numbers or as text"
        )
    else:
        column = column.cast(pyarrow.string())
    absent = _find_missing(column)
    if len(absent):
        raise InvalidInput(
            f"{file} has rows without {name}, row {int(absent[0]) + before + 1} first", hint="give every row its key"
        )
    return column


def _find_missing(keys: Any) -> Any:
    """The places of keys that are missing, or are texts that say so."""
    import pyarrow
    from pyarrow import types

    if types.is_integer(keys.type) and not keys.null_count:
        return np.empty(0, dtype=np.int64)
    from pyarrow import compute

    missing = keys.is_null()
    if types.is_string(keys.type):
        said = compute.is_in(keys, value_set=pyarrow.array([*MISSING_TEXT]))
        missing = compute.or_(missing, compute.fill_null(said, True))
    return np.flatnonzero(missing.to_numpy(zero_copy_only=False))


def rise(keys: Any, last: Any) -> bool:
    """Whether each plain key is larger than the one before, of which `last` is that of the first, if there is any."""
    from pyarrow import types

    if types.is_integer(keys.type):
        numbers = as_array(keys)
        return bool((numbers[:-1] < numbers[1:]).all()) and (last is None or bool(last.as_py() < numbers[0]))
    from pyarrow import compute

    within = compute.all(compute.less(keys[:-1], keys[1:])).as_py()
    return within is not False and (last is None or bool(compute.less(last, keys[0]).as_py()))


def name_keys(keys: Any) -> Names:
    """The texts of plain keys.

    One by one, for they are few: Arrow's `take` imports its functions and pandas first, which takes longer than all
    else that small data need.
    """
    return lambda places: [str(keys[place].as_py()) for place in places.tolist()]


def number_keys(keys: Any) -> Any:
    """(n,) numbers that stand for plain keys: whole numbers for themselves, also where they are written as text."""
    from pyarrow import types

    if types.is_integer(keys.type):
        return as_array(keys)
    from pyarrow import compute

    numbers = np.empty(len(keys), dtype=np.int64)
    whole = compute.match_substring_regex(keys, _WHOLE)
    chosen = whole.to_numpy(zero_copy_only=False)
    numbers[chosen] = keys.filter(whole).cast("int64").to_numpy(zero_copy_only=False)
    rest = keys.filter(compute.invert(whole)) if len(keys) else keys
    if len(rest):
        _, offsets, data = rest.cast("large_string").buffers()
        starts = np.frombuffer(offsets, dtype=np.int64)[: len(rest) + 1]
        numbers[~chosen] = key_numbers(starts, np.frombuffer(data, dtype=np.uint8)[: starts[-1]])
    return numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Row i has `values[places[i]]`, or nothing where the place is the number of values."""

    values: list[Any]
    places: Any

    @property
    def has_gaps(self) -> bool:
        return bool((self.places == len(self.values)).any())


def find_values(column: Any) -> Found:
    from pyarrow import types

    if types.is_integer(column.type) and not column.null_count and len(column):
        numbers = as_array(column)
        low, high = int(numbers.min()), int(numbers.max())
        if high - low < _MOST_WHOLE:
            return _find_whole(numbers, low)
    encoded = column if types.is_dictionary(column.type) else column.dictionary_encode()
    # What is no number is missing, and never found among others.
    values = [None if value != value else value for value in encoded.dictionary.to_pylist()]
    indices = encoded.indices.fill_null(len(values)) if encoded.indices.null_count else encoded.indices
    return Found(values=values, places=as_array(indices).astype(np.int64))


def _find_places(column: Any, whole: list[int]) -> Any:
    """Where each number is among all whole numbers from one to another; None where that is not all that there is."""
    from pyarrow import types

    if not types.is_integer(column.type) or column.null_count or not len(column):
        return None
    numbers = as_array(column)
    if numbers.min() < whole[0] or numbers.max() > whole[-1]:
        return None
    return np.subtract(numbers, whole[0], dtype=np.int64)


def _find_whole(numbers: Any, low: int) -> Found:
    """Of whole numbers that lie close together; they need no search."""
    apart = np.subtract(numbers, low, dtype=np.int64)
    known = np.flatnonzero(np.bincount(apart))
    if len(known) == known[-1] + 1:
        return Found(values=(known + low).tolist(), places=apart)
    places = np.cumsum(np.bincount(known)) - 1
    return Found(values=(known + low).tolist(), places=places.take(apart, mode="clip"))
