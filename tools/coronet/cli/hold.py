"""`coronet hold`."""

import click

from coronet.cli.output import dry_run_option, emit, format_option
from coronet.cli.wiring import Wiring, wired


@click.command()
@click.argument("model")
@click.option("--version", help="Hold this version alone, instead of every promotion of the model.")
@click.option("--release", is_flag=True, help="End the hold.")
@click.option("--reason", required=True, help="Why: the next on call will read it.")
@dry_run_option
@format_option
@wired()
def command(
    wiring: Wiring, model: str, version: str | None, release: bool, reason: str, dry_run: bool, format_: str
) -> None:
    """Stop promotions of MODEL, or let them go on.

    Merged proposals wait while the model is held; rollbacks go through. A version that was rolled back is
    held by itself.
    """
    from coronet.commands.hold import hold

    emit(hold(wiring.world(), model, version=version, release=release, reason=reason, dry_run=dry_run), format_)
