"""`python -m tests.bench`: print the figures, and end with 1 where one is over its limit.

`calls` counts what verbs ask of GitHub; all others time processes.
"""

import sys
import tempfile
from pathlib import Path

import click

from tests.bench import calls
from tests.bench.figures import FIGURES
from tests.bench.timing import measure

CALLS = "calls"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*FIGURES, CALLS]))
@click.option("--rounds", default=15, show_default=True, type=click.IntRange(min=1), help="Times each process runs.")
def bench(names: tuple[str, ...], rounds: int) -> None:
    """Time the figures called NAMES, or all of them."""
    kept = True
    for name in names or (*FIGURES, CALLS):
        if name == CALLS:
            text, is_kept = calls.report()
            click.echo(f"{name}\n{text}\n")
            kept = kept and is_kept
            continue
        with tempfile.TemporaryDirectory() as folder, FIGURES[name](Path(folder)) as comparison:
            result = measure(comparison, rounds)
        click.echo(f"{name}\n{result.to_text()}\n")
        kept = kept and result.is_kept
    sys.exit(0 if kept else 1)


bench()
