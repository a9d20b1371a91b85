"""Batches of Parquet files, of one or of several side by side: all their rows, or some from all over them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from coronet.errors import InvalidInput

# Of how many places some rows are.
_PLACES = 8
_BUFFER = 1 << 16
# A little less than the largest array of which glibc learns.
_LARGE = 31 << 20


def read_together(
    paths: Sequence[Path],
    columns: Sequence[Sequence[str]],
    size: int,
    *,
    key: str | None,
    groups: list[list[int]] | None = None,
) -> Iterator[list[Any]]:
    """Batches of as many rows of each file, at most `size`; with `groups`, only the first of these row groups."""
    with ExitStack() as stack:
        files = [stack.enter_context(_open(path, names, key)) for path, names in zip(paths, columns, strict=True)]
        for group in [None] if groups is None else groups:
            sources = [_batches(*each, size, group) for each in zip(files, paths, columns, strict=True)]
            together = _put_side_by_side(sources)
            yield from together if groups is None else islice(together, 1)


def _put_side_by_side(sources: Sequence[Iterator[Any]]) -> Iterator[list[Any]]:
    """As many rows of each, until one has no more."""
    waiting: list[Any] = [next(source, None) for source in sources]
    while all(batch is not None for batch in waiting):
        rows = min(len(batch) for batch in waiting)
        yield [batch.slice(0, rows) for batch in waiting]
        waiting = [
            batch.slice(rows) if len(batch) > rows else next(source, None)
            for batch, source in zip(waiting, sources, strict=True)
        ]


def read_batches(path: Path, columns: Sequence[str], size: int) -> Iterator[Any]:
    """Batches of a Parquet file; all texts come as codes of a dictionary."""
    with _open(path, columns, None) as file:
        yield from _batches(file, path, columns, size, None)


def _open(path: Path, columns: Sequence[str], key: str | None) -> Any:
    """A Parquet file of which texts but those of `key` come as codes of a dictionary."""
    from pyarrow import parquet, types

    with parquet.ParquetFile(path) as file:
        schema, metadata = file.schema_arrow, file.metadata
    texts = [name for name in columns if types.is_string(schema.field(name).type) and name != key]
    # Page by page, and nothing read ahead, which Arrow would keep until the file is closed.
    return parquet.ParquetFile(path, metadata=metadata, read_dictionary=texts, buffer_size=_BUFFER, pre_buffer=False)


def _batches(file: Any, path: Path, columns: Sequence[str], size: int, groups: list[int] | None) -> Iterator[Any]:
    batches = file.iter_batches(size, columns=list(dict.fromkeys(columns)), row_groups=groups, use_threads=False)
    while (batch := _next(batches, path)) is not None:
        if len(batch):
            yield batch


def _next(batches: Iterator[Any], path: Path) -> Any:
    """The next batch, None after the last; InvalidInput where the file is damaged."""
    import pyarrow

    try:
        return next(batches, None)
    except (pyarrow.ArrowException, OSError) as error:
        why = str(error).partition("\n")[0] or type(error).__name__
        raise InvalidInput(f"{path} is no Parquet file that can be read: {why}", hint="write it anew") from error


def keep_freed() -> None:
    """Have the C library keep the memory that arrays of batches give back, for those of the next batch.

    glibc returns freed arrays to the system, and clears pages anew for the next ones, until it has seen a larger one
    freed (M_MMAP_THRESHOLD in mallopt(3)): a quarter of the time goes there. Elsewhere this does nothing.
    """
    np.empty(_LARGE, dtype=np.uint8)


def spread(sizes: Sequence[Sequence[int]]) -> list[list[int]]:
    """Row groups from all over files, by the rows of each, where they have the same; else the first."""
    if any([*each] != [*sizes[0]] for each in sizes):
        return [[0]]
    places = np.linspace(0, len(sizes[0]) - 1, _PLACES).astype(int).tolist()
    return [[place] for place in sorted({*places})]


def find_sizes(path: Path) -> list[int]:
    """The rows of each row group."""
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        return [file.metadata.row_group(place).num_rows for place in range(file.metadata.num_row_groups)]
