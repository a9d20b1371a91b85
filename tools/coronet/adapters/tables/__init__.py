"""Tables as CSV or Parquet files, by path or URL."""

import difflib
import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from coronet.adapters.tables.csv_file import CsvFile
from coronet.adapters.tables.fetching import fetch, shown
from coronet.adapters.tables.parquet_file import ParquetFile, write_parquet
from coronet.errors import InvalidInput

_PARQUET = b"PAR1"
_PARQUET_ENDINGS = (".parquet", ".pq")
_COLUMNS_SHOWN = 20


class FileTables:
    """The port `Tables`; paths are relative to `root`, and a location keeps the bytes it had at first.

    `known` are the bytes of locations that are not asked for where they lie.
    """

    def __init__(self, root: Path | None = None, *, known: Mapping[str, bytes] | None = None) -> None:
        self._root = root or Path()
        self._bytes: dict[str, bytes] = dict(known or {})
        self._files: dict[str, CsvFile | ParquetFile] = {}

    def sha256(self, location: str) -> str:
        return hashlib.sha256(self._fetch(location)).hexdigest()

    def columns(self, location: str) -> tuple[str, ...]:
        return self._open(location).columns

    def read(
        self,
        location: str,
        *,
        columns: Sequence[str] | None = None,
        text: Collection[str] = (),
        numbers: Collection[str] = (),
    ) -> Any:
        file = self._open(location)
        wanted = file.columns if columns is None else tuple(dict.fromkeys(columns))
        require_columns(location, file.columns, wanted)
        frame = file.read(wanted, text=text, numbers=numbers)
        if not len(frame):
            raise InvalidInput(f"{shown(location)} has columns and no rows", hint="name a table with rows")
        return frame

    def to_parquet(self, frame: Any) -> bytes:
        return write_parquet(frame)

    def _fetch(self, location: str) -> bytes:
        if location not in self._bytes:
            self._bytes[location] = fetch(location, self._root)
        return self._bytes[location]

    def _open(self, location: str) -> CsvFile | ParquetFile:
        if location not in self._files:
            self._files[location] = _recognise(shown(location), self._fetch(location))
        return self._files[location]


def _recognise(name: str, data: bytes) -> CsvFile | ParquetFile:
    """By its first bytes: an ending only says what was meant."""
    if not data:
        raise InvalidInput(f"{name} is empty", hint="name a CSV or Parquet file with rows")
    file: CsvFile | ParquetFile
    if data.startswith(_PARQUET):
        file = ParquetFile(name, data)
    elif name.endswith(_PARQUET_ENDINGS):
        raise InvalidInput(f"{name} is no Parquet file: it does not begin as one", hint="write it anew, or as .csv")
    else:
        file = CsvFile(name, data)
    _require_distinct(name, file.columns)
    return file


def _require_distinct(name: str, columns: tuple[str, ...]) -> None:
    if twice := [column for column in dict.fromkeys(columns) if columns.count(column) > 1]:
        raise InvalidInput(f"{name} has the column {twice[0]!r} more than once", hint="give each column its own name")


def require_columns(location: str, there: tuple[str, ...], wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in there]
    if not missing:
        return
    named = ", ".join(repr(name) for name in missing)
    raise InvalidInput(
        f"{shown(location)} has no column{'s' if len(missing) > 1 else ''} {named}", hint=_suggest(missing[0], there)
    )


def _suggest(name: str, there: tuple[str, ...]) -> str:
    if len(there) == 1 and any(mark in there[0] for mark in ";\t|"):
        return "its columns are not separated by commas: write it with commas, or as Parquet"
    if close := difflib.get_close_matches(name, there, n=1, cutoff=0.6):
        return f"did you mean {close[0]!r}?"
    more = f" and {len(there) - _COLUMNS_SHOWN} more" if len(there) > _COLUMNS_SHOWN else ""
    return f"its columns are {', '.join(there[:_COLUMNS_SHOWN])}{more}"
