"""Evaluating registered models for real: trained, loaded from an SQLite registry, measured on the pinned data."""

import json
import shutil
from pathlib import Path

import pytest

from coronet.adapters.registry import open_registry
from coronet.adapters.tables import FileTables
from coronet.cli.main import run
from coronet.core.evidence import Evidence, evidence_from_json, run_file

pytestmark = pytest.mark.mlflow

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    for model in ("iris", "diabetes"):
        shutil.copytree(MODELS / model, folder / "models" / model)
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):  # MLflow sets the second itself
        monkeypatch.setenv(name, f"sqlite:///{tmp_path}/mlflow.db")
    monkeypatch.setenv("CORONET_ACTOR", "engineer")
    return folder


def evaluated(*arguments: str) -> Evidence:
    assert run(["evaluate", *arguments, "--output", "evidence.json"]) == 0
    return evidence_from_json(json.loads(Path("evidence.json").read_bytes()))


def test_two_forests_on_the_same_flowers(tree: Path, tmp_path: Path) -> None:
    assert run(["train", "iris", "--set", "max_depth=1", "--set", "n_estimators=1"]) == 0
    registry = open_registry(f"sqlite:///{tmp_path}/mlflow.db", {})
    first = evaluated("iris")
    assert (first.candidate.version, first.champion) == ("1", None)
    registry.set_alias("iris", "champion", "1")
    assert run(["train", "iris"]) == 0
    second = evaluated("iris", "--predictions", "said")
    assert second.champion is not None
    assert (second.candidate.version, second.champion.version) == ("2", "1")
    assert second.champion.digest == first.candidate.digest
    assert second.contract is not None
    assert second.contract.candidate == second.contract.champion
    assert {"signature", "features"} <= set(second.contract.candidate)
    accuracy = next(fact for fact in second.metrics if fact.metric == "accuracy")
    assert accuracy.candidate is not None
    assert accuracy.champion is not None
    assert accuracy.candidate > accuracy.champion
    kept = registry.load_run_file(second.candidate.run_id or "", run_file("1"))
    assert kept == Path("evidence.json").read_bytes()
    assert evaluated("iris").facts_digest == second.facts_digest
    table = FileTables(tree)
    assert second.candidate.predictions == f"sha256:{table.sha256('said/iris-v2.parquet')}"
    columns = table.columns("said/iris-v2.parquet")
    assert {"id", "species", "prediction", "score_setosa"} <= set(columns)


def test_what_the_models_said_is_measured_alike_from_files(tree: Path, tmp_path: Path) -> None:
    assert run(["train", "diabetes", "--set", "max_depth=1"]) == 0
    registry = open_registry(f"sqlite:///{tmp_path}/mlflow.db", {})
    registry.set_alias("diabetes", "champion", "1")
    assert run(["train", "diabetes"]) == 0
    loaded = evaluated("diabetes", "--predictions", "said")
    read = evaluated(
        *("--task", "regression", "--key", "id", "--label", "progression", "--prediction", "prediction"),
        *("--champion", "said/diabetes-v1.parquet", "--candidate", "said/diabetes-v2.parquet"),
        *("--segment", "sex", "--segment", "age_band"),
        *(part for name in ("mae", "rmse", "mdape", "r2", "within_20_percent") for part in ("--metric", name)),
    )
    assert read.metrics == loaded.metrics
    assert read.rows == loaded.rows


POLICY = """\
schema: coronet/policy/v1
gates:
  quick: {rule: budget, of: latency_p50_ms, value: 5000, margin: 50, relative: true}
  small: {rule: budget, of: size_bytes, value: 50000000}
  lean: {rule: budget, of: dependencies, only: [mlflow, numpy, pandas, scikit-learn, skops], new: none}
  same: {rule: unchanged, of: [signature, features, schema]}
  alike: {rule: drift, by_rule: psi, psi: 9}
  honest: {rule: leakage}
  called: {rule: check, call: "checks/own.py:judge"}
  run: {rule: check, run: [python, checks/own.py], timeout: 2m}
"""
OWN = """\
import json, os, sys

def judge(told):
    frame = told["candidate"]["predictions"]
    return {"result": "pass", "saw": sorted(frame.columns)[0], "numbers": {"rows": len(frame)}}

if __name__ == "__main__":
    told = json.load(sys.stdin)
    print(json.dumps({"saw": f"{told['candidate']['version']} after {told['champion']['version']}"}))
    sys.exit("MLFLOW_TRACKING_URI" in os.environ)
"""


def test_gates_about_the_model_and_its_data(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Measured for real, told by the evidence, and judged where there is no registry."""
    (tree / "policy").mkdir()
    (tree / "checks").mkdir()
    (tree / "policy" / "default.yaml").write_text(POLICY)
    (tree / "checks" / "own.py").write_text(OWN)
    assert run(["train", "iris", "--set", "max_depth=1", "--set", "n_estimators=1"]) == 0
    open_registry(f"sqlite:///{tmp_path}/mlflow.db", {}).set_alias("iris", "champion", "1")
    assert run(["train", "iris"]) == 0
    evidence = evaluated("iris")
    assert [(check.name, str(check.result), check.saw) for check in evidence.checks] == [
        ("called", "pass", "id"),
        ("run", "pass", "2 after 1"),
    ]
    capsys.readouterr()
    assert run(["judge", "evidence.json", "--policy", "policy/default.yaml", "--format", "json"]) == 0
    answers = {check["name"]: check["result"] for check in json.loads(capsys.readouterr().out)["checks"]}
    asked = ("quick", "small", "lean", "same", "alike", "honest", "called", "run")
    assert {name: answers[name] for name in asked} == dict.fromkeys(asked, "pass")
    (tree / "policy" / "default.yaml").write_text(POLICY.replace("checks/own.py:judge", "checks/other.py:judge"))
    assert run(["judge", "evidence.json", "--policy", "policy/default.yaml"]) == 4
    assert "another command was run than the policy asks for" in capsys.readouterr().out
