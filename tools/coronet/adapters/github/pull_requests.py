"""Pull requests as GitHub's API writes them."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coronet.adapters.github.address import Address
from coronet.errors import WrongUsage
from coronet.ports.forge import PullRequest, PullRequestState, Review, ReviewState

_STATES = {
    "APPROVED": ReviewState.APPROVED,
    "CHANGES_REQUESTED": ReviewState.CHANGES_REQUESTED,
    "COMMENTED": ReviewState.COMMENTED,
    "DISMISSED": ReviewState.DISMISSED,
}
GHOST = "ghost"  # whom GitHub names where an account is gone
_BOT = re.compile(r"\[bot\]$")


def read_pull_request(data: Mapping[str, Any]) -> PullRequest:
    """As a list has it: who closed it, and why, are for others to add."""
    merged_at = read_time(data.get("merged_at"))
    if merged_at:
        state = PullRequestState.MERGED
    else:
        state = PullRequestState.OPEN if data["state"] == "open" else PullRequestState.CLOSED
    return PullRequest(
        number=data["number"],
        title=data["title"],
        state=state,
        branch=data["head"]["ref"],
        head=data["head"]["sha"],
        author=login_of(data.get("user")) or "",
        url=data["html_url"],
        labels=tuple(label["name"] for label in data.get("labels") or ()),
        reviewers=tuple(user["login"] for user in data.get("requested_reviewers") or ()),
        merged_at=merged_at,
        # An open one has the commit of a trial merge there.
        merge_commit=data.get("merge_commit_sha") if merged_at else None,
        closed_at=read_time(data.get("closed_at")),
    )


def is_for(data: Mapping[str, Any], main: str, address: Address) -> bool:
    """Whether it asks for a change of this repository's main branch."""
    there = str(data["base"]["repo"]["full_name"])
    if there.lower() != address.repository.lower():
        raise WrongUsage(
            f"the repository {address.repository} is called {there} now",
            hint="use its new name in GITHUB_REPOSITORY or the remote's URL",
        )
    return bool(data["base"]["ref"] == main)


def is_from_here(data: Mapping[str, Any], address: Address) -> bool:
    """Whether its branch is in this repository: a fork's branches are named by whoever made it."""
    source = (data.get("head") or {}).get("repo") or {}
    return str(source.get("full_name", "")).lower() == address.repository.lower()


def read_review(data: Mapping[str, Any]) -> Review | None:
    """None for one that was not submitted yet, or of a kind that is not known."""
    state, at = _STATES.get(str(data.get("state"))), read_time(data.get("submitted_at"))
    if state is None or at is None:
        return None
    return Review(
        id=str(data["id"]),
        login=login_of(data.get("user")) or GHOST,
        state=state,
        at=at,
        commit=data.get("commit_id") or "",
        is_bot=is_bot(data.get("user")),
        body=data.get("body") or "",
    )


def login_of(user: Mapping[str, Any] | None) -> str | None:
    return (user or {}).get("login") or None


def is_bot(user: Mapping[str, Any] | None) -> bool:
    return (user or {}).get("type") == "Bot" or bool(_BOT.search(login_of(user) or ""))


def read_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
