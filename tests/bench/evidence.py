"""How long evidence from files of predictions takes, and how much memory, beside what people use today."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from tests.bench import peers
from tests.bench.figures import CORONET
from tests.bench.peers import SEGMENTS

SIZES = (5, 10, 12, 20, 40)
BLOCK = 1_000_000
METRICS = ("roc_auc", "log_loss", "accuracy", "f1", "brier")
# Evidently has an environment of its own, which `make bench` makes, and fairlearn lives there with it.
APART = Path(__file__).parents[2] / ".venv-bench/bin/python"


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """What ours is timed beside: `rounds` times in turn with it."""

    name: str
    text: str
    python: Path = Path(sys.executable)
    rounds: int = 1


DUCKDB = Peer(name="duckdb", text="DuckDB: read the columns", rounds=3)
PEERS = (
    DUCKDB,
    Peer(name="groupby", text="scikit-learn and groupby, no intervals"),
    Peer(
        name="bootstrap",
        text=f"the same, 1,000 draws (from {peers.BOOTSTRAP_DRAWS} of at most {peers.BOOTSTRAP_ROWS:,} rows)",
    ),
    Peer(name="mlflow", text="mlflow.models.evaluate twice, and validated; labels only"),
    Peer(
        name="fairlearn",
        text=f"fairlearn's MetricFrame, 1,000 draws (from 1 of at most {peers.FAIRLEARN_ROWS:,} rows)",
        python=APART,
    ),
    Peer(
        name="evidently",
        text=f"Evidently, no segments, no intervals (from at most {peers.EVIDENTLY_ROWS:,} rows)",
        python=APART,
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """What holds from `rows` on: ours to theirs at most, by peer, and the most megabytes; `beside` these peers."""

    rows: int
    ratios: Mapping[str, float] = field(default_factory=dict)
    megabytes: float = 512
    beside: tuple[Peer, ...] = PEERS


GOALS = (
    Goal(rows=0),
    Goal(rows=10_000_000, ratios={"duckdb": 3.0, "mlflow": 1 / 10, "bootstrap": 1 / 1000}),
    # No other peer holds so many rows in the memory of a common machine.
    Goal(rows=100_000_000, ratios={"duckdb": 2.5}, megabytes=640, beside=(DUCKDB,)),
)
ROWS = (1_000_000, 10_000_000)
# What small data may add to starting the program.
SMALL, SMALL_ROUNDS, MOST_ADDED = 10_000, 5, 0.3
MEASURED = "coronet evaluate, paired 95 % intervals"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """`seconds` are those of the whole process, and those that it says it would have taken with all rows and draws.

    `processor` are the seconds of all its threads as it was.
    """

    name: str
    seconds: float
    processor: float
    megabytes: float


def report(sizes: Sequence[int]) -> tuple[str, bool]:
    """Small data, then a table for each number of rows; and whether all limits were kept."""
    tables = [_start(), *(_compare(rows) for rows in sizes)]
    return "\n\n".join(text for text, _ in tables), all(kept for _, kept in tables)


def _start() -> tuple[str, bool]:
    with tempfile.TemporaryDirectory() as place:
        write_predictions(Path(place), SMALL)
        pairs = [
            (run(MEASURED, _coronet(Path(place))), run("coronet --help", (CORONET, "--help")))
            for _ in range(SMALL_ROUNDS)
        ]
    ours, alone = (_middle([pair[side] for pair in pairs]) for side in (0, 1))
    added, is_kept = ours.seconds - alone.seconds, ours.seconds - alone.seconds <= MOST_ADDED
    lines = [f"{SMALL:,} rows, the same columns and metrics", _HEADER, _line(ours), _line(alone)]
    why = "" if is_kept else f", for {ours.processor - alone.processor:.2f} s of the processor"
    return "\n".join([*lines, f"added: {added:.2f} s{_judge(MOST_ADDED, is_kept=is_kept)}{why}"]), is_kept


def _compare(rows: int) -> tuple[str, bool]:
    """Each process in turn."""
    goal = [goal for goal in GOALS if goal.rows <= rows][-1]
    there = [peer for peer in goal.beside if peer.python.exists()]
    ours: list[Cost] = []
    theirs: dict[str, list[Cost]] = {peer.name: [] for peer in there}
    with tempfile.TemporaryDirectory() as place:
        write_predictions(Path(place), rows)
        for turn in range(max(peer.rounds for peer in there)):
            ours.append(run(MEASURED, _coronet(Path(place))))
            for peer in there:
                if turn < peer.rounds:
                    command = (str(peer.python), "-m", "tests.bench.peers", peer.name, place)
                    theirs[peer.name].append(run(peer.text, command))
    lines, kept = _tell(goal, _middle(ours), {name: _middle(costs) for name, costs in theirs.items()})
    lines += [f"not run: {peer.text}; `make bench` makes its environment" for peer in goal.beside if peer not in there]
    title = f"{rows:,} rows, five columns of segments, {len(METRICS)} metrics"
    return "\n".join([title, _HEADER, *lines]), kept


def _tell(goal: Goal, ours: Cost, theirs: Mapping[str, Cost]) -> tuple[list[str], bool]:
    """The lines, and whether the goal was kept; where it was not, what the processor says of it."""
    lines, kept = [_line(ours)], [ours.megabytes <= goal.megabytes]
    for peer, cost in theirs.items():
        ratio, at_most = ours.seconds / cost.seconds, goal.ratios.get(peer)
        line = _line(cost, f"{ratio:.5f}")
        if at_most is not None:
            kept.append(ratio <= at_most)
            line += _judge(at_most, is_kept=kept[-1])
            line += "" if kept[-1] else f", for {ours.processor / cost.processor:.2f} × its work of the processor"
        lines.append(line)
    lines.append(f"memory: {ours.megabytes:.0f} MB{_judge(goal.megabytes, is_kept=kept[0])}")
    return lines, all(kept)


def _middle(costs: Sequence[Cost]) -> Cost:
    """The median of each number."""
    return Cost(
        name=costs[0].name,
        seconds=statistics.median(cost.seconds for cost in costs),
        processor=statistics.median(cost.processor for cost in costs),
        megabytes=statistics.median(cost.megabytes for cost in costs),
    )


_HEADER = f"{'':76}{'seconds':>10}{'processor':>11}{'peak MB':>9}{'ours ÷':>10}"


def _line(cost: Cost, ratio: str = "") -> str:
    numbers = f"{cost.seconds:>10.2f}{cost.processor:>11.2f}{cost.megabytes:>9.0f}"
    return f"{cost.name:76}{numbers}{ratio:>10}".rstrip()


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
    beyond = 0.0 if arguments[0] == CORONET else float(said.split()[-1])
    processor = usage.ru_utime + usage.ru_stime
    return Cost(name=name, seconds=seconds + beyond, processor=processor, megabytes=usage.ru_maxrss / 1024)


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
