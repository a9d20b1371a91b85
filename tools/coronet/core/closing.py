"""Why a pull request was closed without being merged, and what that says of its proposal.

The program's own reasons are read back from the pull request, for that is where they survive a crash. A
person gives theirs in a comment whose first line is `/reject REASON`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coronet.core.changelog.entry import Event
from coronet.core.render.markup import plain_line
from coronet.core.timestamps import format_time

NO_REASON = "closed without a reason"
LONGEST_REASON = 1000
_SUPERSEDED = re.compile(r"superseded by \S+ \(pull request \d+\)")
_EXPIRED = re.compile(r"expired: it was to be merged and applied before \S+")
_STALE = re.compile(r"stale: it could never be applied \((champion|former_champion|policy|fresh|same_data|, )+\)")
_REJECT = re.compile(r"/reject[ \t]+(?P<reason>\S.*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """A comment on a pull request. `may_reject`: whether its author may write to the repository, and is a person."""

    login: str
    at: datetime
    body: str
    may_reject: bool


def superseded_by(proposal: str, pull_request: int) -> str:
    return f"superseded by {proposal} (pull request {pull_request})"


def expired_at(limit: datetime) -> str:
    return f"expired: it was to be merged and applied before {format_time(limit)}"


def stale_by(checks: Sequence[str]) -> str:
    """`checks` are the names of those that `find_stale` found."""
    return f"stale: it could never be applied ({', '.join(checks)})"


def event_of_closing(reason: str) -> Event:
    """What the log says of a proposal whose pull request was closed for this reason: a person's reason rejects."""
    if _SUPERSEDED.fullmatch(reason):
        return Event.SUPERSEDED
    return Event.EXPIRED if _EXPIRED.fullmatch(reason) or _STALE.fullmatch(reason) else Event.REJECTED


def parse_rejection(body: str) -> str | None:
    """The reason in a comment whose first line is `/reject REASON`, as one line; None where it is no such comment.

    What reads like a reason of the program's own is put between quotes, so that it rejects all the same.
    """
    first = body.splitlines()[0] if body else ""
    found = _REJECT.fullmatch(first.rstrip())
    reason = plain_line(found["reason"])[:LONGEST_REASON].rstrip() if found else ""
    if not reason:
        return None
    return reason if event_of_closing(reason) is Event.REJECTED else f"“{reason}”"


def reason_of(remarks: Sequence[Remark], *, closed_by: str | None) -> str:
    """Why a person closed a pull request: their newest rejection, else the newest of anybody who may reject.

    Who may is who may write to the repository; a stranger's `/reject` is a comment like any other.
    `remarks` may come in any order; `NO_REASON` where nobody gave one.
    """
    said = [
        (remark.login == closed_by, remark.at, remark.login, reason)
        for remark in remarks
        if (remark.may_reject or remark.login == closed_by) and (reason := parse_rejection(remark.body))
    ]
    if not said:
        return NO_REASON
    own, _, login, reason = max(said)
    return reason if own else f"{reason} (said by {login})"
