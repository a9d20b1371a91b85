"""Secrets that stand in files: found by their own shape, or by the name they are given. Their value is never told."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from coronet.core.doctor.finding import Finding, Severity
from coronet.core.documents import Document, Path

# Credentials whose makers gave them a shape of their own.
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "a token of GitHub": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})"),
    "a token of GitLab": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "an access key of AWS": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a token of Databricks": re.compile(r"\bdapi[0-9a-f]{32}\b"),
    "a token of Slack": re.compile(r"\bxox[abposr]-[A-Za-z0-9-]{10,}"),
    "a token of Hugging Face": re.compile(r"\bhf_[A-Za-z0-9]{30,}"),
    "a key of Google": re.compile(r"\bAIza[A-Za-z0-9_-]{35}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a password in an address": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@$<{]+:[^\s/:@$<{]+@"),
}
_NAMES = re.compile(r"(?i)(?:.*[_.-])?(?:password|passwd|secret|token|api_?key|access_?key|secret_?key|private_?key)")
# What stands where a secret will be put, and what permissions are called.
_PLACEHOLDER = re.compile(r"(?s)\s*|.*\$\{?.*|<.*>|\*+|read|write|none|inherit|true|false|null", re.IGNORECASE)


def find_leaks(document: Document) -> Iterator[Finding]:
    """In the values of a file that could be parsed."""
    for path, text in _texts(document.value, ()):
        what = _shape(text) or _by_name(path, text)
        if what:
            yield _leak(str(document.locate(path)), what)


def find_shapes(text: str, *, file: str) -> Iterator[Finding]:
    """In the lines of a file, comments and all; by their shape alone."""
    for number, line in enumerate(text.split("\n"), start=1):
        if what := _shape(line):
            yield _leak(f"{file}:{number}", what)


def _shape(text: str) -> str | None:
    return next((what for what, shape in _SHAPES.items() if shape.search(text)), None)


def _by_name(path: Path, text: str) -> str | None:
    key = path[-1] if path else ""
    is_secret = isinstance(key, str) and _NAMES.fullmatch(key) and not _PLACEHOLDER.fullmatch(text)
    return f"what {key!r} is called" if is_secret else None


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))
    elif isinstance(value, str):
        yield path, value


def _leak(where: str, what: str) -> Finding:
    return Finding(
        name="leaks",
        severity=Severity.BROKEN,
        saw=f"{where} looks like {what}",
        why="whoever can read the repository has it, and git keeps it for ever",
        click="make it worthless where it was issued, then put the new one into a secret of the environment",
    )
