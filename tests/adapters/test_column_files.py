"""Columns of files: what a cell holds is the same from either kind of file, and every row is fed once."""

import decimal
import gzip
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from coronet.adapters.tables.column_files import FileColumns
from coronet.core.statistics.drift import State
from coronet.core.statistics.drift.categories import CategoryCounts
from coronet.core.statistics.drift.grid import Grid
from coronet.core.statistics.drift.numbers import NumberCounts, NumberRows
from coronet.errors import InvalidInput
from coronet.ports.columns import Holds


def fed(path: Path, states: Mapping[str, State], *, some: bool = False) -> None:
    with FileColumns().open(str(path), [*states]) as table:
        table.feed(states, some=some)


def numbers(path: Path, column: str) -> list[float | None]:
    """The numbers of a column, None where missing."""
    state = NumberRows()
    fed(path, {column: state})
    return [None if number != number else number for number in state.numbers.tolist()]


def texts(path: Path, column: str) -> dict[str | None, int]:
    state = CategoryCounts()
    fed(path, {column: state})
    found = state.finish()
    return dict([*found.counts.items(), (None, found.missing)])


def write(path: Path, **columns: Any) -> Path:
    parquet.write_table(pa.table(columns), path)
    return path


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(
        'number,text,flag,mixed,"an, odd ""name""",none\n1,a,true,1,x,\n ,,FALSE,b,y,\nNA,a,,2.5,z,\n2.5e3,b,true,,x,\n'
    )
    return path


def test_what_the_columns_of_csv_hold(csv: Path) -> None:
    with FileColumns().open(str(csv)) as table:
        assert table.rows == 4
        assert {name: str(holds) for name, holds in table.holds.items()} == {
            "number": "numbers",
            "text": "texts",
            "flag": "numbers",
            "mixed": "texts",
            'an, odd "name"': "texts",
            "none": "numbers",
        }
    assert numbers(csv, "number") == [1, None, None, 2500]
    assert sorted(numbers(csv, "flag"), key=str) == [0, 1, 1, None]
    assert numbers(csv, "none") == [None] * 4
    assert texts(csv, "text") == {"a": 2, "b": 1, None: 1}
    assert texts(csv, 'an, odd "name"') == {"x": 2, "y": 1, "z": 1, None: 0}


def test_texts_are_read_as_numbers_where_numbers_are_wanted(csv: Path) -> None:
    state = NumberRows()
    fed(csv, {"mixed": state})
    found = state.finish()
    assert (found.rows, found.missing, found.strange) == (4, 1, 1)
    assert sorted(state.numbers[~np.isnan(state.numbers)].tolist()) == [1, 2.5]


def test_numbers_are_written_as_texts_where_texts_are_wanted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", x=[1.0, 2.5, None, 1.0], y=[1, 2, 2, None])
    assert texts(path, "x") == {"1": 2, "2.5": 1, None: 1}
    assert texts(path, "y") == {"1": 1, "2": 2, None: 1}


def test_gzipped_csv(csv: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(csv.read_bytes()))
    assert numbers(path, "number") == [1, None, None, 2500]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([1, None, 3], pa.int8()), [1, None, 3]),
        (pa.array([2**63 + 1024], pa.uint64()), [2.0**63 + 2048]),
        (pa.array([0.5, float("nan"), None], pa.float32()), [0.5, None, None]),
        (pa.array([0.5, float("inf")], pa.float64()), [0.5, float("inf")]),
        (pa.array([True, False, None]), [1, 0, None]),
        (pa.array([decimal.Decimal("1.25"), None]), [1.25, None]),
        (pa.array([date(1970, 1, 2), None]), [86400, None]),
        (pa.array([datetime(1970, 1, 1, 1, tzinfo=UTC)], pa.timestamp("ms", "UTC")), [3600]),
        (pa.array([3_600_000_000_000], pa.int64()).cast(pa.timestamp("ns")), [3600]),
        (pa.array([time(0, 1)], pa.time32("ms")), [60]),
        (pa.array([time(0, 1)], pa.time64("us")), [60]),
        (pa.array([timedelta(minutes=1), None], pa.duration("us")), [60, None]),
        (pa.array([3, 1, None, 3]).dictionary_encode(), [3, 1, None, 3]),
        (pa.array(["3", "x", None, "", "true"]), [3, None, None, 1]),
        (pa.array(["3", "x", None]).dictionary_encode(), [3, None]),
        (pa.array(["3", "x", None], pa.large_string()), [3, None]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_every_type_as_numbers(tmp_path: Path, column: Any, expected: list[float | None]) -> None:
    path = write(tmp_path / "a.parquet", x=column)
    assert numbers(path, "x") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("column", "holds"),
    [
        (pa.array(["a"]).dictionary_encode(), Holds.TEXTS),
        (pa.array(["a"], pa.string_view()), Holds.TEXTS),
        (pa.nulls(1), Holds.NOTHING),
        (pa.array([[1]]), Holds.OTHER),
        (pa.array([b"a"]), Holds.OTHER),
        (pa.array([{"a": 1}]), Holds.OTHER),
        (pa.array([date(2020, 1, 1)]), Holds.NUMBERS),
    ],
)
def test_what_a_type_holds(tmp_path: Path, column: Any, holds: Holds) -> None:
    with FileColumns().open(str(write(tmp_path / "a.parquet", x=column))) as table:
        assert table.holds == {"x": holds}


