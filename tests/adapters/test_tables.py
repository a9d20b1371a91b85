"""CSV and Parquet say the same; what is neither, or not all there, is said in words."""

import gzip
import hashlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pandas as pd
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from coronet.adapters.tables import FileTables
from coronet.errors import CoronetError, InvalidInput, Unavailable

Save = Callable[..., FileTables]
MIDNIGHT = np.datetime64("2026-01-02T00:00:00", "us")


@pytest.fixture
def tables(tmp_path: Path) -> FileTables:
    return FileTables(tmp_path)


@pytest.fixture
def csv(tmp_path: Path) -> Callable[[str], FileTables]:
    """Writes t.csv."""

    def save(text: str) -> FileTables:
        (tmp_path / "t.csv").write_bytes(text.encode())
        return FileTables(tmp_path)

    return save


@pytest.fixture
def parquet_of(tmp_path: Path) -> Callable[..., FileTables]:
    """Writes t.parquet from columns of values."""

    def save(**columns: Any) -> FileTables:
        parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
        return FileTables(tmp_path)

    return save


def texts(tables: FileTables, location: str, name: str = "x") -> list[str | None]:
    return list(tables.read(location, columns=[name], text=[name])[name])


# --- text -----------------------------------------------------------------------------------------

SAME_TEXT: list[tuple[list[str], list[Any], list[str | None]]] = [
    (["1", "2"], [1, 2], ["1", "2"]),
    (["1.0", "", "3.0"], [1.0, None, 3.0], ["1", None, "3"]),
    (["1", "", "9007199254740993"], [1, None, 9007199254740993], ["1", None, "9007199254740993"]),
    (["0.5", "1.0"], [0.5, 1.0], ["0.5", "1.0"]),
    (["true", "FALSE", ""], [True, False, None], ["True", "False", None]),
    (["yes", "no"], ["yes", "no"], ["yes", "no"]),
    (["007", "7"], ["007", "7"], ["007", "7"]),
    (["NA", "None", "null"], ["NA", "None", "null"], ["NA", "None", "null"]),
    (["nan", "NaN", "<NA>", "x"], ["nan", None, "", "x"], [None, None, None, "x"]),
    (['"a,b"', '"c ""d"""'], ["a,b", 'c "d"'], ["a,b", 'c "d"']),
]


@pytest.mark.parametrize(("cells", "values", "expected"), SAME_TEXT, ids=[str(case[2]) for case in SAME_TEXT])
def test_a_value_is_the_same_text_in_either_kind_of_file(
    csv: Save, parquet_of: Save, cells: list[str], values: list[Any], expected: list[str | None]
) -> None:
    assert texts(csv("x,y\n" + "".join(f"{cell},1\n" for cell in cells)), "t.csv") == expected
    if values != [0.5, 1.0]:
        assert texts(parquet_of(x=values), "t.parquet") == expected


def test_whole_numbers_among_fractions_lose_their_point_where_they_are_numbers(parquet_of: Save) -> None:
    assert texts(parquet_of(x=[0.5, 1.0]), "t.parquet") == ["0.5", "1"]


def test_categories_and_small_floats_are_text_like_any_other(parquet_of: Save) -> None:
    tables = parquet_of(
        x=pyarrow.array(["a", None, "a"]).dictionary_encode(),
        y=pyarrow.array([1.0, 2.5, float("nan")], type=pyarrow.float32()),
        z=[MIDNIGHT, None, MIDNIGHT],
    )
    assert texts(tables, "t.parquet") == ["a", None, "a"]
    assert texts(tables, "t.parquet", "y") == ["1", "2.5", None]
    assert texts(tables, "t.parquet", "z") == ["2026-01-02 00:00:00", None, "2026-01-02 00:00:00"]


@given(values=st.lists(st.none() | st.integers(-(2**62), 2**62), min_size=1, max_size=20))
def test_any_whole_numbers_are_the_same_text(
    tmp_path_factory: pytest.TempPathFactory, values: list[int | None]
) -> None:
    folder = tmp_path_factory.mktemp("t")
    parquet.write_table(pyarrow.table({"x": pyarrow.array(values, type=pyarrow.int64())}), folder / "t.parquet")
    (folder / "t.csv").write_text("x,y\n" + "".join(f"{'' if value is None else value},\n" for value in values))
    tables = FileTables(folder)
    assert texts(tables, "t.csv") == texts(tables, "t.parquet")


# --- numbers --------------------------------------------------------------------------------------


def test_numbers_are_floats_and_what_is_missing_is_nan(csv: Save, parquet_of: Save) -> None:
    from_csv = csv("x,y\n1,0.1\n,inf\nNA,\n").read("t.csv", numbers=["x", "y"])
    from_parquet = parquet_of(x=[1, None, None], y=[0.1, float("inf"), None]).read("t.parquet", numbers=["x", "y"])
    for name, expected in (("x", [1.0, np.nan, np.nan]), ("y", [0.1, np.inf, np.nan])):
        np.testing.assert_array_equal(from_csv[name], expected)
        np.testing.assert_array_equal(from_parquet[name], expected)
        assert from_csv[name].dtype == from_parquet[name].dtype == np.float64


