"""`coronet evaluate` from prediction files, byte for byte."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from coronet.adapters.schemas import load_schema
from coronet.cli.main import run
from coronet.core.canonical import digest_bytes
from coronet.core.evidence import evidence_from_json, hash_key

CHAMPION = "id,price,predicted,kind\n1,100,120,flat\n2,200,230,flat\n3,300,290,house\n4,400,300,house\n"
CANDIDATE = "id,price,predicted,kind\n4,400,390,house\n3,300,290,house\n2,200,210,flat\n1,100,101,flat\n"
ASKED = [
    *("evaluate", "--task", "regression", "--champion", "A.parquet", "--candidate", "B.csv", "--key", "id"),
    *("--label", "price", "--prediction", "predicted", "--segment", "kind"),
    *("--metric", "mae", "--metric", "within_10_percent"),
]
NOW = "2026-11-20T21:05:00Z"
HEADLINE = (
    "unnamed: predictions {candidate}… against predictions {champion}…, 4 rows measured. "
    "`coronet judge` judges it by a policy.\n"
)
TABLE = """\

Metric             Rows  Champion  Candidate  Difference  95 % interval     worse · better
mae                4     40        7.75       −32.25      [−95.24, +30.74]  ·········━┼●━········
within_10_percent  4     0.25      1          +0.75       [−0.1111, +1]     ·········━┼━━━━━━━●━━

4 segments, worst first:

Metric             Segment     Rows  Champion  Candidate  Difference  95 % interval     worse · better
mae                kind flat   2     25        5.5        −19.5       [−25.85, −13.15]  ··········│●·········
mae                kind house  2     55        10         −45         [−616.8, +526.8]  ·━━━━━━━━━┼●━━━━━━━━━
within_10_percent  kind house  2     0.5       1          +0.5        [−0.5626, +1]     ····━━━━━━┼━━━━●━━━━━
within_10_percent  kind flat   2     0         1          +1          [−0.3487, +1]     ·······━━━┼━━━━━━━━━●

What would change
2 of 4 rows move by more than 10 % of the champion's prediction: 50 % [15, 85] (95 % interval).

Predictions move by 32.25 on average: 50 % within 19.25, 90 % within 90, 95 % within 90, 99 % within 90, the farthest by 90.

Segments in which most rows change:

Segment     Rows  Changed  Share
kind flat   2     1        50 % [9.453, 90.55]
kind house  2     1        50 % [9.453, 90.55]

3 rows that moved farthest, their keys hidden
Key               Label  Champion  Candidate  Moved  Segments
8cd5e87cde83e6b1  400    300       390        90     kind house
dc67771b2741fca3  200    230       210        20     kind flat
4d94906411f55ec3  100    120       101        19     kind flat

