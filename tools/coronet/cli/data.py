"""`coronet data`."""

from pathlib import Path

import click

from coronet.cli.output import dry_run_option, emit, format_option
from coronet.errors import InvalidInput


@click.group()
def command() -> None:
    """Pin the data of a model by its SHA-256."""


@command.command()
@click.argument("model")
@click.option("--check", is_flag=True, help="Write nothing; exit with 3 where the data are not those pinned.")
@dry_run_option
@format_option
@click.pass_context
def pin(ctx: click.Context, model: str, check: bool, dry_run: bool, format_: str) -> None:
    """Write the SHA-256 of MODEL's data into its model.yaml.

    The digests of train, evaluation and reference are written where they stand; comments and layout stay.
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.tables import FileTables
    from coronet.adapters.work_tree import WorkTree, find_root
    from coronet.commands.pin import pin_data

    root = find_root(Path.cwd())
    report = pin_data(WorkTree(root), FileDocuments(), FileTables(root), model, write=not (check or dry_run))
    emit(report, format_)
    if check and report.changed:
        ctx.exit(InvalidInput.exit_code)
