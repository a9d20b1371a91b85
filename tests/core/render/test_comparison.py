"""Evidence as tables for a page, and for a spreadsheet."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from coronet.core.evidence import EvaluationData, Evidence, MetricFact, RowCounts, Subject, Task
from coronet.core.render.comparison import CSV_COLUMNS, SEGMENTS_SHOWN, SEGMENTS_TOLD, compare, comparison_csv
from coronet.core.render.page import Folded, Page, Table
from coronet.core.render.printing import page_text
from tests.core.examples import fact, gain

OVERALL = MetricFact(
    metric="mdape",
    segment={},
    rows=50296,
    champion=0.3569,
    candidate=0.2094,
    difference=-0.1475,
    interval=(-0.1502, -0.1449),
    candidate_interval=(0.2071, 0.2118),
    method="paired bootstrap, percentiles of 1000 draws",
)
SEGMENT = replace(OVERALL, segment={"kind": "ELEVATOR"}, rows=19311)
BROKEN = MetricFact(
    metric="mape",
    segment={"kind": "=cmd|' /C calc'!A0"},
    rows=3,
    champion=None,
    candidate=None,
    difference=None,
    interval=None,
    method="paired t",
    problem="1 labels are 0",
)
EVIDENCE = Evidence(
    model="homes",
    task=Task.REGRESSION,
    created_at=datetime(2026, 11, 20, 21, 5, tzinfo=UTC),
    candidate=Subject(version="7"),
    champion=Subject(version="5"),
    data=EvaluationData(name="homes", digest="sha256:" + "0" * 64, rows=50296, label="price", key="id"),
    rows=RowCounts(paired=50296),
    confidence=0.95,
    metrics=(OVERALL, SEGMENT, BROKEN),
)


def said(*facts: MetricFact, **fields: Any) -> str:
    """As a terminal shows it, below a headline."""
    made = replace(EVIDENCE, **{"metrics": facts or EVIDENCE.metrics, **fields})
    return page_text(Page(headline="x", blocks=compare(made))).removeprefix("x\n\n")


def measured(number: float, metric: str = "accuracy", **fields: Any) -> MetricFact:
    """Better by `number`, in the segment of that number unless `fields` say otherwise."""
    return gain(number, metric=metric, **{"segment": {"kind": f"{number:+.3f}"}, **fields})


def test_overall_first_then_the_segments() -> None:
    assert (
        said()
        == """\
Metric  Rows   Champion  Candidate  Difference  95 % interval       worse · better
mdape   50296  0.3569    0.2094     −0.1475     [−0.1502, −0.1449]  ··········│·········●

2 segments, worst first:

Metric  Segment                  Rows   Champion  Candidate  Difference  95 % interval       worse · better
mdape   kind ELEVATOR            19311  0.3569    0.2094     −0.1475     [−0.1502, −0.1449]  ··········│·········●
mape    kind =cmd|' /C calc'!A0  3      —         —          —           1 labels are 0"""
    )


def test_without_a_champion_there_are_neither_signs_nor_drawings() -> None:
    alone = replace(OVERALL, champion=None, difference=None, interval=(0.2071, 0.2118))
    assert (
        said(alone, confidence=0.999, champion=None)
        == """\
