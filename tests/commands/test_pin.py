"""`coronet data pin`: which bytes a model's data are."""

import hashlib

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.pin import PinReport, pin_data
from coronet.errors import InvalidInput
from tests.fakes.memory_files import MemoryFiles
from tests.fakes.memory_tables import MemoryTables

TRAIN, EVALUATION = b"id,x,y\n1,0.5,a\n2,0.6,b\n", b"id,x,y\n3,0.5,a\n"
TABLES = {"models/iris/data/train.csv": TRAIN, "models/iris/data/evaluation.csv": EVALUATION}
PATH = "models/iris/model.yaml"
MODEL = """\
schema: coronet/model/v1
owner: model-owner   # who answers
task: binary
data:
  label: y
  train: {path: data/train.csv}
  evaluation:
    path: data/evaluation.csv
    sha256: """


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tree(evaluation: str) -> MemoryFiles:
    return MemoryFiles({PATH: f"{MODEL}{evaluation}\n".encode()})


def pin(files: MemoryFiles, *, write: bool = True, tables: dict[str, bytes] = TABLES) -> PinReport:
    return pin_data(files, FileDocuments(), MemoryTables(tables), "iris", write=write)


def test_digests_are_written_and_rows_are_told() -> None:
    files = tree("0" * 64)
    report = pin(files)
    assert report.written
    assert [(found.part, found.sha256, found.rows) for found in report.pins] == [
        ("train", sha256(TRAIN), 2),
        ("evaluation", sha256(EVALUATION), 1),
    ]
    text = (files.read(PATH) or b"").decode()
    assert f"train: {{sha256: {sha256(TRAIN)}, path: data/train.csv}}" in text
    assert f"    sha256: {sha256(EVALUATION)}\n" in text
    assert "# who answers" in text


def test_pinning_again_changes_nothing() -> None:
    files = tree("0" * 64)
    pin(files)
    before = files.read(PATH)
    report = pin(files)
    assert not report.changed
    assert not report.written
    assert files.read(PATH) == before


def test_looking_writes_nothing() -> None:
    files = tree("0" * 64)
    before = files.read(PATH)
    report = pin(files, write=False)
    assert report.changed
    assert not report.written
    assert files.read(PATH) == before
    assert "was 000000000000…" in report.to_text()
    assert "was not pinned" in report.to_markdown()


def test_missing_data_is_told() -> None:
    with pytest.raises(InvalidInput, match=r"models/iris/data/train\.csv"):
        pin(tree("0" * 64), tables={})


def test_a_layout_that_cannot_be_changed_is_left_as_it_is() -> None:
    files = MemoryFiles({PATH: f"{MODEL}\n      {'0' * 64}\n".encode()})
    before = files.read(PATH)
    with pytest.raises(InvalidInput, match="only a person"):
        pin(files)
    assert files.read(PATH) == before
