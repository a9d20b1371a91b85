"""Data sets that are larger than memory: rows of several files, joined by key, in batches."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from coronet.core.statistics.streaming.harvest import Assignment, Harvest
    from coronet.core.statistics.streaming.joined import JoinedRows, Survey


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Columns of a file, to be read as texts or as numbers, by the rules of `ports.tables.Tables`.

    Those of `clusters` may have any number of texts, and are read as the groups that they fall into.
    """

    location: str
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()


class Joined(Protocol):
    """Files whose rows are put together."""

    @property
    def surveys(self) -> "tuple[Survey, ...]":
        """What each file has."""
        ...

    def sample(self) -> "JoinedRows":
        """Some of the rows, from all over the files as far as that is cheap."""
        ...

    def fold(self, assignment: "Assignment") -> "Harvest":
        """What is made of all rows that any file has, by any number of workers; each row once, at each call.

        Raises `Surprise` where they are not as the surveys say; and `InvalidInput` for keys that come twice,
        and for cells that are no numbers.
        """
        ...

    def look_closer(self) -> None:
        """Survey all rows, after a surprise."""
        ...


class Streams(Protocol):
    def rows(self, location: str) -> int | None:
        """How many rows a file has, or about as many; None where that cannot be known without fetching it."""
        ...

    def fits(self, location: str) -> bool:
        """Whether the location can be held in memory as well: it is one file that `Tables` reads."""
        ...

    def sha256(self, location: str) -> str:
        """SHA-256 of the file's bytes, in hexadecimal; raises `InvalidInput` where there is no file.

        Of several files it digests their digests by name; of a table, whose bytes nobody has, its rows.
        """
        ...

    def columns(self, location: str) -> tuple[str, ...]:
        """The names of the columns, in the file's order."""
        ...

    def join(self, files: Sequence[Wanted], key: str | None) -> AbstractContextManager[Joined]:
        """Rows with the same text of the column `key` are one; without it, one file's rows by their place.

        Raises `InvalidInput` for columns that are not there and files that cannot be read.
        """
        ...
