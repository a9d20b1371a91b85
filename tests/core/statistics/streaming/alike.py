"""Values that are the same but for the bits that the order of adding leaves open."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from coronet.core.evidence import Curves

# What a curve is rounded to: a bit more or less may be another fifth digit, and of a level's scores others come first.
ROUNDED = 2e-5


def assert_alike(one: Any, other: Any, *, within: float = 1e-9, at: str = "") -> None:
    """Field by field, numbers to within a share of themselves; `at` is where in the whole they stand."""
    assert type(one) is type(other), at
    if is_dataclass(one):
        near = ROUNDED if isinstance(one, Curves) else within
        for field in fields(one):
            assert_alike(getattr(one, field.name), getattr(other, field.name), within=near, at=f"{at}.{field.name}")
    elif isinstance(one, Mapping):
        assert one.keys() == other.keys(), at
        for key in one:
            assert_alike(one[key], other[key], within=within, at=f"{at}.{key}")
    elif isinstance(one, tuple):
        assert len(one) == len(other), at
        for place, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            assert_alike(mine, theirs, within=within, at=f"{at}.{place}")
    else:
        assert other == (pytest.approx(one, rel=within, abs=within) if isinstance(one, float) else one), at
