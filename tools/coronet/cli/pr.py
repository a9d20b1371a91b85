"""`coronet pr`: the pages of the local forge."""

from pathlib import Path

import click

from coronet.cli.output import dry_run_option, emit, format_option
from coronet.cli.wiring import Wiring, wired
from coronet.commands import pull_requests
from coronet.ports.forge import PullRequestState
from coronet.ports.repository import MergeMethod

_number = click.argument("number", type=click.IntRange(min=1))
_team = "@ORGANIZATION/TEAM=LOGIN,LOGIN"


@click.group()
def command() -> None:
    """Pull requests of the local forge, which are kept in the repository itself.

    Who acts is what --as, CORONET_ACTOR or git's user.email says: a claim that nobody verifies. Whoever may
    push to the repository may write anything here. Where that matters, use a forge that knows its users.
    """


@command.command("list")
@click.option(
    "--state",
    type=click.Choice([str(state) for state in PullRequestState]),
    default=str(PullRequestState.OPEN),
    show_default=True,
    help="Those in this state.",
)
@format_option
@wired(registry=False)
def list_(wiring: Wiring, state: str, format_: str) -> None:
    """List pull requests, oldest first."""
    emit(pull_requests.list_pull_requests(wiring.desk, PullRequestState(state)), format_)


@command.command()
@_number
@format_option
@wired(registry=False)
def view(wiring: Wiring, number: int, format_: str) -> None:
    """Print pull request NUMBER as its reviewers read it, and what it still needs."""
    emit(pull_requests.view_pull_request(wiring.desk, number), format_)


@command.command()
@_number
@format_option
@wired(registry=False)
def diff(wiring: Wiring, number: int, format_: str) -> None:
    """Print what pull request NUMBER changes."""
    emit(pull_requests.diff_pull_request(wiring.desk, wiring.repository, number), format_)


@command.command("open")
@click.argument("branch")
@click.option("--title", required=True, help="What it changes, in one line.")
@click.option("--body", default="", help="Why, in Markdown.")
@click.option("--body-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Read the body here.")
@click.option(
    "--reviewer", "reviewers", multiple=True, metavar="LOGIN", help="Who is asked to review; may be repeated."
)
@dry_run_option
@format_option
@wired(registry=False)
def open_(
    wiring: Wiring,
    branch: str,
    title: str,
    body: str,
    body_file: Path | None,
    reviewers: tuple[str, ...],
    dry_run: bool,
    format_: str,
) -> None:
    """Open a pull request for BRANCH, which was pushed: for what people write by hand."""
    text = body_file.read_text(encoding="utf-8", errors="replace") if body_file else body
    report = pull_requests.open_pull_request(
        wiring.desk, branch=branch, title=title, body=text, reviewers=reviewers, dry_run=dry_run
    )
    emit(report, format_)


@command.command()
@_number
@click.option("--body", default="", help="What you say with it.")
@dry_run_option
@format_option
@wired(registry=False)
def approve(wiring: Wiring, number: int, body: str, dry_run: bool, format_: str) -> None:
    """Approve pull request NUMBER as it is now."""
    emit(pull_requests.approve(wiring.desk, number, body=body, dry_run=dry_run), format_)


@command.command("request-changes")
@_number
@click.option("--body", required=True, help="What must change.")
@dry_run_option
@format_option
@wired(registry=False)
def request_changes(wiring: Wiring, number: int, body: str, dry_run: bool, format_: str) -> None:
    """Request changes of pull request NUMBER, which stops it until you approve it."""
    emit(pull_requests.request_changes(wiring.desk, number, body=body, dry_run=dry_run), format_)


@command.command()
@_number
@click.option("--body", required=True, help="What you say.")
@dry_run_option
@format_option
@wired(registry=False)
def comment(wiring: Wiring, number: int, body: str, dry_run: bool, format_: str) -> None:
    """Comment on pull request NUMBER."""
    emit(pull_requests.comment(wiring.desk, number, body=body, dry_run=dry_run), format_)


@command.command()
@_number
@click.option(
    "--method",
    type=click.Choice([str(method) for method in MergeMethod]),
    default=str(MergeMethod.MERGE),
    show_default=True,
    help="A merge commit, or one commit on top of the branch.",
)
@click.option("--admin", is_flag=True, help="Pass over missing approvals and checks. It does not make it approved.")
@dry_run_option
@format_option
@wired(registry=False)
def merge(wiring: Wiring, number: int, method: str, admin: bool, dry_run: bool, format_: str) -> None:
    """Merge pull request NUMBER and delete its branch."""
    emit(
        pull_requests.merge(wiring.desk, number, method=MergeMethod(method), admin=admin, dry_run=dry_run),
        format_,
    )


@command.command()
@_number
@click.option("--reason", required=True, help="Why; the change log keeps it.")
@dry_run_option
@format_option
@wired(registry=False)
def close(wiring: Wiring, number: int, reason: str, dry_run: bool, format_: str) -> None:
    """Close pull request NUMBER without merging it."""
    emit(pull_requests.close(wiring.desk, number, reason=reason, dry_run=dry_run), format_)


@command.command()
@click.option("--team", "teams", multiple=True, metavar=_team, help="Who a team of CODEOWNERS is; may be repeated.")
@click.option("--require", multiple=True, metavar="CHECK", help="A check that must have passed; may be repeated.")
@click.option("--no-require", multiple=True, metavar="CHECK", help="A check that need not pass any more.")
@dry_run_option
@format_option
@wired(registry=False)
def rules(
    wiring: Wiring,
    teams: tuple[str, ...],
    require: tuple[str, ...],
    no_require: tuple[str, ...],
    dry_run: bool,
    format_: str,
) -> None:
    """Print or change what a merge needs beside the approval of code owners."""
    report = pull_requests.change_rules(
        wiring.desk,
        teams=dict(_read_team(team) for team in teams),
        required=frozenset(require),
        not_required=frozenset(no_require),
        dry_run=dry_run,
    )
    emit(report, format_)


def _read_team(text: str) -> tuple[str, frozenset[str]]:
    name, equals, logins = text.partition("=")
    team = name.strip().removeprefix("@").lower()
    if not equals or team.count("/") != 1:
        raise click.BadParameter(f"{text!r} is not written as {_team}", param_hint="--team")
    return team, frozenset(login.strip().removeprefix("@") for login in logins.split(",") if login.strip())
