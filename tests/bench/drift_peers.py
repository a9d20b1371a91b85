"""What people do about drift today, one process each: `python -m tests.bench.drift_peers NAME REFERENCE CURRENT`.

Each prints by how much its time has to be multiplied: 1, or more where it was given less to do.
"""

import sys
from collections.abc import Callable

COLUMNS = 50
KS_COLUMNS = 5


def duckdb(reference: str, current: str) -> float:
    """All columns of both files, and nothing done with them but a sum."""
    import duckdb as engine

    sums = ", ".join(f"sum(x{place})" for place in range(COLUMNS))
    for file in (reference, current):
        engine.sql(f"SELECT {sums} FROM '{file}'").fetchall()
    return 1.0


def arrow(reference: str, current: str) -> float:
    """All columns of both files, in batches of two threads."""
    from concurrent.futures import ThreadPoolExecutor

    from pyarrow import parquet

    def read(file: str, start: int) -> None:
        names = [f"x{place}" for place in range(start, min(start + KS_COLUMNS, COLUMNS))]
        with parquet.ParquetFile(file, pre_buffer=False) as opened:
            for _ in opened.iter_batches(1 << 16, columns=names, use_threads=False):
                pass

    for file in (reference, current):
        with ThreadPoolExecutor(2) as workers:
            for done in [workers.submit(read, file, start) for start in range(0, COLUMNS, KS_COLUMNS)]:
                done.result()
    return 1.0


def scipy(reference: str, current: str) -> float:
    """The two-sample Kolmogorov–Smirnov test, column by column."""
    import pandas as pd
    from scipy import stats

    for place in range(KS_COLUMNS):
        before, now = (pd.read_parquet(file, columns=[f"x{place}"]) for file in (reference, current))
        stats.ks_2samp(before[f"x{place}"], now[f"x{place}"], method="asymp")
    return COLUMNS / KS_COLUMNS


PEERS: dict[str, Callable[[str, str], float]] = {"duckdb": duckdb, "arrow": arrow, "scipy": scipy}

if __name__ == "__main__":
    print(PEERS[sys.argv[1]](*sys.argv[2:]))  # noqa: T201
