"""Have the data moved from their reference? Two tables in, an alarm or none out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coronet.commands.measuring import measure_against, measure_tables
from coronet.commands.pinned_data import verify_pin
from coronet.commands.profile import read_profile
from coronet.core.decision import Result, Verdict
from coronet.core.drift import ColumnDrift, DriftDecision, DriftLimits, decide_drift
from coronet.core.model_file import ModelFile
from coronet.core.names import NAME_RULE, is_name
from coronet.core.render.checks import checks_text
from coronet.core.render.clipping import clip
from coronet.core.render.drift import drift_markdown, render_drift_issue
from coronet.core.render.drift_page import drift_html
from coronet.core.render.markup import escape_markdown, plain_line
from coronet.core.statistics.drift.profiles import Profile
from coronet.errors import InvalidInput, Refused
from coronet.ports.clock import Progress
from coronet.ports.columns import ColumnTables
from coronet.ports.documents import Documents
from coronet.ports.notifier import Notifier
from coronet.ports.tables import Digests

SCHEMA = "coronet/drift/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftReport:
    """`reference` and `current` are where the tables are; `issue` says what became of the issue that was asked for."""

    reference: str
    current: str
    limits: DriftLimits
    columns: tuple[ColumnDrift, ...]
    decision: DriftDecision
    issue: str = ""

    @property
    def overall_drift(self) -> bool:
        """Whether any column is an alarm: see to the data, or train again."""
        return bool(self.decision.alarms)

    @property
    def exit_code(self) -> int:
        return 0 if self.decision.verdict is Verdict.PASS else Refused.exit_code

    def to_json(self) -> dict[str, Any]:
        limits = self.limits
        return {
            "schema": SCHEMA,
            "verdict": str(self.decision.verdict),
            "overall_drift": self.overall_drift,
            "reference": self.reference,
            "current": self.current,
            "limits": {
                "rule": str(limits.rule),
                "level": limits.level,
                "psi": limits.psi,
                "distance": limits.distance,
                "shift": limits.shift,
                "missing": limits.missing,
                "unseen": limits.unseen,
            },
            "alarms": list(self.decision.alarms),
            "issue": self.issue,
            "columns": [column.to_json() for column in self.columns],
            "checks": [check.to_json() for check in self.decision.checks],
        }

    def to_text(self) -> str:
        notable = [check for check in self.decision.checks if check.result is not Result.PASS]
        told = [f"· {self.issue}"] if self.issue else []
        return "\n".join([plain_line(self._headline()), *checks_text(notable), *told])

    def to_markdown(self) -> str:
        return f"**{escape_markdown(self._headline())}**\n\n{drift_markdown(self.columns, self.decision)}"

    def to_html(self) -> str:
        """One page that stands alone."""
        return drift_html(self._headline(), self.columns, self.decision)

    def _headline(self) -> str:
        alarms, columns = len(self.decision.alarms), len(self.columns)
        against = f"{self.current} against {self.reference}"
        if not alarms and self.decision.verdict is Verdict.FAIL:
            return f"fail: none of {columns} columns of {against} could be measured. See what is said of each."
        if not alarms:
            return f"pass: no drift in {columns} columns of {against}."
        return (
            f"fail: {alarms} of {columns} columns have drifted in {against}. See whether the world moved or the data."
        )


def detect_drift(
    tables: ColumnTables,
    documents: Documents,
    *,
    reference: str,
    current: str,
    columns: Sequence[str],
    leave_out: Sequence[str],
    limits: DriftLimits,
    progress: Progress,
) -> DriftReport:
    """Compare `columns` of two tables, or all columns of `reference` but those to leave out.

    The reference may be a profile, too. InvalidInput where a table cannot be read, or where no column is
    left to look at.
    """
    if tables.begin(current).startswith(b"{"):
        raise InvalidInput(
            f"{current} is no table, but JSON",
            hint="what is compared must be a table; only the reference may be a profile",
        )
    if tables.begin(reference).startswith(b"{"):
        profiles = read_profile(tables, documents, reference)
        chosen = _choose(reference, tuple(profiles), columns, leave_out)
        measured = _measure_against(tables, profiles, current, chosen, progress)
    else:
        measured = _measure(tables, reference, current, (columns, leave_out), limits, progress)
    return DriftReport(
        reference=reference,
        current=current,
        limits=limits,
        columns=measured,
        decision=decide_drift(measured, limits),
    )


def tell_drift(report: DriftReport, notifier: Notifier, model: str, *, dry_run: bool) -> DriftReport:
    """The report, after the model's issue was opened, rewritten or closed by it; see `issue` of the report.

    Where nothing could be measured an open issue stays as it is. InvalidInput where `model` is no name.
    """
    if not is_name(model):
        raise InvalidInput(f"{model!r} is no name of a model", hint=f"a name is {NAME_RULE}")
    key = f"drift-{model}"
    there = next((issue for issue in notifier.issues() if issue.key == key), None)
    if report.overall_drift:
        if dry_run:
            return replace(report, issue=f"the issue of {model} would be {'rewritten' if there else 'opened'}")
        body = clip(render_drift_issue(report.to_markdown(), model), whole="the command prints all of it")
        issue = notifier.raise_issue(key, title=f"{model}: the data have drifted", body=body)
        return replace(report, issue=f"issue {issue.number} is open: {issue.url}")
    if there is None or report.decision.verdict is not Verdict.PASS:
        return replace(report, issue=f"no issue of {model} is to be opened or closed")
    if not dry_run:
        notifier.settle_issue(key, reason="no column has drifted any more")
    return replace(report, issue=f"issue {there.number} {'would be' if dry_run else 'was'} closed: {there.url}")


def _measure(
    tables: ColumnTables,
    reference: str,
    current: str,
    asked: tuple[Sequence[str], Sequence[str]],
    limits: DriftLimits,
    progress: Progress,
) -> tuple[ColumnDrift, ...]:
    chosen = _choose(reference, tables.columns(reference), *asked)
    there = [name for name in tables.columns(current) if name in chosen]
    progress("read", reference)
    with tables.open(reference, chosen) as before:
        progress("read", current)
        with tables.open(current, there) as now:
            progress("compare", f"{len(chosen)} columns")
            return tuple(measure_tables(before, now, chosen, limits))


def _measure_against(
    tables: ColumnTables,
    profiles: Mapping[str, Profile],
    current: str,
    chosen: Sequence[str],
    progress: Progress,
) -> tuple[ColumnDrift, ...]:
    there = [name for name in tables.columns(current) if name in chosen]
    progress("read", current)
    with tables.open(current, there) as now:
        progress("compare", f"{len(chosen)} columns")
        return tuple(measure_against(profiles, now, chosen))


def _choose(reference: str, there: Sequence[str], columns: Sequence[str], leave_out: Sequence[str]) -> list[str]:
    if unknown := [name for name in columns if name not in there]:
        raise InvalidInput(f"{reference} has no column {unknown[0]!r}", hint=f"its columns are {', '.join(there)}")
    chosen = [name for name in dict.fromkeys(columns or there) if name not in leave_out]
    if not chosen:
        raise InvalidInput(f"no column of {reference} is left to look at", hint="leave fewer of them out")
    return chosen


def model_tables(tables: Digests, model: ModelFile) -> tuple[str, str, tuple[str, ...]]:
    """(the reference, the evaluation data, columns that are no features) of a model; InvalidInput where not pinned.

    The reference is what the model file names as such, or else the training data.
    """
    data = model.data
    reference = verify_pin(tables, model, data.reference or data.train)
    beside = (data.key, data.time, data.weight, data.cluster)
    left_out = () if data.features is not None else tuple(name for name in beside if name)
    return reference.location, verify_pin(tables, model, data.evaluation).location, left_out
