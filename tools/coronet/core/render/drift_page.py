"""Drift as a page that stands alone: every column with its verdict, its numbers and both distributions drawn."""

from collections.abc import Sequence
from html import escape

from coronet.core.decision import Check, Result
from coronet.core.drift import Bin, ColumnDrift, DriftDecision
from coronet.core.render.drift import ordered, say_number, say_percent
from coronet.core.render.markup import plain_line

_HEADER = ("Verdict", "Column", "Before and now", "PSI", "Distance", "Shift", "p", "Missing", "Unseen", "What was seen")
# In characters that every font has.
_VERDICTS = {Result.FAIL: "✗ drift", Result.WARN: "? unknown", Result.PASS: "✓ quiet"}
_CLASSES = {Result.FAIL: "drift", Result.WARN: "unknown"}
_WIDTH, _HEIGHT = 180, 48
_STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --paper: #fff; --line: #d1d9e0; --band: #f6f8fa;
  --alarm: #ffebe9; --alarm-ink: #a40e26; --doubt: #fff8c5; --doubt-ink: #7d4e00; --fine-ink: #116329;
  --before: #b6c2cf; --now: #0550ae }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --paper: #0d1117; --line: #3d444d;
  --band: #151b23; --alarm: #301516; --alarm-ink: #ff9492; --doubt: #272115; --doubt-ink: #e3b341;
  --fine-ink: #56d364; --before: #4a5560; --now: #79c0ff } }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1.5rem;
  color: var(--ink); background: var(--paper) }
