"""The demo tells its story to the end, and leaves a place in which the commands it names work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coronet.cli.demo.stage import set_stage
from coronet.cli.demo.story import NEXT, SCENES
from coronet.errors import InvalidInput

pytestmark = [pytest.mark.mlflow, pytest.mark.slow]

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which the demo was run, and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / ".demo"
    done = _coronet("demo", "--folder", str(folder), cwd=folder.parent)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder, done.stdout


def _coronet(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "CORONET_", "GIT_"))}
    command = [str(BIN / "coronet"), *arguments]
    return subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)


def _in_the_clone(folder: Path, command: str) -> "subprocess.CompletedProcess[str]":
    """A command as the user types it after `. .demo/env`."""
    line = f". {folder}/env && cd {folder}/work && {command}"
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)


def test_each_step_prints_the_command_it_runs(told: tuple[Path, str]) -> None:
    _, printed = told
    for scene in SCENES:
        assert scene.title in printed
        for step in scene.steps:
            assert f"{step.command}\n" in printed


def test_the_story_has_a_winner_refusals_a_conflict_and_a_rollback(told: tuple[Path, str]) -> None:
    folder, _ = told
    done = _in_the_clone(folder, "coronet log breast-cancer --format json")
    events = [entry["event"] for entry in json.loads(done.stdout)["entries"]]
    assert sorted(events) == ["conflict", "held", "promoted", "promoted", "rolled_back"]


@pytest.mark.parametrize("verb", ["gate breast-cancer", "gate diabetes", "gate iris", "status", "log", "verify"])
def test_the_verbs_answer_for_the_models_of_the_demo(told: tuple[Path, str], verb: str) -> None:
    done = _in_the_clone(told[0], f"coronet {verb} --format json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["schema"] == f"coronet/{verb.split()[0]}/v1"


def test_evidence_is_measured_again_by_the_id_of_its_proposal(told: tuple[Path, str]) -> None:
    folder, _ = told
    assert _in_the_clone(folder, "git pull -q").returncode == 0
    (kept,) = (folder / "work/promotions/iris").glob("*.evidence.json")
    verify = f"coronet evaluate --verify {kept.name.removesuffix('.evidence.json')} --format json"
    done = _in_the_clone(folder, verify)
    assert json.loads(done.stdout)["reproduced"], done.stderr
    before = kept.read_text()
    kept.write_text(before.replace('"paired":72', '"paired":73'))
    false = _in_the_clone(folder, verify)
    kept.write_text(before)
    assert false.returncode == 4
    differences = json.loads(false.stdout)["differences"]
    assert [one["field"] for one in differences] == [
        f"evidence.digest in promotions/iris/{kept.name.removesuffix('.evidence.json')}.yaml",
        "rows.paired",
    ]


@pytest.mark.parametrize("command", [command for command, _ in NEXT])
def test_what_to_try_next_works(told: tuple[Path, str], command: str) -> None:
    done = _in_the_clone(told[0], command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_running_again_starts_clean(tmp_path: Path) -> None:
    stage = set_stage(tmp_path / ".demo")
    (stage.folder / "left").write_text("by the run before")
    set_stage(stage.folder)
    assert not (stage.folder / "left").exists()


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InvalidInput, match="no demo made it"):
        set_stage(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_editors_find_the_schemas_of_what_lies_in_the_clone(tmp_path: Path) -> None:
    stage = set_stage(tmp_path / ".demo")
    for file in (*stage.work.glob("models/*/model.yaml"), *stage.work.glob("policy/*.yaml")):
        first = file.read_text().partition("\n")[0]
        assert (file.parent / first.removeprefix("# yaml-language-server: $schema=")).is_file(), file
