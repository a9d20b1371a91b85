"""Dask: its workers read, join and measure the rows of Parquet files that all of them see.

What is not one Parquet file is written as one first, as the embedded engine does. Texts become codes before rows
are joined, so that nothing of a cell depends on what pandas makes of gaps.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import numpy as np

from coronet.adapters.tables import require_columns
from coronet.adapters.tables.duckdb_engine import Engine
from coronet.adapters.tables.encoding import MOST_TEXTS, name_keys, number_keys, plain_keys
from coronet.adapters.tables.streamed import FileStreams
from coronet.adapters.tables.worker import KEY, Encoder, Source, no_values
from coronet.core.statistics.streaming.choosing import arrange, choose
from coronet.core.statistics.streaming.harvest import Assignment, Harvest
from coronet.core.statistics.streaming.joined import FileRows, JoinedRows, Survey
from coronet.errors import InvalidInput, Unavailable, WrongUsage
from coronet.ports.streams import Joined, Wanted

_SHOWN = 5
# As many harvests are merged at once.
_MERGED = 8


class DaskStreams(FileStreams):
    """The port `Streams`; `address` is that of a scheduler, None for threads of this process."""

    def __init__(self, root: Path | None = None, *, address: str | None = None) -> None:
        super().__init__(root)
        self._address = address
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        # Asked for at once, so that it is told before anything is read.
        import dask.dataframe  # noqa: F401

        if self._address is not None:
            self._stack.enter_context(_connect(self._address))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def fits(self, location: str) -> bool:
        return False

    @contextmanager
    def join(self, files: Sequence[Wanted], key: str | None) -> Iterator[Joined]:
        if key is None:
            raise WrongUsage("rows of a distributed engine have no places to be known by", hint="add --key COLUMN")
        for wanted in files:
            require_columns(
                wanted.location, self.columns(wanted.location), (*wanted.texts, *wanted.numbers, *wanted.clusters, key)
            )
        with TemporaryDirectory(prefix="coronet-") as folder, Engine(Path(folder)) as engine:
            pieces = []
            for place, wanted in enumerate(files):
                local = self._localize(wanted, key, Path(folder) / f"{place}.parquet", engine)
                source = Source(
                    name=local.name,
                    place=place,
                    is_csv=local.is_csv,
                    texts=tuple(dict.fromkeys(wanted.texts)),
                    numbers=tuple(dict.fromkeys(wanted.numbers)),
                    clusters=wanted.clusters,
                )
                pieces.append(_split(source, local.path, key))
            yield DaskJoin(pieces)


@contextmanager
def _connect(address: str) -> Iterator[None]:
    from distributed import Client

    try:
        client = Client(address)
    except (OSError, ValueError) as error:
        raise Unavailable(f"Dask's scheduler at {address} does not answer", hint="see whether it runs") from error
    with client:
        yield


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    """One row group of a source's file; `before` are the rows of those before it."""

    source: Source
    path: str
    group: int
    before: int
    key: str

    def read(self) -> Any:
        """A table with the columns that `Source` names, and the keys as they are."""
        import pyarrow
        from pyarrow import parquet

        columns = self.source.columns
        with parquet.ParquetFile(self.path) as file:
            table = file.read_row_group(self.group, columns=[*dict.fromkeys((*columns, self.key))]).combine_chunks()
        batch = table.to_batches()[0] if len(table) else pyarrow.RecordBatch.from_pylist([], schema=table.schema)
        keys = plain_keys(batch.column(self.key), name=self.key, file=self.source.name, before=self.before)
        named = {self.source.named(column): batch.column(column) for column in columns}
        return pyarrow.RecordBatch.from_pydict({KEY: keys, **named})


def _split(source: Source, path: Path, key: str) -> list[_Piece]:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        sizes = [file.metadata.row_group(place).num_rows for place in range(file.metadata.num_row_groups)]
    if not sum(sizes):
        raise InvalidInput(f"{source.name} has columns and no rows", hint="name a table with rows")
    return [
        _Piece(source=source, path=str(path.absolute()), group=place, before=sum(sizes[:place]), key=key)
        for place in range(len(sizes))
    ]


class DaskJoin:
    """The port `Joined`."""

    def __init__(self, pieces: Sequence[Sequence[_Piece]]) -> None:
        self._pieces = pieces
        self.look_closer()
        for source, frame in zip(self._sources, self._frames, strict=True):
            _require_distinct(source, frame)

    def look_closer(self) -> None:
        import dask

        looked = [[dask.delayed(_look)(piece) for piece in each] for each in self._pieces]
        found = dask.compute(*looked)
        self._rows = [sum(rows for rows, _, _ in each) for each in found]
        self._is_whole = all(is_whole for each in found for _, is_whole, _ in each)
        self._encoders = [
            Encoder(each[0].source, _distinct([values for _, _, values in looks]))
            for each, looks in zip(self._pieces, found, strict=True)
        ]
        self.__dict__.pop("_frames", None)

    @property
    def _sources(self) -> list[Source]:
        return [encoder.source for encoder in self._encoders]

    @cached_property
    def _frames(self) -> list[Any]:
        """The encoded rows of each file."""
        from dask import dataframe

        whole = self._is_whole
        return [
            dataframe.from_map(_encode, [*each], encoder=encoder, whole=whole, meta=_meta(encoder.source, whole))
            for each, encoder in zip(self._pieces, self._encoders, strict=True)
        ]

    @property
    def surveys(self) -> tuple[Survey, ...]:
        return tuple(encoder.describe(rows) for encoder, rows in zip(self._encoders, self._rows, strict=True))

    def sample(self) -> JoinedRows:
        """The rows that their keys choose: the same in every file."""
        most = max(self._rows)
        chosen = [frame.map_partitions(_choose, most, meta=frame._meta).compute() for frame in self._frames]
        return arrange(_to_rows(reduce(_outer, chosen), self._sources))

    def fold(self, assignment: Assignment) -> Harvest:
        import dask

        told, sources = assignment.to_bytes(), self._sources
        harvests = [dask.delayed(_gather)(part, sources, told) for part in reduce(_outer, self._frames).to_delayed()]
        while len(harvests) > _MERGED:
            groups = [harvests[start : start + _MERGED] for start in range(0, len(harvests), _MERGED)]
            harvests = [dask.delayed(_merge)(group, told) for group in groups]
        whole = Harvest(assignment)
        for data in dask.compute(*harvests):
            whole.merge(Harvest.from_bytes(assignment, data))
        return whole


