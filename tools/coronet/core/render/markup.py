"""Text that came from outside, made harmless in Markdown: no markup, no mention, no link, no line of its own."""

import re
from collections.abc import Collection, Sequence
from html import escape

# Control characters, what turns writing around or is not seen, and halves of characters.
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
# What GitHub's runner takes for a command: `::` where a line begins, `##[` anywhere in it.
_COMMAND = re.compile(r"(?<=^:)(?=:)|(?<=#)(?=#\[)")
# What is said between backticks, addresses, and what GitHub may take for a commit (digits alone stay a number).
_CODE = re.compile(
    r"(?<!`)`(?P<code>[^`|\\]+)`(?!`)"
    r"|(?P<url>\b(?:https?|ftp)://[^\s`|\\<>]*[^\s`|\\<>.,;:!?'\"()\[\]{}*_~])"
    r"|(?P<commit>(?<![\w./:-])(?=\d*[a-f])[\da-f]{7,40}(?!\w))",
    re.ASCII | re.IGNORECASE,
)
# An underscore within a word emphasises nothing. What begins a list or underlines a heading does so at the start.
_SPECIAL = re.compile(r"([\\`*\[\]<>|#~$]|(?<![^\W_])_|_(?![^\W_]))")
_BLOCK = re.compile(r"^(\d{1,9}(?=[.)](?!\S))|(?=[-+](?![^\s-])|=))")
# Where GitHub looks for people, issues, pictures and addresses after it has read the Markdown: an escape does
# not help there, a break that nobody sees does.
_CALLS = re.compile(
    r"@(?=\S)|#(?=\d)|GH-(?=\d)|www(?=\.)|:(?=//)|:(?=(?:[\w+-]*[a-z][\w+-]*|[+-]1|100|1234):)",
    re.ASCII | re.IGNORECASE,
)


class Verbatim(str):
    """A name or figure that is printed as code where there is such a thing."""

    __slots__ = ()


def escape_markdown(text: str, *, links: Collection[str] = ()) -> str:
    """`text` as one line of plain words: a mention or a number of an issue keeps its look and notifies nobody.

    What stands between two backticks is code, in which nothing else has a meaning; so are addresses, but for
    those among `links`, for which the caller answers.
    """
    plain, escaped, end = plain_line(text), "", 0
    for found in _CODE.finditer(plain):
        escaped += _escape_words(plain[end : found.start()], starts=end == 0)
        # Two backticks that touch would be one longer fence.
        escaped += "\u200b" if escaped.endswith("`") else ""
        escaped += f"<{found[0].replace('&', '&amp;')}>" if found["url"] in links else code_span(found[0].strip("`"))
        end = found.end()
    return escaped + _escape_words(plain[end:], starts=end == 0)


def _escape_words(text: str, *, starts: bool) -> str:
    broken = _CALLS.sub(lambda found: f"{found[0]}\u200b", text)
    escaped = _SPECIAL.sub(r"\\\1", broken.replace("&", "&amp;"))
    return _BLOCK.sub(r"\1\\", escaped) if starts else escaped


def escape_html(text: str) -> str:
    """`text` as words of an HTML element, in which GitHub reads no Markdown but looks for calls all the same."""
    return _CALLS.sub(lambda found: f"{found[0]}\u200b", escape(plain_line(text)))


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
