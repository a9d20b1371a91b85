"""Drift from Python: `from coronet.drift import detect_drift`."""

from collections.abc import Collection, Mapping
from os import PathLike, fspath
from typing import Any

from coronet.commands.drift import DriftReport
from coronet.core.drift import ColumnDrift, DriftLimits, decide_drift
from coronet.errors import InvalidInput

__all__ = ["DriftLimits", "detect_drift"]

# A path or URL, or columns in memory: a mapping of arrays, or a data frame, which has no type of its own here.
Data = Any


def detect_drift(
    baseline: Data,
    current: Data,
    *,
    columns: Collection[str] = (),
    leave_out: Collection[str] = (),
    limits: DriftLimits | None = None,
) -> DriftReport:
    """Have the data moved from their baseline? Its `decision.alarms` are the columns that have.

    Both are tables (CSV or Parquet) by path or URL, or both data frames or mappings of columns in memory; the
    baseline may also be the path of a profile that `coronet profile` wrote. `columns` are all where none is
    named. Raises `InvalidInput` for what cannot be read or compared.
    """
    limits = limits or DriftLimits()
    if isinstance(baseline, str | PathLike) and isinstance(current, str | PathLike):
        return _detect_in_files(fspath(baseline), fspath(current), columns, leave_out, limits)
    measured = _measure(baseline, current, columns, leave_out)
    decision = decide_drift(measured, limits)
    named = fspath(baseline) if isinstance(baseline, str | PathLike) else "baseline"
    return DriftReport(reference=named, current="current", limits=limits, columns=measured, decision=decision)


def _detect_in_files(
    baseline: str, current: str, columns: Collection[str], leave_out: Collection[str], limits: DriftLimits
) -> DriftReport:
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.tables.column_files import FileColumns
    from coronet.commands.drift import detect_drift as detect

    return detect(
        FileColumns(),
        FileDocuments(),
        reference=baseline,
        current=current,
        columns=tuple(columns),
        leave_out=tuple(leave_out),
        limits=limits,
        progress=_say_nothing,
    )


def _say_nothing(step: str, detail: str = "") -> None:
    """Progress is for people."""


def _measure(
    baseline: Data, current: Data, columns: Collection[str], leave_out: Collection[str]
) -> tuple[ColumnDrift, ...]:
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.tables.column_files import FileColumns
    from coronet.commands.profile import read_profile
    from coronet.core.statistics.drift import measure_drift, measure_profiles

    if isinstance(current, str | PathLike):
        raise InvalidInput("a table on disk is not compared with one in memory", hint="give both by path")
    if not isinstance(baseline, str | PathLike):
        return measure_drift(_choose(baseline, columns, leave_out), current)
    files, location = FileColumns(), fspath(baseline)
    if not files.begin(location).startswith(b"{"):
        raise InvalidInput(
            f"{location} is no profile, and a table on disk is not compared with one in memory",
            hint="give both by path, or write a profile with `coronet profile`",
        )
    return measure_profiles(_choose(read_profile(files, FileDocuments(), location), columns, leave_out), current)


def _choose(baseline: Mapping[str, Any], columns: Collection[str], leave_out: Collection[str]) -> dict[str, Any]:
    if unknown := [name for name in columns if name not in baseline]:
        raise InvalidInput(f"the baseline has no column {unknown[0]!r}", hint="name one that it has")
    chosen = {name: baseline[name] for name in columns or baseline if name not in leave_out}
    if not chosen:
        raise InvalidInput("no column is left to look at", hint="leave fewer of them out")
    return chosen
