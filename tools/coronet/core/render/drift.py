"""Drift for people: a table of columns, the alarms first, as Markdown."""

from collections.abc import Sequence

from coronet.core.decision import Check, Result
from coronet.core.drift import ColumnDrift, DriftDecision
from coronet.core.render.markup import escape_markdown, markdown_table

_HEADER = ("", "Column", "Kind", "PSI", "Distance", "Shift", "p", "Missing", "Unseen", "What")
MARKS = {Result.FAIL: "❌ drift", Result.WARN: "⚠️ unknown", Result.PASS: "✅"}


def drift_markdown(columns: Sequence[ColumnDrift], decision: DriftDecision) -> str:
    rows = [[escape_markdown(cell) for cell in cells(*pair)] for pair in ordered(columns, decision)]
    return markdown_table(_HEADER, rows)


def render_drift_issue(report: str, model: str) -> str:
    """The issue of a model whose data have drifted; `report` is the report's Markdown."""
    return "\n".join(
        [
            report,
            "",
            "What comes next:",
            "",
            "1. See whether the world has changed or the pipeline: a column that is gone, blank or in other units is "
            "the pipeline's, and is mended there.",
            f"2. Has the world changed, train again: start the workflow that trains {escape_markdown(model)}, or run "
            f"`coronet train {model}`. The new version needs evidence and an approval like any other.",
            "",
            "The next look at the data rewrites this issue, or closes it where no column has drifted any more.",
        ]
    )


def ordered(columns: Sequence[ColumnDrift], decision: DriftDecision) -> list[tuple[ColumnDrift, Check]]:
    """Alarms before what is unknown before what is quiet, each by falling PSI."""
    order = {Result.FAIL: 0, Result.WARN: 1}
    pairs = zip(columns, decision.checks, strict=True)
    return sorted(pairs, key=lambda pair: (order.get(pair[1].result, 2), -(pair[0].psi or 0.0)))


def cells(column: ColumnDrift, check: Check) -> tuple[str, ...]:
    return (
        MARKS.get(check.result, ""),
        column.column,
        str(column.kind),
        *(say_number(value) for value in (column.psi, column.distance, column.shift, column.p)),
        f"{say_percent(column.missing[0])} → {say_percent(column.missing[1])}",
        say_percent(column.unseen),
        check.saw,
    )


def say_number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3g}"


def say_percent(share: float) -> str:
    return f"{100 * share:.3g} %"
