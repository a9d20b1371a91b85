"""`coronet verify`."""

import click

from coronet.cli.output import emit, format_option, show_progress
from coronet.cli.wiring import Wiring, wired


@click.command()
@format_option
@wired(registry=False)
@click.pass_context
def command(ctx: click.Context, wiring: Wiring, format_: str) -> None:
    """Is the record intact?

    Proves every hash chain, that the log branch only ever added lines, that its index and page say what
    the logs say, and that every applied proposal is on the main branch as it was approved. Exits with 4
    where something does not hold.
    """
    from coronet.commands.verify import verify

    settings = wiring.settings
    report = verify(wiring.repository, main=settings.main, log_branch=settings.log_branch, progress=show_progress)
    emit(report, format_)
    ctx.exit(report.exit_code)
