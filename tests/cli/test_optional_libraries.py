"""Without the libraries for models or for GitHub, commands that need them say so; the others work."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"numpy", "mlflow", "pandas", "github"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from coronet.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def coronet(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [("train", "iris"), ("evaluate", "iris", "--registry", "sqlite:///none.db")])
def test_a_missing_library_is_told_and_no_bug(command: tuple[str, ...]) -> None:
    done = coronet(*command)
    assert done.returncode == 6
    assert "pip install 'coronet[models]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_speaks_to_github_says_which_extra_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in ("init -q", "remote add origin https://github.com/acme/models.git"):
        subprocess.run(["git", *line.split()], check=True)
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_x")
    done = coronet("check", "1", "--registry", "sqlite:///none.db")
    assert done.returncode == 6
    assert "pip install 'coronet[github]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_needs_no_library_works_without() -> None:
    assert coronet("schema", "policy").returncode == 0
