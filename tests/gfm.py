"""What GitHub's page shows of Markdown: its own parser, then what its filters look for in the words that are left."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

# After the Markdown is read, in all text that is neither code nor a link already.
_FILTERS = {
    "mention": re.compile(r"(?<![\w`])@[a-z0-9]", re.IGNORECASE),
    "issue": re.compile(r"(?<!\w)(?:[\w.-]+/[\w.-]+|[\w-]+)?#\d|\bgh-\d", re.IGNORECASE),
    "commit": re.compile(r"(?:^|[({@\s\[])(?=\d*[a-f])[0-9a-f]{7,40}\b"),
    "emoji": re.compile(r":(?:[a-z0-9_+-]*[a-z][a-z0-9_+-]*|[+-]1|100|1234):"),
}
_QUIET = {"code", "pre", "a"}


@dataclass
class Page:
    """`tags` in their order, `links` as they lead, `words` as they are read (code included), `calls` what acts."""

    tags: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: str = ""
    calls: list[str] = field(default_factory=list)
    cells: list[list[tuple[int, int]]] = field(default_factory=list)

    @property
    def rows(self) -> list[list[str]]:
        """The cells of every row of every table; `cells` says where they stand in `words`."""
        return [[self.words[start:end] for start, end in row] for row in self.cells]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.inside = Page(), []  # type: tuple[Page, list[str]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append(tag)
        self.page.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag in ("br", "img", "hr", "input"):
            self.page.words += " "
            return
        self.inside.append(tag)
        if tag == "tr":
            self.page.cells.append([])
        if tag in ("p", "td", "th", "li", "h1", "h2", "h3", "h4", "pre", "summary"):
            self.page.words += "\n"
        if tag in ("td", "th"):
            self.page.cells[-1].append((len(self.page.words), len(self.page.words)))

    def handle_endtag(self, tag: str) -> None:
        assert self.inside, f"</{tag}> closes nothing"
        assert self.inside[-1] == tag, f"</{tag}> closes <{self.inside[-1]}>"
        self.inside.pop()
        if tag in ("td", "th"):
            start, _ = self.page.cells[-1].pop()
            self.page.cells[-1].append((start, len(self.page.words)))

    def handle_data(self, data: str) -> None:
        self.page.words += data
        if not _QUIET & set(self.inside):
            self.page.calls += [name for name, pattern in _FILTERS.items() if pattern.search(data)]


def read_markdown(text: str) -> Page:
    """The page that `text` makes. What is left open, or closed twice, fails."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    reader = _Reader()
    reader.feed(cmarkgfm.github_flavored_markdown_to_html(text, options))
    reader.close()
    assert not reader.inside, f"{reader.inside} is not closed"
    return reader.page
