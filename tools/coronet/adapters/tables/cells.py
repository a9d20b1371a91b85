"""Cells as text or as numbers, the same from either kind of file."""

import re
from collections.abc import Iterable
from typing import Any

from coronet.core.labels import label_text
from coronet.errors import InvalidInput

# What writing a missing number as text leaves behind. "NA", "None" and "null" may be somebody's label.
MISSING_TEXT = ("", "nan", "NaN", "<NA>", "NaT")
# What programs write for a missing number.
MISSING_NUMBER = (*MISSING_TEXT, "NA", "N/A", "n/a", "null", "NULL", "None", "#N/A", "-nan", "-NaN")
_WHOLE = re.compile(r"[+-]?\d+\.0+")
_TRUTH = {"true": "True", "false": "False"}


def distinct_texts(values: Iterable[Any]) -> list[str | None]:
    """Each of a column's distinct typed values as text, None where it is missing."""
    return [None if value is None or _is_nan(value) else _known(label_text(value)) for value in values]


def distinct_csv_texts(values: Iterable[Any]) -> list[str | None]:
    """Each of a CSV column's distinct cells as the text that a typed column would give.

    Where all are true or false in whatever letters, they are True and False; where all are whole numbers
    with a point, as a column of whole numbers with a gap is written, they are without it.
    """
    texts = [None if _is_nan(value) else _known(str(value)) for value in values]
    present = [text for text in texts if text is not None]
    if present and all(text.lower() in _TRUTH for text in present):
        return [None if text is None else _TRUTH[text.lower()] for text in texts]
    if present and all(_WHOLE.fullmatch(text) for text in present):
        return [None if text is None else text.partition(".")[0] for text in texts]
    return texts


def to_texts(column: Any, distinct: Any) -> Any:
    """The column with each cell as text, as an array of objects; `distinct` is one of the two above."""
    import numpy as np
    import pandas as pd

    codes, values = pd.factorize(column)
    texts = np.array([*distinct(values.tolist()), None], dtype=object)
    return texts[codes]


def to_numbers(column: Any, *, name: str, file: str) -> Any:
    """The column as 64-bit floats, NaN where missing; InvalidInput at the first cell that is no number."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if column.dtype.kind in "iufb":
        return column.to_numpy(dtype="float64", na_value=float("nan"))
    if column.dtype.kind in "mM":
        raise InvalidInput(f"{name} of {file} holds times, and numbers were wanted", hint="name another column")
    numbers = pd.to_numeric(column, errors="coerce")
    wrong = numbers.isna() & column.notna() & ~column.astype(str).isin(MISSING_NUMBER)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise InvalidInput(
            f"{name} of {file} holds {column.iloc[row]!r} in row {row + 1}, and {int(wrong.sum())} cells in all that "
            "are no numbers",
            hint="name a column of numbers, or mend these cells",
        )
    return numbers.to_numpy(dtype="float64", na_value=float("nan"))


def _known(text: str) -> str | None:
    return None if text in MISSING_TEXT else text


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value
