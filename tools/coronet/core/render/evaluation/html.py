"""Pieces of HTML in which everything from outside is text and nothing else."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from coronet.core.render.markup import plain_line

_NUMBER = re.compile(r"[+−-]?\d[\d.]*(e[+−-]?\d+)?")


def text(said: object) -> str:
    """Harmless in an element and in an attribute."""
    return escape(plain_line(str(said)))


def element(name: str, inner: str, **attributes: str) -> str:
    """`inner` is HTML already; an underscore at the end of an attribute's name is left out."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{inner}</{name}>"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str = "") -> str:
    """Cells are texts. A column without any is left out; one of numbers stands to the right."""
    told = [list(row) for row in rows]
    kept = [place for place in range(len(header)) if any(row[place] for row in told)]
    kinds = ["number" if all(_is_number(row[place]) for row in told) else "" for place in kept]
    head = "".join(_cell("th", header[place], kind) for place, kind in zip(kept, kinds, strict=True))
    lines = ("".join(_cell("td", row[place], kind) for place, kind in zip(kept, kinds, strict=True)) for row in told)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    said = f"<caption>{text(caption)}</caption>" if caption else ""
    return f'<div class="wide"><table>{said}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _is_number(said: str) -> bool:
    return said in ("", "—") or _NUMBER.fullmatch(said) is not None


def _cell(name: str, said: str, kind: str) -> str:
    scope, given = ' scope="col"' if name == "th" else "", f' class="{kind}"' if kind else ""
    return f"<{name}{scope}{given}>{text(said)}</{name}>"


def details(summary: str, inner: str) -> str:
    return f"<details><summary>{text(summary)}</summary>{inner}</details>"


def section(title: str, *parts: str) -> str:
    """Nothing where there are no parts."""
    inner = "".join(parts)
    return f"<section><h2>{text(title)}</h2>{inner}</section>" if inner else ""