Metric  Rows   Champion  Candidate  Difference  99.9 % interval
mdape   50296  —         0.2094     —           [0.2071, 0.2118]"""
    )


def test_an_interval_and_a_problem_are_both_shown() -> None:
    assert "[−0.1502, −0.1449]; few rows" in said(replace(OVERALL, problem="few rows"))


def test_what_has_neither_is_a_dash() -> None:
    assert said(fact(half=None)).split("\n")[1].split() == ["accuracy", "1000", "0.9", "0.92", "+0.02", "—"]


def test_a_segment_cannot_act_on_the_terminal() -> None:
    assert "kind a [2J b" in said(replace(OVERALL, segment={"kind": "a\x1b[2J\nb"}))


def test_each_metric_shows_its_worst_segments_first() -> None:
    facts = (
        measured(0.1),
        measured(-0.2),
        measured(0.0),
        fact(champion=None, candidate=None, segment={"kind": "unknown"}, problem="no row"),
        fact("mae", 12.0, 10.0, segment={"kind": "dearer"}),
        fact("mae", 8.0, 10.0, segment={"kind": "cheaper"}),
        fact("luck", 2.0, 1.0, segment={"kind": "more"}),
        fact("luck", 1.0, 2.0, segment={"kind": "less"}),
    )
    segments = compare(replace(EVIDENCE, metrics=facts))[2]
    assert isinstance(segments, Table)
    assert [(row[0], row[1]) for row in segments.rows] == [
        ("accuracy", "kind unknown"),
        ("accuracy", "kind -0.200"),
        ("accuracy", "kind +0.000"),
        ("accuracy", "kind +0.100"),
        ("mae", "kind dearer"),  # where less is better
        ("mae", "kind cheaper"),
        ("luck", "kind less"),  # of a metric that nobody knows, more is better
        ("luck", "kind more"),
    ]


def test_without_a_champion_the_lowest_value_is_the_worst() -> None:
    facts = [fact(champion=None, candidate=value, segment={"kind": f"{value}"}) for value in (0.9, 0.5, 0.7)]
    segments = compare(replace(EVIDENCE, metrics=tuple(facts)))[2]
    assert isinstance(segments, Table)
    assert [row[1] for row in segments.rows] == ["kind 0.5", "kind 0.7", "kind 0.9"]


@pytest.mark.parametrize(("count", "folds"), [(SEGMENTS_SHOWN, False), (SEGMENTS_SHOWN + 1, True)])
def test_many_segments_are_folded(count: int, folds: bool) -> None:
    facts = (OVERALL, *(measured(0.001 * number) for number in range(count)))
    _, second, *_ = compare(replace(EVIDENCE, metrics=facts))
    assert isinstance(second, Folded) is folds
    assert f"{count} segments, worst first" in said(*facts)


def test_too_many_segments_are_counted_and_every_metric_keeps_its_worst() -> None:
    facts = [measured(0.001 * number) for number in range(SEGMENTS_TOLD)]
    facts += [measured(-0.001 * number, "f1") for number in range(SEGMENTS_TOLD)]
    told = said(*facts)
    assert told.endswith(f"{SEGMENTS_TOLD} more segments are in the evidence.")
    assert "f1        kind -0.199" in told
    assert "accuracy  kind +0.000" in told
    assert "kind +0.100" not in told
    assert "more segments" not in said(*facts[:SEGMENTS_TOLD])


def test_drawings_of_one_metric_are_drawn_to_one_scale() -> None:
    told = said(gain(0.1, 0.0), measured(-0.05, half=0.0), fact("mae", 12.0, 10.0, half=1.0))
    lines = {line.split()[0] + line.split()[1]: line.split()[-1] for line in told.split("\n") if "│" in line}
    assert lines == {
        "accuracy1000": "··········│·········●",
        "accuracykind": "·····●····│··········",
        "mae1000": "━━━●━━━━··│··········",
    }


def test_the_table_as_csv_has_all_digits() -> None:
    header, overall, segment, broken = csv.reader(comparison_csv(EVIDENCE).splitlines())
    assert tuple(header) == CSV_COLUMNS
    assert overall == [
        *("mdape", "", "50296", "0.3569", "0.2094", "-0.1475", "-0.1502", "-0.1449", "0.2071", "0.2118"),
        "paired bootstrap, percentiles of 1000 draws",
        "",
    ]
    assert segment[:3] == ["mdape", "kind ELEVATOR", "19311"]
    assert broken[2:10] == ["3", "", "", "", "", "", "", ""]
    assert broken[11] == "1 labels are 0"


def test_no_cell_is_a_formula() -> None:
    hostile = replace(OVERALL, segment={"=HYPERLINK(1)": "x"})
    text = comparison_csv(replace(EVIDENCE, metrics=(hostile,)))
    assert next(csv.reader([text.splitlines()[1]]))[1] == "'=HYPERLINK(1) x"


def test_where_no_value_is_better_the_segment_that_moved_most_comes_first() -> None:
    moved = {"a": 0.41, "b": 0.30, "c": 0.45}
    facts = [fact("positive_rate", value, 0.4, segment={"region": name}) for name, value in moved.items()]
    table = [block for block in compare(replace(EVIDENCE, metrics=tuple(facts))) if isinstance(block, Table)][-1]
    assert [row[1] for row in table.rows] == ["region b", "region c", "region a"]