# --- what workers do ------------------------------------------------------------------------------


def _look(piece: _Piece) -> tuple[int, bool, Any]:
    """How many rows there are, whether their keys are whole numbers, and each column's values."""
    import pyarrow
    from pyarrow import types

    batch = piece.read()
    tables = [no_values()]
    for place, name in enumerate(piece.source.texts):
        values = batch.column(piece.source.named(name))
        values = values.cast(values.type.value_type) if types.is_dictionary(values.type) else values
        # One too many is enough to be refused.
        distinct = values.unique()[: MOST_TEXTS + 1]
        numbers = pyarrow.array([place] * len(distinct), pyarrow.int32())
        tables.append(pyarrow.table({"column": numbers, piece.source.named(name): distinct}))
    is_whole = types.is_integer(batch.column(KEY).type)
    return len(batch), is_whole, pyarrow.concat_tables(tables, promote_options="default")


def _distinct(tables: Sequence[Any]) -> Any:
    import pyarrow

    whole = pyarrow.concat_tables(tables, promote_options="default")
    return whole.group_by(whole.schema.names).aggregate([])


def _encode(piece: _Piece, encoder: Encoder, whole: bool) -> Any:
    """A data frame of keys, codes and numbers."""
    import pandas as pd

    batch, source = piece.read(), piece.source
    rows = encoder.encode(batch)
    keys = batch.column(KEY)
    columns = {
        KEY: keys.to_numpy(zero_copy_only=False) if whole else keys.cast("string").to_pandas().astype("str"),
        source.here: np.ones(len(batch)),
        **{source.named(name): codes.astype(np.float64) for name, codes in rows.texts.items()},
        **{source.named(name): numbers for name, numbers in rows.numbers.items()},
        **{_grouped(source, name): groups.astype(np.float64) for name, groups in rows.groups.items()},
    }
    return pd.DataFrame(columns)


def _meta(source: Source, whole: bool) -> Any:
    """A frame of the kind, without rows."""
    import pandas as pd

    named = [source.here, *(source.named(name) for name in dict.fromkeys((*source.texts, *source.numbers)))]
    named += [_grouped(source, name) for name in source.clusters]
    keys = pd.Series([], dtype="int64" if whole else "str")
    return pd.DataFrame({KEY: keys, **{name: pd.Series([], dtype="float64") for name in named}})


def _grouped(source: Source, column: str) -> str:
    """Where the groups of a column of clusters are: the same column may have segments, too."""
    return f"groups {source.named(column)}"


def _outer(one: Any, other: Any) -> Any:
    return one.merge(other, on=KEY, how="outer")


def _choose(frame: Any, rows: int) -> Any:
    return frame[choose(number_keys(_keys(frame)), rows)]


def _keys(frame: Any) -> Any:
    import pyarrow

    return pyarrow.array(frame[KEY], from_pandas=True)


def _to_rows(frame: Any, sources: Sequence[Source]) -> JoinedRows:
    keys, files = _keys(frame), tuple(_file_of(frame, source) for source in sources)
    return JoinedRows(keys=number_keys(keys), files=files, names=name_keys(keys))


def _file_of(frame: Any, source: Source) -> FileRows:
    present = ~np.isnan(frame[source.here].to_numpy())
    return FileRows(
        present=None if present.all() else present,
        texts={name: _codes(frame, source.named(name)) for name in source.texts},
        numbers={name: frame[source.named(name)].to_numpy() for name in source.numbers},
        groups={name: _codes(frame, _grouped(source, name)) for name in source.clusters},
    )


def _codes(frame: Any, column: str) -> Any:
    """(n,) whole numbers, -1 where there is none."""
    return np.nan_to_num(frame[column].to_numpy(), nan=-1).astype(np.int64)


def _gather(frame: Any, sources: Sequence[Source], told: bytes) -> bytes:
    harvest = Harvest(Assignment.from_bytes(told))
    if len(frame):
        harvest.add(_to_rows(frame, sources))
    return harvest.to_bytes()


def _merge(harvests: Sequence[bytes], told: bytes) -> bytes:
    assignment = Assignment.from_bytes(told)
    whole = Harvest(assignment)
    for data in harvests:
        whole.merge(Harvest.from_bytes(assignment, data))
    return whole.to_bytes()


def _require_distinct(source: Source, frame: Any) -> None:
    sizes = frame.groupby(KEY).size(split_out=frame.npartitions)
    twice = sorted(sizes[sizes > 1].compute().index)
    if twice:
        more = f" and {len(twice) - _SHOWN} more" if len(twice) > _SHOWN else ""
        raise InvalidInput(
            f"{source.name} has keys more than once, {len(twice)} of them: "
            f"{', '.join(repr(str(key)) for key in twice[:_SHOWN])}{more}",
            hint="a key names one row: remove the doubles, or name the column that tells rows apart",
        )
