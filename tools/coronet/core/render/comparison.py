"""The facts of evidence side by side: as a table for a terminal, and as CSV for spreadsheets."""

import csv
from collections.abc import Iterator
from types import SimpleNamespace

from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.facts import describe_segment
from coronet.core.judging.wording import say_number
from coronet.core.render.markup import plain_line, text_table

_NUMBERS = ("rows", "champion", "candidate", "difference", "low", "high", "candidate_low", "candidate_high")
CSV_COLUMNS = ("metric", "segment", *_NUMBERS, "method", "problem")


def comparison_text(evidence: Evidence) -> str:
    """One line for each metric and segment, in the evidence's order."""
    header = (
        "metric",
        "segment",
        "rows",
        "champion",
        "candidate",
        "difference",
        f"{100 * evidence.confidence:.4g} % interval",
    )
    return text_table([header, *map(_row, evidence.metrics)])


def comparison_csv(evidence: Evidence) -> str:
    """The same with all digits, `CSV_COLUMNS` first: empty cells for what there is not."""
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(_cells(fact) for fact in evidence.metrics)
    return "".join(lines)


def _row(fact: MetricFact) -> tuple[str, ...]:
    interval = f"[{_signed(fact, fact.interval[0])}, {_signed(fact, fact.interval[1])}]" if fact.interval else ""
    return (
        fact.metric,
        plain_line(describe_segment(fact.segment)),
        str(fact.rows),
        _number(fact.champion),
        _number(fact.candidate),
        "—" if fact.difference is None else say_number(fact.difference, sign=True),
        plain_line("; ".join(filter(None, (interval, fact.problem)))) or "—",
    )


def _signed(fact: MetricFact, end: float) -> str:
    """With a sign where it is the end of a difference."""
    return say_number(end, sign=fact.difference is not None)


def _number(value: float | None) -> str:
    return "—" if value is None else say_number(value)


def _cells(fact: MetricFact) -> Iterator[str]:
    yield fact.metric
    yield _harmless(describe_segment(fact.segment) if fact.segment else "")
    numbers = (fact.rows, fact.champion, fact.candidate, fact.difference)
    ends = (*(fact.interval or (None, None)), *(fact.candidate_interval or (None, None)))
    yield from ("" if number is None else repr(number) for number in (*numbers, *ends))
    yield fact.method
    yield fact.problem


def _harmless(text: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
