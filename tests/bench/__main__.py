"""`python -m tests.bench`: print the figures, and end with 1 where one is over its limit."""

import os
import sys
import tempfile
from pathlib import Path

import click

from tests.bench import calls, cold, drift, evidence
from tests.bench.figures import FIGURES
from tests.bench.timing import measure

CALLS, COLD, DRIFT, EVIDENCE = "calls", "cold", "drift", "evidence"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*FIGURES, CALLS, COLD, DRIFT, EVIDENCE]))
@click.option("--rounds", default=15, show_default=True, type=click.IntRange(min=1), help="Times each process runs.")
@click.option(
    "--rows",
    default=evidence.ROWS,
    show_default=True,
    multiple=True,
    type=click.IntRange(min=1000),
    help="Of evidence.",
)
def bench(names: tuple[str, ...], rounds: int, rows: tuple[int, ...]) -> None:
    """Time the figures called NAMES, or all of them but cold, which downloads."""
    # What is installed has its bytecode. A checkout that may not keep it would be compiled anew for every process.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    kept = True
    for name in names or (*FIGURES, CALLS, DRIFT, EVIDENCE):
        match name:
            case "calls":
                text, is_kept = calls.report()
            case "drift":
                text, is_kept = drift.report(drift.ROWS)
            case "evidence":
                text, is_kept = evidence.report(rows)
            case "cold":
                text, is_kept = cold.report(), True
            case _:
                with tempfile.TemporaryDirectory() as folder, FIGURES[name](Path(folder)) as comparison:
                    result = measure(comparison, rounds)
                text, is_kept = result.to_text(), result.is_kept
        click.echo(f"{name}\n{text}\n")
        kept = kept and is_kept
    sys.exit(0 if kept else 1)


bench()
