"""`coronet data pin`, byte for byte."""

import hashlib
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from coronet.adapters.schemas import load_schema
from coronet.cli.main import run

DATA = b"id,width,species\n1,0.5,a\n2,0.6,b\n"
SHA256 = hashlib.sha256(DATA).hexdigest()
MODEL = """\
schema: coronet/model/v1
owner: model-owner  # who answers
task: binary
data:
  label: species
  train: {path: data.csv}
  evaluation:
    path: data.csv
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models/iris"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (folder / "data.csv").write_bytes(DATA)
    (folder / "model.yaml").write_text(MODEL)
    monkeypatch.chdir(folder)
    return folder


def test_pinning_writes_the_digests_and_nothing_else(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "pin", "iris"]) == 0
    assert capsys.readouterr().out == (
        f"train       {SHA256}  2 rows  data.csv  was not pinned\n"
        f"evaluation  {SHA256}  2 rows  data.csv  was not pinned\n"
        "models/iris/model.yaml was written\n"
    )
    assert (tree / "model.yaml").read_text() == MODEL.replace(
        "train: {path: data.csv}", f"train: {{sha256: {SHA256}, path: data.csv}}"
    ) + f"    sha256: {SHA256}\n"


@pytest.mark.parametrize(("option", "code"), [("--check", 3), ("--dry-run", 0)])
def test_looking_writes_nothing(tree: Path, capsys: pytest.CaptureFixture[str], option: str, code: int) -> None:
    assert run(["data", "pin", "iris", option]) == code
    assert capsys.readouterr().out.endswith("models/iris/model.yaml names other bytes, and was left as it is\n")
    assert (tree / "model.yaml").read_text() == MODEL


def test_what_is_pinned_passes_the_check(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "pin", "iris"]) == 0
    assert run(["data", "pin", "iris", "--check"]) == 0
    assert capsys.readouterr().out.endswith("models/iris/model.yaml names these bytes\n")


def test_the_json_report_satisfies_its_schema(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "pin", "iris", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    Draft202012Validator(load_schema("pin")).validate(report)
    assert report["pins"][0] == {"part": "train", "path": "data.csv", "before": None, "sha256": SHA256, "rows": 2}


def test_exit_codes_of_bad_input(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "pin"]) == 2
    assert run(["data", "pin", "../iris"]) == 3
    assert run(["data", "pin", "nothing"]) == 3
    (tree / "data.csv").unlink()
    assert run(["data", "pin", "iris"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "there is no file models/iris/data.csv" in err
