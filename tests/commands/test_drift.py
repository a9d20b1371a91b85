"""`coronet drift`: two tables in, an alarm or none out."""

from pathlib import Path

import pandas as pd
import pytest

from coronet.adapters.documents import FileDocuments
from coronet.adapters.tables.column_files import FileColumns
from coronet.adapters.work_tree import WorkTree
from coronet.commands.drift import DriftReport, detect_drift, model_tables, tell_drift
from coronet.commands.governed import load_model
from coronet.core.drift import DriftLimits, DriftRule
from coronet.errors import InvalidInput
from tests.fakes.memory_notifier import MemoryNotifier
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


def test_drift_opens_one_issue_and_quiet_closes_it(tables: dict[str, str]) -> None:
    notifier = MemoryNotifier()
    moved = detected(tables["before"], tables["moved"], leave_out=("id",))
    quiet = detected(tables["before"], tables["again"], leave_out=("id",))
    assert (moved.overall_drift, quiet.overall_drift) == (True, False)

    assert told(tell_drift(moved, notifier, "churn", dry_run=True)).issue == "the issue of churn would be opened"
    assert notifier.open == {}
    assert told(tell_drift(moved, notifier, "churn", dry_run=False)).issue == "issue 1 is open: memory:1"
    assert tell_drift(moved, notifier, "churn", dry_run=True).issue == "the issue of churn would be rewritten"
    assert tell_drift(moved, notifier, "churn", dry_run=False).issue == "issue 1 is open: memory:1"
    assert notifier.open["drift-churn"].title == "churn: the data have drifted"
    assert "coronet train churn" in notifier.bodies["drift-churn"]

    assert tell_drift(quiet, notifier, "fraud", dry_run=False).issue == "no issue of fraud is to be opened or closed"
    assert tell_drift(quiet, notifier, "churn", dry_run=True).issue == "issue 1 would be closed: memory:1"
    assert list(notifier.open) == ["drift-churn"]
    assert "issue 1 was closed" in told(tell_drift(quiet, notifier, "churn", dry_run=False)).to_text()
    assert notifier.closed == [("drift-churn", "no column has drifted any more")]


def test_what_could_not_be_measured_closes_nothing(tables: dict[str, str], tmp_path: Path) -> None:
    notifier = MemoryNotifier()
    tell_drift(detected(tables["before"], tables["moved"], leave_out=("id",)), notifier, "churn", dry_run=False)
    lists = str(tmp_path / "lists.parquet")
    pd.DataFrame({"x": [[1], [2]]}).to_parquet(lists)
    unknown = detected(lists, lists)
    assert (unknown.overall_drift, unknown.exit_code) == (False, 4)
    tell_drift(unknown, notifier, "churn", dry_run=False)
    assert list(notifier.open) == ["drift-churn"]


def test_an_issue_is_of_a_model(tables: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="no name of a model"):
        tell_drift(detected(tables["before"], tables["again"]), MemoryNotifier(), "@everybody", dry_run=False)
