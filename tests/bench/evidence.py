"""How long evidence from files of predictions takes, and how much memory, beside what people use today."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from tests.bench.figures import CORONET
from tests.bench.peers import BOOTSTRAP_DRAWS, BOOTSTRAP_ROWS, SEGMENTS

SIZES = (5, 10, 12, 20, 40)
BLOCK = 1_000_000
METRICS = ("roc_auc", "log_loss", "accuracy", "f1", "brier")
NAMES = {
    "duckdb": "DuckDB: read the columns",
    "groupby": "scikit-learn and groupby, no intervals",
    "bootstrap": f"the same, 1,000 draws (from {BOOTSTRAP_DRAWS} draws of at most {BOOTSTRAP_ROWS:,} rows)",
    "mlflow": "mlflow.models.evaluate twice, labels only",
}
ROWS = (1_000_000, 10_000_000)
# What holds from here on: coronet's time to theirs, and the megabytes that it may take.
LARGE = 10_000_000
LIMITS = {"duckdb": 3.0, "mlflow": 1 / 10, "bootstrap": 1 / 1000}
MOST_MEGABYTES = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """`seconds` are those of the whole process, times what it says that it should be multiplied by."""

    name: str
    seconds: float
    megabytes: float


def report(sizes: Sequence[int]) -> tuple[str, bool]:
    """A table for each number of rows; and whether all limits were kept."""
    tables = [_compare(rows) for rows in sizes]
    left_out = "fairlearn and Evidently are left out: they are in none of this project's locks"
    return "\n\n".join([*(text for text, _ in tables), left_out]), all(kept for _, kept in tables)


def _compare(rows: int) -> tuple[str, bool]:
    """Each process once, in turn."""
    with tempfile.TemporaryDirectory() as place:
        write_predictions(Path(place), rows)
        ours = run("coronet evaluate, paired 95 % intervals", _coronet(Path(place)))
        theirs = {
            peer: run(name, (sys.executable, "-m", "tests.bench.peers", peer, place)) for peer, name in NAMES.items()
        }
    limits = LIMITS if rows >= LARGE else {}
    lines = [
        f"{rows:,} rows, five columns of segments, {len(METRICS)} metrics",
        _line("", "seconds", "peak MB", "ours ÷"),
    ]
    lines.append(_line(ours.name, f"{ours.seconds:.2f}", f"{ours.megabytes:.0f}", ""))
    kept = [ours.megabytes <= MOST_MEGABYTES]
    for peer, cost in theirs.items():
        ratio = ours.seconds / cost.seconds
        line = _line(cost.name, f"{cost.seconds:.2f}", f"{cost.megabytes:.0f}", f"{ratio:.5f}")
        kept.append(ratio <= limits.get(peer, float("inf")))
        lines.append(line + (_judge(limits[peer], is_kept=kept[-1]) if peer in limits else ""))
    lines.append(f"memory: {ours.megabytes:.0f} MB{_judge(MOST_MEGABYTES, is_kept=kept[0])}")
    return "\n".join(lines), all(kept)


def _line(name: str, seconds: str, megabytes: str, ratio: str) -> str:
    return f"{name:72}{seconds:>10}{megabytes:>9}{ratio:>10}"


def write_predictions(folder: Path, rows: int) -> None:
    """Seeded predictions of two models that have much in common."""
    random = np.random.default_rng(1)
    writers: dict[str, parquet.ParquetWriter] = {}
    for start in range(0, rows, BLOCK):
        size = min(BLOCK, rows - start)
        truth = random.normal(size=size) - 1
        label = (random.random(size) < _expit(truth)).astype(np.int8)
        for name, noise in (("candidate", 0.5), ("champion", 0.8)):
            columns = {
                "id": pa.array(np.arange(start, start + size)),
                "label": pa.array(label),
                "score": pa.array(_expit(truth + noise * random.normal(size=size))),
            }
            if name == "candidate":
                columns |= {column: _segment(random, many, size) for column, many in zip(SEGMENTS, SIZES, strict=True)}
            table = pa.table(columns)
            if name not in writers:
                writers[name] = parquet.ParquetWriter(folder / f"{name}.parquet", table.schema)
            writers[name].write_table(table)
    for writer in writers.values():
        writer.close()


def run(name: str, arguments: Sequence[str]) -> Cost:
    """Whole processes, and the most memory that they had; RuntimeError where one fails."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(arguments, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        said = output.read().decode()
        if process.returncode:
            raise RuntimeError(f"{name} ended with {process.returncode}:\n{errors.read().decode()[-2000:]}")
    factor = 1.0 if arguments[0] == CORONET else float(said.split()[-1])
    return Cost(name=name, seconds=seconds * factor, megabytes=usage.ru_maxrss / 1024)


def _coronet(folder: Path) -> tuple[str, ...]:
    options = [option for name in METRICS for option in ("--metric", name)]
    options += [option for name in SEGMENTS for option in ("--segment", name)]
    files = ("--candidate", f"{folder}/candidate.parquet", "--champion", f"{folder}/champion.parquet", "--key", "id")
    asked = ("--task", "binary", "--label", "label", "--score", "score", "--streamed", "--output", "-")
    return (CORONET, "evaluate", *files, *asked, *options)


def _judge(at_most: float, *, is_kept: bool) -> str:
    return f"  (at most {at_most:g}: {'kept' if is_kept else 'NOT KEPT'})"


def _segment(random: np.random.Generator, many: int, size: int) -> pa.DictionaryArray:
    codes = pa.array(random.integers(many, size=size).astype(np.int32))
    return pa.DictionaryArray.from_arrays(codes, pa.array([f"v{place}" for place in range(many)]))


def _expit(x: "np.typing.NDArray[np.float64]") -> "np.typing.NDArray[np.float64]":
    return np.asarray(1 / (1 + np.exp(-x)))
