"""`coronet init` as it is typed: it shows first, asks, and writes only what it showed."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from coronet.adapters.git.process import Git
from coronet.cli.main import run

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PIN = ["--source", "acme/coronet", "--ref", COMMIT]
SEED = ["--owner", "@ann", "--model", "churn", "--task", "binary"]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    Git(folder=tmp_path, environment=dict(os.environ)).require("init", "--quiet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files_of(tree: Path) -> set[str]:
    return {
        path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file() and ".git/" not in str(path)
    }


def test_a_dry_run_shows_and_writes_nothing(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", *SEED, *PIN, "--dry-run"]) == 0
    assert "+++ b/models/churn/model.yaml" in capsys.readouterr().out
    assert files_of(tree) == set()


def test_what_was_shown_is_written_and_the_second_time_nothing(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", *SEED, *PIN, "--yes"]) == 0
    shown = {line.removeprefix("+++ b/") for line in capsys.readouterr().out.splitlines() if line.startswith("+++ b/")}
    assert files_of(tree) == shown
    assert run(["init", "--yes"]) == 0
    assert capsys.readouterr().out == "Nothing to do: everything is there.\n"


def test_it_writes_at_the_root_wherever_it_is_typed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "services/churn").mkdir(parents=True)
    monkeypatch.chdir(tree / "services/churn")
    assert run(["init", *SEED, *PIN, "--yes"]) == 0
    assert (tree / "models/churn/model.yaml").is_file()


def test_programs_get_one_document(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", *SEED, *PIN, "--yes", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["written"] is True
    assert {change["action"] for change in report["changes"]} == {"create"}


@pytest.mark.parametrize("more", [[], ["--format", "json"]])
def test_where_nobody_can_be_asked_nothing_is_written(tree: Path, more: list[str]) -> None:
    assert run(["init", *SEED, *PIN, *more]) == 2
    assert files_of(tree) == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--owner", "@ann"], "--source organization/repository --ref COMMIT, or --no-workflows"),
        (["--owner", "ann", *PIN], "'ann' is no owner"),
        (["--owner", "@ann", "--model", "../x", "--task", "binary", *PIN], "cannot name a model"),
        (["--owner", "@ann", "--model", "default", "--task", "binary", *PIN], "cannot name a model"),
        (["--owner", "@ann", "--model", "x", *PIN], "what kind of model"),
        (["--owner", "@ann", "--label", "x", *PIN], "--label speaks of no model"),
        (["--owner", "@ann", "--source", "acme/coronet", "--ref", "v1 # x"], "no commit and no tag"),
        (["--owner", "@ann", "--source", "a'b", "--ref", COMMIT], "no repository"),
    ],
)
def test_what_is_missing_or_wrong_is_told(
    tree: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", *arguments, "--dry-run"]) == 2
    assert said in capsys.readouterr().err


def test_a_tag_is_told_to_be_movable(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--owner", "@ann", "--source", "acme/coronet", "--ref", "v1.0", "--dry-run"]) == 0
    assert "v1.0 is a tag, which its owners can move" in capsys.readouterr().out


def test_what_git_ignores_is_told(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / ".gitignore").write_text("models/\n")
    assert run(["init", *SEED, *PIN, "--dry-run"]) == 0
    assert "git ignores models/churn/model.yaml" in capsys.readouterr().out


def type_at_a_terminal(folder: Path, *arguments: str, answers: list[str]) -> tuple[int, str]:
    """Run coronet with a terminal as standard input, and type each answer with a line's end."""
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    command = [sys.executable, "-m", "coronet", *arguments]
    done = subprocess.run(command, cwd=folder, stdin=theirs, capture_output=True, text=True, check=False, timeout=60)
    os.close(theirs)
    os.close(ours)
    return done.returncode, done.stdout + done.stderr


def test_at_a_terminal_it_asks_what_it_does_not_know_and_once(tree: Path) -> None:
    answers = ["@ann @bob", "churn", "binary", "acme/coronet", COMMIT, "y"]
    code, said = type_at_a_terminal(tree, "init", answers=answers)
    assert code == 0, said
    assert "Who must approve" in said
    assert (tree / "models/churn/model.yaml").is_file()
    assert "/promotions/  @ann @bob" in (tree / "CODEOWNERS").read_text()
    assert f"acme/coronet/.github/actions/check@{COMMIT}" in (tree / ".github/workflows/coronet-check.yml").read_text()
    code, said = type_at_a_terminal(tree, "init", answers=[])
    assert (code, said) == (0, "Nothing to do: everything is there.\n")


def test_at_a_terminal_no_is_no(tree: Path) -> None:
    code, said = type_at_a_terminal(tree, "init", *SEED, *PIN, answers=["n"])
    assert code == 130, said
    assert files_of(tree) == set()
