"""Files of which only profiles are read by columns: the rest of the port is for tables on a disk."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from coronet.errors import InvalidInput
from coronet.ports.columns import ColumnTable
from tests.fakes.memory_tables import MemoryTables


class MemoryColumns:
    """The port `ColumnTables`, without opening any table."""

    def __init__(self, tables: Mapping[str, bytes]) -> None:
        self._bytes = dict(tables)
        self._tables = MemoryTables(tables)

    def sha256(self, location: str) -> str:
        return self._tables.sha256(location)

    def columns(self, location: str) -> tuple[str, ...]:
        return self._tables.columns(location)

    def begin(self, location: str) -> bytes:
        return self.document(location)[:100]

    def document(self, location: str) -> bytes:
        if location not in self._bytes:
            raise InvalidInput(f"there is no table {location}")
        return self._bytes[location]

    def open(self, location: str, columns: Sequence[str] | None = None) -> AbstractContextManager[ColumnTable]:
        raise NotImplementedError
