"""`coronet promote`."""

import click

from coronet.cli.output import dry_run_option, emit, format_option
from coronet.cli.wiring import Wiring, wired


@click.command()
@click.argument("models", nargs=-1)
@click.option("--heal", is_flag=True, help="Put aliases back that were moved behind git's back.")
@dry_run_option
@format_option
@wired()
@click.pass_context
def command(
    ctx: click.Context, wiring: Wiring, models: tuple[str, ...], heal: bool, dry_run: bool, format_: str
) -> None:
    """Bring every alias to what the main branch says.

    Looks at every merged proposal that has no outcome in the change log (of MODELS, or of all), proves its
    approval, and moves the alias, or records why not. Safe to run at any time, twice, or after a crash.

    Exits with 4 where a proposal was refused, with 5 on a conflict or where an alias is not where the log
    left it.
    """
    from coronet.commands.promote import promote

    report = promote(wiring.world(), models=models, heal=heal, dry_run=dry_run)
    emit(report, format_)
    ctx.exit(report.exit_code)
