"""How far the evaluation data lie from the training data, column by column."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coronet.core.drift import ColumnDrift, ColumnKind, DriftLimits
from coronet.core.evidence.facts import without_none

KEPT = 50
_USUAL = DriftLimits()


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherColumns:
    """What is known of the columns that are not kept one by one.

    `questions` is how many p-values they have, `least_p` the smallest of them; the other numbers are the
    largest, distances with their bounds.
    """

    columns: int
    questions: int
    psi: float
    distance: float
    shift: float
    missing: float
    unseen: float
    least_p: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DataDrift:
    """`reference` is the digest of the data that the evaluation data are held against."""

    reference: str
    columns: tuple[ColumnDrift, ...]
    others: OtherColumns | None = None


def keep_columns(
    reference: str, measured: Sequence[ColumnDrift], *, always: Collection[str] = (), most: int = KEPT
) -> DataDrift:
    """The columns named in `always` and those that moved most, `most` in all, in their order; of the rest the worst."""
    ranked = sorted(measured, key=lambda column: (column.column in always, _effect(column)), reverse=True)
    chosen = {column.column for column in ranked[: max(most, len(always))]}
    rest = [column for column in measured if column.column not in chosen]
    kept = tuple(replace(column, bins=()) for column in measured if column.column in chosen)
    return DataDrift(reference=reference, columns=kept, others=_worst_of(rest) if rest else None)


def _effect(column: ColumnDrift) -> float:
    """How far the column moved, in units of what usually matters."""
    if column.gone or column.problem:
        return float("inf")
    return max(
        (column.psi or 0.0) / _USUAL.psi,
        ((column.distance or 0.0) + column.bound) / _USUAL.distance,
        (column.shift or 0.0) / _USUAL.shift,
        column.unseen / _USUAL.unseen,
        abs(column.missing[1] - column.missing[0]) / _USUAL.missing,
    )


def _worst_of(columns: Sequence[ColumnDrift]) -> OtherColumns:
    questions = [p for column in columns for p in (column.p, column.missing_p) if p is not None]
    return OtherColumns(
        columns=len(columns),
        questions=len(questions),
        psi=max(column.psi or 0.0 for column in columns),
        distance=max((column.distance or 0.0) + column.bound for column in columns),
        shift=max(column.shift or 0.0 for column in columns),
        missing=max(abs(column.missing[1] - column.missing[0]) for column in columns),
        unseen=max(column.unseen for column in columns),
        least_p=min(questions, default=1.0),
    )


def data_drift_json(drift: DataDrift) -> dict[str, Any]:
    others = drift.others
    return {
        "reference": drift.reference,
        "columns": [_short(column.to_json()) for column in drift.columns],
        **without_none(
            others={
                "columns": others.columns,
                "questions": others.questions,
                "psi": others.psi,
                "distance": others.distance,
                "shift": others.shift,
                "missing": others.missing,
                "unseen": others.unseen,
                "least_p": others.least_p,
            }
            if others
            else None
        ),
    }


def _short(column: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing, and without the bins, which are for drawing."""
    silent: dict[str, Any] = {
        "unseen": 0.0,
        "constant": False,
        "problem": "",
        "bound": 0.0,
        "shift_bound": 0.0,
        "infinite": [0, 0],
        "note": "",
    }
    return {
        name: value
        for name, value in column.items()
        if name != "bins" and value is not None and value != silent.get(name)
    }


def data_drift_from_json(value: Mapping[str, Any]) -> DataDrift:
    others = value.get("others")
    return DataDrift(
        reference=value["reference"],
        columns=tuple(_column_from_json(column) for column in value["columns"]),
        others=OtherColumns(**others) if others is not None else None,
    )


def _column_from_json(value: Mapping[str, Any]) -> ColumnDrift:
    infinite = value.get("infinite", (0, 0))
    return ColumnDrift(
        column=value["column"],
        kind=ColumnKind(value["kind"]),
        rows=(value["rows"][0], value["rows"][1]),
        missing=(value["missing"][0], value["missing"][1]),
        missing_p=value.get("missing_p"),
        psi=value.get("psi"),
        distance=value.get("distance"),
        shift=value.get("shift"),
        p=value.get("p"),
        unseen=value.get("unseen", 0.0),
        constant=value.get("constant", False),
        problem=value.get("problem", ""),
        bound=value.get("bound", 0.0),
        shift_bound=value.get("shift_bound", 0.0),
        infinite=(infinite[0], infinite[1]),
        note=value.get("note", ""),
    )
