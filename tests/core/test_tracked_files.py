"""What a training elsewhere left behind is read whole, or refused with every reason."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.documents import Document
from coronet.core.tracked_files import read_metrics, read_scorecard
from coronet.errors import InvalidInput


def read(value: Any) -> Any:
    return read_metrics(Document(file="metrics.json", value=value, positions={(): (1, 1)}))


def test_levels_are_joined_and_overall_needs_none() -> None:
    found = read(
        {
            "overall": {"mdape": 0.21, "n": 100},
            "per_segment": {"kind": {"ELEVATOR B/C": {"mdape": 0.2}}, "list": [1.5, 2]},
            "metadata": {"model_version": "v1", "rows": 7, "tuned": True},
            "loose": 3,
        }
    )
    assert found.metrics == {
        "mdape": 0.21,
        "n": 100.0,
        "per_segment/kind/ELEVATOR B_C/mdape": 0.2,
        "per_segment/list/0": 1.5,
        "per_segment/list/1": 2.0,
        "loose": 3.0,
    }
    assert found.about == {"model_version": "v1", "rows": "7", "tuned": "True"}


def test_what_is_no_number_is_no_metric() -> None:
    found = read({"mae": 1, "passed": True, "note": "x", "missing": None})
    assert found.metrics == {"mae": 1.0}
    assert found.about == {"passed": "True", "note": "x", "missing": "None"}


@pytest.mark.parametrize("value", [{}, {"metadata": {"rows": 7}}, {"note": "x"}, {"overall": {}}])
def test_a_file_without_numbers_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput, match="no number"):
        read(value)


@pytest.mark.parametrize("value", [[1, 2], 3, None, "x"])
def test_a_file_that_is_no_mapping_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput, match="no mapping"):
        read(value)


def test_every_number_that_cannot_be_recorded_is_told() -> None:
    with pytest.raises(InvalidInput) as caught:
        read({"mae": 1, "overall": {"mae": 2}, "x" * 251: 1, "big": 10**400})
    said = [finding.message for finding in caught.value.findings]
    assert [message.rpartition(": ")[2] for message in said] == [
        "another number has this name already",
        "its name is longer than 250",
        "it is too large",
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(value=json_values)
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        found = read(value)
    except InvalidInput:
        return
    assert found.metrics
    assert all(math.isfinite(number) for number in found.metrics.values())
    assert all(part not in ("", ".", "..") for name in found.metrics for part in name.split("/"))


def test_a_scorecard_is_its_rows() -> None:
    assert read_scorecard(b'\xef\xbb\xbfkind,"mdape"\r\n"A, B",0.2\n\nC,0.3\n', file="s.csv") == (
        ("kind", "mdape"),
        ("A, B", "0.2"),
        ("C", "0.3"),
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xff\xfe", "no CSV file"),
        (b'a,b\n"x', "no CSV file"),
        (b"a,b\n1\n", "row 2 has 1 fields, and the header has 2"),
    ],
)
def test_what_is_no_scorecard_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_scorecard(data, file="s.csv")


@given(data=st.binary(max_size=60))
def test_any_bytes_are_a_scorecard_or_refused(data: bytes) -> None:
    try:
        rows = read_scorecard(data, file="s.csv")
    except InvalidInput:
        return
    assert rows
    assert len({len(row) for row in rows}) == 1
