"""Evidence of registered models, measured again for real: from the registry, the work tree and git's history."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coronet.adapters.registry import open_registry
from coronet.cli.main import run
from coronet.core.canonical import canonical_json
from coronet.core.evidence import run_file
from tests.stage.reports import _validator

pytestmark = pytest.mark.mlflow

MODELS = Path(__file__).parents[2] / "models"
POLICY = """\
schema: coronet/policy/v1
gates:
  better: {metric: accuracy, rule: superior, margin: 0}
  quick: {rule: budget, of: latency_p95_ms, value: 10000}
  as_trained: {rule: drift}
  no_leak: {rule: leakage}
  own: {rule: check, run: [python, policy/own.py]}
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with a committed model file, a registry with two versions of it, and their evidence."""
    home = tmp_path_factory.mktemp("measured")
    shutil.copytree(MODELS / "iris", home / "work/models/iris")
    with pytest.MonkeyPatch.context() as patch:
        enter(home, patch)
        Path("policy").mkdir()
        Path("policy/iris.yaml").write_text(POLICY)
        Path("policy/own.py").write_text("print('fine')\n")
        git("init", "-q", "-b", "main")
        commit("Govern a model")
        assert run(["train", "iris", "--set", "max_depth=1", "--set", "n_estimators=1"]) == 0
        registry(home).set_alias("iris", "champion", "1")
        assert run(["train", "iris"]) == 0
        assert run(["evaluate", "iris", "--segment", "species", "--output", "evidence.json"]) == 0
    return home


@pytest.fixture
def home(measured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the clone; the registry is shared, and nothing may be written to it."""
    shutil.copytree(measured / "work", tmp_path / "work")
    enter(measured, monkeypatch)
    monkeypatch.chdir(tmp_path / "work")
    return measured


def enter(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.chdir(home / "work")
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):  # MLflow sets the second itself
        patch.setenv(name, f"sqlite:///{home}/mlflow.db")
    patch.setenv("CORONET_ACTOR", "engineer")


def registry(home: Path) -> Any:
    return open_registry(f"sqlite:///{home}/mlflow.db", {})


def git(*arguments: str) -> str:
    named = ("-c", "user.name=engineer", "-c", "user.email=engineer@example.com")
    done = subprocess.run(["git", *named, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(subject: str) -> str:
    git("add", "models", "policy")
    git("commit", "-q", "-m", subject)
    return git("rev-parse", "HEAD")


def report(capsys: pytest.CaptureFixture[str], file: str = "evidence.json", *, code: int = 0) -> Any:
    capsys.readouterr()
    assert run(["evaluate", "--verify", file, "--format", "json"]) == code
    value = json.loads(capsys.readouterr().out)
    _validator("evaluate-verify").validate(value)
    return value


def edited(change: Callable[[dict[str, Any]], object]) -> str:
    value = json.loads(Path("evidence.json").read_bytes())
    change(value)
    Path("edited.json").write_bytes(canonical_json(value))
    return "edited.json"


def repin() -> None:
    """Other evaluation data, pinned and committed; and a model file that says more."""
    table = Path("models/iris/data/evaluation.csv")
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:-1]))
    assert run(["data", "pin", "iris"]) == 0
    commit("Drop a flower")


def test_it_is_reproduced_and_nothing_is_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_id = json.loads(Path("evidence.json").read_bytes())["candidate"]["run_id"]
    kept = registry(home).load_run_file(run_id, run_file("1"))
    files = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    value = report(capsys)
    assert value["reproduced"]
    assert [one["name"] for one in value["inputs"]] == ["data", "candidate", "champion"]
    assert value["evidence"]["facts_digest"] == value["measured"]["facts_digest"]
    assert value["compared"] > 100
    assert value["notes"] == []
    assert [one["what"] for one in value["not_compared"]] == ["times of predictions", "times of checks"]
    assert registry(home).load_run_file(run_id, run_file("1")) == kept
    assert {path: path.stat().st_mtime_ns for path in Path().rglob("*")} == files


