"""`coronet owners`, byte for byte."""

import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import coronet
from coronet.cli.main import run

SCHEMA = json.loads((Path(coronet.__file__).parent / "schemas/owners.schema.json").read_text())


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "CODEOWNERS").write_text("* @engineer\n/promotions/ @model-owner\n!x @engineer\n")
    monkeypatch.chdir(tmp_path / "docs")
    return tmp_path


def test_one_path_a_line_and_warnings_aside(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["owners", "promotions/iris/a.yaml", "README.md"]) == 0
    out, err = capsys.readouterr()
    assert out == "promotions/iris/a.yaml\t@model-owner\nREADME.md\t@engineer\n"
    assert err == (
        "warning: CODEOWNERS:3:1: '!x' negates a pattern, which CODEOWNERS does not support"
        " (name the owners of that path in a later line)\n"
    )


def test_paths_from_standard_input(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a b\n\npromotions/\xff\n")))
    assert run(["owners", "first", "-"]) == 0
    assert capsys.readouterr().out == "first\t@engineer\na b\t@engineer\npromotions/\ufffd\t@model-owner\n"


def test_the_json_report_satisfies_its_schema(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["owners", "--format", "json", "README.md"]) == 0
    report = json.loads(capsys.readouterr().out)
    Draft202012Validator(SCHEMA).validate(report)
    assert report["schema"] == "coronet/owners/v1"
    assert report["paths"] == [{"path": "README.md", "owners": ["@engineer"], "line": 1}]


def test_a_file_named_by_hand(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "other").write_text("/a\n")
    assert run(["owners", "--codeowners", str(tree / "other"), "a", "b"]) == 0
    assert capsys.readouterr().out == "a\t(nobody: line 1 has no owners)\nb\t(nobody: no rule matches)\n"


def test_exit_codes_of_bad_input(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["owners", "../x"]) == 2
    assert run(["owners"]) == 2
    assert run(["owners", "--codeowners", str(tree / "nope"), "x"]) == 3
    (tree / "CODEOWNERS").write_bytes(b"\xff")
    assert run(["owners", "x"]) == 3
    (tree / "CODEOWNERS").unlink()
    assert run(["owners", "x"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "CODEOWNERS:1: CODEOWNERS is not UTF-8" in err
