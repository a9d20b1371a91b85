"""Rules that the rows there are can never satisfy: thin segments, told before anybody trains for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coronet.core.linting.remarks import Path, Remark
from coronet.core.policy import BelowMinimum, Gate, Mode, OnInconclusive, Policy
from coronet.errors import Severity

_SHOWN = 3
# A gate that leaves out more of the rows than this has little to say of the model.
_MOST_LEFT_OUT = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedRows:
    """How many rows there are, in all and by the values of each column; `source` says where they were counted."""

    source: str
    total: int
    by: Mapping[str, Mapping[str, int]]


def segment_columns(policy: Policy) -> tuple[str, ...]:
    """The columns whose values gates ask about, each once; gates that are off ask nothing."""
    live = [gate for gate in policy.gates if gate.mode is not Mode.OFF]
    return tuple(dict.fromkeys(column for gate in live for column in gate.by))


def lint_rows(policy: Policy, rows: CountedRows) -> tuple[Remark, ...]:
    """A remark for each gate that has too few rows to be asked, or that asks about columns that are not there."""
    found: list[Remark] = []
    for gate in policy.gates:
        if gate.mode is not Mode.OFF:
            found += _overall(gate, policy, rows) if not gate.by else _segments(gate, policy, rows)
    return tuple(found)


def _overall(gate: Gate, policy: Policy, rows: CountedRows) -> Iterator[Remark]:
    if rows.total < gate.minimum_rows:
        yield Remark(
            path=_path(gate),
            message=f"{gate.name} can never pass: it asks for {gate.minimum_rows} rows, {rows.source} has {rows.total}",
            hint="add rows, or ask for fewer",
            severity=_severity(gate, policy),
        )


def _segments(gate: Gate, policy: Policy, rows: CountedRows) -> Iterator[Remark]:
    if missing := [column for column in gate.by if column not in rows.by]:
        yield Remark(
            path=("gates", gate.name, "by"),
            message=f"{gate.name} can never pass: {rows.source} has no segments by {' and '.join(missing)}",
            hint="name a column of the evaluation data",
            severity=_severity(gate, policy, certain=True),
        )
    skips = gate.below_minimum is BelowMinimum.SKIP or gate.weight is not None
    there = {column: rows.by[column] for column in gate.by if column in rows.by}
    thin_of = {column: _thin(gate, counts) for column, counts in there.items()}
    is_empty = all(len(thin_of[column]) == len(counts) for column, counts in there.items())
    for column, thin in thin_of.items():
        counts = there[column]
        if not thin:
            continue
        if not skips or is_empty or (gate.weight and len(thin) == len(counts)):
            yield _never_passes(gate, policy, column, thin, len(counts))
        elif (share := sum(thin.values()) / sum(counts.values())) > _MOST_LEFT_OUT:
            yield Remark(
                path=_path(gate),
                message=f"{gate.name} leaves out {_say(column, thin, len(counts))}, "
                f"with {100 * share:.0f} % of the rows",
                hint="ask for fewer rows, or for segments that are wider",
            )


def _thin(gate: Gate, counts: Mapping[str, int]) -> dict[str, int]:
    return {name: many for name, many in counts.items() if many < max(1, gate.minimum_rows)}


def _never_passes(gate: Gate, policy: Policy, column: str, thin: Mapping[str, int], of: int) -> Remark:
    return Remark(
        path=_path(gate),
        message=f"{gate.name} can never pass on these data: {_say(column, thin, of)} have fewer than "
        f"{gate.minimum_rows} rows",
        hint="ask for fewer rows, add rows, make segments wider, or say `below_minimum: skip`",
        severity=_severity(gate, policy),
    )


def _say(column: str, thin: Mapping[str, int], of: int) -> str:
    ordered = sorted(thin.items(), key=lambda item: (item[1], item[0]))
    shown = ", ".join(f"{name} {many}" for name, many in ordered[:_SHOWN])
    more = f" and {len(thin) - _SHOWN} more" if len(thin) > _SHOWN else ""
    return f"{len(thin)} of {of} segments by {column} ({shown}{more})"


def _severity(gate: Gate, policy: Policy, *, certain: bool = False) -> Severity:
    """An error where nothing would ever pass: too few rows are inconclusive, which the policy may leave to people."""
    refuses = certain or policy.on_inconclusive is OnInconclusive.REFUSE
    return Severity.ERROR if gate.mode is Mode.ENFORCE and refuses else Severity.WARNING


def _path(gate: Gate) -> Path:
    return ("gates", gate.name, "minimum_rows") if gate.minimum_rows else ("gates", gate.name)
