"""What is said on a pull request: comments that are kept up to date, and why it was closed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coronet.adapters.github.connection import Connection
from coronet.adapters.github.identity import Identity
from coronet.adapters.github.pull_requests import GHOST, is_bot, login_of
from coronet.core.closing import Remark, reason_of
from coronet.ports.forge import PullRequest

CLOSED = "closed"
# How GitHub calls those who belong to a repository; everybody else is a stranger.
_TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


def marker_line(key: str) -> str:
    return f"<!-- coronet:{key} -->"


def bears(comment: Mapping[str, Any], key: str) -> bool:
    """Whether its first line is the marker; anybody may copy that, but not write in our name."""
    first, _, _ = str(comment.get("body") or "").partition("\n")
    return first.strip() == marker_line(key)


class Conversation:
    def __init__(self, connection: Connection, identity: Identity) -> None:
        self._connection = connection
        self._identity = identity
        self._root = f"/repos/{connection.address.repository}"

    def keep(self, number: int, key: str, body: str, *, fresh: bool = False) -> None:
        """Write the comment that bears `key`, or rewrite it where it says something else.

        `fresh` saves the look for one, where there can be none yet.
        """
        path = f"{self._root}/issues/{number}/comments"
        text = f"{marker_line(key)}\n{body}".rstrip()

        def find() -> dict[str, Any] | None:
            return self._find(number, key)

        there = None if fresh else find()
        if there is None:
            there = self._connection.create(path, {"body": text}, find=find, read=dict[str, Any])
        if str(there["body"]).replace("\r\n", "\n") != text:
            self._connection.send("PATCH", f"{self._root}/issues/comments/{there['id']}", {"body": text})

    def closing(self, pull: PullRequest) -> tuple[str | None, str]:
        """(who closed it, why) of a pull request that was closed without being merged; two calls.

        Our own closing comment gives the reason where it was closed in our name, else a person's rejection.
        What is said after the closing gives none.
        """
        account = self._connection.get(f"{self._root}/issues/{pull.number}").get("closed_by")
        closer = login_of(account)
        comments = [
            comment
            for comment in self._connection.items(f"{self._root}/issues/{pull.number}/comments")
            if pull.closed_at is None or _said_at(comment) <= pull.closed_at
        ]
        own = [each for each in comments if bears(each, CLOSED) and login_of(each.get("user")) == closer]
        if own and self._identity.wrote(account):
            return closer, str(own[-1]["body"]).partition("\n")[2].strip()
        return closer, reason_of([_remark(comment) for comment in comments], closed_by=closer)

    # --- within ---

    def _find(self, number: int, key: str) -> dict[str, Any] | None:
        for page in self._connection.pages(f"{self._root}/issues/{number}/comments"):
            for comment in page:
                if bears(comment, key) and self._identity.wrote(comment.get("user")):
                    return dict(comment)
        return None


def _remark(comment: Mapping[str, Any]) -> Remark:
    user = comment.get("user")
    return Remark(
        login=login_of(user) or GHOST,
        at=_said_at(comment),
        body=str(comment.get("body") or ""),
        may_reject=comment.get("author_association") in _TRUSTED and not is_bot(user),
    )


def _said_at(comment: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(comment["created_at"])
