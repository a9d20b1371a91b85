"""Text that came from outside, made harmless in Markdown: no markup, no mention, no line of its own."""

import re
from collections.abc import Sequence

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~$])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_MENTION = re.compile(r"@(?=\w)")


def escape_markdown(text: str) -> str:
    """`text` as one line of plain words; a mention keeps its look and notifies nobody."""
    plain = plain_line(text).replace("&", "&amp;")
    return _MENTION.sub("@\u200b", _SPECIAL.sub(r"\\\1", plain))


def plain_line(text: str) -> str:
    """One line without control characters, so that no text can act on a terminal or a workflow's log."""
    return _CONTROL.sub(" ", text).strip()


def plain_text(text: str) -> str:
    """Lines without control characters, so that a text of many lines cannot act on a terminal."""
    return "\n".join(_CONTROL.sub(" ", line).rstrip() for line in text.splitlines())


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose cells are Markdown already."""
    lines = [f"| {' | '.join(header)} |", f"| {' | '.join('---' for _ in header)} |"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)


def text_table(rows: Sequence[Sequence[str]]) -> str:
    """Columns aligned by blanks; the last column runs free."""
    if not rows:
        return ""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    aligned = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in aligned)
