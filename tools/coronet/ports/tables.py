"""Data sets: the rows that are measured."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol


class Digests(Protocol):
    def sha256(self, location: str) -> str:
        """SHA-256 of the file's bytes, in hexadecimal; raises `InvalidInput` where there is no file."""
        ...


class Tables(Digests, Protocol):
    """Columns of data sets, by path or URL. A location is fetched once: what is hashed is what is read."""

    def columns(self, location: str) -> tuple[str, ...]:
        """The names of the columns, in the file's order."""
        ...

    def read(
        self,
        location: str,
        *,
        columns: Sequence[str] | None = None,
        text: Collection[str] = (),
        numbers: Collection[str] = (),
    ) -> Any:
        """A pandas DataFrame of a CSV or Parquet file; raises `InvalidInput` for what is neither.

        `columns` None reads all. Columns of `text` come as text, None where missing: the same value is the
        same text (`label_text`) from either kind of file. Columns of `numbers` come as 64-bit floats, NaN
        where missing; `InvalidInput` for anything else in them. All others come as the file has them.
        """
        ...

    def to_parquet(self, frame: Any) -> bytes:
        """A Parquet file of the frame's columns, without its index: the same frame, the same bytes."""
        ...
