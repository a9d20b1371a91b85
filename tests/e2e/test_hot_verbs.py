"""What is called often starts in milliseconds: the hot verbs import no heavy library when the registry is a server."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.evidence import METRICS, write_predictions
from tests.bench.released import Released, prepare
from tests.servers import RunningServer

pytestmark = pytest.mark.server

HEAVY = {"mlflow", "pandas", "sklearn", "numpy", "scipy", "pyarrow", "requests", "skops", "matplotlib"}
PROGRAM = """
import json, sys
from coronet.cli.main import run
code = run(sys.argv[1:])
print(json.dumps({"code": code, "modules": sorted(sys.modules)}), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, mlflow_server: RunningServer) -> Released:
    return prepare(tmp_path_factory.mktemp("hot"), mlflow_server, proposals=3, entries=3)


def imported_by(ground: Released, *arguments: str) -> set[str]:
    """The top-level modules that a fresh process has imported when the verb has ended well."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, cwd=ground.work, env=ground.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["code"] == 0, done.stdout + done.stderr
    return {name.split(".")[0] for name in told["modules"]}


@pytest.mark.parametrize(
    "verb",
    [
        pytest.param(("gate", "churn"), id="gate"),
        pytest.param(("gate", "churn", "--mode", "smoke"), id="smoke"),
        pytest.param(("status", "churn"), id="status"),
        pytest.param(("status",), id="status of all"),
        pytest.param(("check",), id="check"),
        pytest.param(("promote", "--dry-run"), id="promote"),
        pytest.param(("log", "churn"), id="log"),
        pytest.param(("--help",), id="help"),
    ],
)
def test_nothing_heavy_is_imported(ground: Released, verb: tuple[str, ...]) -> None:
    assert not imported_by(ground, *verb) & HEAVY


@pytest.mark.parametrize("verb", [("gate", "churn"), ("status", "churn"), ("log", "churn")])
def test_what_the_log_vouches_for_is_not_validated_again(ground: Released, verb: tuple[str, ...]) -> None:
    assert "jsonschema" not in imported_by(ground, *verb)


def test_small_evidence_is_streamed_without_what_takes_longer_to_import_than_it(tmp_path: Path) -> None:
    write_predictions(tmp_path, 1_000)
    files = [word for side in ("candidate", "champion") for word in (f"--{side}", str(tmp_path / f"{side}.parquet"))]
    asked = ["--key", "id", "--task", "binary", "--label", "label", "--score", "score", "--segment", "s0"]
    metrics = [word for name in METRICS for word in ("--metric", name)]
    command = [sys.executable, "-c", PROGRAM, "evaluate", *files, *asked, *metrics, "--streamed", "--output", "-"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["code"] == 0, done.stderr
    assert {"scipy", "pandas", "sklearn", "mlflow", "duckdb", "pyarrow.compute"}.isdisjoint(told["modules"])
