"""`coronet rollback`."""

from typing import Any

import click

from coronet.cli.asking import asking, request_of
from coronet.cli.output import dry_run_option, emit, format_option
from coronet.cli.wiring import Wiring, wired


@click.command()
@click.argument("model")
@click.option("--to", metavar="VERSION", help="The former champion to return to.  [default: the newest intact one]")
@asking
@dry_run_option
@format_option
@wired()
def command(wiring: Wiring, model: str, to: str | None, asked: dict[str, Any], dry_run: bool, format_: str) -> None:
    """Propose a former champion of MODEL.

    Opens a pull request like any other: an owner approves, the merge lets `coronet promote` move the alias.
    Freezes and holds of the model do not stop it. What it replaces is held until somebody releases it.
    """
    from coronet.commands.rollback import rollback

    emit(rollback(wiring.world(), model, request_of(wiring, asked), to=to, dry_run=dry_run), format_)