h1 { font-size: 1.6rem; margin: 0 0 .5rem } p { margin: .3rem 0; max-width: 75ch; overflow-wrap: anywhere }
.soft { color: var(--soft) } .legend svg { vertical-align: -2px; margin: 0 .3rem 0 0 }
.legend span { margin-right: 1.5rem }
.wide { overflow-x: auto; margin-top: 1.2rem }
table { border-collapse: collapse; width: 100% }
th, td { padding: .5rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
thead th { background: var(--band); border-bottom: 2px solid var(--line); font-size: .85rem; white-space: nowrap }
tbody th { font-weight: 600; min-width: 9rem; max-width: 16rem; overflow-wrap: anywhere }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.seen { min-width: 14rem; max-width: 30rem; overflow-wrap: anywhere }
td.verdict { white-space: nowrap; font-weight: 600; color: var(--fine-ink) }
tr.drift > * { background: var(--alarm) } tr.drift td.verdict { color: var(--alarm-ink) }
tr.unknown > * { background: var(--doubt) } tr.unknown td.verdict { color: var(--doubt-ink) }
.kind { display: block; font-weight: 400; font-size: .8rem; color: var(--soft) }
svg.plot { display: block } .before { fill: var(--before) } .axis { stroke: var(--soft); stroke-width: 1 }
.now { fill: none; stroke: var(--now); stroke-width: 1.75 }
details { font-size: .8rem; margin-top: .2rem } summary { color: var(--soft); cursor: pointer }
details td, details th { min-width: 0; padding: .1rem .5rem; font-weight: 400; border: 0; background: none;
  white-space: nowrap }
"""
_LEGEND = (
    '<svg width="14" height="12" aria-hidden="true"><rect class="before" width="14" height="12"/></svg>',
    '<svg width="14" height="12" aria-hidden="true"><path class="now" d="M0 6H14"/></svg>',
)


def drift_html(title: str, columns: Sequence[ColumnDrift], decision: DriftDecision) -> str:
    """A whole page without anything from elsewhere; names and values are escaped."""
    head = "".join(f'<th scope="col"{_number_class(place)}>{name}</th>' for place, name in enumerate(_HEADER))
    rows = "\n".join(_row(column, check) for column, check in ordered(columns, decision))
    said = escape(plain_line(title))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{said}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Drift</h1>\n<p>{said}</p>\n"
        f'<p class="soft">{_count(columns, decision)} Wanted of each: {escape(_wanted(decision))}.</p>\n'
        f'<p class="soft legend"><span>{_LEGEND[0]}filled: before</span><span>{_LEGEND[1]}line: now</span></p>\n'
        f'<div class="wide">\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n'
        "</main>\n</body>\n</html>\n"
    )


def _count(columns: Sequence[ColumnDrift], decision: DriftDecision) -> str:
    results = [check.result for check in decision.checks]
    alarms, unknown = results.count(Result.FAIL), results.count(Result.WARN)
    before, now = (max((column.rows[side] for column in columns), default=0) for side in (0, 1))
    quiet = len(results) - alarms - unknown
    said = f"{alarms} drifted, {unknown} unknown, {quiet} quiet"
    return f"{before:,} rows before, {now:,} now. {len(results)} columns: {said}."


def _wanted(decision: DriftDecision) -> str:
    return decision.checks[0].wanted if decision.checks else "nothing"


def _number_class(place: int) -> str:
    return ' class="number"' if 3 <= place <= 8 else ""


def _row(column: ColumnDrift, check: Check) -> str:
    numbers = (
        *(say_number(value) for value in (column.psi, column.distance, column.shift, column.p)),
        f"{say_percent(column.missing[0])} → {say_percent(column.missing[1])}",
        say_percent(column.unseen),
    )
    cells = (
        f'<td class="verdict">{_VERDICTS[check.result]}</td>',
        f'<th scope="row">{_text(column.column)}<span class="kind">{column.kind}</span></th>',
        f"<td>{_drawing(column)}</td>",
        *(f'<td class="number">{number}</td>' for number in numbers),
        f'<td class="seen">{_text(check.saw)}</td>',
    )
    marked = f' class="{_CLASSES[check.result]}"' if check.result in _CLASSES else ""
    return f"<tr{marked}>{''.join(cells)}</tr>"


def _drawing(column: ColumnDrift) -> str:
    if all(each.rest for each in column.bins):
        return '<span class="soft">nothing to draw</span>'
    rows = "".join(
        f'<tr><th scope="row">{_text(each.label)}</th><td class="number">{say_percent(each.before)}</td>'
        f'<td class="number">{say_percent(each.now)}</td></tr>'
        for each in column.bins
    )
    head = '<tr><th scope="col">bin</th><th scope="col">before</th><th scope="col">now</th></tr>'
    return (
        f"{_plot(column.bins, column.column)}<details><summary>numbers</summary>"
        f"<table><thead>{head}</thead><tbody>{rows}</tbody></table></details>"
    )


def _plot(bins: Sequence[Bin], name: str) -> str:
    """Bars of what was, a line over them of what is, and the axis they stand on."""
    drawn = [each for each in bins if not each.rest]
    highest = max(max(each.before, each.now) for each in drawn) or 1.0
    width, floor = _WIDTH / len(drawn), _HEIGHT - 1

    def height(share: float) -> float:
        return share / highest * (floor - 3)

    bars = "".join(
        f'<rect class="before" x="{place * width + 0.5:.1f}" y="{floor - height(each.before):.1f}" '
        f'width="{max(width - 1, 0.5):.1f}" height="{height(each.before):.1f}"/>'
        for place, each in enumerate(drawn)
    )
    line = " ".join(
        f"{'L' if place else 'M'}{place * width:.1f} {floor - height(each.now):.1f}H{(place + 1) * width:.1f}"
        for place, each in enumerate(drawn)
    )
    return (
        f'<svg class="plot" role="img" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'aria-label="{_text(name)}: shares of {len(drawn)} bins before and now; the numbers follow">'
        f'{bars}<path class="axis" d="M0 {floor}.5H{_WIDTH}"/><path class="now" d="{line}"/></svg>'
    )


def _text(text: str) -> str:
    return escape(plain_line(text))
