"""Curves and confusion matrices of both models, thinned: enough to draw from, without the rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SIDES = ("candidate", "champion")


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """Points in columns of the same length, by name.

    `off_by` is how far the line through them lies from the whole one, at most, as a share of the drawing.
    """

    columns: Mapping[str, tuple[float, ...]]
    off_by: float | None = None

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Curves:
    """Of each model, by the curve's name; `left_out` says what is not there, and why."""

    candidate: Mapping[str, Curve]
    champion: Mapping[str, Curve] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Confusion:
    """Rows (their weight, where they have one) by label and, within it, by predicted class, for each model.

    `missing` are rows without a predicted class, which the matrices do not hold.
    """

    classes: tuple[str, ...]
    weighted: bool
    candidate: tuple[tuple[float, ...], ...]
    champion: tuple[tuple[float, ...], ...] | None = None
    missing: int = 0
    left_out: tuple[str, ...] = ()


def curves_json(curves: Curves) -> dict[str, Any]:
    fields: dict[str, Any] = {
        side: {name: _curve_json(curve) for name, curve in getattr(curves, side).items()}
        for side in SIDES
        if getattr(curves, side)
    }
    if curves.left_out:
        fields["left_out"] = list(curves.left_out)
    return fields


def curves_from_json(value: Mapping[str, Any]) -> Curves:
    sides = {side: {name: _curve(curve) for name, curve in value.get(side, {}).items()} for side in SIDES}
    return Curves(**sides, left_out=tuple(value.get("left_out", ())))


def _curve_json(curve: Curve) -> dict[str, Any]:
    columns: dict[str, Any] = {name: list(column) for name, column in curve.columns.items()}
    return columns if curve.off_by is None else {**columns, "off_by": curve.off_by}


def _curve(value: Mapping[str, Any]) -> Curve:
    columns = {name: tuple(column) for name, column in value.items() if name != "off_by"}
    return Curve(columns=columns, off_by=value.get("off_by"))


def confusion_json(confusion: Confusion) -> dict[str, Any]:
    fields: dict[str, Any] = {"classes": list(confusion.classes), "weighted": confusion.weighted}
    for side in SIDES:
        if (matrix := getattr(confusion, side)) is not None:
            fields[side] = [list(row) for row in matrix]
    if confusion.missing:
        fields["missing"] = confusion.missing
    if confusion.left_out:
        fields["left_out"] = list(confusion.left_out)
    return fields


def confusion_from_json(value: Mapping[str, Any]) -> Confusion:
    champion = value.get("champion")
    return Confusion(
        classes=tuple(value["classes"]),
        weighted=value["weighted"],
        candidate=tuple(tuple(row) for row in value["candidate"]),
        champion=None if champion is None else tuple(tuple(row) for row in champion),
        missing=value.get("missing", 0),
        left_out=tuple(value.get("left_out", ())),
    )
