"""Why a pull request was closed without being merged, and what that says of its proposal.

The program's own reasons are read back from the pull request, for that is where they survive a crash.
"""

import re
from datetime import datetime

from coronet.core.changelog.entry import Event
from coronet.core.timestamps import format_time

_SUPERSEDED = re.compile(r"superseded by \S+ \(pull request \d+\)")
_EXPIRED = re.compile(r"expired: it was to be merged and applied before \S+")


def superseded_by(proposal: str, pull_request: int) -> str:
    return f"superseded by {proposal} (pull request {pull_request})"


def expired_at(limit: datetime) -> str:
    return f"expired: it was to be merged and applied before {format_time(limit)}"


def event_of_closing(reason: str) -> Event:
    """What the log says of a proposal whose pull request was closed for this reason: a person's reason rejects."""
    if _SUPERSEDED.fullmatch(reason):
        return Event.SUPERSEDED
    return Event.EXPIRED if _EXPIRED.fullmatch(reason) else Event.REJECTED
