"""`detect_drift` from Python: by path, in memory, against a profile."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coronet.adapters.tables.column_files import FileColumns
from coronet.commands.profile import make_profile
from coronet.core.canonical import canonical_json
from coronet.core.drift import DriftRule
from coronet.drift import DriftLimits, detect_drift
from coronet.errors import InvalidInput
from tests.stage.reports import told


def frame(moved: float) -> pd.DataFrame:
    random = np.random.default_rng(int(moved))
    return pd.DataFrame(
        {"x": random.normal(moved, size=400), "y": random.choice(["a", "b"], size=400), "id": range(400)}
    )


@pytest.fixture
def before(tmp_path: Path) -> Path:
    frame(0).to_csv(tmp_path / "before.csv", index=False)
    return tmp_path / "before.csv"


@pytest.fixture
def profile(before: Path) -> Path:
    report = make_profile(FileColumns(), str(before), columns=(), leave_out=(), progress=lambda step, detail="": None)
    path = before.with_name("profile.json")
    path.write_bytes(canonical_json(report.to_json()))
    return path


def test_frames_files_and_profiles_say_the_same(before: Path, profile: Path, tmp_path: Path) -> None:
    frame(1).to_parquet(tmp_path / "now.parquet")
    found = [
        told(detect_drift(baseline, now, leave_out=["id"]))
        for baseline, now in (
            (frame(0), frame(1)),
            (before, tmp_path / "now.parquet"),
            (str(profile), str(tmp_path / "now.parquet")),
            (profile, frame(1)),
        )
    ]
    assert [report.decision.alarms for report in found] == [("x",)] * 4
    assert [report.columns[0].psi for report in found] == pytest.approx([found[0].columns[0].psi] * 4, rel=0.1)


def test_the_rules_and_columns_that_are_asked_for() -> None:
    report = detect_drift(frame(0), frame(1), columns=["y"], limits=DriftLimits(rule=DriftRule.PSI))
    assert [column.column for column in report.columns] == ["y"]
    assert report.exit_code == 0


def test_nullable_columns_of_pandas() -> None:
    numbers = pd.Series([1, None, 3] * 40, dtype="Int64")
    texts = pd.Series(["a", None, "b"] * 40, dtype="string")
    before = pd.DataFrame({"numbers": numbers, "texts": texts, "classes": texts.astype("category")})
    report = told(detect_drift(before, before))
    assert [str(column.kind) for column in report.columns] == ["number", "category", "category"]
    assert [column.missing for column in report.columns] == [(1 / 3, 1 / 3)] * 3
    assert report.decision.alarms == ()


def test_what_cannot_be_compared(before: Path) -> None:
    with pytest.raises(InvalidInput, match="is no profile"):
        detect_drift(before, frame(0))
    with pytest.raises(InvalidInput, match="not compared with one in memory"):
        detect_drift(frame(0), before)
    with pytest.raises(InvalidInput, match="no column 'z'"):
        detect_drift(frame(0), frame(0), columns=["z"])
    with pytest.raises(InvalidInput, match="no column is left"):
        detect_drift(frame(0), frame(0), columns=["x"], leave_out=["x"])
