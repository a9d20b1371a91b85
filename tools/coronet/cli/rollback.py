"""`coronet rollback`."""

from dataclasses import replace
from typing import Any

import click

from coronet.cli.asking import asking, request_of
from coronet.cli.output import dry_run_option, emit, format_option
from coronet.cli.wiring import Wiring, wired
from coronet.errors import WrongUsage


@click.command()
@click.argument("model")
@click.option("--to", metavar="VERSION", help="The former champion to return to.  [default: the newest intact one]")
@click.option("--now", is_flag=True, help="Move the alias first, and ask for the approval afterwards.")
@click.option("--reason", help="With --now: why; the reviewers will read it.")
@click.option("--confirm", metavar="PROPOSAL", help="With --now: be the second person for what another one asked.")
@asking
@dry_run_option
@format_option
@wired()
@click.pass_context
def command(
    ctx: click.Context,
    wiring: Wiring,
    model: str,
    to: str | None,
    now: bool,
    reason: str | None,
    confirm: str | None,
    asked: dict[str, Any],
    dry_run: bool,
    format_: str,
) -> None:
    """Propose a former champion of MODEL, or return to it at once.

    Opens a pull request like any other: an owner approves, the merge lets `coronet promote` move the alias.
    Freezes and holds of the model do not stop it. What it replaces is held until somebody releases it.

    With --now the alias moves in this run, if the policy names who acts (`rollback: who`; `four_eyes` asks a
    second person to confirm within an hour). The pull request comes after the fact: until it is approved and
    merged the gate warns, and after its time is over the gate refuses.
    """
    if not now:
        if reason or confirm:
            raise WrongUsage("--reason and --confirm go with --now", hint="without --now say why with --summary")
        from coronet.commands.rollback import rollback

        emit(rollback(wiring.world(), model, request_of(wiring, asked), to=to, dry_run=dry_run), format_)
        return
    if confirm and to:
        raise WrongUsage("--confirm says already where to", hint="leave --to away")
    from coronet.commands.fast_lane.asked import FastRequest
    from coronet.commands.fast_lane.rollback import rollback_now

    request = request_of(wiring, asked)
    request = replace(request, why=replace(request.why, summary=reason or request.why.summary))
    report = rollback_now(wiring.world(), model, FastRequest(asked=request, to=to, confirm=confirm, dry_run=dry_run))
    emit(report, format_)
    ctx.exit(report.exit_code)
