"""A page as text for a terminal and as Markdown: the same statements in the same order."""

import re
from collections.abc import Sequence
from typing import assert_never

from coronet.core.decision import Result
from coronet.core.render.checks import checks_markdown, checks_text, mark
from coronet.core.render.clipping import clip
from coronet.core.render.markup import (
    Verbatim,
    code_span,
    escape_html,
    escape_markdown,
    markdown_table,
    plain_line,
    plain_text,
    text_table,
)
from coronet.core.render.page import Block, Folded, Heading, Items, Listing, Page, Row, Table, Tree, Words, Written


def page_text(page: Page) -> str:
    """The first line is the verdict with what to do next."""
    verdict = f"{page.verdict}: " if page.verdict else ""
    return "\n".join([plain_line(f"{verdict}{page.headline}"), *_blocks_text(page.blocks)])


def page_markdown(page: Page) -> str:
    """The same within the limit of GitHub's pages; everything that came from outside is harmless."""
    verdict = f"{mark(Result(page.verdict))}: " if page.verdict else ""
    first = f"**{verdict}{escape_markdown(page.headline, links=page.links)}**"
    rest = blocks_markdown(page.blocks, links=page.links)
    return clip(f"{first}\n\n{rest}" if rest else first, whole=escape_markdown(page.whole))


def blocks_markdown(blocks: Sequence[Block], *, links: Sequence[str] = ()) -> str:
    """Blocks for a page that is written elsewhere."""
    return "\n\n".join(text for block in blocks if (text := _markdown(block, links)))


def _blocks_text(blocks: Sequence[Block], *, before: Block | None = None) -> list[str]:
    """A blank line before what begins something new."""
    lines: list[str] = []
    for block in blocks:
        if not (told := _text(block)):
            continue
        joins = isinstance(before, Heading) or (before is None and isinstance(block, Tree | Items))
        lines += told if joins else ["", *told]
        before = block
    return lines


def _text(block: Block) -> list[str]:
    match block:
        case Heading() | Words():
            return [plain_line(block.text)]
        case Items():
            signs = [f"{number}." if block.numbered else "·" for number in range(1, len(block.lines) + 1)]
            return [f"{sign} {plain_line(line)}" for sign, line in zip(signs, block.lines, strict=True)]
        case Table():
            rows = [[plain_line(cell) for cell in row] for row in (block.header, *block.rows) if row]
            return text_table(rows).split("\n") if block.rows else []
        case Tree():
            return checks_text(block.checks)
        case Listing():
            return plain_text(block.text).split("\n")
        case Written():
            return plain_text(block.markdown).split("\n")
        case Folded():
            return [plain_line(block.summary), *_blocks_text(block.blocks, before=Heading(text=""))]
        case _:
            assert_never(block)


def _markdown(block: Block, links: Sequence[str]) -> str:
    match block:
        case Heading():
            return f"### {escape_markdown(block.text)}"
        case Words():
            return escape_markdown(block.text, links=links)
        case Items():
            signs = [f"{number}." if block.numbered else "-" for number in range(1, len(block.lines) + 1)]
            lines = (escape_markdown(line, links=links) for line in block.lines)
            return "\n".join(f"{sign} {line}" for sign, line in zip(signs, lines, strict=True))
        case Table():
            return _table(block, links) if block.rows else ""
        case Tree():
            return checks_markdown(block.checks) if block.checks else ""
        case Listing():
            return _fenced(plain_text(block.text), block.language)
        case Written():
            return plain_text(block.markdown)
        case Folded():
            inner = blocks_markdown(block.blocks, links=links)
            return f"<details><summary>{escape_html(block.summary)}</summary>\n\n{inner}\n\n</details>"
        case _:
            assert_never(block)


def _table(table: Table, links: Sequence[str]) -> str:
    header = [escape_markdown(cell) for cell in table.header or [""] * len(table.rows[0])]
    return markdown_table(header, [_cells(row, links) for row in table.rows])


def _cells(row: Row, links: Sequence[str]) -> list[str]:
    return [code_span(cell) if isinstance(cell, Verbatim) else escape_markdown(cell, links=links) for cell in row]


def _fenced(text: str, language: str) -> str:
    """A fence that is longer than any in the text, so that the text cannot end it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
