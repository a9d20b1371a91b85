"""What a worker of a distributed engine does: joined rows in, one harvest out, both as batches of Arrow.

Columns have the names that `Source` gives them. What workers are told and what they answer is data: no part of it is
run, and nothing here asks which engine it is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

import numpy as np

from coronet.adapters.tables.encoding import TextColumn, encode_groups, encode_numbers, name_keys, number_keys
from coronet.core.statistics.streaming.choosing import choose
from coronet.core.statistics.streaming.harvest import Assignment, Harvest
from coronet.core.statistics.streaming.joined import FileRows, JoinedRows, Surprise, Survey
from coronet.core.statistics.streaming.packing import pack, unpack
from coronet.errors import CoronetError, InvalidInput

KEY = "joined by"
# Engines send small batches; as many rows are measured at once.
_ROWS = 1 << 16
# Columns of an answer: what went wrong, or how many rows of each file there were, and the harvest.
ANSWER = ("surprise", "problem", "hint", "rows", "harvest")


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One file of several whose rows are put together; `name` is for messages, `place` counts from 0.

    In the joined rows, the column a of the file 0 is `0_a`, and `here_0` says where the file has the row; a single
    file has no such column.
    """

    name: str
    place: int
    is_csv: bool
    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    clusters: tuple[str, ...] = ()

    @property
    def here(self) -> str:
        return f"here_{self.place}"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.texts, *self.numbers, *self.clusters)))

    def named(self, column: str) -> str:
        return f"{self.place}_{column}"


class Encoder:
    """Gives columns of one source the codes of their texts, after it was shown each value once."""

    def __init__(self, source: Source, values: Any) -> None:
        """`values` is a table with each value of each column of texts; other cells are null in the others' rows."""
        self.source, self.values = source, values
        self._texts = {name: TextColumn(name, source.name, is_csv=source.is_csv) for name in source.texts}
        for place, (name, column) in enumerate(self._texts.items()):
            mine = np.asarray(values.column("column")) == place
            column.show(values.column(source.named(name)).filter(mine).combine_chunks())
            column.settle()

    def describe(self, rows: int) -> Survey:
        return Survey(
            location=self.source.name,
            columns=frozenset((*self.source.texts, *self.source.numbers)),
            rows=rows,
            texts={name: column.texts for name, column in self._texts.items()},
            gaps=frozenset(name for name, column in self._texts.items() if column.has_gaps),
        )

    def encode(self, batch: Any) -> FileRows:
        named, names = self.source.named, batch.schema.names
        present = batch.column(self.source.here).to_numpy(zero_copy_only=False) if self.source.here in names else None
        return FileRows(
            present=None if present is None or present.all() else present,
            texts={name: column.encode(batch.column(named(name))) for name, column in self._texts.items()},
            numbers={
                name: encode_numbers(batch.column(named(name)), name=name, file=self.source.name)
                for name in self.source.numbers
            },
            groups={name: encode_groups(batch.column(named(name))) for name in self.source.clusters},
        )


def encode_joined(batch: Any, encoders: Sequence[Encoder]) -> JoinedRows:
    keys, files = batch.column(KEY), tuple(encoder.encode(batch) for encoder in encoders)
    return JoinedRows(keys=number_keys(keys), files=files, names=name_keys(keys))


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What a worker is told."""

    encoders: tuple[Encoder, ...]
    assignment: Assignment

    def to_bytes(self) -> bytes:
        values = [np.frombuffer(_write(encoder.values), dtype=np.uint8) for encoder in self.encoders]
        told = _Told(sources=tuple(encoder.source for encoder in self.encoders), assignment=self.assignment)
        return pack(told, values)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        told, values = unpack(_Told, data)
        encoders = (Encoder(source, _read(each)) for source, each in zip(told.sources, values, strict=True))
        return cls(encoders=tuple(encoders), assignment=told.assignment)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    sources: tuple[Source, ...]
    assignment: Assignment


class Gathered:
    """A harvest, and how many rows of each source it is of."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.harvest = Harvest(task.assignment)
        self.rows = [0] * len(task.encoders)

    def add(self, batch: Any) -> None:
        joined = encode_joined(batch, self._task.encoders)
        for place, file in enumerate(joined.files):
            self.rows[place] += len(joined) if file.present is None else int(np.count_nonzero(file.present))
        self.harvest.add(joined)

    def merge(self, answers: Any) -> None:
        """Of a batch or a table of answers; raises what went wrong with one of them."""
        for answer in answers.to_pylist():
            if answer["surprise"]:
                raise Surprise(answer["surprise"])
            if answer["problem"]:
                raise InvalidInput(answer["problem"], hint=answer["hint"])
            self.harvest.merge(Harvest.from_bytes(self._task.assignment, answer["harvest"]))
            self.rows = [mine + theirs for mine, theirs in zip(self.rows, answer["rows"], strict=True)]


def choose_keys(batches: Iterable[Any], rows: int) -> Iterator[Any]:
    """The keys of those rows that they choose, of `rows` rows; batches have a column of keys alone."""
    import pyarrow

    for batch in batches:
        yield batch.filter(pyarrow.array(choose(number_keys(batch.column(KEY)), rows)))


def gather(told: bytes, batches: Iterable[Any]) -> Iterator[Any]:
    """One answer to all batches of joined rows."""
    yield from _answer(told, _larger(batches), Gathered.add)


def merge(told: bytes, answers: Iterable[Any]) -> Iterator[Any]:
    """One answer that is worth as much as all these."""
    yield from _answer(told, answers, Gathered.merge)


def _answer(told: bytes, batches: Iterable[Any], take: Callable[[Gathered, Any], None]) -> Iterator[Any]:
    waiting = iter(batches)
    first = next((batch for batch in waiting if len(batch)), None)
    if first is None:
        return
    found: dict[str, Any] = dict.fromkeys(ANSWER)
    try:
        gathered = Gathered(Task.from_bytes(told))
        for batch in chain([first], waiting):
            take(gathered, batch)
        found |= {"rows": gathered.rows, "harvest": gathered.harvest.to_bytes()}
    except Surprise as surprise:
        found["surprise"] = str(surprise)
    except CoronetError as error:
        found |= {"problem": error.message, "hint": error.hint}
    yield _to_batch(found)


def _to_batch(answer: dict[str, Any]) -> Any:
    import pyarrow

    kinds = (pyarrow.string(),) * 3 + (pyarrow.list_(pyarrow.int64()), pyarrow.binary())
    schema = pyarrow.schema(list(zip(ANSWER, kinds, strict=True)))
    return pyarrow.RecordBatch.from_pylist([answer], schema=schema)


def _larger(batches: Iterable[Any]) -> Iterator[Any]:
    """The same rows in batches of some size."""
    waiting: list[Any] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= _ROWS:
            yield _together(waiting)
            waiting = []
    if waiting:
        yield _together(waiting)


def _together(batches: Sequence[Any]) -> Any:
    import pyarrow

    return batches[0] if len(batches) == 1 else pyarrow.concat_batches(batches)


def no_values() -> Any:
    """The values of a source without columns of texts."""
    import pyarrow

    return pyarrow.table({"column": pyarrow.array([], pyarrow.int32())})


def _write(table: Any) -> bytes:
    import pyarrow

    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _read(data: Any) -> Any:
    import pyarrow

    return pyarrow.ipc.open_stream(pyarrow.py_buffer(data)).read_all()