def test_an_edited_number_differs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = edited(lambda value: value["metrics"][0].update(candidate=0.99))
    (difference,) = report(capsys, file, code=4)["differences"]
    assert (difference["metric"], difference["field"], difference["was"]) == ("accuracy", "candidate", 0.99)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda value: value["costs"]["candidate"].update(size_bytes=1), "costs.candidate.size_bytes"),
        (lambda value: value["leakage"].update(rows=1), "leakage.rows"),
        (lambda value: value["drift"]["columns"].pop(), "drift.columns."),
        (lambda value: value["checks"][0].update(result="fail"), "checks.0.result"),
    ],
)
def test_the_sections_count(
    change: Callable[[dict[str, Any]], object], field: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (difference,) = report(capsys, edited(change), code=4)["differences"]
    assert difference["field"].startswith(field)


def test_a_policy_that_asks_otherwise_today_changes_no_answer(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("policy/iris.yaml").write_text("schema: coronet/policy/v1\ngates: {}\nlooks: {spending: even, of: 5}\n")
    Path("policy/iris.yaml").write_text(
        "schema: coronet/policy/v1\ngates: {loss: {metric: log_loss, rule: ceiling, value: 9}}\n"
    )
    value = report(capsys)
    assert [one["what"] for one in value["not_compared"]] == ["times of predictions", "check own"]


def test_a_model_that_changed_in_the_registry_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = next(home.rglob("MLmodel"))
    before = model.read_bytes()
    try:
        model.write_bytes(before + b"\n")
        assert run(["evaluate", "--verify", "evidence.json"]) == 3
    finally:
        model.write_bytes(before)
    err = capsys.readouterr().err
    assert re.search(r"(candidate|champion): iris version [12] has the digest sha256:\w+, and the evidence pins", err)
    assert "· predict" not in err


def test_a_model_file_that_moved_on_is_found_in_the_history(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured_at = git("rev-parse", "HEAD")
    repin()
    value = report(capsys)
    assert value["reproduced"]
    assert value["notes"] == [f"the model file, and data that changed since, are those of commit {measured_at[:12]}"]


def test_without_a_recipe_the_facts_and_the_history_tell(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = edited(lambda value: value.pop("recipe"))
    assert report(capsys, file)["notes"][0].startswith("the evidence has no recipe: metrics and segments are those")
    repin()
    assert len(report(capsys, file)["notes"]) == 2


def test_a_model_file_that_nobody_has_is_said_to_be_gone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repin()
    shutil.rmtree(".git")
    Path(".git").mkdir()
    assert run(["evaluate", "--verify", "evidence.json"]) == 3
    err = capsys.readouterr().err
    assert "neither the work tree nor git's history has a models/iris/model.yaml with the digest sha256:" in err
    assert "check out the commit at which it was measured" in err
    assert run(["evaluate", "--verify", edited(lambda value: value.pop("recipe"))]) == 3
    assert "that pins the data sha256:" in capsys.readouterr().err


def test_data_that_changed_without_a_pin_are_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = Path("models/iris/data/evaluation.csv")
    table.write_bytes(table.read_bytes() + b"\n")
    assert run(["evaluate", "--verify", "evidence.json"]) == 3
    assert "data: models/iris/data/evaluation.csv has the digest sha256:" in capsys.readouterr().err
    table.unlink()
    assert run(["evaluate", "--verify", "evidence.json"]) == 3
    assert "data: there is no file models/iris/data/evaluation.csv" in capsys.readouterr().err


def test_versions_that_are_not_there(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "--verify", edited(lambda value: value["candidate"].update(version="9"))]) == 3
    assert "candidate: the registry has no iris version 9" in capsys.readouterr().err
    assert run(["evaluate", "--verify", edited(lambda value: value["champion"].pop("version"))]) == 3
    assert "does not name the versions" in capsys.readouterr().err
    assert run(["evaluate", "--verify", edited(lambda value: value["champion"].pop("digest"))]) == 3
    assert "champion: the evidence pins none, and iris version 1 cannot be proven to be it" in capsys.readouterr().err


def test_a_registry_that_does_not_answer(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "--verify", "evidence.json", "--registry", "http://127.0.0.1:9"]) == 6
    assert "nothing answers at http://127.0.0.1:9" in capsys.readouterr().err


def test_versions_and_ways_are_not_overruled(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for said in (["--candidate", "1"], ["--streamed"], ["--segment", "species"]):
        assert run(["evaluate", "--verify", "evidence.json", *said]) == 2
        assert "evidence of registered models says itself how it was asked" in capsys.readouterr().err


def test_an_interruption_leaves_nothing(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "temporary"
    own.mkdir()
    files = sorted(tmp_path.rglob("*"))
    command = [str(Path(sys.executable).parent / "coronet"), "evaluate", "--verify", "evidence.json"]
    environment = {**os.environ, "TMPDIR": str(own)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("· predict" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        process.stderr.read()
    assert process.returncode == 130
    assert sorted(tmp_path.rglob("*")) == files
