"""Who owns a file by CODEOWNERS: written for the stand-in alone, so that it is wrong in its own way."""

import re
from typing import TYPE_CHECKING

from tests.github.git import BareGit
from tests.github.state import Account, Repository, Right

if TYPE_CHECKING:
    from tests.github.hub import Hub

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


def codeowners(git: BareGit, commit: str) -> list[tuple[str, list[str]]]:
    """Patterns and their owners, in the order of the file that counts."""
    for place in PLACES:
        if (raw := git.file(commit, place)) is not None:
            lines = [re.sub(r"(^|\s)#.*", "", line).split() for line in raw.decode().splitlines()]
            return [(words[0], words[1:]) for words in lines if words]
    return []


def owners_of(lines: list[tuple[str, list[str]]], path: str) -> list[str]:
    """The owners in the last line that fits."""
    fitting = [owners for pattern, owners in lines if fits(pattern, path)]
    return fitting[-1] if fitting else []


def fits(pattern: str, path: str) -> bool:
    anchored = "/" in pattern.rstrip("/")
    parts = re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?)", pattern.strip("/"))
    signs = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    middle = "".join(signs.get(part, re.escape(part)) for part in parts)
    begin = "" if anchored else "(?:.*/)?"
    end = "/.*" if pattern.endswith("/") else "" if pattern.endswith("/*") else "(?:/.*)?"
    return re.fullmatch(begin + middle + end, path) is not None


def owning_accounts(hub: "Hub", repository: Repository, owners: list[str]) -> list[Account]:
    """The people that owners stand for: only who may write counts."""
    found: list[Account] = []
    for owner in owners:
        name = owner.removeprefix("@").lower()
        people = hub.teams.get(name, []) if "/" in name else [hub.accounts.get(name)]
        found += [
            each for each in people if each and each not in found and repository.right(each).includes(Right.WRITE)
        ]
    return found
