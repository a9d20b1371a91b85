"""Outcomes of versions in use, added up from files as they are, beside the same in NumPy."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from coronet.adapters.tables.outcomes import FileOutcomes
from coronet.core.abtest.judging import Units
from coronet.errors import InvalidInput
from coronet.ports.outcomes import Added, Asked, OutcomeSums

NAMED = Asked(
    arm="version", champion="5", candidate="7", outcomes=("bought", "spent"), unit="customer", segments=("r",)
)
ROWS = Asked(arm="version", champion="5", candidate="7", outcomes=("bought", "spent"))


@pytest.fixture
def frame() -> pd.DataFrame:
    random = np.random.default_rng(1)
    customer = random.integers(0, 300, size=2000)
    bought = random.random(2000) < 0.2
    return pd.DataFrame(
        {
            "customer": customer,
            "version": np.where(customer % 3 == 0, "7", "5"),
            "bought": bought,
            "spent": np.where(bought, 1e6 + random.normal(size=2000), 0.0),
            "r": np.where(random.random(2000) < 0.5, "north", "o'south\""),
        }
    )


def written(frame: pd.DataFrame, folder: Path, kind: str) -> str:
    match kind:
        case "csv":
            frame.to_csv(folder / "o.csv", index=False)
        case "parquet":
            frame.to_parquet(folder / "o.parquet")
        case "folder":
            (folder / "o").mkdir()
            frame[:700].to_parquet(folder / "o" / "1.parquet")
            frame[700:].to_parquet(folder / "o" / "2.parquet")
            return "o"
        case "table":
            with duckdb.connect(str(folder / "o.duckdb")) as session:
                session.execute("CREATE TABLE outcomes AS SELECT * FROM frame")
            return "o.duckdb::outcomes"
    return f"o.{kind}"


def summed(added: Added, outcome: str, **segment: str) -> OutcomeSums:
    return next(each for each in added.sums if each.outcome == outcome and each.segment == segment)


@pytest.mark.parametrize("kind", ["csv", "parquet", "folder", "table"])
def test_units_are_added_up_from_whatever_holds_them(frame: pd.DataFrame, tmp_path: Path, kind: str) -> None:
    added = FileOutcomes(tmp_path).add_up(written(frame, tmp_path, kind), NAMED)
    assert added.units == Units(champion=200, candidate=100, both=0)
    assert added.arms == ("5", "7")
    for segment in ({}, {"r": "north"}, {"r": "o'south\""}):
        part = frame if not segment else frame[frame.r == segment["r"]]
        for outcome in ("bought", "spent"):
            found = summed(added, outcome, **segment)
            for arm, version in ((found.champion, "5"), (found.candidate, "7")):
                units = part[part.version == version].groupby("customer")[outcome].agg(["sum", "count"]).astype(float)
                value = units["sum"].sum() / units["count"].sum()
                assert (arm.units, arm.rows, arm.truths) == (len(units), units["count"].sum(), outcome == "bought")
                assert arm.total == pytest.approx(units["sum"].sum(), rel=1e-12)
                assert arm.off == pytest.approx(((units["sum"] - value * units["count"]) ** 2).sum(), rel=1e-12)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_without_units_each_row_is_one(frame: pd.DataFrame, tmp_path: Path, kind: str) -> None:
    added = FileOutcomes(tmp_path).add_up(written(frame, tmp_path, kind), ROWS)
    met = frame[frame.version == "7"]
    assert added.units.candidate == len(met)
    bought, spent = (summed(added, name).candidate for name in ("bought", "spent"))
    assert (bought.truths, spent.truths) == (True, False)
    assert (bought.rows, bought.total) == (len(met), met.bought.sum())
    assert spent.off == pytest.approx(met.spent.var(ddof=0) * len(met), rel=1e-12)


def test_what_tells_nothing_is_left_out_and_counted(tmp_path: Path) -> None:
    rows = [
        ("5", "a", 1.0),
        ("5", "b", None),
        ("5", "b", float("inf")),
        ("5", "b", 0.0),
        ("7", "c", 1.0),
        ("5", "d", 1.0),
        ("7", "d", 1.0),
        ("6", "e", 1.0),
        (None, "f", 1.0),
        ("7", None, 1.0),
    ]
    pd.DataFrame(rows, columns=["version", "customer", "sold"]).to_parquet(tmp_path / "o.parquet")
    asked = Asked(arm="version", champion="5", candidate="7", outcomes=("sold",), unit="customer")
    added = FileOutcomes(tmp_path).add_up("o.parquet", asked)
    assert added.units == Units(champion=2, candidate=1, both=1)
    assert (added.others, added.nameless, added.missing) == (2, 1, {"sold": 2})
    assert (summed(added, "sold").champion.rows, summed(added, "sold").candidate.rows) == (2, 1)


def test_nobody_met_it(tmp_path: Path) -> None:
    pd.DataFrame({"version": [1, 2], "sold": [True, False]}).to_parquet(tmp_path / "o.parquet")
    asked = Asked(arm="version", champion="1", candidate="3", outcomes=("sold",))
    added = FileOutcomes(tmp_path).add_up("o.parquet", asked)
    assert (added.units, added.arms) == (Units(champion=1, candidate=0, both=0), ("1", "2"))
    assert summed(added, "sold").candidate.units == 0


def test_columns_that_are_none_or_hold_texts(tmp_path: Path) -> None:
    pd.DataFrame({"version": ["5", "7"], "sold": ["yes", "no"], "list": [[1], [2]]}).to_parquet(tmp_path / "o.parquet")
    (tmp_path / "o.csv").write_text("version,sold\n5,1\n7,no\n")
    for file, column, message in (
        ("o.parquet", "solt", "no column 'solt'"),
        ("o.parquet", "sold", "is varchar, and neither"),
        ("o.parquet", "list", r"\[\], and neither"),
        ("o.csv", "sold", "is varchar, and neither"),
    ):
        asked = Asked(arm="version", champion="5", candidate="7", outcomes=(column,))
        with pytest.raises(InvalidInput, match=message):
            FileOutcomes(tmp_path).add_up(file, asked)


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("damaged.parquet", "no Parquet file"),
        ("none.csv", "there is no file none.csv"),
        ("https://example.com/o.csv", "is a URL"),
        ("", "place is empty"),
        ("empty.csv", "empty.csv is empty"),
        ("head.csv", "has columns and no rows"),
        ("head.parquet", "has columns and no rows"),
        ("ragged.csv", "neither CSV nor Parquet"),
        ("none.duckdb::t", "there is no database"),
    ],
)
def test_what_is_no_table(tmp_path: Path, location: str, message: str) -> None:
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1 and no more")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "head.csv").write_text("version,bought,spent\n")
    pd.DataFrame({"version": ["5"], "bought": [True], "spent": [1.0]})[:0].to_parquet(tmp_path / "head.parquet")
    (tmp_path / "ragged.csv").write_text('version,bought,spent\n5,1,2\n7,0,3,4\n"x\n')
    with pytest.raises(InvalidInput, match=message):
        FileOutcomes(tmp_path).add_up(location, ROWS)
