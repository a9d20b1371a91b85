"""Tables that live in a dictionary: CSV text by location."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from coronet.errors import InvalidInput


class MemoryTables:
    """The port `Tables`."""

    def __init__(self, tables: Mapping[str, bytes]) -> None:
        self._tables = dict(tables)

    def change(self, location: str, data: bytes) -> None:
        self._tables[location] = data

    def sha256(self, location: str) -> str:
        return hashlib.sha256(self._find(location)).hexdigest()

    def read(self, location: str, *, columns: Sequence[str] | None = None) -> Any:
        return pd.read_csv(io.BytesIO(self._find(location)), usecols=list(columns) if columns else None)

    def _find(self, location: str) -> bytes:
        if location not in self._tables:
            raise InvalidInput(f"there is no table {location}")
        return self._tables[location]
