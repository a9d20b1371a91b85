"""`coronet policy`."""

from pathlib import Path

import click

from coronet.cli.output import emit, format_option


@click.group()
def command() -> None:
    """Policy as something to read."""


@command.command()
@click.argument("model")
@format_option
def show(model: str, format_: str) -> None:
    """Print the effective policy of MODEL, and which file each value comes from.

    Reads policy/default.yaml and policy/MODEL.yaml of the work tree.
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.work_tree import WorkTree, find_root
    from coronet.commands.policy import show_policy

    emit(show_policy(WorkTree(find_root(Path.cwd())), FileDocuments(), model), format_)
