"""Columns that two Parquet files have in common to the last byte, and that therefore need to be read only once."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, BinaryIO

_PIECE = 1 << 20
# What says how the bytes of a chunk are to be read.
_READING = (
    "physical_type",
    "compression",
    "encodings",
    "num_values",
    "total_compressed_size",
    "total_uncompressed_size",
)


def find_same(ours: Path, theirs: Path, columns: Iterable[str]) -> tuple[str, ...]:
    """Which of the columns hold the same in the same rows, as their bytes show: key and label of two predictions often
    do. Others may hold the same, written in another way.
    """
    from pyarrow import parquet

    with parquet.ParquetFile(ours) as one, parquet.ParquetFile(theirs) as other:
        sizes = [_group_sizes(each.metadata) for each in (one, other)]
        if sizes[0] != sizes[1]:
            return ()
        alike = [name for name in columns if _read_alike(one, other, name)]
        with ours.open("rb") as mine, theirs.open("rb") as yours:
            return tuple(
                name
                for name in alike
                if all(map(_hold_same, repeat(mine), _chunks(one, name), repeat(yours), _chunks(other, name)))
            )


def _group_sizes(metadata: Any) -> list[int]:
    return [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)]


def _read_alike(one: Any, other: Any, name: str) -> bool:
    """Whether both files have the column once, of one type, and are silent of nothing that reading asks for."""
    places = [_place(each, name) for each in (one, other)]
    if None in places or one.schema_arrow.field(name).type != other.schema_arrow.field(name).type:
        return False
    columns = [each.schema.column(place) for each, place in zip((one, other), places, strict=True)]
    return bool(columns[0].equals(columns[1]))


def _place(file: Any, name: str) -> int | None:
    """Where a plain column is; those that are nested have several."""
    places = [place for place in range(len(file.schema)) if file.schema.column(place).path == name]
    return places[0] if len(places) == 1 else None


def _chunks(file: Any, name: str) -> Sequence[Any]:
    place = _place(file, name)
    return [file.metadata.row_group(group).column(place) for group in range(file.metadata.num_row_groups)]


def _hold_same(ours: BinaryIO, mine: Any, theirs: BinaryIO, yours: Any) -> bool:
    if any(getattr(mine, name) != getattr(yours, name) for name in _READING):
        return False
    ours.seek(_start(mine))
    theirs.seek(_start(yours))
    left = mine.total_compressed_size
    while left > 0:
        piece = min(left, _PIECE)
        if ours.read(piece) != theirs.read(piece):
            return False
        left -= piece
    return True


def _start(chunk: Any) -> int:
    pages = [chunk.data_page_offset]
    if chunk.has_dictionary_page:
        pages.append(chunk.dictionary_page_offset)
    return int(min(pages))
