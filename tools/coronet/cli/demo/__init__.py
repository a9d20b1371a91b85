"""`coronet demo`: the whole road once, on this machine, with real models and real data."""

from pathlib import Path

import click

from coronet.cli.demo.stage import set_stage
from coronet.cli.demo.story import play


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="Where everything is made. What an earlier demo left there is removed first.",
)
def command(folder: Path) -> None:
    """Tell the whole story: first champion, refusals, promotion, conflict, release gate, rollback.

    Needs nothing but this machine: git, a registry in an SQLite file, and pull requests kept in a bare
    repository. Each step prints the command it runs; all of it stays in the folder to play with.
    """
    stage = set_stage(folder.resolve())
    play(stage)
