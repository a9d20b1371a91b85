"""`coronet sweep`."""

import click

from coronet.cli.output import dry_run_option, emit, format_option
from coronet.cli.wiring import Wiring, wired


@click.command()
@click.argument("models", nargs=-1)
@click.option("--close-stale", is_flag=True, help="Close what was left behind, instead of a comment.")
@dry_run_option
@format_option
@wired()
@click.pass_context
def command(
    ctx: click.Context, wiring: Wiring, models: tuple[str, ...], close_stale: bool, dry_run: bool, format_: str
) -> None:
    """Close open proposals (of MODELS, or of all) whose time is over, and tell which were left behind.

    A proposal was left behind when its champion, its policy or the time of its evidence is gone: merged, it
    would be refused. Its pull request gets one comment that says so. Safe to run at any time.
    """
    from coronet.commands.sweep import sweep

    report = sweep(wiring.world(), models=models, close_stale=close_stale, dry_run=dry_run)
    emit(report, format_)
    ctx.exit(report.exit_code)
