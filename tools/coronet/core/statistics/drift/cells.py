"""Cells that are there and cells that are missing, the same for every kind of file."""

from typing import Any

from coronet.core.labels import label_text

# What writing a missing value as text leaves behind, and what programs write for a missing number.
BLANK = frozenset(("", "nan", "NaN", "<NA>", "NaT"))
NO_NUMBER = BLANK | {"NA", "N/A", "n/a", "null", "NULL", "None", "#N/A", "-nan", "-NaN"}
_TRUTH = {"true": 1.0, "false": 0.0}


def is_missing(value: Any) -> bool:
    """Whether nothing is there: None, NaN, NaT, or the NA of pandas, which refuses to be compared."""
    try:
        return value is None or bool(value != value)
    except TypeError:
        return True


def cell_text(value: Any) -> str | None:
    """The text of a category; None where it is missing."""
    if is_missing(value):
        return None
    text = label_text(value)
    return None if text.strip() in BLANK else text


def cell_number(value: Any) -> float | None:
    """The number that a text says, NaN where it says that there is none, None where it is no number."""
    if is_missing(value):
        return float("nan")
    text = str(value).strip()
    if text in NO_NUMBER:
        return float("nan")
    if text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    try:
        return float(text)
    except ValueError:
        return None
