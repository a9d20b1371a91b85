"""Which registry an address means, and what is imported for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coronet.adapters.mlflow_rest.registry import RestRegistry
from coronet.adapters.registry import open_registry
from coronet.errors import Unavailable, WrongUsage
from tests.fakes.http_server import Asked, Reply, StubServer, json_reply

HEAVY = ["mlflow", "pandas", "sklearn", "numpy", "scipy", "requests", "urllib3", "jsonschema", "yaml", "sqlalchemy"]


@pytest.mark.parametrize(
    ("uri", "environment"),
    [
        ("http://mlflow.internal", {}),
        ("https://mlflow.internal/base", {"MLFLOW_TRACKING_URI": "databricks"}),
        (None, {"MLFLOW_TRACKING_URI": " https://mlflow.internal\n"}),
        ("", {"MLFLOW_TRACKING_URI": "http://mlflow.internal", "MLFLOW_REGISTRY_URI": "http://mlflow.internal"}),
        (None, {"MLFLOW_REGISTRY_URI": "http://mlflow.internal"}),
    ],
)
def test_a_server_is_not_asked_before_its_first_question(uri: str | None, environment: dict[str, str]) -> None:
    assert isinstance(open_registry(uri, environment), RestRegistry)


@pytest.mark.parametrize("environment", [{}, {"MLFLOW_TRACKING_URI": ""}, {"MLFLOW_TRACKING_URI": "  "}])
def test_no_registry_is_made_up(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongUsage) as caught:
        open_registry(None, environment)
    assert "--registry" in caught.value.hint
    assert "MLFLOW_TRACKING_URI" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("uri", "named"),
    [
        ("databricks", "Databricks"),
        ("databricks-uc://profile", "Databricks"),
        ("postgresql://mlflow:hunter2@db/mlflow", "postgresql:"),
        ("mysql+pymysql://mlflow:hunter2@db/mlflow", "mysql+pymysql:"),
        ("./mlruns", "folder"),
        ("file:///srv/mlruns", "folder"),
        ("uc:http://host", "uc:"),
    ],
)
def test_what_is_not_supported_is_said_without_secrets(uri: str, named: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        open_registry(uri, {})
    assert named in caught.value.message
    assert "sqlite:///" in caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint


def test_two_servers_are_one_too_many() -> None:
    environment = {"MLFLOW_TRACKING_URI": "http://runs.internal", "MLFLOW_REGISTRY_URI": "http://models.internal"}
    with pytest.raises(WrongUsage, match="two servers"):
        open_registry(None, environment)
    assert isinstance(open_registry("http://runs.internal", environment), RestRegistry)


@pytest.mark.parametrize(
    "uri", ["sqlite:", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///a.db?mode=ro", "sqlite://host/a.db"]
)
def test_an_sqlite_address_names_a_file(uri: str) -> None:
    with pytest.raises(WrongUsage, match="does not name a file"):
        open_registry(uri, {})


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="there is no registry at"):
        open_registry(f"sqlite:///{tmp_path}/folder/mlflow.db", {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_file_that_is_no_mlflow_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mlflow.db"
    file.write_bytes(content)
    with pytest.raises(Unavailable):
        open_registry(f"sqlite:///{file}", {})
    assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]


@pytest.fixture
def iris_server() -> Iterator[StubServer]:
    """A server with one model, one version, one run, and files of both."""
    version = {"name": "iris", "version": "7", "creation_timestamp": 1, "run_id": "r", "source": "models:/m-1"}
    run = {"run_id": "r", "status": "FINISHED", "experiment_id": "0", "artifact_uri": "mlflow-artifacts:/r"}
    answers = {
        "registered-models/search": {"registered_models": [{"name": "iris"}]},
        "registered-models/get": {"registered_model": {"name": "iris"}},
        "model-versions/get": {"model_version": version},
        "model-versions/search": {"model_versions": [version]},
        "model-versions/get-download-uri": {"artifact_uri": "mlflow-artifacts:/m-1"},
        "runs/get": {"run": {"info": run}},
        "experiments/get": {"experiment": {"name": "Default"}},
        "artifacts": {"files": [{"path": "MLmodel", "file_size": 2}, {"path": "model.skops", "file_size": 2}]},
    }

    def answer(asked: Asked) -> Reply:
        found = [value for path, value in answers.items() if asked.path.endswith(f"/{path}")]
        return json_reply(found[0]) if found else Reply()

    with StubServer().running() as stub:
        stub.answer = answer
        yield stub


USE = f"""
import json, os, sys
from coronet.adapters.registry import open_registry
registry = open_registry(None, os.environ)
registry.models(), registry.model("iris"), registry.versions("iris"), registry.run("r")
registry.artifact_digest(registry.version("iris", "7"))
registry.set_alias("iris", "champion", "7"), registry.set_version_tags("iris", "7", {{"k": "v"}})
registry.save_run_file("r", "card.json", b"{{}}"), registry.load_run_file("r", "card.json")
print(json.dumps([name for name in {HEAVY} if name in sys.modules]))
"""


def test_a_server_is_used_without_heavy_imports(iris_server: StubServer) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    environment = {**inherited, "MLFLOW_TRACKING_URI": iris_server.url}
    done = subprocess.run(
        [sys.executable, "-c", USE], env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    assert json.loads(done.stdout) == []
    assert done.stderr == ""
    assert len(iris_server.asked) >= 12
