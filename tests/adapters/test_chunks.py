"""Columns are read once where two files have the same bytes for them, and only there."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from coronet.adapters.tables.chunks import find_same
from coronet.adapters.tables.joining import Part, SideBySide
from coronet.ports.streams import Wanted

ROWS = 50_000
TABLE = pa.table(
    {
        "id": list(range(ROWS)),
        "label": [row % 3 == 0 for row in range(ROWS)],
        "kind": [None if row % 7 == 0 else f"v{row % 5}" for row in range(ROWS)],
        "score": [row / ROWS for row in range(ROWS)],
        "pair": [{"a": row, "b": 1} for row in range(ROWS)],
    }
)
NAMES = ("id", "label", "kind", "score")


def write(path: Path, table: pa.Table = TABLE, *, rows: int = 20_000, compression: str = "snappy") -> Path:
    parquet.write_table(table, path, row_group_size=rows, compression=compression)
    return path


def changed(name: str, values: pa.Array) -> pa.Table:
    return TABLE.set_column(TABLE.schema.get_field_index(name), name, values)


def test_what_is_the_same_is_found(tmp_path: Path) -> None:
    scores = changed("score", pa.array([row / 7 for row in range(ROWS)]))
    ours, theirs = write(tmp_path / "a"), write(tmp_path / "b", scores.select(["score", "kind", "id", "label"]))
    assert find_same(ours, theirs, NAMES) == ("id", "label", "kind")


@pytest.mark.parametrize("row", [0, 20_001, ROWS - 1])
def test_one_row_that_differs_is_seen(tmp_path: Path, row: int) -> None:
    keys = list(range(ROWS))
    keys[row] = -1
    ours, theirs = write(tmp_path / "a"), write(tmp_path / "b", changed("id", pa.array(keys)))
    assert "id" not in find_same(ours, theirs, NAMES)


def test_gaps_are_seen(tmp_path: Path) -> None:
    """Values without the rows that lack one are the same here."""
    kinds = TABLE["kind"].to_pylist()
    moved = [kinds[1], kinds[0], *kinds[2:]]
    ours, theirs = write(tmp_path / "a"), write(tmp_path / "b", changed("kind", pa.array(moved)))
    assert "kind" not in find_same(ours, theirs, NAMES)


@pytest.mark.parametrize(
    ("name", "values"),
    [("id", pa.array(range(ROWS), pa.uint64())), ("kind", TABLE["kind"].combine_chunks().dictionary_encode())],
)
def test_other_types_are_read_twice(tmp_path: Path, name: str, values: pa.Array) -> None:
    ours, theirs = write(tmp_path / "a"), write(tmp_path / "b", changed(name, values))
    assert name not in find_same(ours, theirs, NAMES)


def test_other_ways_of_writing_are_read_twice(tmp_path: Path) -> None:
    ours = write(tmp_path / "a")
    assert find_same(ours, write(tmp_path / "b", rows=25_000), NAMES) == ()
    assert find_same(ours, write(tmp_path / "c", compression="zstd"), NAMES) == ()
    required = TABLE.cast(pa.schema([field.with_nullable(field.name != "id") for field in TABLE.schema]))
    assert "id" not in find_same(ours, write(tmp_path / "d", required), NAMES)


def test_what_is_nested_is_left_alone(tmp_path: Path) -> None:
    assert find_same(write(tmp_path / "a"), write(tmp_path / "b"), ("pair", "id")) == ("id",)


@pytest.mark.parametrize("compression", ["snappy", "zstd"], ids=["once", "twice"])
def test_rows_are_the_same_whether_columns_are_read_once_or_twice(tmp_path: Path, compression: str) -> None:
    write(tmp_path / "a")
    write(tmp_path / "b", changed("score", pa.array([row / 7 for row in range(ROWS)])), compression=compression)
    wanted = [Wanted(location=name, texts=("label", "kind"), numbers=("score",)) for name in "ab"]
    parts = [Part(path=tmp_path / each.location, name=each.location, is_csv=False, wanted=each) for each in wanted]
    for part in parts:
        part.survey(everything=True)
    rows = list(SideBySide(parts, "id").read(7000))
    assert sum(map(len, rows)) == ROWS
    for batch in rows:
        ours, theirs = batch.files
        assert ours.texts["kind"].tolist() == theirs.texts["kind"].tolist()
        assert theirs.numbers["score"].tolist() == pytest.approx((batch.keys / 7).tolist())


def test_something_is_read_of_every_file(tmp_path: Path) -> None:
    wanted = [Wanted(location=name, numbers=("score",)) for name in "ab"]
    parts = [Part(path=write(tmp_path / each.location), name="", is_csv=False, wanted=each) for each in wanted]
    assert sum(len(batch) for batch in SideBySide(parts, "id").read(7000)) == ROWS
