"""Evidence as a table for a terminal and for a spreadsheet."""

import csv
from dataclasses import replace
from datetime import UTC, datetime

from coronet.core.evidence import EvaluationData, Evidence, MetricFact, RowCounts, Subject, Task
from coronet.core.render.comparison import CSV_COLUMNS, comparison_csv, comparison_text

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


def test_the_table_in_text() -> None:
    assert (
        comparison_text(EVIDENCE)
        == """\
metric  segment                  rows   champion  candidate  difference  95 % interval
mdape   all rows                 50296  0.3569    0.2094     −0.1475     [−0.1502, −0.1449]
mdape   kind ELEVATOR            19311  0.3569    0.2094     −0.1475     [−0.1502, −0.1449]
mape    kind =cmd|' /C calc'!A0  3      —         —          —           1 labels are 0"""
    )


def test_without_a_champion_the_interval_has_no_signs() -> None:
    alone = replace(OVERALL, champion=None, difference=None, interval=(0.2071, 0.2118))
    text = comparison_text(replace(EVIDENCE, confidence=0.999, champion=None, metrics=(alone,)))
    assert "99.9 % interval" in text
    assert text.endswith("—         0.2094     —           [0.2071, 0.2118]")


def test_an_interval_and_a_problem_are_both_shown() -> None:
    text = comparison_text(replace(EVIDENCE, metrics=(replace(OVERALL, problem="few rows"),)))
    assert text.endswith("[−0.1502, −0.1449]; few rows")


def test_a_segment_cannot_act_on_the_terminal() -> None:
    hostile = replace(OVERALL, segment={"kind": "a\x1b[2J\nb"})
    assert "kind a [2J b" in comparison_text(replace(EVIDENCE, metrics=(hostile,)))


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
