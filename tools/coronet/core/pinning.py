"""Writing digests into a model file as people left it: comments, order and layout stay."""

import re
from collections.abc import Mapping

from coronet.core.documents import Document

PARTS = ("train", "evaluation", "reference")
_VALUE = re.compile(r"""(?P<key>(?P<quote>["']?)sha256(?P=quote)[ \t]*:[ \t]*)(?:"[^"\n]*"|'[^'\n]*'|[^\s,{}\[\]#]*)""")


def pin_digests(text: str, document: Document, digests: Mapping[str, str]) -> str:
    """`text`, of which `document` was parsed, with the SHA-256 of each part of its data that `digests` names.

    A digest that stands there is replaced; else it gets a line of its own after the path, or, where the
    part is written in braces, a place before the path. The caller reads the result again, since a value
    may be written in ways that this does not see.
    """
    lines = text.split("\n")
    # From the last line to the first, so that what is inserted moves no place that is still needed.
    for part in sorted(digests, key=lambda part: _place(document, part), reverse=True):
        line, column = _place(document, part)
        if "sha256" in document.value["data"][part]:
            lines[line - 1] = _replace(lines[line - 1], column - 1, digests[part])
        elif lines[line - 1][: column - 1].strip():
            before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
            lines[line - 1] = f"{before}sha256: {_written(digests[part])}, {after}"
        else:
            end = "\r" if lines[line - 1].endswith("\r") else ""
            lines.insert(line, f"{' ' * (column - 1)}sha256: {_written(digests[part])}{end}")
    return "\n".join(lines)


def _place(document: Document, part: str) -> tuple[int, int]:
    """Where the digest's key stands, or the path's where there is none."""
    key = "sha256" if "sha256" in document.value["data"][part] else "path"
    return document.positions["data", part, key]


def _replace(line: str, start: int, digest: str) -> str:
    found = _VALUE.match(line, start)
    if not found:
        return line
    blank = " " if found["key"].endswith(":") else ""
    return f"{line[:start]}{found['key']}{blank}{_written(digest)}{line[found.end() :]}"


def _written(digest: str) -> str:
    """Quoted where YAML could take it for a number."""
    return digest if set(digest) - set("0123456789e") else f'"{digest}"'
