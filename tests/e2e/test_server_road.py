"""The whole road against a real tracking server: trained, proposed, approved, promoted, released, tampered with."""

import json
import os
from contextlib import chdir
from pathlib import Path

import pytest

from coronet.adapters.registry import open_registry
from coronet.cli.demo.stage import set_stage
from coronet.cli.main import run
from tests.servers import RunningServer

pytestmark = [pytest.mark.mlflow, pytest.mark.server, pytest.mark.slow]


def test_from_training_to_release(
    mlflow_server: RunningServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in [name for name in os.environ if name.startswith(("MLFLOW_", "CORONET_", "GIT_"))]:
        monkeypatch.delenv(name)
    stage = set_stage(tmp_path / "demo")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server.url)
    with chdir(stage.work):
        assert run(["train", "breast-cancer", "--set", "C=0.1", "--change-summary", "first"]) == 0
        assert run(["evaluate", "breast-cancer"]) == 0
        assert run(["propose", "breast-cancer"]) == 0
        assert run(["check", "1"]) == 0
        assert run(["pr", "approve", "1", "--as", "model-owner"]) == 0
        assert run(["pr", "merge", "1", "--as", "model-owner"]) == 0
        assert run(["promote", "--as", "promoter"]) == 0
        assert run(["gate", "breast-cancer"]) == 0
        assert run(["status"]) == 0
        _tamper(mlflow_server)
        capsys.readouterr()
        assert run(["gate", "breast-cancer", "--format", "json"]) == 4
    answer = json.loads(capsys.readouterr().out)
    assert [check["name"] for check in answer["checks"] if check["result"] == "fail"] == ["digest"]


def _tamper(server: RunningServer) -> None:
    """Change one file of the champion on the server's disk, behind everybody's back."""
    registry = open_registry(server.url, {})
    model = registry.model("breast-cancer")
    assert model is not None
    version = registry.version("breast-cancer", model.aliases["champion"])
    assert version is not None
    folder = next(server.folder.glob(f"artifacts/**/{version.source.rsplit('/', 1)[-1]}"))
    file = next(folder.glob("**/requirements.txt"))
    file.write_text(file.read_text() + "\nanother-library\n")
