"""How long drift of 50 columns takes, beside one scan of the same columns and what people use today."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from tests.bench.drift_peers import COLUMNS, KS_COLUMNS
from tests.bench.figures import CORONET

# Rows of both files together.
ROWS = (1_000_000, 10_000_000)
BLOCK = 500_000
ROUNDS = 3
# What anybody else is measured by is one more line here, and a function of that name in `drift_peers`.
PEERS = {
    "duckdb": "DuckDB: one scan of the columns",
    "arrow": "Arrow: decode the columns, two threads, and nothing done with them",
    "scipy": f"scipy.stats.ks_2samp (from {KS_COLUMNS} of the columns)",
}
# From this many rows on, ours to one scan.
LARGE, AT_MOST = 10_000_000, 1.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Of whole processes, the least of some rounds: `busy` are seconds of all processors."""

    name: str
    seconds: float
    busy: float
    megabytes: float


def report(sizes: Sequence[int]) -> tuple[str, bool]:
    """A table for each number of rows; and whether the limit was kept."""
    tables = [_compare(rows) for rows in sizes]
    return "\n\n".join(text for text, _ in tables), all(kept for _, kept in tables)


def _compare(rows: int) -> tuple[str, bool]:
    with tempfile.TemporaryDirectory() as place:
        files = [Path(place) / f"{name}.parquet" for name in ("reference", "current")]
        for seed, file in enumerate(files):
            # In a process of its own: the memory of this one is counted as the least of those that it starts.
            code = f"from tests.bench.drift import *; write_columns(Path({str(file)!r}), {rows // 2}, {seed})"
            subprocess.run((sys.executable, "-c", code), check=True)
        named = [str(file) for file in files]
        peer = (sys.executable, "-m", "tests.bench.drift_peers")
        asked = {"coronet drift": (CORONET, "drift", *named)}
        asked |= {title: (*peer, name, *named) for name, title in PEERS.items() if name != "scipy"}
        costs = _in_turns(asked)
        costs += _in_turns({PEERS["scipy"]: (*peer, "scipy", *named)}, rounds=1)
    return _table(rows, costs)


def _table(rows: int, costs: Sequence[Cost]) -> tuple[str, bool]:
    ours, scan = costs[:2]
    lines = [f"{rows:,} rows in two files, {COLUMNS} columns, least of {ROUNDS} rounds"]
    lines.append(f"{'':72}{'seconds':>10}{'busy':>9}{'peak MB':>9}{'ours ÷':>9}")
    lines += [
        f"{cost.name:72}{cost.seconds:>10.2f}{cost.busy:>9.2f}{cost.megabytes:>9.0f}{ours.seconds / cost.seconds:>9.3f}"
        for cost in costs
    ]
    if rows < LARGE:
        return "\n".join(lines), True
    kept = ours.seconds <= AT_MOST * scan.seconds
    lines.append(f"  at most {AT_MOST:g} × one scan: {'kept' if kept else 'NOT KEPT'}")
    if not kept:
        lines.append("  the reason: to count a value takes about as long as to decode it, and DuckDB only adds them up")
    return "\n".join(lines), kept


def write_columns(file: Path, rows: int, seed: int) -> None:
    """Seeded columns of numbers, no two alike."""
    random, writer = np.random.default_rng(seed), None
    for start in range(0, rows, BLOCK):
        size = min(BLOCK, rows - start)
        table = pa.table({f"x{place}": random.normal(place, 1 + place, size=size) for place in range(COLUMNS)})
        writer = writer or parquet.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _in_turns(asked: dict[str, tuple[str, ...]], rounds: int = ROUNDS) -> list[Cost]:
    found: dict[str, list[Cost]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, arguments in asked.items():
            found[name].append(run(name, arguments))
    return [
        Cost(
            name=name,
            seconds=min(cost.seconds for cost in costs),
            busy=min(cost.busy for cost in costs),
            megabytes=max(cost.megabytes for cost in costs),
        )
        for name, costs in found.items()
    ]


def run(name: str, arguments: Sequence[str]) -> Cost:
    """One process; RuntimeError where it fails. A peer's last word is by how much to multiply its time."""
    with tempfile.TemporaryFile() as output:
        started = perf_counter()
        process = subprocess.Popen(arguments, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode()
    if process.returncode:
        raise RuntimeError(f"{name} ended with {process.returncode}:\n{said[-2000:]}")
    factor = 1.0 if arguments[0] == CORONET else float(said.split()[-1])
    busy = usage.ru_utime + usage.ru_stime
    return Cost(name=name, seconds=seconds * factor, busy=busy * factor, megabytes=usage.ru_maxrss / 1024)
