"""A tree of checks for people: one line each, nested answers below, hints after what did not pass."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from coronet.core.decision import Check, Result
from coronet.core.render.markup import escape_markdown, markdown_table, plain_line

# Parts of one check that are told; what is more is counted.
PARTS_SHOWN = 25
_SIGNS = {
    Result.PASS: "✓",
    Result.FAIL: "✗",
    Result.INCONCLUSIVE: "?",
    Result.WARN: "!",
    Result.OFF: "–",
}
_MARKS = {
    Result.PASS: "✅ pass",
    Result.FAIL: "❌ fail",
    Result.INCONCLUSIVE: "❔ inconclusive",
    Result.WARN: "⚠️ warn",
    Result.OFF: "➖ off",
}
_FINE = (Result.PASS, Result.OFF)
_WORST_FIRST = (Result.FAIL, Result.INCONCLUSIVE, Result.WARN)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """One line of the tree: a check, or (None) how many more like those above there are."""

    depth: int
    check: Check | None
    more: str = ""


def checks_text(checks: Iterable[Check], *, depth: int = 0) -> list[str]:
    """Lines for a terminal: what was wanted is left out where it was seen."""
    return [text for line in _lines(checks, depth) for text in _text(line)]


def checks_markdown(checks: Sequence[Check]) -> str:
    """The same as a table."""
    return markdown_table(("", "Check", "Saw", "Wanted"), [_row(line) for line in _lines(checks, 0)])


def mark(result: Result) -> str:
    """The sign of a result, with its word."""
    return _MARKS[result]


def _lines(checks: Iterable[Check], depth: int) -> Iterator[_Line]:
    """Of a check that did not pass, the parts that did not either, the worst first."""
    for check in checks:
        yield _Line(depth=depth, check=check)
        if check.result is Result.PASS:
            continue
        broken = [part for part in check.parts if part.result not in _FINE]
        broken.sort(key=lambda part: _WORST_FIRST.index(part.result))
        yield from _lines(broken[:PARTS_SHOWN], depth + 1)
        if (left := len(broken) - PARTS_SHOWN) > 0:
            yield _Line(depth=depth + 1, check=None, more=f"{left} more of {check.name} did not pass")


def _text(line: _Line) -> Iterator[str]:
    pad, check = "  " * line.depth, line.check
    if check is None:
        yield f"{pad}… {plain_line(line.more)}"
        return
    wanted = "" if check.result in _FINE else f" (wanted: {plain_line(check.wanted)})"
    yield f"{pad}{_SIGNS[check.result]} {plain_line(check.name)}: {plain_line(check.saw)}{wanted}"
    if check.hint and check.result not in _FINE:
        yield f"{pad}  → {plain_line(check.hint)}"


def _row(line: _Line) -> tuple[str, str, str, str]:
    indent, check = "↳ " * line.depth, line.check
    if check is None:
        return ("…", indent + escape_markdown(line.more), "", "")
    wanted = escape_markdown(check.wanted)
    if check.hint and check.result not in _FINE:
        wanted += f"<br>→ {escape_markdown(check.hint)}"
    return (_MARKS[check.result], indent + escape_markdown(check.name), escape_markdown(check.saw), wanted)
