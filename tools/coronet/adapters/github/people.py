"""Whom an owner of CODEOWNERS stands for."""

import re
from urllib.parse import quote

from coronet.adapters.github.answers import Absent, Forbidden
from coronet.adapters.github.connection import PAGE, Connection

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:_[A-Za-z0-9]+)?(?:\[bot\])?")
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")
_WRITERS = frozenset({"admin", "maintain", "write"})


class People:
    """Asked once for each owner, and kept as long as this lives: for one run of a command."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._root = f"/repos/{connection.address.repository}"
        self._members: dict[str, frozenset[str] | None] = {}
        self._writers: dict[str, bool] | None = None
        self._is_whole = False
        self._may_know = True

    def members(self, owner: str) -> frozenset[str] | None:
        """None for an address of mail, whose account GitHub tells nobody, and for a team that the token cannot see."""
        if owner not in self._members:
            self._members[owner] = self._ask(owner)
        return self._members[owner]

    def _ask(self, owner: str) -> frozenset[str] | None:
        name = owner.removeprefix("@")
        if not owner.startswith("@"):
            return None
        if _TEAM.fullmatch(name):
            return self._team(*name.split("/"))
        if not _LOGIN.fullmatch(name):
            return None
        return frozenset() if self._may_write(name) is False else frozenset({name})

    def _team(self, organization: str, slug: str) -> frozenset[str] | None:
        try:
            found = self._connection.items(f"/orgs/{organization}/teams/{slug}/members")
        except (Absent, Forbidden):
            return None  # a team that is not there, and one that this token may not see, look alike
        return frozenset(user["login"] for user in found)

    def _may_write(self, login: str) -> bool | None:
        """None where the token may not know. GitHub itself counts nobody as an owner who cannot write."""
        if self._writers is None:
            self._writers = self._load_writers()
        if login.lower() in self._writers:
            return self._writers[login.lower()]
        return False if self._is_whole else self._ask_alone(login)

    def _load_writers(self) -> dict[str, bool]:
        """Whether each collaborator may write: one call for all owners, as far as one page goes."""
        try:
            data = self._connection.get(f"{self._root}/collaborators", per_page=PAGE)
        except (Absent, Forbidden):
            self._may_know = False
            return {}
        self._is_whole = len(data) < PAGE
        return {str(user["login"]).lower(): bool((user.get("permissions") or {}).get("push")) for user in data}

    def _ask_alone(self, login: str) -> bool | None:
        if not self._may_know:
            return None
        try:
            found = self._connection.get(f"{self._root}/collaborators/{quote(login)}/permission")
        except Absent:
            return False
        except Forbidden:
            return None
        return found.get("permission") in _WRITERS
