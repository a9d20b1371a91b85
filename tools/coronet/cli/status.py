"""`coronet status`."""

import click

from coronet.cli.output import emit, format_option
from coronet.cli.wiring import Wiring, wired


@click.command()
@click.argument("model", required=False)
@click.option("--versions", is_flag=True, help="List the versions in the registry as well.")
@format_option
@wired()
def command(wiring: Wiring, model: str | None, versions: bool, format_: str) -> None:
    """What is champion, what is proposed, and what comes next, of MODEL or of all models."""
    from coronet.commands.status import status

    emit(status(wiring.world(acts=False), model=model, versions=versions), format_)
