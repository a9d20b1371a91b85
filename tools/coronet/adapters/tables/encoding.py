"""Columns of Arrow as NumPy arrays: texts as codes, numbers as floats, keys as numbers that stand for them."""

from typing import Any

import numpy as np

from coronet.adapters.tables.cells import MISSING_NUMBER, MISSING_TEXT, distinct_csv_texts, distinct_texts
from coronet.core.statistics.streaming.fingerprint import key_numbers
from coronet.core.statistics.streaming.joined import Surprise
from coronet.errors import InvalidInput

# More texts are no classes and no segments, and would fill the memory that is to be saved.
MOST_TEXTS = 100_000
_WHOLE = r"^(0|-?[1-9][0-9]{0,17})$"


class TextColumn:
    """The texts of one column: first it is shown all values, then it encodes them."""

    def __init__(self, name: str, file: str, *, is_csv: bool) -> None:
        self._name, self._file, self._is_csv = name, file, is_csv
        self._places: dict[Any, int] = {}
        self.texts: tuple[str, ...] = ()
        self.has_gaps = False
        self._codes = np.empty(0, dtype=np.int64)

    def show(self, column: Any) -> None:
        encoded = _encode(column)
        for value in _values(encoded):
            self._places.setdefault(value, len(self._places))
        self.has_gaps = self.has_gaps or encoded.indices.null_count > 0
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

    def encode(self, column: Any) -> Any:
        """(n,) codes of texts, -1 where one is missing; raises `Surprise` for a value that was not shown."""
        encoded = _encode(column)
        values = _values(encoded)
        if any(value not in self._places for value in values):
            raise Surprise(f"{self._name} of {self._file} has values that its survey did not find")
        places = np.array([*(self._places[value] for value in values), -1], dtype=np.int64)
        indices = encoded.indices.fill_null(len(values)) if encoded.indices.null_count else encoded.indices
        return self._codes[places][indices.to_numpy(zero_copy_only=False)]


def encode_numbers(column: Any, *, name: str, file: str) -> Any:
    """(n,) 64-bit floats, NaN where missing; InvalidInput for what is no number."""
    import pyarrow
    from pyarrow import compute, types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if types.is_string(column.type) or types.is_large_string(column.type):
        missing = compute.is_in(column, value_set=pyarrow.array(MISSING_NUMBER))
        column = compute.if_else(missing, pyarrow.scalar(None, column.type), column)
    if types.is_temporal(column.type):
        raise InvalidInput(f"{name} of {file} holds times, and numbers were wanted", hint="name another column")
    try:
        # Whole numbers beyond 2^53 become the nearest float, as they do everywhere else.
        floats = column.cast(pyarrow.float64(), safe=False)
    except pyarrow.ArrowException as error:
        raise InvalidInput(
            f"{name} of {file} holds cells that are no numbers: {str(error).partition(chr(10))[0]}",
            hint="name a column of numbers, or mend these cells",
        ) from error
    if floats.null_count:
        floats = floats.fill_null(float("nan"))
    return floats.to_numpy(zero_copy_only=False)


def is_whole(type_: Any) -> bool:
    """Whether keys of this type are numbers that stand for themselves."""
    from pyarrow import types

    return bool(types.is_integer(type_)) and not types.is_uint64(type_)


def plain_keys(column: Any, *, name: str, file: str, before: int) -> Any:
    """Keys as 64-bit whole numbers or as texts; InvalidInput where one is missing, or of another type."""
    import pyarrow
    from pyarrow import compute, types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if is_whole(column.type):
        column = column.cast(pyarrow.int64())
        missing = column.is_null()
    elif types.is_floating(column.type) or types.is_decimal(column.type):
        raise InvalidInput(
            f"the keys {name} of {file} are numbers with a fraction", hint="write them as whole numbers or as text"
        )
    else:
        column = column.cast(pyarrow.string())
        missing = compute.fill_null(compute.is_in(column, value_set=pyarrow.array([*MISSING_TEXT])), True)
        missing = compute.or_(missing, column.is_null())
    if absent := (np.flatnonzero(missing.to_numpy(zero_copy_only=False)) + before + 1).tolist():
        raise InvalidInput(f"{file} has rows without {name}, row {absent[0]} first", hint="give every row its key")
    return column


def number_keys(keys: Any) -> Any:
    """(n,) numbers that stand for plain keys: whole numbers for themselves, also where they are written as text."""
    from pyarrow import compute, types

    if types.is_integer(keys.type):
        return keys.to_numpy(zero_copy_only=False)
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


def _values(encoded: Any) -> list[Any]:
    """Those of a dictionary; what is no number is missing, and never found among others."""
    return [None if value != value else value for value in encoded.dictionary.to_pylist()]


def _encode(column: Any) -> Any:
    from pyarrow import types

    return column if types.is_dictionary(column.type) else column.dictionary_encode()
