"""How well each feature tells the label by itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEPT = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Leak:
    """`power` is 0 where the feature says nothing of the label, and 1 where it says all; `method` says how."""

    column: str
    power: float
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Leakage:
    """The strongest of `features` features on `rows` rows, the strongest first.

    `problem` says why nothing could be measured; then there are no columns.
    """

    rows: int
    features: int
    columns: tuple[Leak, ...] = ()
    problem: str = ""


def keep_strongest(leaks: Sequence[Leak], *, always: Collection[str] = (), most: int = KEPT) -> tuple[Leak, ...]:
    """The strongest `most` of those that are not named in `always`, and those that are; the strongest first."""
    ranked = sorted(leaks, key=lambda leak: (-leak.power, leak.column))
    strongest = {leak.column for leak in [leak for leak in ranked if leak.column not in always][:most]}
    return tuple(leak for leak in ranked if leak.column in strongest or leak.column in always)


def leakage_json(leakage: Leakage) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "rows": leakage.rows,
        "features": leakage.features,
        "columns": [{"column": leak.column, "power": leak.power, "method": leak.method} for leak in leakage.columns],
    }
    return {**fields, "problem": leakage.problem} if leakage.problem else fields


def leakage_from_json(value: Mapping[str, Any]) -> Leakage:
    return Leakage(
        rows=value["rows"],
        features=value["features"],
        columns=tuple(Leak(**leak) for leak in value["columns"]),
        problem=value.get("problem", ""),
    )
