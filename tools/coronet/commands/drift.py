"""Have the data moved from their reference? Two tables in, an alarm or none out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coronet.commands.pinned_data import verify_pin
from coronet.core.decision import Result
from coronet.core.drift import ColumnDrift, DriftDecision, DriftLimits, decide_drift
from coronet.core.model_file import ModelFile
from coronet.core.render.checks import checks_text
from coronet.core.render.drift import drift_html, drift_markdown
from coronet.core.render.markup import escape_markdown, plain_line
from coronet.core.statistics.drift import measure_drift
from coronet.errors import InvalidInput, Refused
from coronet.ports.clock import Progress
from coronet.ports.tables import Tables

SCHEMA = "coronet/drift/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftReport:
    """`reference` and `current` are where the tables are."""

    reference: str
    current: str
    limits: DriftLimits
    columns: tuple[ColumnDrift, ...]
    decision: DriftDecision

    @property
    def exit_code(self) -> int:
        return Refused.exit_code if self.decision.alarms else 0

    def to_json(self) -> dict[str, Any]:
        limits = self.limits
        return {
            "schema": SCHEMA,
            "verdict": str(self.decision.verdict),
            "reference": self.reference,
            "current": self.current,
            "limits": {
                "rule": str(limits.rule),
                "level": limits.level,
                "psi": limits.psi,
                "distance": limits.distance,
                "missing": limits.missing,
                "unseen": limits.unseen,
            },
            "alarms": list(self.decision.alarms),
            "columns": [column.to_json() for column in self.columns],
            "checks": [check.to_json() for check in self.decision.checks],
        }

    def to_text(self) -> str:
        notable = [check for check in self.decision.checks if check.result is not Result.PASS]
        return "\n".join([plain_line(self._headline()), *checks_text(notable)])

    def to_markdown(self) -> str:
        return f"**{escape_markdown(self._headline())}**\n\n{drift_markdown(self.columns, self.decision)}"

    def to_html(self) -> str:
        """One page that stands alone."""
        return drift_html(self._headline(), self.columns, self.decision)

    def _headline(self) -> str:
        alarms, columns = len(self.decision.alarms), len(self.columns)
        against = f"{self.current} against {self.reference}"
        if not alarms:
            return f"pass: no drift in {columns} columns of {against}."
        return (
            f"fail: {alarms} of {columns} columns have drifted in {against}. See whether the world moved or the data."
        )


def detect_drift(
    tables: Tables,
    *,
    reference: str,
    current: str,
    columns: Sequence[str],
    leave_out: Sequence[str],
    limits: DriftLimits,
    progress: Progress,
) -> DriftReport:
    """Compare `columns` of two tables, or all columns of `reference` but those to leave out.

    InvalidInput where a table cannot be read, or where no column is left to look at.
    """
    chosen = [name for name in columns or tables.columns(reference) if name not in leave_out]
    if not chosen:
        raise InvalidInput(f"no column of {reference} is left to look at", hint="leave fewer of them out")
    there = [name for name in chosen if name in tables.columns(current)]
    progress("read", reference)
    before = tables.read(reference, columns=chosen)
    progress("read", current)
    now = tables.read(current, columns=there) if there else {}
    progress("compare", f"{len(chosen)} columns")
    measured = measure_drift(
        {name: before[name].to_numpy() for name in chosen}, {name: now[name].to_numpy() for name in there}
    )
    return DriftReport(
        reference=reference,
        current=current,
        limits=limits,
        columns=measured,
        decision=decide_drift(measured, limits),
    )


def model_tables(tables: Tables, model: ModelFile) -> tuple[str, str, tuple[str, ...]]:
    """(the reference, the evaluation data, columns that are no features) of a model; InvalidInput where not pinned.

    The reference is what the model file names as such, or else the training data.
    """
    data = model.data
    reference = verify_pin(tables, model, data.reference or data.train)
    beside = (data.key, data.time, data.weight, data.cluster)
    left_out = () if data.features is not None else tuple(name for name in beside if name)
    return reference.location, verify_pin(tables, model, data.evaluation).location, left_out
