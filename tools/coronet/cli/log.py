"""`coronet log`."""

import click

from coronet.cli.judge import parse_moment
from coronet.cli.output import emit, format_option
from coronet.cli.wiring import Wiring, wired


@click.command()
@click.argument("model", required=False)
@click.option("--limit", type=click.IntRange(min=1), help="Show the newest entries only.")
@click.option("--at", metavar="TIME", help="Who was champion at this moment, and by which approval.")
@click.option("--intents", is_flag=True, help="Show the intents as well, which say that a move was begun.")
@format_option
@wired(registry=False)
def command(wiring: Wiring, model: str | None, limit: int | None, at: str | None, intents: bool, format_: str) -> None:
    """What happened to the aliases of MODEL or of all models, newest first.

    The hash chain of each log that is shown is verified.
    """
    from coronet.commands.log import show_log

    moment = parse_moment(at) if at else None
    report = show_log(
        wiring.repository, wiring.settings.log_branch, model=model, limit=limit, at=moment, intents=intents
    )
    emit(report, format_)
