"""Who somebody is, as far as a forge without users can tell."""

import re
from collections.abc import Mapping

from coronet.errors import WrongUsage

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9])?(?:\[bot\])?")
_GITHUB = "users.noreply.github.com"


def require_login(claimed: str | None) -> str:
    """The login that somebody claims, where it can be one."""
    if claimed is None:
        raise WrongUsage(
            "who acts is not known",
            hint="say it with --as LOGIN or CORONET_ACTOR, or set git's user.email",
        )
    if not _LOGIN.fullmatch(claimed):
        raise WrongUsage(f"{claimed!r} is no login", hint="letters, digits and - _ . as in model-owner")
    return claimed


def said_login(email: str) -> str | None:
    """The local part of an address, in lower case: whom a commit names; None where it names nobody."""
    local, _, domain = email.strip().rpartition("@")
    if domain.lower() == _GITHUB:
        local = local.rpartition("+")[2]
    return local.lower() or None


def members_of(owner: str, teams: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    """Whom an owner of CODEOWNERS stands for; None for a team that nobody defined."""
    if not owner.startswith("@"):
        login = said_login(owner)
        return frozenset({login}) if login else None
    name = owner.removeprefix("@")
    return teams.get(name.lower()) if "/" in name else frozenset({name})
