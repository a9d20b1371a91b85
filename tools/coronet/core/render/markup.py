"""Text that came from outside, made harmless in Markdown: no markup, no mention, no line of its own."""

import re
from collections.abc import Sequence

# Control characters, what turns writing around or is not seen, and halves of characters.
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]+"
)
# What GitHub's runner takes for a command: `::` where a line begins, `##[` anywhere in it.
_COMMAND = re.compile(r"(?<=^:)(?=:)|(?<=#)(?=#\[)")
_INERT = re.compile(r"(?<!`)`(?P<code>[^`|\\]+)`(?!`)|(?P<url>https?://[\w.~:/?#@!$&'()*+,;=%\[\]-]*[\w/])", re.ASCII)
# An underscore within a word emphasises nothing.
_SPECIAL = re.compile(r"([\\`*\[\]<>|#~$]|(?<![^\W_])_|_(?![^\W_]))")
_MENTION = re.compile(r"@(?=\S)|\\#(?=\d)|\bGH-(?=\d)", re.IGNORECASE)


def escape_markdown(text: str) -> str:
    """`text` as one line of plain words: a mention or a number of an issue keeps its look and notifies nobody.

    What stands between two backticks is code, in which nothing else has a meaning; an address is a link to
    what it says.
    """
    plain, escaped, end = plain_line(text), "", 0
    for found in _INERT.finditer(plain):
        escaped += _escape_words(plain[end : found.start()])
        escaped += f"<{found['url'].replace('&', '&amp;')}>" if found["url"] else found[0]
        end = found.end()
    return escaped + _escape_words(plain[end:])


def _escape_words(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;"))
    return _MENTION.sub(lambda found: f"{found[0]}\u200b", escaped)


def code_span(text: str) -> str:
    """`text` as code, for names; a table cell may hold it."""
    return f"`{plain_line(text).translate(_IN_CODE) or ' '}`"


_IN_CODE = str.maketrans({"`": "'", "|": "¦"})


def plain_line(text: str) -> str:
    """One line without hidden characters, so that no text can act on a terminal or a workflow's log."""
    return _COMMAND.sub(" ", _HIDDEN.sub(" ", text).strip())


def plain_text(text: str) -> str:
    """Lines without hidden characters, indented as they were: a text that acts on no terminal and no log."""
    lines = (_HIDDEN.sub(" ", line).rstrip() for line in text.splitlines())
    return "\n".join(" " * (len(line) - len(line.lstrip())) + plain_line(line) for line in lines)


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
