"""Text and Markdown of a report say the same, in the same order."""

import re
from typing import Protocol

from tests.gfm import Page, read_markdown

# What a page says with a word, and a terminal with a sign or not at all.
_SIGNS = ("pass", "fail", "inconclusive", "warn", "off", "check", "saw", "wanted")


class Report(Protocol):
    def to_text(self) -> str: ...
    def to_markdown(self) -> str: ...


def assert_same(report: Report) -> None:
    """Every word of the text stands in the Markdown, in that order; the Markdown has no other words.

    But for what the checks that passed wanted, which a terminal leaves out, and for what was cut off a page.
    """
    text, page = re.sub(r"^\d+\. ", "", report.to_text(), flags=re.MULTILINE), read_markdown(report.to_markdown())
    first = next(line for line in page.words.split("\n") if line.strip())
    assert _words(first) == _words(text.split("\n")[0])
    words, cut, _ = _without_wanted(page).partition("✂ Cut: ")
    told, shown = ([word for word in _words(said) if word not in _SIGNS] for said in (text, words))
    assert (told[: len(shown)] if cut else told) == shown


def _without_wanted(page: Page) -> str:
    """The words without the last cell of checks that passed or do not apply."""
    kept, at = "", 0
    for row, spans in zip(page.rows, page.cells, strict=True):
        if len(row) == 4 and row[0].endswith((" pass", " off")):
            start, end = spans[3]
            kept, at = kept + page.words[at:start], end
    return kept + page.words[at:]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.replace("\u200b", "").lower())
