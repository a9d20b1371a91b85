"""Rows of several data frames, joined by key and measured by Spark's workers."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from coronet.adapters.tables.spark_engine.frames import (
    choose_rows,
    count_rows,
    find_values,
    join_frames,
    one_batch,
    require_distinct,
)
from coronet.adapters.tables.worker import ANSWER, Encoder, Gathered, Source, Task, encode_joined, gather, merge
from coronet.core.statistics.streaming.choosing import arrange
from coronet.core.statistics.streaming.harvest import Assignment, Harvest
from coronet.core.statistics.streaming.joined import JoinedRows, Survey

# As many workers merge what all have found, before the driver does.
_MERGERS = 8
_KINDS = ("string", "string", "string", "array<bigint>", "binary")
_ANSWER = ", ".join(f"`{name}` {kind}" for name, kind in zip(ANSWER, _KINDS, strict=True))


class SparkJoin:
    """The port `Joined`."""

    def __init__(self, sources: Sequence[Source], frames: Sequence[Any], key: str, *, few: bool) -> None:
        self._sources, self._frames, self._key, self._few = sources, frames, key, few
        self.look_closer()
        for source, frame in zip(sources, frames, strict=True):
            require_distinct(source, frame)
        self._joined = join_frames(sources, frames)

    @property
    def surveys(self) -> tuple[Survey, ...]:
        return tuple(encoder.describe(rows) for encoder, rows in zip(self._encoders, self._rows, strict=True))

    def look_closer(self) -> None:
        pairs = list(zip(self._sources, self._frames, strict=True))
        self._rows = [count_rows(source, frame, self._key) for source, frame in pairs]
        self._encoders = tuple(Encoder(source, find_values(source, frame)) for source, frame in pairs)

    def sample(self) -> JoinedRows:
        """The rows that their keys choose: the same in every file."""
        rows = join_frames(self._sources, [choose_rows(frame, max(self._rows)) for frame in self._frames]).toArrow()
        return arrange(encode_joined(one_batch(rows), self._encoders))

    def fold(self, assignment: Assignment) -> Harvest:
        task = Task(encoders=self._encoders, assignment=assignment)
        told = task.to_bytes()
        answers = self._joined.mapInArrow(partial(gather, told), _ANSWER)
        if not self._few:
            answers = answers.repartition(_MERGERS).mapInArrow(partial(merge, told), _ANSWER)
        gathered = Gathered(task)
        for batch in answers.toArrow().to_batches():
            gathered.merge(batch)
        return gathered.harvest
