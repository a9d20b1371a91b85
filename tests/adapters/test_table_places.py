"""What a location names, and the digests of folders and of tables."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.adapters.tables.content import add_batch, digest_of, find_plain, put_together, summarize
from coronet.adapters.tables.places import DatabaseTable, ManyFiles, OneFile, find_place, is_one_file
from coronet.adapters.tables.streamed import FileStreams
from coronet.core.statistics.streaming.fingerprint import Fingerprint
from coronet.errors import InvalidInput
from coronet.ports.streams import Wanted

FRAME = pd.DataFrame({"id": [1, 2, 3], "kind": ["a", None, ""], "score": [0.5, np.nan, -0.0]})


def parts_in(folder: Path, *names: str) -> Path:
    for place, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        FRAME[place : place + 1].to_parquet(folder / name, index=False)
    return folder


def test_a_folder_is_its_parquet_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    parts_in(tmp_path / "p", "b.parquet", "a.parquet", "_temporary/c.parquet", ".d.parquet")
    (tmp_path / "p" / "_SUCCESS").touch()
    (tmp_path / "p" / "notes.txt").touch()
    found = find_place("p", tmp_path)
    assert found == ManyFiles(paths=(tmp_path / "p" / "a.parquet", tmp_path / "p" / "b.parquet"))
    assert find_place("p/*.parquet", tmp_path) == found
    assert find_place("*/[ab].parquet", tmp_path) == found
    assert find_place("p/a.parquet", tmp_path) == OneFile(path=tmp_path / "p" / "a.parquet")
    assert [is_one_file(each, tmp_path) for each in ("p/a.parquet", "p", "p/*.parquet", "x.duckdb::t")] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("empty", "empty has no Parquet files"),
        ("p/*.parquet", "has no Parquet files"),
        ("nothing.parquet", "there is no file nothing.parquet"),
        ("nothing.duckdb::t", "there is no database nothing.duckdb"),
        ("some.duckdb::", "some.duckdb:: names no table"),
        ("https://user:secret@example.org/b.parquet", "^https://example.org/b.parquet is a URL"),
    ],
)
def test_what_is_not_there_is_refused(location: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "some.duckdb").touch()
    with pytest.raises(InvalidInput, match=message):
        find_place(location, tmp_path)


def test_a_folder_is_digested_by_the_names_and_bytes_of_its_files(tmp_path: Path) -> None:
    streams = FileStreams(tmp_path)
    parts_in(tmp_path / "p", "a.parquet", "b.parquet")
    once = streams.sha256("p")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "p").rename(tmp_path / "elsewhere" / "q")
    assert streams.sha256("elsewhere/q") == streams.sha256("elsewhere/q/*.parquet") == once
    (tmp_path / "elsewhere/q/b.parquet").rename(tmp_path / "elsewhere/q/c.parquet")
    assert streams.sha256("elsewhere/q") != once
    assert streams.rows("elsewhere/q") == 2


def test_folders_that_say_a_column_have_it(tmp_path: Path) -> None:
    parts_in(tmp_path / "p", "region=north/a.parquet", "region=south/b.parquet")
    assert FileStreams(tmp_path).columns("p") == ("id", "kind", "score", "region")
    wanted = Wanted(location="p", texts=("region",), numbers=("score",))
    with FileStreams(tmp_path).join([wanted], "id") as joined:
        assert joined.surveys[0].texts["region"] == ("north", "south")


def test_files_of_a_folder_with_other_columns_are_refused(tmp_path: Path) -> None:
    parts_in(tmp_path / "p", "a.parquet")
    FRAME.rename(columns={"score": "scores"}).to_parquet(tmp_path / "p" / "b.parquet")
    wanted = Wanted(location="p", numbers=("score",))
    with pytest.raises(InvalidInput, match="p cannot be read"), FileStreams(tmp_path).join([wanted], "id"):
        pass


def database_in(folder: Path) -> Path:
    FRAME.to_parquet(folder / "frame.parquet", index=False)
    with duckdb.connect(str(folder / "r.duckdb")) as database:
        database.execute("CREATE SCHEMA s")
        database.execute(f"CREATE TABLE s.t AS SELECT * FROM '{folder / 'frame.parquet'}'")
        database.execute('CREATE VIEW "v w" AS SELECT * FROM s.t ORDER BY id DESC')
    return folder / "r.duckdb"


def test_tables_and_views_are_read_by_name(tmp_path: Path) -> None:
    database_in(tmp_path)
    streams = FileStreams(tmp_path)
    assert find_place("r.duckdb::s.t", tmp_path) == DatabaseTable(path=tmp_path / "r.duckdb", table="s.t")
    assert streams.columns("r.duckdb::s.t") == ("id", "kind", "score")
    assert streams.rows("r.duckdb::v w") == 3
    assert streams.sha256("r.duckdb::v w") == streams.sha256("r.duckdb::s.t")
    with pytest.raises(InvalidInput, match="cannot be read: Catalog Error"):
        streams.columns('r.duckdb::s.t" WHERE id = "1')


def test_tables_of_several_databases_are_joined(tmp_path: Path) -> None:
    database_in(tmp_path)
    with duckdb.connect(str(tmp_path / "other.duckdb")) as database:
        database.execute("CREATE SCHEMA s")
        database.execute("CREATE TABLE s.t AS SELECT 7 AS id, 'c' AS kind, 0.25 AS score")
    wanted = [Wanted(location=f"{name}.duckdb::s.t", texts=("kind",)) for name in ("r", "other", "r")]
    with FileStreams(tmp_path).join(wanted, "id") as joined:
        assert [survey.rows for survey in joined.surveys] == [3, 1, 3]
    with pytest.raises(InvalidInput, match="cannot be read: Catalog Error"):
        FileStreams(tmp_path).rows("r.duckdb::nothing")


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.duckdb").write_text("id,score\n1,0.5\n" * 1000)
    with pytest.raises(InvalidInput, match="no DuckDB database that can be read"):
        FileStreams(tmp_path).columns("r.duckdb::t")


# --- the digest of rows ---------------------------------------------------------------------------


def batch_of(frame: pd.DataFrame) -> "pa.RecordBatch":
    return pa.RecordBatch.from_pandas(frame, preserve_index=False)


def digest(*batches: "pa.RecordBatch") -> str:
    columns = find_plain(batches[0].schema)
    answers = [answer for batch in batches for answer in summarize([batch], columns)]
    return digest_of(put_together(pa.Table.from_batches(answers)), columns)


@given(st.permutations(range(3)), st.integers(0, 3))
def test_a_digest_of_rows_asks_neither_for_their_order_nor_for_who_has_them(order: list[int], cut: int) -> None:
    turned = FRAME.iloc[order][["score", "kind", "id"]]
    assert digest(batch_of(turned[:cut]), batch_of(turned[cut:])) == digest(batch_of(FRAME))
    whole = Fingerprint()
    add_batch(whole, batch_of(FRAME), ("id", "kind", "score"))
    assert digest_of(whole, ("id", "kind", "score")) == digest(batch_of(FRAME))


def test_a_digest_of_rows_tells_every_cell() -> None:
    frames = [
        FRAME,
        FRAME.assign(id=[1, 2, 4]),
        FRAME.assign(kind=np.array(["a", "", None], dtype=object)),
        FRAME.assign(kind=FRAME["kind"].replace("a", "b")),
        FRAME.assign(score=[0.5, 0.0, 0.0]),
        FRAME.assign(id=FRAME["score"], score=FRAME["id"]),
        FRAME.rename(columns={"kind": "sort"}),
        FRAME[:2],
    ]
    assert len({digest(batch_of(frame)) for frame in frames}) == len(frames)
    nested = batch_of(FRAME).append_column("parts", pa.array([[1], [2], [3]]))
    assert digest(nested) == digest(batch_of(FRAME))
    coded = FRAME.assign(kind=FRAME["kind"].astype("category"))
    assert digest(batch_of(coded)) == digest(batch_of(FRAME))
