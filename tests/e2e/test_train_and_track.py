"""Training and tracking for real: the worked examples, a registry in an SQLite file, whole command lines."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from coronet.adapters.mlflow_models import MlflowModels
from coronet.adapters.registry import open_registry
from coronet.adapters.schemas import load_schema
from coronet.cli.main import run
from coronet.core.version_tags import Tag, why_ineligible
from coronet.ports.registry import ModelVersion

pytestmark = pytest.mark.mlflow

MODELS = Path(__file__).parents[2] / "models"


class Desk:
    """A clone with the worked examples, and what the command line says in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.uri = f"sqlite:///{folder.parent}/mlflow.db"
        self._capsys = capsys

    def call(self, *arguments: str) -> int:
        return run(arguments)

    def report(self, verb: str, *arguments: str) -> dict[str, Any]:
        self._capsys.readouterr()
        code = run([verb, *arguments, "--format", "json"])
        out, err = self._capsys.readouterr()
        assert code == 0, err
        found: dict[str, Any] = json.loads(out)
        Draft202012Validator(load_schema(verb)).validate(found)
        return found

    def said(self) -> str:
        return self._capsys.readouterr().err

    def version(self, report: dict[str, Any]) -> ModelVersion:
        version = open_registry(self.uri, {}).version(report["registered_model"], report["version"])
        assert version
        return version


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone") / "work"
    shutil.copytree(MODELS, folder / "models", ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for arguments in (
        ("init", "--quiet"),
        ("config", "user.email", "engineer@example.org"),
        ("config", "user.name", "engineer"),
        ("add", "."),
        ("commit", "--quiet", "--message", "Add the worked examples"),
    ):
        git(folder, *arguments)
    return folder


@pytest.fixture
def desk(clone: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(clone)
    for name in ("CORONET_ACTOR", "GITHUB_ACTOR", "CORONET_ENVIRONMENT", "CI", "CORONET_NOW"):
        monkeypatch.delenv(name, raising=False)
    desk = Desk(clone, capsys)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", desk.uri)
    return desk


# --- train ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["iris", "breast-cancer", "diabetes"])
def test_the_worked_examples_train_and_load(desk: Desk, model: str) -> None:
    report = desk.report("train", model)
    version = desk.version(report)
    assert why_ineligible(version.tags) is None
    assert version.tags[Tag.COMMIT] == git(desk.folder, "rev-parse", "HEAD").strip()
    assert version.tags[Tag.DIRTY] == "false"
    assert version.tags[Tag.REQUESTER] == "engineer"
    registry = open_registry(desk.uri, {})
    assert version.tags[Tag.DIGEST] == registry.artifact_digest(version)
    aliases = registry.model(model)
    assert aliases
    assert aliases.aliases["candidate"] == report["version"]
    assert set(MlflowModels(desk.uri).contract(version)) == {"signature", "features", "schema"}
    found = registry.run(report["run_id"])
    assert found
    assert found.metrics == pytest.approx(report["metrics"])
    metadata = json.loads(registry.load_run_file(found.id, "model_metadata.json") or b"")
    assert metadata["promoted_to_production"] is False
    assert metadata["version"] == report["version"]
    assert registry.load_run_file(found.id, f"run_card_{found.id}.md")
    assert registry.load_run_file(found.id, "predictions.parquet")


def test_the_same_inputs_give_the_same_metrics(desk: Desk) -> None:
    few = ("diabetes", "--set", "n_estimators=5")
    first, second = (desk.report("train", *few) for _ in range(2))
    assert first["metrics"] == second["metrics"]
    assert first["inputs"] == second["inputs"]
    other = desk.report("train", *few, "--seed", "7")
    assert other["metrics"] != first["metrics"]


def test_hyperparameters_from_the_command_line(desk: Desk) -> None:
    report = desk.report("train", "iris", "--set", "max_depth=1", "--set", "n_estimators=3", "--set", "criterion=gini")
    assert report["overrides"] == {"max_depth": 1, "n_estimators": 3, "criterion": "gini"}
    assert report["metrics"]["test_accuracy"] == pytest.approx(0.7222, abs=0.03)
    found = open_registry(desk.uri, {}).run(report["run_id"])
    assert found
    assert found.params["max_depth"] == "1"


def test_a_dry_run_trains_and_writes_nothing(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    report = desk.report("train", "iris", "--dry-run")
    assert report["dry_run"]
    assert report["metrics"]["test_accuracy"] > 0.9
    assert list(tmp_path.iterdir()) == []


def test_a_changed_file_is_refused_until_it_is_pinned(desk: Desk, clone: Path) -> None:
    path, model = clone / "models/iris/data/train.csv", clone / "models/iris/model.yaml"
    data, text = path.read_bytes(), model.read_bytes()
    try:
        path.write_bytes(data.rsplit(b"\n", 2)[0] + b"\n")
        assert desk.call("data", "pin", "iris", "--check") == 3
        assert desk.call("train", "iris") == 3
        assert "coronet data pin iris" in desk.said()
        assert desk.call("data", "pin", "iris", "--dry-run") == 0
        assert model.read_bytes() == text
        assert desk.call("data", "pin", "iris") == 0
        assert hashlib.sha256(path.read_bytes()).hexdigest() in model.read_text()
        assert model.read_text().startswith("# yaml-language-server")
        assert desk.call("data", "pin", "iris", "--check") == 0
        assert desk.version(desk.report("train", "iris")).tags[Tag.DIRTY] == "true"
    finally:
        path.write_bytes(data)
        model.write_bytes(text)
    assert git(clone, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["train", "nothing"], 3, "models that have one"),
        (["train", "../iris"], 3, "cannot name a model"),
        (["train", "iris", "--set", "max_dept=2"], 3, "did you mean max_depth?"),
        (["train", "iris", "--set", "max_depth"], 2, "KEY="),
        (["train", "iris", "--set", "max_depth=deep"], 3, "the trainer failed"),
        (["train", "breast-cancer", "--set", "C=-1"], 3, "models/breast-cancer/train.py:13"),
        (["train", "iris", "--dataset-version", "7"], 3, "--dataset-version is 7"),
        (["train", "iris", "--registry", "file:///tmp/x"], 2, "sqlite:///FILE"),
        (["data", "pin", "nothing"], 3, "models that have one"),
        (["track", "--metrics-json", "nowhere.json", "--registered-model-name", "x"], 3, "nowhere.json"),
        (["track", "--predictions-csv", "a", "--predictions-parquet", "b"], 2, "given twice"),
        (["track", "--register-model"], 2, "needs a name and a model"),
    ],
)
def test_bad_input_leaves_one_message_and_its_code(desk: Desk, arguments: list[str], code: int, said: str) -> None:
    assert desk.call(*arguments) == code
    err = desk.said()
    assert said in err
    assert "Traceback" not in err


# --- track ----------------------------------------------------------------------------------------


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """What a training elsewhere left behind, outside of the clone."""
    folder = tmp_path
    (folder / "models").mkdir()
    (folder / "reports").mkdir()
    (folder / "models/metrics_v1.json").write_text('{"overall": {"mdape": 0.21}, "metadata": {"rows": 7}}')
    (folder / "models/model_v1.joblib").write_bytes(b"\x80\x04a model")
    (folder / "reports/scorecard_v1.csv").write_text("kind,mdape\nELEVATOR,0.2\n")
    (folder / "reports/predictions_v1.csv").write_text("id,price,predicted\n1,2,3\n")
    return folder


def arena(folder: Path) -> list[str]:
    """The command line of a well-known arena, with the paths of this test."""
    return [
        *("--metrics-json", f"{folder}/models/metrics_v1.json"),
        *("--model-artifact", f"{folder}/models/model_v1.joblib"),
        *("--scorecard-csv", f"{folder}/reports/scorecard_v1.csv"),
        *("--predictions-csv", f"{folder}/reports/predictions_v1.csv"),
        *("--run-name", "train-v2-featurewave"),
        *("--dataset-version", "20260211"),
        *("--hypothesis-id", "H-021"),
        *("--change-type", "feature"),
        *("--change-summary", "Added spatiotemporal lag features"),
        *("--owner", "ml-engineer"),
        *("--feature-set-version", "v2.1"),
        "--register-model",
        *("--registered-model-name", "spec-nyc-avm"),
        *("--alias", "candidate"),
        *("--run-kind", "train"),
    ]


def test_a_run_made_elsewhere_is_recorded_and_registered(desk: Desk, handed_in: Path) -> None:
    report = desk.report("track", *arena(handed_in))
    version = desk.version(report)
    assert why_ineligible(version.tags) is None
    assert report["metrics"] == {"mdape": 0.21}
    assert report["run_name"] == "train-v2-featurewave"
    expected = {
        Tag.HYPOTHESIS_ID: "H-021",
        Tag.CHANGE_TYPE: "feature",
        Tag.OWNER: "ml-engineer",
        Tag.FEATURE_SET_VERSION: "v2.1",
        Tag.DATASET_VERSION: "20260211",
        Tag.MODEL_ARTIFACT: f"sha256:{hashlib.sha256((handed_in / 'models/model_v1.joblib').read_bytes()).hexdigest()}",
    }
    assert {tag: version.tags[tag] for tag in expected} == {str(tag): value for tag, value in expected.items()}
    card = open_registry(desk.uri, {}).load_run_file(report["run_id"], f"run_card_{report['run_id']}.md") or b""
    assert "| ELEVATOR | 0.2 |" in card.decode()


def test_the_champion_is_proposed_and_never_set(desk: Desk, handed_in: Path) -> None:
    arguments = ["champion" if argument == "candidate" else argument for argument in arena(handed_in)]
    desk.report("track", *arguments)
    registry = open_registry(desk.uri, {})
    model = registry.model("spec-nyc-avm")
    assert model
    assert set(model.aliases) == {"candidate"}
    registry.set_alias("spec-nyc-avm", "champion", "1")
    assert desk.call("track", *arguments) == 4
    assert "coronet propose" in desk.said()


def test_metrics_that_are_no_numbers_are_refused(desk: Desk, handed_in: Path) -> None:
    (handed_in / "models/metrics_v1.json").write_text('{"overall": {"mdape": NaN}}')
    assert desk.call("track", *arena(handed_in)) == 3
    assert "metrics_v1.json:1" in desk.said()


def test_an_mlflow_model_elsewhere_becomes_a_version_that_loads(desk: Desk) -> None:
    trained = desk.report("train", "iris", "--alias", "none")
    found = open_registry(desk.uri, {}).version("iris", trained["version"])
    assert found
    database = Path(desk.uri.removeprefix("sqlite:///")).parent
    (folder,) = database.glob(f"artifacts/*/models/{found.source.removeprefix('models:/')}/artifacts")
    report = desk.report(
        "track", "--model-artifact", str(folder), "--register-model", "--registered-model-name", "iris-elsewhere"
    )
    assert report["model_type"] == "sklearn model"
    assert report["semantic_version"] == "v1.0.0"
    assert MlflowModels(desk.uri).load(desk.version(report)).classes == ("setosa", "versicolor", "virginica")
