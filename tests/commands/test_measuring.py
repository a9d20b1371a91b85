"""Drift of tables: small ones exactly, large ones in one pass, profiles instead of the reference."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from coronet.adapters.documents import FileDocuments
from coronet.adapters.tables.column_files import FileColumns
from coronet.commands.drift import DriftReport, detect_drift
from coronet.commands.measuring import EXACT_ROWS, measure_tables
from coronet.commands.profile import ProfileReport, make_profile
from coronet.core.canonical import canonical_json
from coronet.core.drift import DriftLimits
from coronet.core.statistics.drift import measure_drift
from coronet.errors import InvalidInput
from tests.stage.reports import told

ROWS = 4 * EXACT_ROWS
Columns = dict[str, Any]


def table(rows: int, seed: int, moved: float = 0.0) -> Columns:
    random = np.random.default_rng(seed)
    return {
        "normal": random.normal(moved, size=rows),
        "skewed": random.lognormal(0, 2, size=rows),
        "counts": random.poisson(3, size=rows),
        "gaps": np.where(random.random(rows) < 0.1, np.nan, random.normal(size=rows)),
        "flag": random.random(rows) < 0.2,
        "region": random.choice(["a", "b", "c"], size=rows),
    }


def write(path: Path, columns: Columns) -> str:
    parquet.write_table(pa.table(columns), path, row_group_size=50_000)
    return str(path)


def detected(reference: str, current: str, **limits: Any) -> DriftReport:
    return told(
        detect_drift(
            FileColumns(),
            FileDocuments(),
            reference=reference,
            current=current,
            columns=(),
            leave_out=("left out",),
            limits=DriftLimits(**limits),
            progress=lambda step, detail="": None,
        )
    )


def profiled(source: str, path: Path, *, columns: tuple[str, ...] = ()) -> str:
    report: ProfileReport = told(
        make_profile(FileColumns(), source, columns=columns, leave_out=(), progress=lambda step, detail="": None)
    )
    path.write_bytes(canonical_json(report.to_json()))
    return str(path)


@pytest.mark.parametrize("rows", [1_000, ROWS])
def test_tables_are_measured_as_arrays_are(tmp_path: Path, rows: int) -> None:
    """Few rows are exactly so; many as far as the bound says."""
    before, now = table(rows, 1), table(rows, 2, moved=0.2)
    report = detected(write(tmp_path / "a.parquet", before), write(tmp_path / "b.parquet", now))
    for found, expected in zip(report.columns, measure_drift(before, now), strict=True):
        assert (found.column, found.kind, found.rows, found.missing) == (
            expected.column,
            expected.kind,
            expected.rows,
            expected.missing,
        )
        assert found.distance is not None
        assert expected.distance is not None
        assert found.bound <= 0.002
        assert found.distance - 1e-12 <= expected.distance <= found.distance + found.bound + 1e-12
        assert found.psi == pytest.approx(expected.psi, rel=0.05, abs=1e-3)
    assert report.decision.alarms == ("normal",)


def test_a_profile_stands_in_for_its_table(tmp_path: Path) -> None:
    reference = write(tmp_path / "a.parquet", table(20_000, 1))
    again, moved = (write(tmp_path / f"{m}.parquet", table(10_000, 2, moved=m)) for m in (0.0, 0.5))
    profile = profiled(reference, tmp_path / "profile.json")
    assert detected(profile, again).decision.alarms == ()
    assert detected(profile, moved).decision.alarms == ("normal",)
    other = write(tmp_path / "other.parquet", {"region": ["a", "b"] * 50, "flag": [[1]] * 100})
    found = detected(profile, other)
    assert {"normal", "skewed", "region"} <= {*found.decision.alarms}
    assert [column.problem for column in found.columns if column.column == "flag"] != [""]


def test_only_the_reference_may_be_a_profile(tmp_path: Path) -> None:
    reference = write(tmp_path / "a.parquet", table(100, 1))
    profile = profiled(reference, tmp_path / "profile.json")
    with pytest.raises(InvalidInput, match=r"is no table, but JSON"):
        detected(reference, profile)


def test_a_profile_of_chosen_columns(tmp_path: Path) -> None:
    reference = write(tmp_path / "a.parquet", {**table(100, 1), "list": [[1]] * 100})
    profile = profiled(reference, tmp_path / "profile.json", columns=("region", "counts", "list"))
    assert [column.column for column in detected(profile, reference).columns] == ["region", "counts"]
    with pytest.raises(InvalidInput, match=r"no column of .* can be profiled"):
        profiled(reference, tmp_path / "other.json", columns=("list",))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": -1}, "not a valid profile"),
        ({"more": 1}, "not a valid profile"),
        ({"columns": "x"}, "not a valid profile"),
        ({"steps": {"until": [2, 1], "high": [0, 1], "rows": [1, 1]}}, "do not fit together"),
    ],
)
def test_what_is_no_profile(tmp_path: Path, change: Columns, message: str) -> None:
    reference = write(tmp_path / "a.parquet", {"x": [1.0, 2.0, 3.0]})
    profile = profiled(reference, tmp_path / "p.json")
    value = FileDocuments().parse(Path(profile).read_bytes(), file=profile).value
    if "steps" in change:
        value["columns"][0] |= change
    else:
        value |= change
    Path(profile).write_bytes(canonical_json(value))
    with pytest.raises(InvalidInput, match=message):
        detected(profile, reference)


def test_what_a_column_holds_decides_how_it_is_compared(tmp_path: Path) -> None:
    before = write(
        tmp_path / "a.parquet",
        {
            "code": ["1", "2"] * 50,
            "number": [1.0, 2.0] * 50,
            "nothing": pa.nulls(100),
            "list": [[1]] * 100,
            "never": pa.nulls(100),
        },
    )
    now = write(
        tmp_path / "b.parquet",
        {
            "code": [1, 2] * 50,
            "number": ["1", "2"] * 50,
            "nothing": ["a"] * 100,
            "list": [1] * 100,
            "never": pa.nulls(100),
        },
    )
    found = {column.column: column for column in detected(before, now).columns}
    assert (str(found["code"].kind), found["code"].distance) == ("category", 0)
    assert (str(found["number"].kind), found["number"].distance) == ("number", 0)
    assert (str(found["nothing"].kind), found["nothing"].problem) == ("category", "there is no value before")
    assert found["list"].problem
    assert found["never"].problem == "there is no value before"


def test_nothing_that_can_be_measured_is_no_pass(tmp_path: Path) -> None:
    lists = write(tmp_path / "a.parquet", {"x": [[1]]})
    report = detected(lists, lists)
    assert report.exit_code == 4
    assert report.to_text().startswith("fail: none of 1 columns")


def test_a_column_is_sorted_where_the_bound_leaves_something_open(tmp_path: Path) -> None:
    """Rows that no sample sees lie close together, in one level of the grid, and have moved within it."""
    random = np.random.default_rng(3)
    before = random.normal(size=ROWS)
    now = before.copy()
    unseen = (np.arange(ROWS) % 50_000 >= 20_000) & (np.arange(ROWS) % 50_000 < 35_000)
    before[unseen] = 3e6 + random.random(int(unseen.sum()))
    now[unseen] = 3e6 + random.random(int(unseen.sum())) * 0.6
    names = [write(tmp_path / f"{place}.parquet", {"x": column}) for place, column in enumerate((before, now))]
    expected = measure_drift({"x": before}, {"x": now})[0].distance
    with FileColumns().open(names[0]) as a, FileColumns().open(names[1]) as b:
        (found,) = measure_tables(a, b, ["x"], DriftLimits())
    assert (found.distance, found.bound) == (expected, 0)
    assert expected is not None
    assert expected > 0.1


def test_a_column_that_was_asked_for_and_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"x": [1.0]})
    with pytest.raises(InvalidInput, match="no column 'y'"):
        detect_drift(
            FileColumns(),
            FileDocuments(),
            reference=path,
            current=path,
            columns=("y",),
            leave_out=(),
            limits=DriftLimits(),
            progress=lambda step, detail="": None,
        )
