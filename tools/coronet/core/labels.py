"""Class labels as text: the same class is the same text, whether a file, a model or a person wrote it."""

from typing import Any


def label_text(value: Any) -> str:
    """`value` as text; whole numbers without a point, since a column with a gap is read as 0.0 and 1.0."""
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if is_whole else str(value)