def test_decimals_texts_and_categories_of_numbers_are_numbers(parquet_of: Save) -> None:
    tables = parquet_of(
        x=[Decimal("1.5"), None], y=["2.5", "nan"], z=pyarrow.array([3, 3]).dictionary_encode(), w=[True, False]
    )
    frame = tables.read("t.parquet", numbers=["x", "y", "z", "w"])
    np.testing.assert_array_equal(frame["x"], [1.5, np.nan])
    np.testing.assert_array_equal(frame["y"], [2.5, np.nan])
    np.testing.assert_array_equal(frame["z"], [3.0, 3.0])
    np.testing.assert_array_equal(frame["w"], [1.0, 0.0])


def test_a_csv_number_is_the_number_that_python_reads(csv: Save) -> None:
    cells = ["0.1", "1e-320", "123456789.123456789", "0.30000000000000004"]
    frame = csv("x\n" + "\n".join(cells) + "\n").read("t.csv", numbers=["x"])
    assert frame["x"].tolist() == [float(cell) for cell in cells]


def test_a_word_among_numbers_is_named_with_its_row(csv: Save) -> None:
    with pytest.raises(InvalidInput, match=r"x of t\.csv holds 'abc' in row 2, and 2 cells in all"):
        csv("x\n1\nabc\n3\n-\n").read("t.csv", numbers=["x"])


def test_times_are_no_numbers(parquet_of: Save) -> None:
    with pytest.raises(InvalidInput, match="holds times"):
        parquet_of(x=[MIDNIGHT]).read("t.parquet", numbers=["x"])


# --- everything else as it stands -----------------------------------------------------------------


def test_other_columns_come_as_the_file_has_them(csv: Save, parquet_of: Save) -> None:
    frame = csv("id,size,kind,ok\n1,0.5,a,true\n2,,NA,false\n").read("t.csv")
    assert [dtype.kind for dtype in frame.dtypes] == ["i", "f", "O", "b"]
    assert frame["kind"].isna().tolist() == [False, True]
    table = pyarrow.table({"x": [1, 2], "y": ["a", None]})
    assert parquet_of(x=[1, 2], y=["a", None]).read("t.parquet").equals(table.to_pandas())


def test_only_the_columns_asked_for_and_in_that_order(csv: Save, parquet_of: Save) -> None:
    assert list(csv("a,b,c\n1,2,3\n").read("t.csv", columns=["c", "a", "c"]).columns) == ["c", "a"]
    assert list(parquet_of(a=[1], b=[2], c=[3]).read("t.parquet", columns=["c", "a"]).columns) == ["c", "a"]


def test_the_names_of_the_columns(csv: Save, parquet_of: Save) -> None:
    assert csv('\ufeff"a, b",c\n1,2\n').columns("t.csv") == ("a, b", "c")
    assert csv('\ufeff"a, b",c\n1,2\n').read("t.csv").columns.tolist() == ["a, b", "c"]
    assert parquet_of(a=[1], b=[2]).columns("t.parquet") == ("a", "b")


def test_a_gzipped_csv_is_a_csv_and_its_digest_is_of_the_file(tmp_path: Path) -> None:
    data = gzip.compress(b"x\n1\n")
    (tmp_path / "t.csv.gz").write_bytes(data)
    tables = FileTables(tmp_path)
    assert tables.read("t.csv.gz")["x"].tolist() == [1]
    assert tables.sha256("t.csv.gz") == hashlib.sha256(data).hexdigest()


def test_parquet_is_known_by_its_bytes_and_not_its_ending(parquet_of: Save, tmp_path: Path) -> None:
    parquet_of(x=[1])
    (tmp_path / "t.parquet").rename(tmp_path / "t.dat")
    assert FileTables(tmp_path).read("t.dat")["x"].tolist() == [1]


def test_what_was_hashed_is_what_is_read(csv: Save, tmp_path: Path) -> None:
    tables = csv("x\n1\n")
    before = tables.sha256("t.csv")
    (tmp_path / "t.csv").write_text("x\n2\n")
    assert tables.read("t.csv")["x"].tolist() == [1]
    assert FileTables(tmp_path).sha256("t.csv") != before


def test_a_frame_as_parquet_is_the_same_bytes_and_reads_back(tables: FileTables, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "p": [0.25, np.nan]}, index=[7, 9])
    data = tables.to_parquet(frame)
    assert data == tables.to_parquet(frame)
    (tmp_path / "t.parquet").write_bytes(data)
    assert tables.read("t.parquet").equals(frame.reset_index(drop=True))
    assert b"pandas" not in data


