"""Which coronet the workflows of an adopter call: a repository and a ref in it."""

import re
from dataclasses import dataclass

from coronet.errors import WrongUsage

_SOURCE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_TAG = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock$))[A-Za-z0-9][A-Za-z0-9._/-]{0,99}(?<![./])")
_CLONE = re.compile(
    r"(?:https://(?:[^@/]*@)?|ssh://(?:[^@/]*@)?|[^@/:]*@)[^/:]+(?::\d+)?[/:](?P<name>[^?#]+?)(?:\.git)?/?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """`ref` is a commit, which nobody can move, or the name of a tag, which its owners can."""

    source: str
    ref: str

    @property
    def is_fixed(self) -> bool:
        return _COMMIT.fullmatch(self.ref) is not None


def require_pin(source: str, ref: str) -> Pin:
    """The pin of these, where they can stand in a workflow's `uses:`."""
    if not _SOURCE.fullmatch(source):
        raise WrongUsage(f"{source!r} is no repository", hint="write --source organization/repository")
    if not (_COMMIT.fullmatch(ref) or _TAG.fullmatch(ref)):
        raise WrongUsage(
            f"{ref!r} is no commit and no tag", hint="write --ref with the 40 digits of a commit, or a tag"
        )
    return Pin(source=source, ref=ref)


def source_of(url: str) -> str | None:
    """`organization/repository` of a clone's address, None where it says none."""
    found = _CLONE.fullmatch(url)
    return found["name"] if found and _SOURCE.fullmatch(found["name"]) else None
