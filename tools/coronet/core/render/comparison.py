"""The facts of evidence side by side: one table for a page, whoever prints it, and CSV for spreadsheets."""

import csv
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

from coronet.core.catalogue import sign_of
from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.facts import describe_segment
from coronet.core.judging.wording import say_number
from coronet.core.render.forest import draw_interval, scale_of
from coronet.core.render.markup import Verbatim
from coronet.core.render.page import Block, Folded, Table, Words

_NUMBERS = ("rows", "champion", "candidate", "difference", "low", "high", "candidate_low", "candidate_high")
CSV_COLUMNS = ("metric", "segment", *_NUMBERS, "method", "problem")
# Segments told in all, and how many of them a page shows without being asked.
SEGMENTS_TOLD, SEGMENTS_SHOWN = 200, 12


def compare(evidence: Evidence) -> tuple[Block, ...]:
    """Every metric over all rows, then the segments of each, in which the candidate does worst first."""
    overall = [fact for fact in evidence.metrics if not fact.segment]
    segments = _worst_segments(evidence)
    scales = {fact.metric: scale_of(_of(fact.metric, [*overall, *segments])) for fact in evidence.metrics}
    blocks: list[Block] = [_table(evidence, overall, scales)]
    if segments:
        table, summary = _table(evidence, segments, scales), f"{len(segments)} segments, worst first"
        folds = len(segments) > SEGMENTS_SHOWN
        blocks += [Folded(summary=summary, blocks=(table,))] if folds else [Words(text=f"{summary}:"), table]
    left = sum(1 for fact in evidence.metrics if fact.segment) - len(segments)
    return (*blocks, *([Words(text=f"{left} more segments are in the evidence.")] if left else []))


def comparison_csv(evidence: Evidence) -> str:
    """The same with all digits, `CSV_COLUMNS` first: empty cells for what there is not."""
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(_cells(fact) for fact in evidence.metrics)
    return "".join(lines)


def _worst_segments(evidence: Evidence) -> list[MetricFact]:
    """Of each metric, in the evidence's order, the same number of its worst segments."""
    names = list(dict.fromkeys(fact.metric for fact in evidence.metrics if fact.segment))
    of_each = {name: [fact for fact in _of(name, evidence.metrics) if fact.segment] for name in names}
    told = SEGMENTS_TOLD // max(1, len(names)) or 1
    return [
        fact for facts in of_each.values() for fact in sorted(facts, key=lambda fact: _how_good(fact, evidence))[:told]
    ]


def _how_good(fact: MetricFact, evidence: Evidence) -> tuple[bool, float]:
    """What could not be measured is worse than everything that was; where no value is better, what moved most is."""
    known = sign_of(fact.metric, evidence.custom_metrics)
    sign = 1 if known is None else known
    value = fact.candidate if fact.difference is None else fact.difference
    return value is not None, sign * (value or 0.0) if sign else -abs(value or 0.0)


def _of(metric: str, facts: Sequence[MetricFact]) -> list[MetricFact]:
    return [fact for fact in facts if fact.metric == metric]


def _table(evidence: Evidence, facts: Sequence[MetricFact], scales: dict[str, float]) -> Table:
    """One line a fact; the column of segments where there are some, the drawing where there are differences."""
    interval = f"{100 * evidence.confidence:.4g} % interval"
    header = ("Metric", "Segment", "Rows", "Champion", "Candidate", "Difference", interval, "worse · better")
    rows = [_row(fact, draw_interval(fact, scales[fact.metric], evidence.custom_metrics)) for fact in facts]
    kept = [index for index in range(len(header)) if index not in (1, 7) or any(row[index] for row in rows)]
    return Table(header=[header[index] for index in kept], rows=[[row[index] for index in kept] for row in rows])


def _row(fact: MetricFact, drawn: str) -> tuple[str, ...]:
    interval = f"[{', '.join(_signed(fact, end) for end in fact.interval)}]" if fact.interval else ""
    return (
        fact.metric,
        describe_segment(fact.segment) if fact.segment else "",
        str(fact.rows),
        _number(fact.champion),
        _number(fact.candidate),
        "—" if fact.difference is None else say_number(fact.difference, sign=True),
        "; ".join(filter(None, (interval, fact.problem))) or "—",
        Verbatim(drawn) if drawn else "",
    )


def _signed(fact: MetricFact, end: float) -> str:
    """With a sign where it is the end of a difference."""
    return say_number(end, sign=fact.difference is not None)


def _number(value: float | None) -> str:
    return "—" if value is None else say_number(value)


def _cells(fact: MetricFact) -> Iterator[str]:
    yield fact.metric
    yield harmless(describe_segment(fact.segment) if fact.segment else "")
    numbers = (fact.rows, fact.champion, fact.candidate, fact.difference)
    ends = (*(fact.interval or (None, None)), *(fact.candidate_interval or (None, None)))
    yield from ("" if number is None else repr(number) for number in (*numbers, *ends))
    yield fact.method
    yield fact.problem


def harmless(text: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