# --- from elsewhere -------------------------------------------------------------------------------


def test_a_url_is_read_like_a_file(tables: FileTables) -> None:
    fsspec.filesystem("memory").pipe("/data/t.csv", b"x\n1\n")
    assert tables.read("memory://data/t.csv")["x"].tolist() == [1]


@pytest.mark.parametrize(
    ("error", "expected", "said"),
    [
        (OSError("cable cut"), Unavailable, "cannot be read now: OSError"),
        (PermissionError("no"), InvalidInput, "may not be read"),
        (FileNotFoundError("no"), InvalidInput, "there is no file"),
        (ImportError("Install s3fs to access S3"), InvalidInput, "a package that is not installed"),
    ],
)
def test_what_goes_wrong_on_the_way(
    tables: FileTables, error: Exception, expected: type[CoronetError], said: str
) -> None:
    class Failing(fsspec.AbstractFileSystem):  # type: ignore[misc]
        def _open(self, *arguments: object, **options: object) -> object:
            raise error

    fsspec.register_implementation("failing", Failing, clobber=True)
    with pytest.raises(expected, match=said) as caught:
        tables.read("failing://user:secret@host/t.csv?key=secret")
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("location", ["file:///etc/hostname", "local:///etc/hostname", "simplecache::file:///etc/x"])
def test_a_url_does_not_lead_into_this_machine(tables: FileTables, location: str) -> None:
    with pytest.raises(InvalidInput, match="is no URL of a table"):
        tables.read(location)


def test_an_unknown_kind_of_url(tables: FileTables) -> None:
    with pytest.raises(InvalidInput, match="is no URL that can be read"):
        tables.sha256("nowhere://t.csv")


# --- what is no table -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"x,y\n", "has columns and no rows"),
        (b"\n\n", "it has no header"),
        (b",,\n1,2,3\n", "it has no header"),
        (b"x,y,x\n1,2,3\n", "has the column 'x' more than once"),
        (b"x,y\n1,2,3\n", "neither CSV nor Parquet"),
        (b"x,y\n1,2\n1,2,3\n", "Expected 2 fields in line 3, saw 3"),
        (b'x,y\n1,"2\n', "neither CSV nor Parquet"),
        (b"x\n\xff\xfe\n", "byte 2 is not UTF-8"),
        (b"\x00\x01\x02", "it holds bytes that are no text"),
        (b'"x"y\n1\n', "neither CSV nor Parquet"),
        (b"PAR1 and no more", "is no Parquet file that can be read"),
        (b"\x1f\x8b\x08broken", "is gzipped and cannot be unpacked"),
    ],
)
def test_what_cannot_be_a_table(tables: FileTables, tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(InvalidInput, match=said) as caught:
        tables.read("t.csv")
    assert caught.value.hint


def test_a_parquet_file_that_is_none(tables: FileTables, tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"x\n1\n")
    with pytest.raises(InvalidInput, match="does not begin as one"):
        tables.read("t.parquet")


def test_a_parquet_file_broken_in_the_middle(parquet_of: Save, tmp_path: Path) -> None:
    parquet_of(x=list(range(2000)))
    path = tmp_path / "t.parquet"
    data = bytearray(path.read_bytes())
    data[40:400] = bytes(360)
    path.write_bytes(bytes(data))
    with pytest.raises(InvalidInput, match="is no Parquet file that can be read"):
        FileTables(tmp_path).read("t.parquet")


def test_a_parquet_file_with_a_column_twice(tmp_path: Path) -> None:
    table = pyarrow.Table.from_arrays([pyarrow.array([1]), pyarrow.array([2])], names=["x", "x"])
    parquet.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(InvalidInput, match="more than once"):
        FileTables(tmp_path).columns("t.parquet")


def test_a_missing_file_a_folder_and_no_name(tables: FileTables, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for location, said in (
        ("missing.csv", "there is no file missing.csv"),
        ("folder", "is a folder"),
        ("", "is empty"),
        ("a\0b", "cannot be read"),
    ):
        with pytest.raises(InvalidInput, match=said):
            tables.sha256(location)


def test_a_missing_column_is_suggested(csv: Save) -> None:
    tables = csv("price,kind\n1,2\n")
    with pytest.raises(InvalidInput, match=r"t\.csv has no column 'prize'") as caught:
        tables.read("t.csv", columns=["prize"])
    assert caught.value.hint == "did you mean 'price'?"
    with pytest.raises(InvalidInput, match="has no columns 'one', 'another'") as caught:
        tables.read("t.csv", columns=["one", "another"])
    assert caught.value.hint == "its columns are price, kind"


def test_semicolons_are_not_commas(csv: Save) -> None:
    with pytest.raises(InvalidInput) as caught:
        csv("id;price\n1;2\n").read("t.csv", columns=["price"])
    assert "not separated by commas" in caught.value.hint
