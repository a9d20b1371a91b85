"""Without the libraries for models, commands that need them say so; the others work."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"numpy", "mlflow", "pandas"}:
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


def test_what_needs_no_library_works_without() -> None:
    assert coronet("schema", "policy").returncode == 0
