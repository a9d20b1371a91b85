"""Cutting Markdown where it is too long for a page of GitHub's, so that what is left is whole."""

import re
from collections.abc import Sequence
from itertools import accumulate

LIMIT = 60_000
_FENCE = re.compile(r"`{3,}")
_OPENS, _CLOSES = "<details>", "</details>"
# What a cut says and closes has room in this.
_ROOM = 1_000


def clip(text: str, *, whole: str) -> str:
    """`text` within the limit of a body or comment: whole lines, what they opened closed, the cut marked.

    The mark says how much is missing and, in the words of `whole` (Markdown), where everything is. Elements
    and fences are known by the lines that open and close them, as `printing` writes them.
    """
    if len(text) <= LIMIT:
        return text
    lines = text.split("\n")
    kept = _fitting(lines)
    left = f"{len(lines) - len(kept)} of {len(lines)} lines are not shown here"
    while kept and not kept[-1]:
        kept.pop()
    mark = f"**✂ Cut: {left}; {whole}.**"
    return "\n".join([*kept, *_closings(kept), "", mark, ""]).lstrip("\n")


def _fitting(lines: Sequence[str]) -> list[str]:
    """As many whole lines as there is room for."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [line for line, end in zip(lines, ends, strict=True) if end <= LIMIT - _ROOM]


def _closings(lines: Sequence[str]) -> list[str]:
    """The lines that close what `lines` leave open."""
    fence, depth = "", 0
    for line in lines:
        if fence:
            fence = "" if line == fence else fence
        elif found := _FENCE.match(line):
            fence = found[0]
        elif line.startswith(_OPENS):
            depth += 1
        elif line == _CLOSES:
            depth -= 1
    return ([fence] if fence else []) + ["", _CLOSES] * depth
