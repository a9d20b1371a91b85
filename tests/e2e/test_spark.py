"""`coronet evaluate --engine spark` as Spark's users start it: each finds what the embedded engine finds."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import coronet
from coronet.core.evidence import evidence_from_json
from coronet.core.reproduction import compare_evidence
from tests.contract.engines import require_java
from tests.contract.test_exact_and_streamed import frame_of, write

ASKED = (
    *("evaluate", "--task", "binary", "--candidate", "b.parquet", "--champion", "a.parquet", "--key", "id"),
    *("--label", "left", "--score", "score", "--segment", "kind", "--metric", "brier", "--output", "evidence.json"),
)
MAIN = f"{Path(coronet.__file__).parent}/__main__.py"
SPARK_SUBMIT = f"{Path(sys.executable).parent}/spark-submit"
# How it is started, and in which environment.
WAYS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "by itself": ((sys.executable, "-m", "coronet", *ASKED), {"SPARK_MASTER": "local[2]"}),
    "spark-submit": ((SPARK_SUBMIT, "--master", "local[2]", MAIN, *ASKED), {"PYSPARK_PYTHON": sys.executable}),
    "Spark Connect": ((sys.executable, "-m", "coronet", *ASKED), {"SPARK_REMOTE": "local[2]"}),
}


def evaluate(arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        arguments,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    # Of spark-submit, standard output has the messages, too.
    evidence: dict[str, Any] = json.loads((folder / "evidence.json").read_bytes())
    return evidence


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_start_spark_finds_the_same(way: str, tmp_path: Path) -> None:
    require_java()
    write(tmp_path, "parquet", a=frame_of(1), b=frame_of(2).sample(frac=1, random_state=1))
    wanted = evaluate((sys.executable, "-m", "coronet", *ASKED, "--streamed"), tmp_path, {})
    arguments, environment = WAYS[way]
    found = evaluate((*arguments, "--engine", "spark"), tmp_path, environment)
    assert found["recipe"].pop("engine") == "spark"
    was, again = (evidence_from_json(each) for each in (wanted, found))
    # Nothing else is left behind.
    assert {path.name for path in tmp_path.iterdir()} == {"a.parquet", "b.parquet", "evidence.json"}
    compared = compare_evidence(was, again)
    assert not compared.differences
    assert compared.left_out == {}
    assert again.changes
    assert again.changes.movers
