"""Which look at the evaluation data the evidence is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """`number` counts the comparisons made on `data` up to this one: the digest of its bytes, or its name."""

    number: int
    data: str


def look_json(look: Look) -> dict[str, Any]:
    return {"number": look.number, "data": look.data}


def look_from_json(value: Mapping[str, Any] | None) -> Look | None:
    return Look(number=value["number"], data=value["data"]) if value is not None else None
