"""`python -m tests.bench`: print the figures, and end with 1 where one is over its limit."""

import sys
import tempfile
from pathlib import Path

import click

from tests.bench import calls, cold
from tests.bench.figures import FIGURES
from tests.bench.timing import measure

CALLS, COLD = "calls", "cold"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*FIGURES, CALLS, COLD]))
@click.option("--rounds", default=15, show_default=True, type=click.IntRange(min=1), help="Times each process runs.")
def bench(names: tuple[str, ...], rounds: int) -> None:
    """Time the figures called NAMES, or all of them but cold, which downloads."""
    kept = True
    for name in names or (*FIGURES, CALLS):
        match name:
            case "calls":
                text, is_kept = calls.report()
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
