"""`coronet doctor`."""

import click

from coronet.cli.output import emit, format_option, show_progress
from coronet.cli.wiring import Wiring, wired


@click.command()
@click.option(
    "--environment",
    default="registry",
    show_default=True,
    help="The environment that holds the registry's credentials.",
)
@click.option(
    "--required-check", default="check", show_default=True, help="The status that a merge to the main branch waits for."
)
@click.option("--strict", is_flag=True, help="Refuse what is weak or unknown, too.")
@format_option
@wired()
@click.pass_context
def command(
    ctx: click.Context, /, wiring: Wiring, environment: str, required_check: str, strict: bool, format_: str
) -> None:
    """Is everything set up that promotions rest on?

    Reads the main branch as the remote has it, the forge's live settings and the registry, and writes nothing.
    Each finding says why it matters and how to mend it, on the forge's pages and in a shell. Exits with 4 where
    a guard is missing.
    """
    from coronet.commands.doctor.examine import DoctorPorts, DoctorQuestion, examine

    ports = DoctorPorts(
        repository=wiring.repository,
        documents=wiring.documents,
        members=wiring.forge.members,
        settings=wiring.place.settings(),
        registry=lambda: wiring.registry,
        progress=show_progress,
    )
    question = DoctorQuestion(
        main=wiring.settings.main,
        log_branch=wiring.settings.log_branch,
        environment=environment,
        check=required_check,
        strict=strict,
    )
    report = examine(question, ports)
    emit(report, format_)
    ctx.exit(report.exit_code)
