"""`coronet gate`."""

import click

from coronet.cli.output import emit, format_option
from coronet.cli.wiring import Wiring, wired
from coronet.commands.gate.question import GateQuestion, Mode, PolicyOf


@click.command()
@click.argument("model")
@click.option(
    "--mode",
    type=click.Choice([str(mode) for mode in Mode]),
    default=str(Mode.PRODUCTION),
    show_default=True,
    help="production reads the champion's files again to prove its digest; smoke believes its tag.",
)
@click.option(
    "--policy",
    "policy_of",
    type=click.Choice([str(which) for which in PolicyOf]),
    default=str(PolicyOf.NOW),
    show_default=True,
    help="Judge by today's policy, or by the one under which it was merged.",
)
@format_option
@wired()
@click.pass_context
def command(ctx: click.Context, wiring: Wiring, model: str, mode: str, policy_of: str, format_: str) -> None:
    """May the champion of MODEL be released?

    Passes where the champion rests on a proposal that is merged, approved, applied, unexpired and intact.
    Every check is told, whatever the ones before it said. Exits with 4 where one of them fails.
    """
    repository, registry = wiring.repository, wiring.registry  # git fetches while the rest is imported
    from coronet.commands.gate.release import gate

    settings = wiring.settings
    question = GateQuestion(
        model=model, mode=Mode(mode), policy_of=PolicyOf(policy_of), main=settings.main, log_branch=settings.log_branch
    )
    report = gate(
        question,
        repository=repository,
        registry=registry,
        documents=wiring.documents,
        clock=wiring.clock,
    )
    emit(report, format_)
    ctx.exit(report.exit_code)
