"""Options of the verbs that open proposals: who asks, and why."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import click

from coronet.cli.wiring import Wiring
from coronet.commands.drafting import Request
from coronet.core.proposal import ChangeType, Requester, Why

P = ParamSpec("P")
R = TypeVar("R")

_OPTIONS = (
    click.option("--summary", help="Why, in one line: the pull request's title."),
    click.option("--owner", help="Who answers for the change.  [default: the version's tag]"),
    click.option("--hypothesis-id", help="The hypothesis it tests.  [default: the version's tag]"),
    click.option(
        "--change-type",
        type=click.Choice([str(kind) for kind in ChangeType]),
        help="What kind of change it is.  [default: the version's tag]",
    ),
    click.option(
        "--requested-by",
        metavar="LOGIN",
        envvar="CORONET_REQUESTED_BY",
        show_envvar=True,
        help="The person who asks, where a bot opens the pull request.  [default: who acts]",
    ),
    click.option("--again", is_flag=True, help="Ask again for what was rejected or refused before."),
)


def asking(function: Callable[P, R]) -> Callable[P, R]:
    """Add the options; the command gets them as `asked`, a dictionary for `request_of`."""

    @functools.wraps(function)
    def run(*arguments: P.args, **options: P.kwargs) -> R:
        names = ("summary", "owner", "hypothesis_id", "change_type", "requested_by", "again")
        options["asked"] = {name: options.pop(name) for name in names}
        return function(*arguments, **options)

    decorated: Callable[P, R] = run
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def request_of(wiring: Wiring, asked: Mapping[str, Any]) -> Request:
    """Who asks and why, as the options say."""
    kind = asked["change_type"]
    return Request(
        why=Why(
            summary=asked["summary"] or "",
            owner=asked["owner"],
            hypothesis_id=asked["hypothesis_id"],
            change_type=ChangeType(kind) if kind else None,
        ),
        requester=Requester(login=asked["requested_by"] or wiring.forge.login(), run_url=wiring.run_url),
        again=asked["again"],
    )
