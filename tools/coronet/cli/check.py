"""`coronet check`."""

import click

from coronet.cli.occasion import find_occasion, number_to_tell
from coronet.cli.output import dry_run_option, emit, format_option, show_progress
from coronet.cli.wiring import Wiring, wired
from coronet.commands.check import MARKER, STATUS, CheckReport, check
from coronet.core.decision import Verdict
from coronet.errors import InvalidInput


@click.command()
@click.argument("what", metavar="[PULL-REQUEST|BRANCH|COMMIT]", required=False)
@click.option("--base", metavar="COMMIT", help="Judge against this commit.  [default: the main branch]")
@click.option("--no-registry", is_flag=True, help="Judge the files alone: the registry is not asked.")
@click.option("--comment", is_flag=True, help="Write the result to the pull request: one comment, and a status.")
@dry_run_option
@format_option
@wired()
@click.pass_context
def command(
    ctx: click.Context,
    wiring: Wiring,
    what: str | None,
    base: str | None,
    no_registry: bool,
    comment: bool,
    dry_run: bool,
    format_: str,
) -> None:
    """Judge the proposals that a pull request adds.

    Judges what is checked out, or a pull request by its number, a branch or a commit: schema, digests,
    evidence, policy, dates, the champion it names. Without proposals there is nothing to judge, and it
    passes. Exits with 4 where the pull request must not be merged.

    In a workflow, --comment finds the pull request that started it, or that of the branch it runs on.
    """
    occasion = find_occasion(wiring, what)
    number = number_to_tell(wiring, occasion) if comment else None
    if comment and number is None and not occasion.in_queue:
        raise click.UsageError("--comment needs the number of the pull request to write to")
    against = base or wiring.repository.head(wiring.settings.main)
    if against is None:
        raise InvalidInput(f"the remote has no branch {wiring.settings.main}", hint="name it with --branch")
    report = check(wiring.world(acts=False), base=against, head=occasion.judged, ask_registry=not no_registry)
    emit(report, format_)
    if comment and not dry_run:
        _tell(wiring, report, number, occasion.marked)
    ctx.exit(report.exit_code)


def _tell(wiring: Wiring, report: CheckReport, number: int | None, commit: str) -> None:
    """Write what was found, as far as the token may: for a pull request from a fork it may not.

    The verdict stands all the same, and the exit code says it.
    """
    from coronet.adapters.github.answers import Forbidden

    passed = report.verdict is Verdict.PASS
    try:
        if number is not None:
            wiring.forge.comment(number, marker=MARKER, body=report.to_markdown())
        wiring.forge.set_status(commit, name=STATUS, passed=passed, description=str(report.verdict))
    except Forbidden as error:
        show_progress("tell", f"the result is not on the pull request: {error.message}")
