"""What a location names: one file, several Parquet files, or a table of a DuckDB database."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path, PurePath
from threading import Event

from coronet.adapters.tables.fetching import shown
from coronet.core.canonical import digest_json
from coronet.errors import InvalidInput

# Between a database's file and its table: results.duckdb::predictions
OF_DATABASE = "::"
_PARQUET = b"PAR1"
_PARQUET_ENDINGS = (".parquet", ".pq")
_PATTERN = frozenset("*?[")
_CHUNK = 1 << 22


@dataclass(frozen=True, kw_only=True, slots=True)
class OneFile:
    path: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class ManyFiles:
    """The Parquet files of a folder or of a pattern, in the order of their names."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseTable:
    path: Path
    table: str


Place = OneFile | ManyFiles | DatabaseTable


def find_place(location: str, root: Path) -> Place:
    """Raises `InvalidInput` where nothing of the kind is there, or nothing in it."""
    if not location:
        raise InvalidInput("a table's place is empty", hint="name a file, a folder, or a table of a database")
    if "://" in location:
        raise InvalidInput(
            f"{shown(location)} is a URL, and only files are streamed",
            hint="fetch it first; `coronet evaluate` reads URLs with --exact, or --engine spark where Spark can",
        )
    if OF_DATABASE in location:
        return _find_table(location, root)
    path = root / location
    if path.is_file():
        if not path.stat().st_size:
            raise InvalidInput(f"{location} is empty", hint="name a CSV or Parquet file with rows")
        return OneFile(path=path)
    if path.is_dir():
        return _require_some(location, (each for each in path.rglob("*") if _is_data(each.relative_to(path))))
    if _PATTERN & set(location):
        first = next(place for place, part in enumerate(path.parts) if _PATTERN & set(part))
        found = Path(*path.parts[:first]).glob(str(PurePath(*path.parts[first:])))
        return _require_some(location, (each for each in found if _is_data(PurePath(each.name))))
    raise InvalidInput(f"there is no file {location}", hint="name a CSV or Parquet file by its path")


def is_one_file(location: str, root: Path) -> bool:
    """Whether it names one file or a URL, which can be held in memory; also where nothing is there, or named."""
    if not location or "://" in location:
        return True
    path = root / location
    return path.is_file() or not (path.is_dir() or OF_DATABASE in location or _PATTERN & set(location))


def _find_table(location: str, root: Path) -> DatabaseTable:
    file, _, table = location.partition(OF_DATABASE)
    if not (root / file).is_file():
        raise InvalidInput(f"there is no database {file}", hint="name a DuckDB file and its table: FILE::TABLE")
    if not table:
        raise InvalidInput(f"{location} names no table", hint="name a DuckDB file and its table: FILE::TABLE")
    return DatabaseTable(path=root / file, table=table)


def _is_data(path: PurePath) -> bool:
    """Programs that write folders mark what is none of the data by the first letter of its name."""
    return path.name.endswith(_PARQUET_ENDINGS) and not any(part.startswith(("_", ".")) for part in path.parts)


def _require_some(location: str, paths: Iterable[Path]) -> ManyFiles:
    found = tuple(sorted(path for path in paths if path.is_file()))
    if not found:
        raise InvalidInput(f"{location} has no Parquet files", hint="name a folder or a pattern of *.parquet files")
    return ManyFiles(paths=found)


def is_parquet(path: Path) -> bool:
    return begins(path, _PARQUET)


def begins(path: Path, mark: bytes) -> bool:
    """Whether these are a file's first bytes: an ending only says what was meant."""
    with path.open("rb") as file:
        return file.read(len(mark)) == mark


def digest_file(path: Path, stop: Event | None = None) -> str:
    """SHA-256 of its bytes, in hexadecimal; of some of them, where nobody waits for it any more."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while (chunk := file.read(_CHUNK)) and not (stop and stop.is_set()):
            digest.update(chunk)
    return digest.hexdigest()


def digest_files(digests: Mapping[str, str]) -> str:
    """SHA-256 over the canonical JSON of each file's digest, by its path below the folder that has all of them."""
    above = commonpath([PurePath(path).parent for path in digests])
    named = {PurePath(path).relative_to(above).as_posix(): digest for path, digest in digests.items()}
    return digest_json({"files": named}).removeprefix("sha256:")
