"""Too few rows, told before anybody trains for them."""

from collections.abc import Mapping
from typing import Any

import pytest

from coronet.core.linting.remarks import Remark
from coronet.core.linting.rows import CountedRows, lint_rows, segment_columns
from coronet.core.policy import policy_from_json
from coronet.errors import Severity

ROWS = CountedRows(
    source="evaluation.csv",
    total=1000,
    by={"region": {"north": 700, "south": 260, "east": 30, "west": 10}, "sex": {"f": 500, "m": 500}},
)
GATE = {"metric": "accuracy", "rule": "non_inferior", "margin": 0.02, "by": ["region"], "minimum_rows": 50}


def remarks(changes: Mapping[str, Any], rows: CountedRows = ROWS, **fields: Any) -> tuple[Remark, ...]:
    gate = {name: value for name, value in {**GATE, **changes}.items() if value is not None}
    return lint_rows(policy_from_json({"gates": {"safe": gate}, **fields}), rows)


@pytest.mark.parametrize(
    "changes",
    [
        {"minimum_rows": 10},
        {"by": ["sex"]},
        {"by": ["sex"], "minimum_rows": 500},
        {"minimum_rows": None},
        {"below_minimum": "skip"},
        {"weight": "rows"},
        {"by": None, "minimum_rows": 1000},
        {"mode": "off", "minimum_rows": 5000},
        {"by": ["region", "sex"], "below_minimum": "skip", "minimum_rows": 20},
    ],
)
def test_rows_that_suffice(changes: Mapping[str, Any]) -> None:
    assert remarks(changes) == ()


def test_a_thin_segment_stops_everything() -> None:
    (found,) = remarks({})
    assert found.message == (
        "safe can never pass on these data: 2 of 4 segments by region (west 10, east 30) have fewer than 50 rows"
    )
    assert found.path == ("gates", "safe", "minimum_rows")
    assert found.severity is Severity.ERROR
    assert remarks({"mode": "warn"})[0].severity is Severity.WARNING
    assert remarks({}, on_inconclusive="ask")[0].severity is Severity.WARNING


def test_many_thin_segments_are_cut() -> None:
    rows = CountedRows(source="x", total=60, by={"region": {f"r{number}": number for number in range(1, 7)}})
    (found,) = remarks({}, rows)
    assert "6 of 6 segments by region (r1 1, r2 2, r3 3 and 3 more)" in found.message


def test_what_is_left_out_is_said_where_it_is_much() -> None:
    (found,) = remarks({"below_minimum": "skip", "minimum_rows": 300})
    assert (
        "safe leaves out 3 of 4 segments by region (west 10, east 30, south 260), with 30 % of the rows"
        in found.message
    )
    assert found.severity is Severity.WARNING


def test_where_all_are_left_out_nothing_is_judged() -> None:
    (found,) = remarks({"below_minimum": "skip", "minimum_rows": 800})
    assert found.severity is Severity.ERROR
    one_of_two = remarks({"by": ["region", "sex"], "below_minimum": "skip", "minimum_rows": 600})
    assert [remark.severity for remark in one_of_two] == [Severity.WARNING, Severity.WARNING]
    weighted = remarks({"by": ["region", "sex"], "weight": "rows", "minimum_rows": 600})
    assert [remark.severity for remark in weighted] == [Severity.WARNING, Severity.ERROR]


def test_a_column_that_is_not_there() -> None:
    (found,) = remarks({"by": ["age", "sex"]})
    assert found.message == "safe can never pass: evaluation.csv has no segments by age"
    assert found.path == ("gates", "safe", "by")
    assert remarks({"by": ["age"]}, on_inconclusive="ask")[0].severity is Severity.ERROR


def test_all_rows_are_too_few() -> None:
    (found,) = remarks({"by": None, "minimum_rows": 1001})
    assert found.message == "safe can never pass: it asks for 1001 rows, evaluation.csv has 1000"


def test_a_segment_without_rows_and_a_gate_that_asks_for_none() -> None:
    rows = CountedRows(source="x", total=5, by={"region": {"north": 5, "south": 0}})
    (found,) = remarks({"minimum_rows": None}, rows)
    assert found.path == ("gates", "safe")


def test_the_columns_that_gates_ask_about() -> None:
    gates = {"one": GATE, "two": {**GATE, "by": ["sex", "region"]}, "off": {**GATE, "by": ["age"], "mode": "off"}}
    assert segment_columns(policy_from_json({"gates": gates})) == ("region", "sex")
