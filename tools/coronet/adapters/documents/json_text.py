"""Reading JSON: as the standard has it, each key once, numbers finite and of a size that others can read.

The json module reads the text fast but forgets where things stood. The slow reading that knows the
places (`json_places`) is made only when somebody asks for one, or when the fast one met something odd.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from math import isfinite
from typing import Any

from coronet.adapters.documents.json_places import read_places
from coronet.adapters.documents.text import MAXIMUM_DEPTH, Findings, decode, hidden_in, whole_number
from coronet.core.documents import Document, Path
from coronet.errors import InvalidInput

MAXIMUM_BYTES = 8_000_000

_PLAIN_WORDS = {
    "Extra data": "something stands after the end of the value",
    "Expecting value": "a value is missing here",
    "Expecting ',' delimiter": "a comma or the closing bracket is missing here",
    "Expecting ':' delimiter": "a colon is missing here",
    "Expecting property name enclosed in double quotes": "a key in double quotes is missing here",
    "Illegal trailing comma before end of object": "the comma before the closing bracket is one too many",
    "Illegal trailing comma before end of array": "the comma before the closing bracket is one too many",
    "Unterminated string starting at": "a text that is never closed",
    "Invalid control character at": "a line break or tab inside a text",
}


class _Odd(Exception):
    """The fast reading met what only the slow one can describe."""


def read_json(data: bytes, *, file: str) -> Document:
    """The value in `data`; InvalidInput with every finding."""
    text = decode(data, file=file, limit=MAXIMUM_BYTES)
    findings = Findings(file)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_once,
            parse_int=_parse_int,
            parse_float=_parse_float,
            parse_constant=_refuse_constant,
        )
        if _is_deep(value) or ("\\" in text and _has_hidden(value)):
            raise _Odd
    except json.JSONDecodeError as error:
        raise _not_json(error, findings) from None
    except (_Odd, RecursionError):
        raise _describe(text, findings) from None
    return Document(file=file, value=value, positions=_Places(text, file))


class _Places(Mapping[Path, tuple[int, int]]):
    """The positions of a JSON text, read when the first is asked for."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._read: dict[Path, tuple[int, int]] | None = None

    @property
    def _places(self) -> dict[Path, tuple[int, int]]:
        if self._read is None:
            self._read = read_places(self._text, Findings(self._file))
        return self._read

    def __getitem__(self, path: Path) -> tuple[int, int]:
        return self._places[path]

    def __iter__(self) -> Iterator[Path]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _describe(text: str, findings: Findings) -> InvalidInput:
    """Everything odd in `text`; where it is not even JSON behind the first odd thing, that alone."""
    with suppress(RecursionError):  # the walk ends where the depth does, and up to there all is JSON
        try:
            json.loads(text, parse_int=len, parse_float=len, parse_constant=len)
        except json.JSONDecodeError as error:
            return _not_json(error, findings)
    read_places(text, findings)
    return findings.error()


def _not_json(error: json.JSONDecodeError, findings: Findings) -> InvalidInput:
    message = f"this is not JSON: {_PLAIN_WORDS.get(error.msg, error.msg)}"
    return findings.stop(message, error.lineno, error.colno)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise _Odd
    return value


def _parse_int(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise _Odd
    return number


def _parse_float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise _Odd
    return number


def _refuse_constant(name: str) -> None:
    raise _Odd(name)


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAXIMUM_DEPTH):
        level = [part for whole in level for part in _parts(whole) if isinstance(part, (dict, list))]
        if not level:
            return False
    return True


def _has_hidden(value: Any) -> bool:
    rest = [value]
    while rest:
        part = rest.pop()
        if isinstance(part, str):
            if hidden_in(part):
                return True
        elif isinstance(part, (dict, list)):
            rest.extend(_parts(part))
            rest.extend(part if isinstance(part, dict) else ())
    return False


def _parts(whole: Any) -> Any:
    return whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ()
