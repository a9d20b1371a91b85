"""Without the libraries for models or for GitHub, commands that need them say so; the others work."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

PROGRAM = """
import sys
ABSENT = {absent!r}
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
from coronet.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


NOTHING = ("numpy", "mlflow", "pandas", "github")


def coronet(*arguments: str, absent: Sequence[str] = NOTHING) -> "subprocess.CompletedProcess[str]":
    program = PROGRAM.format(absent=absent)
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [("train", "iris"), ("evaluate", "iris", "--registry", "sqlite:///none.db")])
def test_a_missing_library_is_told_and_no_bug(command: tuple[str, ...]) -> None:
    done = coronet(*command)
    assert done.returncode == 6
    assert "pip install 'coronet[models]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("engine", "absent"), [("spark", ("pyspark", "py4j")), ("dask", ("dask",))])
def test_an_engine_that_is_not_installed_says_which_extra_it_needs(
    engine: str, absent: Sequence[str], tmp_path: Path
) -> None:
    (tmp_path / "b.csv").write_text("id,y,x\n1,1,1\n2,2,2\n")
    asked = (
        "--task",
        "regression",
        "--candidate",
        f"{tmp_path}/b.csv",
        "--label",
        "y",
        "--prediction",
        "x",
        "--key",
        "id",
    )
    done = coronet("evaluate", *asked, "--engine", engine, absent=absent)
    assert done.returncode == 6
    assert f"pip install 'coronet[models,{engine}]'" in done.stderr
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
