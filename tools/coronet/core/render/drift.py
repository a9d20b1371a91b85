"""Drift for people: a table of columns, the alarms first, as Markdown and as a page of its own."""

from collections.abc import Sequence
from html import escape

from coronet.core.decision import Check, Result
from coronet.core.drift import ColumnDrift, DriftDecision
from coronet.core.render.markup import escape_markdown, markdown_table, plain_line

_HEADER = ("", "Column", "Kind", "PSI", "Distance", "Shift", "p", "Missing", "Unseen", "What")
_MARKS = {Result.FAIL: "❌ drift", Result.WARN: "⚠️ unknown", Result.PASS: "✅"}
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1f2328 }
table { border-collapse: collapse; width: 100% } th, td { padding: .4rem .6rem; text-align: left; vertical-align: top }
th { border-bottom: 2px solid #d0d7de } td { border-bottom: 1px solid #eaeef2 } tr.drift { background: #fff1f0 }
td.number { text-align: right; font-variant-numeric: tabular-nums }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3 } tr.drift { background: #3d1513 } }
"""


def drift_markdown(columns: Sequence[ColumnDrift], decision: DriftDecision) -> str:
    rows = [[escape_markdown(cell) for cell in _cells(*pair)] for pair in _ordered(columns, decision)]
    return markdown_table(_HEADER, rows)


def drift_html(title: str, columns: Sequence[ColumnDrift], decision: DriftDecision) -> str:
    """A whole page without anything from elsewhere; names and values are escaped."""
    head = "".join(f"<th>{escape(name)}</th>" for name in _HEADER)
    rows = "\n".join(_row_html(column, check) for column, check in _ordered(columns, decision))
    said = escape(plain_line(title))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{said}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>Drift</h1>\n<p>{said}</p>\n"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def _ordered(columns: Sequence[ColumnDrift], decision: DriftDecision) -> list[tuple[ColumnDrift, Check]]:
    """Alarms before what is unknown before what is quiet, each by falling PSI."""
    order = {Result.FAIL: 0, Result.WARN: 1}
    pairs = zip(columns, decision.checks, strict=True)
    return sorted(pairs, key=lambda pair: (order.get(pair[1].result, 2), -(pair[0].psi or 0.0)))


def _cells(column: ColumnDrift, check: Check) -> tuple[str, ...]:
    return (
        _MARKS.get(check.result, ""),
        column.column,
        str(column.kind),
        *(_number(value) for value in (column.psi, column.distance, column.shift, column.p)),
        f"{_percent(column.missing[0])} → {_percent(column.missing[1])}",
        _percent(column.unseen),
        check.saw,
    )


def _row_html(column: ColumnDrift, check: Check) -> str:
    cells = _cells(column, check)
    kinds = {3, 4, 5, 6}
    inner = "".join(
        f'<td class="number">{escape(plain_line(cell))}</td>'
        if index in kinds
        else f"<td>{escape(plain_line(cell))}</td>"
        for index, cell in enumerate(cells)
    )
    return f'<tr class="drift">{inner}</tr>' if check.result is Result.FAIL else f"<tr>{inner}</tr>"


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3g}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
