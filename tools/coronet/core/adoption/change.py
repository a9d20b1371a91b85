"""What becomes of one file when it is written again: ours is brought up to date, theirs is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum
from typing import Any

from coronet.core.canonical import digest_bytes


class Action(StrEnum):
    """`kept`: people changed it, or had it before; `removed`: we wrote it once, and people took it away."""

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    KEPT = "kept"
    REMOVED = "removed"


_WRITTEN = frozenset({Action.CREATE, Action.UPDATE})
_OURS = _WRITTEN | {Action.SAME}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One file: `before` is what lies there (None: nothing), `after` what we would have lie there."""

    path: str
    action: Action
    before: bytes | None
    after: bytes

    @property
    def is_written(self) -> bool:
        return self.action in _WRITTEN

    @property
    def diff(self) -> str:
        """From what lies there to ours, also for what is kept; empty where there is no difference."""
        old = f"a/{self.path}" if self.before is not None else "/dev/null"
        lines = unified_diff(_lines(self.before or b""), _lines(self.after), old, f"b/{self.path}", lineterm="")
        return "\n".join(line.removesuffix("\n") for line in lines)

    def to_json(self) -> dict[str, Any]:
        return {"path": self.path, "action": str(self.action), "diff": self.diff}


def decide_change(path: str, *, before: bytes | None, after: bytes, recorded: str | None, restore: bool) -> Change:
    """What becomes of a file of ours.

    `recorded` is the digest of what we wrote last, None where we never did: a file that still has it was
    touched by nobody. `restore` writes ours over what people made of it.
    """
    if before == after:
        action = Action.SAME
    elif restore or (before is not None and digest_bytes(before) == recorded):
        action = Action.CREATE if before is None else Action.UPDATE
    elif before is not None:
        action = Action.KEPT
    else:
        action = Action.CREATE if recorded is None else Action.REMOVED
    return Change(path=path, action=action, before=before, after=after)


def decide_seed(path: str, *, before: bytes | None, after: bytes, recorded: str | None, restore: bool) -> Change:
    """What becomes of a file that is people's own from the day it is there."""
    if before is not None and not restore:
        return Change(path=path, action=Action.SAME, before=before, after=after)
    return decide_change(path, before=before, after=after, recorded=recorded, restore=restore)


def decide_addition(path: str, *, before: bytes | None, after: bytes) -> Change:
    """What becomes of a file to which lines are added."""
    action = Action.SAME if before == after else Action.CREATE if before is None else Action.UPDATE
    return Change(path=path, action=action, before=before, after=after)


def record_of(changes: Sequence[Change], recorded: Mapping[str, str]) -> dict[str, str]:
    """The digest of what we wrote last, by path, once `changes` are made; of what was kept it stays what it was."""
    ours = {change.path: digest_bytes(change.after) for change in changes if change.action in _OURS}
    return dict(sorted({**recorded, **ours}.items()))


def _lines(data: bytes) -> list[str]:
    """Lines that a terminal can show; one that ends without a newline says so, as git does."""
    lines = data.decode(errors="replace").splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n\\ No newline at end of file\n"
    return lines