· evidence written to evidence.json
· evidence digest {digest}
"""  # noqa: E501


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CORONET_NOW", NOW)
    Path("A.csv").write_text(CHAMPION)
    Path("B.csv").write_text(CANDIDATE)
    pd.read_csv("A.csv").to_parquet("A.parquet")
    Path("parts").mkdir()
    return tmp_path


def test_the_table_is_printed_and_the_evidence_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--output", "evidence.json"]) == 0
    out, err = capsys.readouterr()
    written = Path("evidence.json").read_bytes()
    assert out == (HEADLINE + TABLE).format(
        candidate=digest_bytes(Path("B.csv").read_bytes())[:19],
        champion=digest_bytes(Path("A.parquet").read_bytes())[:19],
        digest=digest_bytes(written),
    )
    assert "· read B.csv\n· measure 4 rows\n" in err
    evidence = evidence_from_json(json.loads(written))
    assert evidence.to_bytes() == written
    assert evidence.to_json()["created_at"] == NOW


def test_the_evidence_goes_where_the_user_says(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "evidence.json"
    elsewhere.parent.mkdir()
    assert run([*ASKED, "--output", str(elsewhere)]) == 0
    assert json.loads(elsewhere.read_bytes())["schema"] == "coronet/evidence/v1"


def test_a_dash_prints_the_evidence_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--output", "-"]) == 0
    printed = capsys.readouterr().out
    assert run([*ASKED, "--format", "json"]) == 0
    assert capsys.readouterr().out == printed
    assert json.loads(printed)["schema"] == "coronet/evidence/v1"


def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--output", "evidence.json", "--dry-run"]) == 0
    assert "evidence would be written to evidence.json" in capsys.readouterr().out
    assert not Path("evidence.json").exists()


def test_judge_reads_what_evaluate_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    Path("policy.yaml").write_text(
        "schema: coronet/policy/v1\ngates:\n  close: {metric: mae, rule: ceiling, value: 100}\n"
    )
    assert run([*ASKED, "--output", "evidence.json"]) == 0
    assert run(["judge", "evidence.json", "--policy", "policy.yaml"]) == 0
    assert "pass" in capsys.readouterr().out


def test_everything_that_cannot_be_asked_is_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "--task", "binary", "--candidate", "B.csv", "--label", "price", "--metric", "f_1"]) == 2
    assert capsys.readouterr().err == (
        "warning: the time is 2026-11-20T21:05:00Z, as CORONET_NOW says, and not the machine's\n"
        "wrong command line: this cannot be evaluated as asked\n"
        "  there is nothing to measure (add --prediction COLUMN, or scores)\n"
        "  there is no metric 'f_1' (did you mean f1?)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "without the name of a model, --task, --candidate, --label must be given"),
        (["iris", "--key", "id"], 2, "--key is what models/iris/model.yaml says"),
        (["iris", "--model", "other", "--score-prefix", "p_"], 2, "--score-prefix, --model is what models/iris"),
        ([*ASKED[1:], "--predictions", "out"], 2, "--predictions needs the name of a model"),
        ([*ASKED[1:], "--also", "leakage"], 2, "--also needs the name of a model"),
        ([*ASKED[1:], "--candidate", "C.csv"], 3, "there is no file C.csv"),
        ([*ASKED[1:], "--output", "no/where.json"], 3, "cannot be written"),
        ([*ASKED[1:], "--key", "ident"], 3, "has no column 'ident'"),
        ([*ASKED[1:], "--engine", "ray"], 2, "'ray' is not one of 'local', 'spark', 'dask'"),
        ([*ASKED[1:], "--master", "local[2]"], 2, "--master names the workers of a distributed engine"),
        ([*ASKED[1:], "--engine", "dask", "--exact"], 2, "B.csv cannot be held in memory here"),
        ([*ASKED[1:], "--champion", "parts", "--exact"], 2, "parts cannot be held in memory here"),
        ([*ASKED[1:], "--champion", "r.duckdb::t"], 3, "there is no database r.duckdb"),
        (["iris", "--engine", "spark"], 2, "--engine is what models/iris/model.yaml says"),
    ],
)
def test_what_goes_wrong(arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", *arguments]) == code
    assert said in capsys.readouterr().err


def test_another_engine_finds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--streamed", "--output", "-"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert run([*ASKED, "--engine", "dask", "--output", "-"]) == 0
    # What people are shown is not sent between machines, and the recipe names the engine.
    shown = {"baseline", "changes", "curves", "confusion", "recipe"}
    wanted = {name: value for name, value in printed.items() if name not in shown}
    assert {name: value for name, value in json.loads(capsys.readouterr().out).items() if name not in shown} == wanted


def test_a_folder_is_streamed_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for place in range(4):
        pd.read_csv("A.csv")[place : place + 1].to_parquet(f"parts/{place}.parquet")
    assert run([*ASKED, "--champion", "parts/", "--output", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert run([*ASKED, "--streamed", "--output", "-"]) == 0
    wanted = json.loads(capsys.readouterr().out)
    assert found["metrics"] == wanted["metrics"]
    assert found["data"] == wanted["data"]


def test_champion_none_is_no_champion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--champion", "none"]) == 0
    assert "against nothing, 4 rows measured" in capsys.readouterr().out


def test_scores_are_columns_with_the_names_of_the_classes(capsys: pytest.CaptureFixture[str]) -> None:
    Path("C.csv").write_text("kind,a,b\na,0.9,0.1\nb,0.4,0.6\nb,0.7,0.3\n")
    asked = ["evaluate", "--task", "multiclass", "--candidate", "C.csv", "--label", "kind", "--scores", "a, b"]
    assert run([*asked, "--metric", "accuracy", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"][0]["candidate"] == pytest.approx(2 / 3)


def test_a_metric_of_ones_own_and_clusters(capsys: pytest.CaptureFixture[str]) -> None:
    Path("metrics.py").write_text("print('loaded')\ndef low(prediction, weight):\n    return prediction.min()\n")
    assert run([*ASKED, "--custom-metric", "low:higher=metrics.py:low", "--cluster", "kind", "--output", "-"]) == 0
    out, err = capsys.readouterr()
    evidence = evidence_from_json(json.loads(out))
    assert evidence.data.cluster == "kind"
    assert [metric.name for metric in evidence.custom_metrics] == ["custom.low"]
    assert "clustered by kind (2 clusters)" in evidence.metrics[0].method
    assert "loaded" in err


def test_with_a_model_its_file_describes_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "churn", "--custom-metric", "low:higher=metrics.py:low", "--cluster", "kind"]) == 2
    assert "--cluster, --custom-metric is what models/churn/model.yaml says" in capsys.readouterr().err


# --- what people are shown ------------------------------------------------------------------------


def test_the_page_and_its_numbers_are_written_and_the_evidence_alone_gives_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*ASKED, "--output", "evidence.json", "--reports", "drawn/now"]) == 0
    assert "page with drawings written to drawn/now/evaluation.html" in capsys.readouterr().out
    assert run(["report", "evidence.json", "--output", "again"]) == 0
    assert "The evaluation of unnamed written to again. Open evaluation.html" in capsys.readouterr().out
    names = {path.name for path in Path("again").iterdir()}
    assert names == {"evaluation.html", "metrics.csv", "curves.csv", "changes.csv"}
    for name in names:
        assert (Path("drawn/now") / name).read_bytes() == (Path("again") / name).read_bytes()


def test_a_dry_run_writes_no_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--output", "evidence.json"]) == 0
    assert run(["report", "evidence.json", "--output", "again", "--dry-run", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    Draft202012Validator(load_schema("report")).validate(report)
    assert (report["folder"], report["written"]) == ("again", False)
    assert run([*ASKED, "--reports", "drawn", "--dry-run"]) == 0
    assert "page with drawings would be written to drawn/evaluation.html" in capsys.readouterr().out
    assert not Path("again").exists()
    assert not Path("drawn").exists()


def test_no_page_where_there_is_no_evidence_or_no_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "nothing.json"]) == 3
    assert run(["report", "A.csv"]) == 3
    assert run([*ASKED, "--output", "evidence.json"]) == 0
    assert run(["report", "evidence.json", "--output", "A.csv/folder"]) == 3
    assert "A.csv/folder cannot be made" in capsys.readouterr().err


def test_a_page_needs_no_array_library() -> None:
    assert run([*ASKED, "--output", "evidence.json"]) == 0
    code = (
        "import sys; from coronet.cli.main import run; "
        "assert run(['report', 'evidence.json', '--output', 'again']) == 0; "
        "assert not {'numpy', 'scipy', 'pandas', 'mlflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_keys_are_hidden_unless_they_are_asked_for() -> None:
    assert run([*ASKED, "--output", "hidden.json"]) == 0
    assert run([*ASKED, "--output", "shown.json", "--show-keys", "--moved-by", "15"]) == 0
    hidden, shown = (json.loads(Path(f"{name}.json").read_text())["changes"] for name in ("hidden", "shown"))
    assert [mover["key"] for mover in shown["movers"]] == ["4", "2", "1"]
    assert (hidden["keys"], shown["keys"]) == ("hashed", "shown")
    assert hidden["movers"][0]["key"] == hash_key("4", "unnamed", "B.csv")
    assert (shown["beyond"], shown["shares"][0]["changed"]) == ({"amount": 15.0, "relative": False}, 3)


@pytest.mark.parametrize("amount", ["0", "-1", "nan", "inf"])
def test_to_move_is_to_move_by_something(amount: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--moved-by", amount]) == 2
    assert "to move is to move by" in capsys.readouterr().err
