"""Columns of CSV and Parquet files, read in batches by two threads and fed to states."""

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from coronet.adapters.tables import require_columns
from coronet.adapters.tables.batches import keep_freed
from coronet.adapters.tables.column_cells import feed_numbers, feed_texts, what_it_holds
from coronet.adapters.tables.duckdb_engine import Engine
from coronet.adapters.tables.fetching import fetch, shown
from coronet.adapters.tables.places import is_parquet
from coronet.adapters.tables.streamed import FileStreams
from coronet.core.statistics.drift import State
from coronet.core.statistics.drift.categories import CategoryCounts
from coronet.core.statistics.drift.grid import Scratch
from coronet.errors import InvalidInput
from coronet.ports.columns import ColumnTable, Holds

_PARQUET = b"PAR1"
# Columns of a batch of so many rows are in the processor's cache when they are counted.
_BATCH, _TOGETHER, _THREADS = 1 << 16, 5, 2
# Of how many places a sample is, and how many rows of each.
_PLACES, _SAMPLE = 8, 1 << 12
_BUFFER = 1 << 18


class FileColumns:
    """The port `ColumnTables`; paths are relative to `root`. What is at a URL is fetched once, into a folder."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root or Path()
        self._fetched: dict[str, Path] = {}

    def sha256(self, location: str) -> str:
        return FileStreams().sha256(str(self._find(location)))

    def begin(self, location: str) -> bytes:
        with self._find(location).open("rb") as file:
            return file.read(len(_PARQUET))

    def document(self, location: str) -> bytes:
        return self._find(location).read_bytes()

    def columns(self, location: str) -> tuple[str, ...]:
        names = FileStreams().columns(str(self._find(location)))
        if twice := [column for column in dict.fromkeys(names) if names.count(column) > 1]:
            raise InvalidInput(
                f"{shown(location)} has the column {twice[0]!r} more than once", hint="give each column its own name"
            )
        return names

    @contextmanager
    def open(self, location: str, columns: Sequence[str] | None = None) -> Iterator[ColumnTable]:
        there = self.columns(location)
        wanted = there if columns is None else tuple(dict.fromkeys(columns))
        require_columns(location, there, wanted)
        path = self._find(location)
        with ExitStack() as stack:
            # Without any column, all that is asked is how many rows there are.
            if not is_parquet(path):
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coronet-")))
                engine = stack.enter_context(Engine(folder))
                source, path = path, folder / "columns.parquet"
                engine.write_columns(source, shown(location), path, wanted or there[:1])
            yield _Parquet(path, shown(location), wanted)

    def _find(self, location: str) -> Path:
        """Where the file is on this machine; InvalidInput where there is none, or nothing in it."""
        if not location or "://" in location:
            return self._fetch(location)
        path = self._root / location
        if not path.is_file():
            # It says what is wrong with the place.
            fetch(location, self._root)
        if not path.stat().st_size:
            raise InvalidInput(f"{location} is empty", hint="name a CSV or Parquet file with rows")
        return path

    def _fetch(self, location: str) -> Path:
        if location not in self._fetched:
            data = fetch(location, self._root)
            folder = tempfile.mkdtemp(prefix="coronet-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._fetched[location] = Path(folder) / "table"
            self._fetched[location].write_bytes(data)
        return self._fetched[location]


class _Parquet:
    """The port `ColumnTable`."""

    def __init__(self, path: Path, name: str, wanted: Sequence[str]) -> None:
        from pyarrow import parquet

        self._path, self._name = path, name
        with parquet.ParquetFile(path) as file:
            schema, self._groups = file.schema_arrow, file.metadata.num_row_groups
            self.rows = int(file.metadata.num_rows)
        if not self.rows:
            raise InvalidInput(f"{name} has columns and no rows", hint="name a table with rows")
        self._types = {column: schema.field(column).type for column in wanted}
        self.holds: Mapping[str, Holds] = {column: what_it_holds(type_) for column, type_ in self._types.items()}

    def feed(self, states: Mapping[str, State], *, some: bool = False) -> None:
        keep_freed()
        names = list(states)
        work = [names[start : start + _TOGETHER] for start in range(0, len(names), _TOGETHER)]
        with ThreadPoolExecutor(_THREADS) as workers:
            for done in [workers.submit(self._feed, {name: states[name] for name in part}, some) for part in work]:
                done.result()

    def _feed(self, states: Mapping[str, State], some: bool) -> None:
        import pyarrow

        scratch = Scratch(_BATCH)
        try:
            for batch in self._sample([*states]) if some else self._batches([*states]):
                for place, state in enumerate(states.values()):
                    _update(state, batch.column(place), scratch)
            for name, ends in (self._ends([*states]) if some else {}).items():
                state = states[name]
                if not isinstance(state, CategoryCounts):
                    state.update(np.array(ends, dtype=np.float64))
        except (pyarrow.ArrowException, OSError) as error:
            why = str(error).partition("\n")[0] or type(error).__name__
            raise InvalidInput(
                f"{self._name} is no Parquet file that can be read: {why}", hint="write it anew"
            ) from error

    def _batches(self, names: list[str], groups: list[int] | None = None, size: int = _BATCH) -> Iterator[Any]:
        """Batches with the columns in this order; texts come as codes of a dictionary."""
        from pyarrow import parquet, types

        texts = [name for name in names if types.is_string(self._types[name])]
        with parquet.ParquetFile(self._path, read_dictionary=texts, buffer_size=_BUFFER, pre_buffer=False) as file:
            for batch in file.iter_batches(size, columns=names, row_groups=groups, use_threads=False):
                yield batch.select(names)

    def _sample(self, names: list[str]) -> Iterator[Any]:
        """The first rows of some row groups, spread over the file."""
        many = min(self._groups, _PLACES)
        size = _SAMPLE * _PLACES // many
        for place in range(many):
            group = place * (self._groups - 1) // max(many - 1, 1)
            yield next(self._batches(names, [group], size))

    def _ends(self, names: list[str]) -> Mapping[str, list[float]]:
        """The least and greatest numbers that the file itself says each column has in its row groups."""
        from pyarrow import parquet

        ends: dict[str, list[float]] = {name: [] for name in names}
        with parquet.ParquetFile(self._path) as file:
            for group in map(file.metadata.row_group, range(self._groups)):
                for column in map(group.column, range(group.num_columns)):
                    found = column.statistics if column.path_in_schema in ends else None
                    if found is not None and found.has_min_max and type(found.min) in (int, float):
                        ends[column.path_in_schema] += [float(found.min), float(found.max)]
        return ends


def _update(state: State, column: Any, scratch: Scratch) -> None:
    if isinstance(state, CategoryCounts):
        feed_texts(state, column)
    else:
        feed_numbers(state, column, scratch)
