"""What may stand for a commit, a ref or a path where git is asked for one: nothing else reaches git."""

import re

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# `git check-ref-format`: what a ref's name must not hold, and what its parts must not be.
_NOT_IN_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")


def is_commit(text: str) -> bool:
    """A full id in hexadecimal."""
    return _COMMIT.fullmatch(text) is not None


def is_file_path(path: str) -> bool:
    """A relative path with `/` and without any part that git reads as something else."""
    return "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))


def full_ref(name: str) -> str | None:
    """`name` as a full ref: a branch's, or one that begins with `refs/`; None where git allows no such name."""
    ref = name if name.startswith("refs/") else f"refs/heads/{name}"
    parts = ref.split("/")
    wrong = any(part.startswith(".") or part.endswith((".lock", ".")) or not part for part in parts)
    return None if wrong or len(parts) < 3 or _NOT_IN_REF.search(ref) else ref
