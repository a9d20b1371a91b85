"""`coronet models`."""

import re

import click

from coronet.cli.output import emit, format_option
from coronet.cli.wiring import Wiring, wired
from coronet.errors import InvalidInput

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BETWEEN = re.compile(r"[\s,]+")


def _read_commit(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A full commit id; None for nothing, and for the zeros that a forge gives where there was no commit."""
    if not value or not value.strip("0"):
        return None
    if not _COMMIT.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no commit id of 40 or 64 hexadecimal digits", ctx, param)
    return value


@click.command()
@click.argument("names", metavar="[MODEL|all]...", nargs=-1)
@click.option(
    "--changed-since",
    "since",
    metavar="COMMIT",
    callback=_read_commit,
    help="Only models whose files changed after this commit; empty for all.",
)
@format_option
@wired(registry=False)
def command(wiring: Wiring, names: tuple[str, ...], since: str | None, format_: str) -> None:
    """Which models are to be trained: a list for the matrix of a workflow.

    A model changed where a file of its folder did, or one of its data files elsewhere in the repository;
    other files below models/ are shared by all. Documents and policies do not count. What is checked out
    is looked at.
    """
    from coronet.commands.models import list_models

    head = wiring.repository.checked_out()
    if head is None:
        raise InvalidInput("nothing is checked out here", hint="run it in a clone that has a commit")
    asked = [name for text in names for name in _BETWEEN.split(text) if name]
    emit(list_models(wiring.repository, wiring.documents, head=head, names=asked, since=since), format_)
