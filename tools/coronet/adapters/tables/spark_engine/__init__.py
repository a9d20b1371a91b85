"""Spark: it reads, joins and spreads the rows; its workers measure theirs, and what they find is merged.

The session is what the environment gives. Nothing is asked of it that its Connect client lacks.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from coronet.adapters.tables import require_columns
from coronet.adapters.tables.fetching import shown
from coronet.adapters.tables.places import digest_file, digest_files
from coronet.adapters.tables.spark_engine.frames import digest_rows, select
from coronet.adapters.tables.spark_engine.joined import SparkJoin
from coronet.adapters.tables.spark_engine.session import has_few_workers, open_session, translated
from coronet.adapters.tables.worker import Source
from coronet.errors import WrongUsage
from coronet.ports.streams import Joined, Wanted

TABLE = "table:"
_CSV_ENDINGS = (".csv", ".csv.gz", ".txt")
# As RFC 4180 has it, with line breaks in cells; rows with too few or too many cells are an error.
_CSV: dict[str, Any] = {
    "header": True,
    "multiLine": True,
    "escape": '"',
    "mode": "FAILFAST",
    "enforceSchema": False,
    "columnPruning": False,
}


class SparkStreams:
    """The port `Streams`, of paths and URLs as Spark understands them, and of tables by name: table:NAME.

    `master` is where a session is started, if there is none: None leaves that to Spark's own settings.
    """

    def __init__(self, root: Path | None = None, *, master: str | None = None) -> None:
        self._root, self._master = root or Path(), master
        self._stack = ExitStack()
        self._frames: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def rows(self, location: str) -> int | None:
        return None

    def fits(self, location: str) -> bool:
        return False

    def columns(self, location: str) -> tuple[str, ...]:
        return tuple(self._load(location).columns)

    def sha256(self, location: str) -> str:
        """Of a table, the digest of its rows; of several files, that of theirs."""
        path = self._root / location
        if path.is_file():
            return digest_file(path)
        frame = self._load(location)
        with translated(shown(location)):
            return digest_rows(frame) if location.startswith(TABLE) else self._digest_files(location)

    @contextmanager
    def join(self, files: Sequence[Wanted], key: str | None) -> Iterator[Joined]:
        if key is None:
            raise WrongUsage("rows of a distributed engine have no places to be known by", hint="add --key COLUMN")
        sources, frames = [], []
        for place, wanted in enumerate(files):
            require_columns(
                wanted.location, self.columns(wanted.location), (*wanted.texts, *wanted.numbers, *wanted.clusters, key)
            )
            sources.append(_source(wanted, place))
            frames.append(self._load(wanted.location))
        with translated(", ".join(source.name for source in sources)):
            yield SparkJoin(sources, select(sources, frames, key), key, few=has_few_workers(self._session))

    @cached_property
    def _session(self) -> Any:
        return self._stack.enter_context(open_session(self._master))

    def _load(self, location: str) -> Any:
        if location not in self._frames:
            session = self._session
            with translated(shown(location)):
                if location.startswith(TABLE):
                    frame = session.table(location.removeprefix(TABLE))
                elif location.partition("?")[0].endswith(_CSV_ENDINGS):
                    frame = session.read.options(**_CSV).csv(self._address(location))
                else:
                    frame = session.read.parquet(self._address(location))
                self._frames[location] = frame
        return self._frames[location]

    def _address(self, location: str) -> str:
        return location if "://" in location else str(self._root / location)

    def _digest_files(self, location: str) -> str:
        """By the workers, who alone may see the files."""
        from pyspark.sql import functions

        files = self._session.read.format("binaryFile").load(self._address(location))
        digests = {row[0]: row[1] for row in files.select("path", functions.sha2("content", 256)).collect()}
        return digests.popitem()[1] if len(digests) == 1 else digest_files(digests)


def _source(wanted: Wanted, place: int) -> Source:
    return Source(
        name=shown(wanted.location),
        place=place,
        is_csv=wanted.location.partition("?")[0].endswith(_CSV_ENDINGS),
        texts=tuple(dict.fromkeys(wanted.texts)),
        numbers=tuple(dict.fromkeys(wanted.numbers)),
        clusters=wanted.clusters,
    )
