"""Where everything stands in a JSON text, and what is wrong with it, found by walking its tokens."""

import json
import re
from bisect import bisect_right
from math import isfinite

from coronet.adapters.documents.text import MAXIMUM_DEPTH, Findings, hidden_in, say_too_large, whole_number
from coronet.core.documents import Path

_TOKEN = re.compile(r'[ \t\r\n]*(?:([{\[])|([}\]])|(,)|(:)|("[^"\\]*(?:\\.[^"\\]*)*")|([^ \t\r\n{}\[\],:"]+))')
_OPEN, _CLOSE, _COMMA, _COLON, _TEXT = range(1, 6)


def read_places(text: str, findings: Findings) -> dict[Path, tuple[int, int]]:
    """The places of every value of a text that the json module has read, or would but for its size.

    A member of a mapping stands where its key stands. Adds to `findings`: keys written twice, numbers
    that are not finite or too large, text that nobody sees, too much depth (which ends the walk).
    """
    walk = _Walk(text, findings)
    for token in _TOKEN.finditer(text):
        walk.take(token)
    return walk.places


class _Walk:
    def __init__(self, text: str, findings: Findings) -> None:
        self.places: dict[Path, tuple[int, int]] = {}
        self._findings = findings
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._path: list[str | int] = []
        self._is_list: list[bool] = []
        self._key: tuple[str, int] | None = None

    def take(self, token: re.Match[str]) -> None:
        kind = token.lastindex or 0
        offset = token.start(kind)
        if kind == _OPEN:
            self._note(offset)
            self._enter(is_list=token[kind] == "[", offset=offset)
        elif kind == _CLOSE:
            self._is_list.pop()
            self._path.pop()
        elif kind == _COMMA:
            self._step()
        elif kind == _COLON:
            self._name_member()
        elif kind == _TEXT:
            self._take_text(json.loads(token[kind]), offset)
        else:
            self._take_atom(token[kind], offset)

    def _enter(self, *, is_list: bool, offset: int) -> None:
        if len(self._path) == MAXIMUM_DEPTH:
            raise self._findings.stop(f"nested deeper than {MAXIMUM_DEPTH} levels", *self._at(offset))
        self._is_list.append(is_list)
        self._path.append(0 if is_list else "")

    def _step(self) -> None:
        last = self._path[-1]
        self._path[-1] = last + 1 if isinstance(last, int) else ""

    def _name_member(self) -> None:
        """A colon: the text before it was a key."""
        key, offset = self._key or ("", 0)
        self._path[-1] = key
        path = tuple(self._path)
        if path in self.places:
            line = self.places[path][0]
            self._add(f"the key {key!r} stands here a second time, first in line {line}", offset)
        self.places.setdefault(path, self._at(offset))

    def _take_text(self, value: str, offset: int) -> None:
        if hidden := hidden_in(value):
            self._add(hidden, offset)
        self._key = (value, offset)
        if not self._is_list or self._is_list[-1] or self._path[-1] != "":
            self._note(offset)

    def _take_atom(self, text: str, offset: int) -> None:
        self._note(offset)
        if text in ("true", "false", "null"):
            return
        if not isfinite(float(text)) and not re.fullmatch("-?[0-9]+", text):
            self._add(f"{text[:24]} is not a finite number", offset)
        elif re.fullmatch("-?[0-9]+", text) and whole_number(text) is None:
            self._add(say_too_large(text), offset)

    def _note(self, offset: int) -> None:
        self.places.setdefault(tuple(self._path), self._at(offset))

    def _add(self, message: str, offset: int) -> None:
        self._findings.add(message, *self._at(offset))

    def _at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1
