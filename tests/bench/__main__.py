"""`python -m tests.bench`: print the figures, and end with 1 where one is over its limit."""

import sys
import tempfile
from pathlib import Path

import click

from tests.bench.figures import FIGURES
from tests.bench.timing import measure


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(FIGURES)))
@click.option("--rounds", default=15, show_default=True, type=click.IntRange(min=1), help="Times each process runs.")
def bench(names: tuple[str, ...], rounds: int) -> None:
    """Time the figures called NAMES, or all of them."""
    kept = True
    for name in names or FIGURES:
        with tempfile.TemporaryDirectory() as folder, FIGURES[name](Path(folder)) as comparison:
            result = measure(comparison, rounds)
        click.echo(f"{name}\n{result.to_text()}\n")
        kept = kept and result.is_kept
    sys.exit(0 if kept else 1)


bench()
