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
    is_plain = all(part not in ("", ".", "..") for part in path.split("/"))
    return is_plain and "\0" not in path and is_unicode(path)


def is_unicode(text: str) -> bool:
    """Whether `text` has bytes: half a character, or what stands for a byte that is not UTF-8, has none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def full_ref(name: str) -> str | None:
    """`name` as a full ref: a branch's, or one that begins with `refs/`; None where git allows no such name."""
    ref = name if name.startswith("refs/") else f"refs/heads/{name}"
    parts = ref.split("/")
    wrong = any(part.startswith(".") or part.endswith((".lock", ".")) or not part for part in parts)
    return None if wrong or len(parts) < 3 or _NOT_IN_REF.search(ref) or not is_unicode(ref) else ref
