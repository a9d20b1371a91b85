"""Who wrote the commits of a pull request, as far as GitHub can name them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from coronet.adapters.github.pull_requests import login_of

# GitHub lists so many commits of a pull request, and no more.
MOST_COMMITS = 250
_WEB_FLOW = "web-flow"  # the account that commits what people do on GitHub's pages
_TRAILER = re.compile(r"^co-authored-by:[^<\n]*<([^>\n]+)>\s*$", re.IGNORECASE | re.MULTILINE)


def logins_of_commits(commits: Iterable[Mapping[str, Any]], *, mail: str) -> frozenset[str] | None:
    """The logins of all authors and committers, and of the co-authors who can be named; None where one is unknown.

    GitHub itself counts as nobody only where it signed: its name can be written into any commit. Whom a
    message names as co-author is that message's word alone, so that an unknown one takes nothing away.
    `mail` is the domain of the addresses that GitHub gives its users.
    """
    found: set[str] = set()
    addresses: dict[str, str] = {}
    trailers: list[str] = []
    count = 0
    for commit in commits:
        count += 1
        author, committer = login_of(commit.get("author")), login_of(commit.get("committer"))
        if author is None or committer is None:
            return None
        if committer == _WEB_FLOW and not _is_verified(commit):
            return None
        found |= {author, committer} - ({_WEB_FLOW} if committer == _WEB_FLOW and author != _WEB_FLOW else set())
        addresses[_mail_of(commit, "author")] = author
        trailers += _TRAILER.findall(str(commit["commit"].get("message") or ""))
    if count == 0 or count >= MOST_COMMITS:
        return None
    named = (addresses.get(text.strip().lower()) or _login_of_mail(text, mail) for text in trailers)
    return frozenset(found | {login for login in named if login})


def _is_verified(commit: Mapping[str, Any]) -> bool:
    return bool((commit["commit"].get("verification") or {}).get("verified") is True)


def _mail_of(commit: Mapping[str, Any], role: str) -> str:
    return str((commit["commit"].get(role) or {}).get("email") or "").strip().lower()


def _login_of_mail(text: str, mail: str) -> str | None:
    """The login in an address of GitHub's own making, `<id>+<login>@users.noreply.github.com`."""
    local, _, domain = text.strip().lower().rpartition("@")
    return (local.rpartition("+")[2] or None) if domain == mail else None
