"""Tables larger than memory: Parquet is read in batches, CSV is written as Parquet first, and both are joined.

Files whose rows have the same keys in the same order are read side by side; any others are joined by DuckDB,
which writes the joined rows to a temporary folder.
"""

import csv
import gzip
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, assert_never

from coronet.adapters.tables import require_columns
from coronet.adapters.tables.batches import keep_freed, read_batches
from coronet.adapters.tables.content import add_batch, digest_of, find_plain
from coronet.adapters.tables.duckdb_engine import Engine
from coronet.adapters.tables.fetching import shown
from coronet.adapters.tables.joining import (
    BATCH,
    JoinedFile,
    Misaligned,
    Part,
    SideBySide,
)
from coronet.adapters.tables.lanes import Lanes
from coronet.adapters.tables.places import (
    DatabaseTable,
    ManyFiles,
    OneFile,
    begins,
    digest_file,
    digest_files,
    find_place,
    is_one_file,
    is_parquet,
)
from coronet.core.statistics.streaming.fingerprint import Fingerprint
from coronet.core.statistics.streaming.harvest import Assignment, Harvest
from coronet.core.statistics.streaming.joined import JoinedRows, Surprise, Survey
from coronet.errors import InvalidInput
from coronet.ports.streams import Joined, Wanted

_GZIP = b"\x1f\x8b"
# About as many bytes as a row of a CSV file of predictions has.
_BYTES_OF_ROW = 50
_SHOWN = 5
_THREADS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class _Local:
    """A Parquet file on this machine; `name` is for messages."""

    path: Path
    name: str
    is_csv: bool


