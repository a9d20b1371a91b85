"""A tree of checks for people: one line each, what failed first in words, nested answers indented."""

from collections.abc import Iterable, Iterator, Sequence

from coronet.core.decision import Check, Result
from coronet.core.render.markup import escape_markdown, markdown_table, plain_line

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


def checks_text(checks: Iterable[Check], *, depth: int = 0) -> list[str]:
    """Lines for a terminal; the parts of a check that passed are left out, hints follow what failed."""
    lines = []
    for check in checks:
        pad = "  " * depth
        told = check.result in (Result.PASS, Result.OFF)
        wanted = "" if told else f" (wanted: {plain_line(check.wanted)})"
        lines.append(f"{pad}{_SIGNS[check.result]} {plain_line(check.name)}: {plain_line(check.saw)}{wanted}")
        if check.hint and not told:
            lines.append(f"{pad}  → {plain_line(check.hint)}")
        if check.result is not Result.PASS:
            broken = [part for part in check.parts if part.result not in (Result.PASS, Result.OFF)]
            lines += checks_text(broken, depth=depth + 1)
    return lines


def checks_markdown(checks: Sequence[Check]) -> str:
    """A table, the parts of what did not pass below their check."""
    return markdown_table(("", "Check", "Saw", "Wanted"), list(_rows(checks, indent="")))


def _rows(checks: Iterable[Check], *, indent: str) -> Iterator[tuple[str, str, str, str]]:
    for check in checks:
        yield _row(check, indent=indent)
        if check.result is not Result.PASS:
            broken = (part for part in check.parts if part.result not in (Result.PASS, Result.OFF))
            yield from _rows(broken, indent=f"{indent}↳ ")


def _row(check: Check, *, indent: str) -> tuple[str, str, str, str]:
    saw = escape_markdown(check.saw)
    if check.hint and check.result not in (Result.PASS, Result.OFF):
        saw += f"<br>→ {escape_markdown(check.hint)}"
    return (_MARKS[check.result], indent + escape_markdown(check.name), saw, escape_markdown(check.wanted))
