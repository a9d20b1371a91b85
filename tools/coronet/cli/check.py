"""`coronet check`."""

import re

import click

from coronet.cli.output import dry_run_option, emit, format_option
from coronet.cli.wiring import Wiring, wired
from coronet.commands.check import MARKER, STATUS, CheckReport, check
from coronet.core.decision import Verdict
from coronet.errors import InvalidInput

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


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
    """
    number = int(what) if what and what.isdigit() and len(what) < 10 else None
    if comment and number is None:
        raise click.UsageError("--comment needs the number of the pull request to write to")
    head = _head(wiring, what, number)
    against = base or wiring.repository.head(wiring.settings.main)
    if against is None:
        raise InvalidInput(f"the remote has no branch {wiring.settings.main}", hint="name it with --branch")
    report = check(wiring.world(acts=False), base=against, head=head, ask_registry=not no_registry)
    emit(report, format_)
    if comment and number is not None and not dry_run:
        _comment(wiring, report, number)
    ctx.exit(report.exit_code)


def _head(wiring: Wiring, what: str | None, number: int | None) -> str:
    """The commit to judge."""
    if number is not None:
        pull_request = wiring.forge.pull_request(number)
        found = pull_request.head if pull_request else None
    elif what is None:
        found = wiring.repository.checked_out()
    elif _COMMIT.fullmatch(what):
        found = what
    else:
        found = wiring.repository.head(what)
    if found is None:
        said = f"pull request {number}" if number is not None else what or "what is checked out"
        raise InvalidInput(f"there is no commit for {said}", hint="name a pull request, a pushed branch or a commit")
    return found


def _comment(wiring: Wiring, report: CheckReport, number: int) -> None:
    passed = report.verdict is Verdict.PASS
    wiring.forge.comment(number, marker=MARKER, body=report.to_markdown())
    wiring.forge.set_status(report.head, name=STATUS, passed=passed, description=str(report.verdict))
