"""Tables that live in a dictionary: CSV text by location."""

import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
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

    def columns(self, location: str) -> tuple[str, ...]:
        return tuple(pd.read_csv(io.BytesIO(self._find(location)), nrows=0).columns)

    def read(
        self,
        location: str,
        *,
        columns: Sequence[str] | None = None,
        text: Collection[str] = (),
        numbers: Collection[str] = (),
    ) -> Any:
        chosen = self.columns(location) if columns is None else columns
        if missing := sorted(set(chosen) - set(self.columns(location))):
            raise InvalidInput(f"{location} has no column {missing[0]!r}")
        frame = pd.read_csv(
            io.BytesIO(self._find(location)), usecols=list(chosen), dtype={name: str for name in chosen if name in text}
        )
        for name in chosen:
            if name in text:
                frame[name] = pd.Series([None if pd.isna(cell) else cell for cell in frame[name]], dtype=object)
            elif name in numbers:
                frame[name] = frame[name].astype("float64")
        return frame

    def to_parquet(self, frame: Any) -> bytes:
        made: bytes = frame.to_parquet(index=False)
        return made

    def _find(self, location: str) -> bytes:
        if location not in self._tables:
            raise InvalidInput(f"there is no table {location}")
        return self._tables[location]
