"""Streamed evidence is the same to the last bit in each run, whatever threads join and add the rows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coronet.adapters.tables import FileTables
from coronet.adapters.tables.duckdb_engine import Engine
from coronet.adapters.tables.streamed import FileStreams
from coronet.commands.evaluate.files import evaluate_files
from coronet.commands.evaluate.request import FilesRequest
from coronet.core.evidence import Evidence
from coronet.core.statistics.streaming.choosing import SAMPLE
from coronet.errors import Unavailable
from tests.contract.test_exact_and_streamed import CHURN, HOMES, frame_of
from tests.stage.clock import StageClock

# Several row groups, for as many threads as there are cores, and more rows than are looked at first.
ROWS = SAMPLE + 120_000
PLAIN = replace(CHURN, segments=("kind",), metrics=("log_loss", "roc_auc", "mean_score"), cluster="owner")
ASKED = {"binary, clusters": PLAIN, "regression": replace(HOMES, segments=(), metrics=("mae", "rmse"))}
COLUMNS = ["id", "left", "price", "kind", "score", "said"]


@pytest.fixture(scope="module")
def rows_in_another_order(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("again")
    ours, theirs = (frame_of(seed, ROWS)[COLUMNS].assign(owner=lambda frame: frame["id"] % 997) for seed in (1, 2))
    # Scores of which no two are alike, so that levels matter.
    ours, theirs = (frame.assign(score=1 / (1 + np.exp((100 - frame["said"]) / 10))) for frame in (ours, theirs))
    # Some rows are in one file only.
    write(folder, ours.sample(frac=0.9, random_state=1), theirs[1000:])
    return folder


def write(folder: Path, champion: pd.DataFrame, candidate: pd.DataFrame) -> None:
    for name, frame in (("a", champion), ("b", candidate)):
        frame.to_parquet(folder / f"{name}.parquet", index=False, row_group_size=40_000)


def evaluate(asked: FilesRequest, folder: Path, ending: str = "parquet") -> Evidence:
    named = replace(asked, streamed=True, candidate=f"b.{ending}", champion=f"a.{ending}")
    return evaluate_files(
        named, FileTables(folder), FileStreams(folder), StageClock(), lambda step, detail="": None
    ).evidence


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_files_that_are_joined_on_disk(asked: FilesRequest, rows_in_another_order: Path) -> None:
    first, second = (evaluate(asked, rows_in_another_order) for _ in range(2))
    assert first.rows.paired > SAMPLE
    assert second.facts_digest == first.facts_digest
    # Not to nine digits alone.
    assert second.to_bytes() == first.to_bytes()


# --- how they are joined --------------------------------------------------------------------------


def test_joined_rows_stand_in_the_order_of_the_first_file_and_then_of_the_others(
    rows_in_another_order: Path, tmp_path: Path
) -> None:
    files = [rows_in_another_order / name for name in ("b.parquet", "a.parquet")]
    with Engine(tmp_path) as engine:
        engine.write_joined(files, [["said"], ["said"]], "id", tmp_path / "joined.parquet")
    joined = pd.read_parquet(tmp_path / "joined.parquet")
    ours, theirs = (pd.read_parquet(file)["id"] for file in files)
    wanted = [*ours, *theirs[~theirs.isin(ours)]]
    assert joined["joined by"].tolist() == [str(key) for key in wanted]
    assert joined["here_0"].sum() == len(ours)


def test_csv_that_many_threads_read_keeps_its_order(tmp_path: Path) -> None:
    keys = np.arange(600_000)
    pd.DataFrame({"id": keys, "said": keys / 2, "text": "some words"}).to_csv(tmp_path / "b.csv", index=False)
    with Engine(tmp_path) as engine:
        engine.write_csv(tmp_path / "b.csv", "b", tmp_path / "b.parquet", texts=["text"], numbers=["id", "said"])
    np.testing.assert_array_equal(pd.read_parquet(tmp_path / "b.parquet")["id"], keys)


def test_a_join_that_needs_more_memory_gets_it(rows_in_another_order: Path, tmp_path: Path) -> None:
    files = [rows_in_another_order / name for name in ("b.parquet", "a.parquet")]
    columns = [["said", "kind"], ["said", "kind"]]
    for memory in ((4, 240), (240,)):
        with Engine(tmp_path, memory=memory) as engine:
            engine.write_joined(files, columns, "id", tmp_path / f"{len(memory)}.parquet")
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()
    with Engine(tmp_path, memory=(4,)) as engine, pytest.raises(Unavailable, match="in 4 MB of memory"):
        engine.write_joined(files, columns, "id", tmp_path / "again.parquet")
