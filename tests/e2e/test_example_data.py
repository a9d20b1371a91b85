"""The data of the worked examples is what the script writes and what the model files pin."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

MODELS = Path(__file__).parents[2] / "models"
EXAMPLES = ("iris", "breast-cancer", "diabetes")
PARTS = ("train", "evaluation")


@pytest.fixture(scope="module")
def written_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    subprocess.run([sys.executable, str(MODELS / "make_data.py"), str(folder)], check=True)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("model", EXAMPLES)
def test_the_script_writes_the_committed_bytes(written_again: Path, model: str, part: str) -> None:
    path = Path(model, "data", f"{part}.csv")
    assert (written_again / path).read_bytes() == (MODELS / path).read_bytes()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("model", EXAMPLES)
def test_the_model_file_pins_the_committed_bytes(model: str, part: str) -> None:
    pinned = yaml.safe_load((MODELS / model / "model.yaml").read_text())["data"][part]
    data = (MODELS / model / pinned["path"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == pinned["sha256"]


@pytest.mark.parametrize("model", EXAMPLES)
def test_no_row_is_both_trained_on_and_evaluated(model: str) -> None:
    train, evaluation = (
        {line.split(",")[0] for line in (MODELS / model / "data" / f"{part}.csv").read_text().splitlines()[1:]}
        for part in PARTS
    )
    assert train
    assert evaluation
    assert not train & evaluation
