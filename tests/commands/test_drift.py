"""`coronet drift`: two tables in, an alarm or none out."""

from pathlib import Path

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.adapters.tables.column_files import FileColumns
from coronet.adapters.work_tree import WorkTree
from coronet.commands.drift import DriftReport, detect_drift, model_tables
from coronet.commands.governed import load_model
from coronet.core.drift import DriftLimits, DriftRule
from coronet.errors import InvalidInput
from tests.repository.test_links import ROOT
from tests.stage.reports import told


def detected(reference: str, current: str, *, leave_out: tuple[str, ...] = ()) -> DriftReport:
    report = detect_drift(
        FileColumns(),
        FileDocuments(),
        reference=reference,
        current=current,
        columns=(),
        leave_out=leave_out,
        limits=DriftLimits(),
        progress=lambda step, detail="": None,
    )
    return told(report)


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, str]:
    """Three tables of a hundred rows: before, the same again, and one in which the age has moved."""
    texts = {
        "before": "".join(f"{i},{20 + i % 50},{'ab'[i % 2]}\n" for i in range(200)),
        "again": "".join(f"{i},{20 + i % 50},{'ab'[i % 2]}\n" for i in range(200, 400)),
        "moved": "".join(f"{i},{60 + i % 50},{'<b>@x'[i % 5]}\n" for i in range(200)),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(f"id,age,region\n{text}")
    return {name: str(tmp_path / f"{name}.csv") for name in texts}


def test_the_same_again_is_no_drift(tables: dict[str, str]) -> None:
    report = detected(tables["before"], tables["again"], leave_out=("id",))
    assert report.exit_code == 0
    assert report.to_text().startswith("pass: no drift in 2 columns of ")


def test_what_has_moved_is_refused_with_the_columns(tables: dict[str, str]) -> None:
    report = detected(tables["before"], tables["moved"], leave_out=("id",))
    assert report.exit_code == 4
    assert report.to_json()["alarms"] == ["age", "region"]
    assert report.to_text().startswith("fail: 2 of 2 columns have drifted in ")
    assert "✗ age: PSI" in report.to_text()
    assert "❌ drift" in report.to_markdown()


def test_the_page_has_a_row_for_each_column(tables: dict[str, str]) -> None:
    report = detected(tables["before"], tables["moved"], leave_out=("id",))
    assert report.to_html().count('<th scope="row">') - report.to_html().count("%</td></tr>") == 2


def test_a_column_that_is_gone(tables: dict[str, str], tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("age\n" + "".join(f"{20 + i % 50}\n" for i in range(200)))
    report = detected(tables["before"], str(other), leave_out=("id",))
    assert report.to_json()["alarms"] == ["region"]
    other.write_text("x\n1\n")
    assert detected(tables["before"], str(other)).to_json()["alarms"] == ["id", "age", "region"]


def test_no_column_is_left(tables: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="no column of"):
        detected(tables["before"], tables["again"], leave_out=("id", "age", "region"))


def test_the_tables_of_a_model() -> None:
    model = load_model(WorkTree(ROOT), FileDocuments(), "breast-cancer")
    reference, current, left_out = model_tables(FileColumns(ROOT), model)
    assert reference == "models/breast-cancer/data/train.csv"
    assert current == "models/breast-cancer/data/evaluation.csv"
    assert left_out == ("id",)
    report = detect_drift(
        FileColumns(ROOT),
        FileDocuments(),
        reference=reference,
        current=current,
        columns=("diagnosis",),
        leave_out=left_out,
        limits=DriftLimits(rule=DriftRule.PSI),
        progress=lambda step, detail="": None,
    )
    assert len(told(report).columns) == 1
