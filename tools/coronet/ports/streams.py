"""Data sets that are larger than memory: rows of several files, joined by key, in batches."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from coronet.core.statistics.streaming.joined import JoinedRows, Survey


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Columns of a file, to be read as texts or as numbers, by the rules of `ports.tables.Tables`."""

    location: str
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class Joined(Protocol):
    """Files whose rows are put together."""

    @property
    def surveys(self) -> "tuple[Survey, ...]":
        """What each file has."""
        ...

    def sample(self) -> "JoinedRows":
        """Some of the rows, from all over the files as far as that is cheap."""
        ...

    def each(self, work: "Callable[[JoinedRows], Sequence[Callable[[], None]]]") -> None:
        """Give `work` all rows that any file has, once, in batches, and do the jobs that it answers.

        Jobs that stand at the same place of the answers are done in their order, others at once. Raises what these
        raise, `Surprise` where the rows are not as the surveys say, and `InvalidInput` for keys that come twice, and
        for cells that are no numbers.
        """
        ...

    def look_closer(self) -> None:
        """Survey all rows, after a surprise."""
        ...


class Streams(Protocol):
    def rows(self, location: str) -> int | None:
        """How many rows a file has, or about as many; None where that cannot be known without fetching it."""
        ...

    def sha256(self, location: str) -> str:
        """SHA-256 of the file's bytes, in hexadecimal; raises `InvalidInput` where there is no file."""
        ...

    def columns(self, location: str) -> tuple[str, ...]:
        """The names of the columns, in the file's order."""
        ...

    def join(self, files: Sequence[Wanted], key: str | None) -> AbstractContextManager[Joined]:
        """Rows with the same text of the column `key` are one; without it, one file's rows by their place.

        Raises `InvalidInput` for columns that are not there and files that cannot be read.
        """
        ...