def test_every_row_is_fed_once_in_any_layout(tmp_path: Path) -> None:
    rows = 200_000
    random = np.random.default_rng(1)
    columns = {f"x{place}": random.normal(size=rows) for place in range(7)}
    columns["name"] = np.array([f"v{number % 9}" for number in range(rows)])
    for size in (1_000, 150_000, rows):
        path = tmp_path / f"{size}.parquet"
        parquet.write_table(pa.table(columns), path, row_group_size=size)
        states: dict[str, State] = {name: NumberCounts(Grid()) for name in columns if name != "name"}
        fed(path, {"name": CategoryCounts(), **states})
        for name, state in states.items():
            found = state.finish()
            assert found.rows == rows
            assert found.moments.least == columns[name].min()  # type: ignore[union-attr]
        sample = NumberRows()
        fed(path, {"x3": sample}, some=True)
        assert 8_000 <= len(sample.numbers) <= 40_000
        assert {columns["x3"].min(), columns["x3"].max()} <= {*sample.numbers.tolist()}


def test_a_sample_of_texts_has_no_ends(tmp_path: Path) -> None:
    state = CategoryCounts()
    fed(write(tmp_path / "a.parquet", x=["a", "b"]), {"x": state}, some=True)
    assert state.finish().counts == {"a": 1, "b": 1}


def test_columns_with_dots_and_in_another_order(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", **{"a.b": [1.0], "c": [2.0], "a": [3.0]})
    first, second = NumberRows(), NumberRows()
    fed(path, {"a": first, "a.b": second})
    assert (first.numbers.tolist(), second.numbers.tolist()) == ([3.0], [1.0])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.csv", None, "there is no file"),
        ("empty.csv", b"", "is empty"),
        ("head.csv", b"a,b\n", "no rows"),
        ("twice.csv", b"a,a\n1,2\n", "'a' more than once"),
        ("ragged.csv", b"a,b\n1,2\n3,4,5,6\n", "neither CSV nor Parquet"),
        ("bytes.csv", b"a\n\xff\xfe\n", "neither CSV nor Parquet"),
        ("cut.parquet", b"PAR1 and no more", "no Parquet file"),
    ],
)
def test_what_cannot_be_read_says_so(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInput, match=message), FileColumns(tmp_path).open(name):
        pass


def test_a_file_that_is_broken_inside(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", x=np.random.default_rng(1).normal(size=50_000))
    data = bytearray(path.read_bytes())
    data[1_000:200_000] = b"\xff" * 199_000
    path.write_bytes(bytes(data))
    with pytest.raises(InvalidInput, match="no Parquet file"):
        fed(path, {"x": NumberRows()})


def test_a_column_that_is_not_there_and_no_column_at_all(csv: Path) -> None:
    files = FileColumns(csv.parent)
    with pytest.raises(InvalidInput, match="has no column 'numbre'"), files.open("a.csv", ["numbre"]):
        pass
    with files.open("a.csv", []) as table:
        assert (table.rows, dict(table.holds)) == (4, {})
        table.feed({})


def test_beginning_digest_and_document(csv: Path) -> None:
    files = FileColumns(csv.parent)
    assert files.begin("a.csv") == b"numb"
    assert files.document("a.csv") == csv.read_bytes()
    assert len(files.sha256("a.csv")) == 64
    with pytest.raises(InvalidInput, match="is a folder"):
        files.begin(".")


def test_a_url_is_fetched_once(csv: Path, tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://drift/a.csv", "wb") as file:
        file.write(csv.read_bytes())
    files = FileColumns(tmp_path)
    digest = files.sha256("memory://drift/a.csv")
    with fsspec.open("memory://drift/a.csv", "wb") as file:
        file.write(b"other\n1\n")
    assert files.columns("memory://drift/a.csv")[0] == "number"
    assert files.sha256("memory://drift/a.csv") == digest