class FileStreams:
    """The port `Streams`; paths are relative to `root`."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root or Path()
        self._digests: dict[str, Future[str]] = {}

    def rows(self, location: str) -> int | None:
        if self.fits(location) and ("://" in location or not (self._root / location).is_file()):
            return None
        match place := find_place(location, self._root):
            case OneFile(path=path):
                return _count_rows(path) if is_parquet(path) else path.stat().st_size // _BYTES_OF_ROW
            case ManyFiles():
                return sum(map(_count_rows, place.paths))
            case DatabaseTable():
                with self._engine() as engine:
                    return engine.count_table(place.path, place.table, shown(location))
            case _:
                assert_never(place)

    def fits(self, location: str) -> bool:
        return is_one_file(location, self._root)

    def sha256(self, location: str) -> str:
        if known := self._digests.get(location):
            return known.result()
        match place := find_place(location, self._root):
            case OneFile():
                return digest_file(place.path)
            case ManyFiles():
                return digest_files({str(path): digest_file(path) for path in place.paths})
            case DatabaseTable():
                return self._digest_table(place, shown(location))
            case _:
                assert_never(place)

    def columns(self, location: str) -> tuple[str, ...]:
        name = shown(location)
        match place := find_place(location, self._root):
            case OneFile(path=path):
                return tuple(_open(path, name).schema_arrow.names) if is_parquet(path) else _read_header(path, name)
            case ManyFiles():
                with self._engine() as engine:
                    return engine.columns_of_files(place.paths, name)
            case DatabaseTable():
                with self._engine() as engine:
                    return engine.columns_of_table(place.path, place.table, name)
            case _:
                assert_never(place)

    @contextmanager
    def join(self, files: Sequence[Wanted], key: str | None) -> Iterator[Joined]:
        keep_freed()
        for wanted in files:
            columns = (*wanted.texts, *wanted.numbers, *wanted.clusters, *([key] if key else []))
            require_columns(wanted.location, self.columns(wanted.location), columns)
        with ExitStack() as stack:
            stack.enter_context(self._digesting([wanted.location for wanted in files]))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coronet-")))
            engine = stack.enter_context(Engine(folder))
            parts = [
                _part(self._localize(wanted, key, folder / f"{place}.parquet", engine), wanted)
                for place, wanted in enumerate(files)
            ]
            yield _Join(parts, key, engine, folder / "joined.parquet")

    @contextmanager
    def _digesting(self, locations: Sequence[str]) -> Iterator[None]:
        """Digest the files meanwhile: whoever joins them will ask."""
        stop = Event()
        places = {name: find_place(name, self._root) for name in dict.fromkeys(locations)}
        with ThreadPoolExecutor(max_workers=1) as worker:
            coming = {
                name: worker.submit(digest_file, place.path, stop)
                for name, place in places.items()
                if isinstance(place, OneFile)
            }
            try:
                yield
            except BaseException:
                stop.set()
                raise
        self._digests |= coming

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        with tempfile.TemporaryDirectory(prefix="coronet-") as folder, Engine(Path(folder)) as engine:
            yield engine

    def _digest_table(self, place: DatabaseTable, name: str) -> str:
        """Of its rows, which are written as a file first."""
        with self._engine() as engine:
            target = engine.folder / "rows.parquet"
            there = engine.columns_of_table(place.path, place.table, name)
            engine.write_table(place.path, place.table, name, target, there)
            columns, found = find_plain(_open(target, name).schema_arrow), Fingerprint()
            for batch in read_batches(target, columns, BATCH):
                add_batch(found, batch, columns)
        return digest_of(found, columns)

    def _localize(self, wanted: Wanted, key: str | None, target: Path, engine: Engine) -> _Local:
        name = shown(wanted.location)
        texts = tuple(dict.fromkeys((*wanted.texts, *wanted.clusters, *([key] if key else []))))
        columns = tuple(dict.fromkeys((*texts, *wanted.numbers)))
        match place := find_place(wanted.location, self._root):
            case OneFile(path=path):
                if is_parquet(path):
                    return _Local(path=path, name=name, is_csv=False)
                engine.write_csv(path, name, target, texts=texts, numbers=wanted.numbers)
                if key and engine.are_whole(target, key):
                    source = target.rename(target.with_suffix(".raw"))
                    engine.write_whole(source, key, target)
                return _Local(path=target, name=name, is_csv=True)
            case ManyFiles():
                engine.write_parquet(place.paths, name, target, columns)
            case DatabaseTable():
                engine.write_table(place.path, place.table, name, target, columns)
            case _:
                assert_never(place)
        return _Local(path=target, name=name, is_csv=False)


def _part(local: _Local, wanted: Wanted) -> Part:
    file = _open(local.path, local.name)
    if not file.metadata.num_rows:
        raise InvalidInput(f"{local.name} has columns and no rows", hint="name a table with rows")
    return Part(path=local.path, name=local.name, is_csv=local.is_csv, wanted=wanted)


class _Join:
    """The port `Joined`: side by side as long as that goes well, else by DuckDB."""

    def __init__(self, parts: Sequence[Part], key: str | None, engine: Engine, target: Path) -> None:
        self._parts, self._key, self._engine, self._target = parts, key, engine, target
        for part in parts:
            part.survey(everything=False)
        self._rows: SideBySide | JoinedFile = SideBySide(parts, key)
        try:
            if not self._rows.can():
                self._write_joined()
        except Surprise:
            self.look_closer()

    @property
    def surveys(self) -> tuple[Survey, ...]:
        return tuple(part.describe() for part in self._parts)

    def sample(self) -> JoinedRows:
        try:
            return self._rows.sample()
        except Misaligned:
            self._write_joined()
            return self._rows.sample()

    def fold(self, assignment: Assignment) -> Harvest:
        harvest = Harvest(assignment)
        with Lanes() as lanes:
            for batch in self._batches():
                lanes.run(harvest.jobs(batch))
        rest = harvest.state.rest()
        with Lanes() as lanes:
            for start in range(0, len(rest), _THREADS):
                lanes.run(rest[start : start + _THREADS])
        return harvest

    def _batches(self) -> Iterator[JoinedRows]:
        try:
            yield from self._rows.read(BATCH)
        except Misaligned as error:
            self._write_joined()
            raise Surprise("the files do not have their keys in the same order") from error
        if self._key and isinstance(self._rows, SideBySide) and not self._rows.rises:
            _require_distinct(self._parts[0], self._key, self._engine)

    def look_closer(self) -> None:
        for part in self._parts:
            part.survey(everything=True)

    def _write_joined(self) -> None:
        key = self._key or ""
        for part in self._parts:
            _require_distinct(part, key, self._engine)
        paths, columns = [part.path for part in self._parts], [part.columns for part in self._parts]
        self._engine.write_joined(paths, columns, key, self._target)
        self._rows = JoinedFile(self._target, self._parts)


def _require_distinct(part: Part, key: str, engine: Engine) -> None:
    many, twice = engine.find_twice(part.path, key, _SHOWN)
    if many:
        more = f" and {many - _SHOWN} more" if many > _SHOWN else ""
        raise InvalidInput(
            f"{part.name} has keys more than once, {many} of them: {', '.join(map(repr, twice))}{more}",
            hint="a key names one row: remove the doubles, or name the column that tells rows apart",
        )


def _count_rows(path: Path) -> int:
    return int(_open(path, path.name).metadata.num_rows)


def _open(path: Path, name: str) -> Any:
    import pyarrow
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        why = str(error).partition("\n")[0] or type(error).__name__
        raise InvalidInput(f"{name} is no Parquet file that can be read: {why}", hint="write it anew") from error


def _read_header(path: Path, name: str) -> tuple[str, ...]:
    opener = gzip.open if begins(path, _GZIP) else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, strict=True), [])
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(
            f"{name} is neither CSV nor Parquet that can be read: {error}", hint="write it anew"
        ) from error
    if twice := [column for column in dict.fromkeys(header) if header.count(column) > 1]:
        raise InvalidInput(f"{name} has the column {twice[0]!r} more than once", hint="give each column its own name")
    return tuple(header)
