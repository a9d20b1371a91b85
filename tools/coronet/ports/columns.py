"""Single columns of tables of any size, fed to states."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from coronet.core.statistics.drift import State


class Holds(StrEnum):
    """What a column holds. Numbers are flags, dates and times (in seconds), too; `other` are lists and the like."""

    NUMBERS = "numbers"
    TEXTS = "texts"
    NOTHING = "nothing"
    OTHER = "other"


class ColumnTable(Protocol):
    """One table that is open."""

    @property
    def rows(self) -> int: ...

    @property
    def holds(self) -> Mapping[str, Holds]:
        """What each column holds, in the file's order."""
        ...

    def feed(self, states: "Mapping[str, State]", *, some: bool = False) -> None:
        """Update the state of each column with all its rows, or with some from all over the file.

        A state of numbers is given numbers, one of categories texts, whatever the column holds. States of
        different columns may be updated at the same time.
        """
        ...


class ColumnTables(Protocol):
    """By path or URL."""

    def sha256(self, location: str) -> str:
        """SHA-256 of the file's bytes, in hexadecimal."""
        ...

    def columns(self, location: str) -> tuple[str, ...]:
        """The names of the columns, in the file's order; raises `InvalidInput` for what is no table."""
        ...

    def begin(self, location: str) -> bytes:
        """The first bytes of a file; raises `InvalidInput` where there is none."""
        ...

    def document(self, location: str) -> bytes:
        """All bytes of a small file."""
        ...

    def open(self, location: str, columns: Sequence[str] | None = None) -> AbstractContextManager[ColumnTable]:
        """A CSV or Parquet file, larger than memory if need be; with `columns`, only these can be fed.

        Raises `InvalidInput` for what is neither, and for columns that are not there.
        """
        ...
