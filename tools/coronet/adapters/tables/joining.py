"""Batches of Parquet files, put together row by row."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from coronet.adapters.tables.batches import find_sizes, read_together, spread
from coronet.adapters.tables.chunks import find_same
from coronet.adapters.tables.encoding import (
    TextColumn,
    encode_groups,
    encode_numbers,
    name_keys,
    number_keys,
    plain_keys,
    rise,
)
from coronet.core.statistics.columns import Integers, Names
from coronet.core.statistics.streaming.choosing import SAMPLE, arrange, choose
from coronet.core.statistics.streaming.joined import FileRows, JoinedRows, Survey
from coronet.ports.streams import Wanted

# Rows of a batch: its arrays are about as large as the processor's cache. Of fewer rows they would stay in it, and
# threads would hand Python's lock to each other more often, which takes longer than is spared.
BATCH = 1 << 17
# Rows of each of the places that are looked into first.
_LOOKED = 1 << 14
# Rows of each of these places of which texts are looked at first: where they miss one, all is read once more.
_SURVEYED = 1 << 16
KEY = "joined by"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Part:
    """One Parquet file of several that are put together."""

    def __init__(self, *, path: Path, name: str, is_csv: bool, wanted: Wanted) -> None:
        self.path, self.name, self.wanted = path, name, wanted
        self._is_csv = is_csv
        self.sizes = find_sizes(path)
        self.texts: Mapping[str, TextColumn] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.wanted.texts, *self.wanted.numbers, *self.wanted.clusters)))

    def survey(self, *, everything: bool) -> None:
        """Show the columns of texts their values; of a CSV file, where one can change the others, always all."""
        names = tuple(dict.fromkeys(self.wanted.texts))
        self.texts = {name: TextColumn(name, self.name, is_csv=self._is_csv) for name in names}
        groups = None if everything or self._is_csv else spread([self.sizes])
        if names:
            for (batch,) in read_together([self.path], [names], _SURVEYED, key=None, groups=groups):
                for column, text in self.texts.items():
                    text.show(batch.column(column))
        for text in self.texts.values():
            text.settle()

    def describe(self) -> Survey:
        return Survey(
            location=self.name,
            columns=frozenset(self.columns),
            rows=sum(self.sizes),
            texts={column: text.texts for column, text in self.texts.items()},
            gaps=frozenset(column for column, text in self.texts.items() if text.has_gaps),
        )

    def encode(
        self, batch: Any, *, prefix: str = "", present: Any = None, known: Mapping[str, Any] = _NOTHING
    ) -> FileRows:
        """`known` are codes of texts that need not be looked up."""
        return FileRows(
            present=present,
            texts={
                column: known[column] if column in known else text.encode(batch.column(prefix + column))
                for column, text in self.texts.items()
            },
            numbers={
                column: encode_numbers(batch.column(prefix + column), name=column, file=self.name)
                for column in dict.fromkeys(self.wanted.numbers)
            },
            groups={column: encode_groups(batch.column(prefix + column)) for column in self.wanted.clusters},
        )


class Misaligned(Exception):
    """Files that were read side by side do not have the same keys in the same order."""


class SideBySide:
    """Files that are taken to have the same keys in the same order; without a key, one file.

    `rises` says, after all rows were read, whether each key was larger than the one before.
    """

    def __init__(self, parts: Sequence[Part], key: str | None) -> None:
        self._parts, self._key = parts, key
        self._shared: list[tuple[str, ...]] | None = None
        self.rises = True

    def can(self) -> bool:
        """Whether files have as many rows, and the same keys in some places."""
        if self._key is None or len(self._parts) == 1:
            return True
        if len({sum(part.sizes) for part in self._parts}) > 1:
            return False
        try:
            for _ in self.read(_LOOKED, some=True):
                pass
        except Misaligned:
            return False
        return True

    def read(self, size: int, *, some: bool = False) -> Iterator[JoinedRows]:
        """All rows, or some; raises `Misaligned`."""
        sources = self._find_sources()
        groups = spread([part.sizes for part in self._parts]) if some else None
        before, last = 0, None
        for read in read_together([part.path for part in self._parts], sources, size, key=self._key, groups=groups):
            batches = self._share(read)
            keys = None if self._key is None else self._require_aligned(batches, before)
            if keys is not None and not some:
                self.rises, last = self.rises and rise(keys, last), keys[-1]
            yield JoinedRows(
                names=_name_places(before) if keys is None else name_keys(keys),
                keys=np.arange(before, before + len(batches[0]), dtype=np.int64) + 1
                if keys is None
                else number_keys(keys),
                files=tuple(self._encode(batches)),
            )
            before += len(batches[0])

    def _encode(self, batches: Sequence[Any]) -> Iterator[FileRows]:
        """The first part's rows; then those of the others, where what they share is encoded as it was there."""
        first = self._parts[0].encode(batches[0])
        yield first
        for part, batch, shared in zip(self._parts[1:], batches[1:], (self._shared or ())[1:], strict=True):
            texts = {name: part.texts[name].texts for name in shared if name in part.texts}
            same = {name for name, each in texts.items() if name in first.texts and each == self._texts_of_first(name)}
            yield part.encode(batch, known={name: first.texts[name] for name in same})

    def _texts_of_first(self, name: str) -> tuple[str, ...]:
        return self._parts[0].texts[name].texts

    def sample(self) -> JoinedRows:
        """All rows where they are few, else those at the beginning of some row groups, which take no time to find."""
        few = max(sum(part.sizes) for part in self._parts) <= SAMPLE
        return put_together(list(self.read(BATCH if few else _LOOKED, some=not few)))

    def _find_sources(self) -> list[tuple[str, ...]]:
        """The columns that are read of each part: without those that the first part has, too, byte by byte."""
        wanted = [(*part.columns, *([self._key] if self._key else [])) for part in self._parts]
        if self._shared is None:
            self._shared = [
                (),
                *(
                    self._find_shared(part, wanted[0], names)
                    for part, names in zip(self._parts[1:], wanted[1:], strict=True)
                ),
            ]
        return [
            tuple(name for name in names if name not in shared)
            for shared, names in zip(self._shared, wanted, strict=True)
        ]

    def _find_shared(self, part: Part, ours: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
        shared = find_same(self._parts[0].path, part.path, [name for name in theirs if name in ours])
        # Something has to be read of every part.
        return shared if {*theirs} - {*shared} else ()

    def _share(self, batches: list[Any]) -> list[Any]:
        """The batches with the columns of the first that are theirs, too."""
        first = batches[0]
        return [
            _extend(batch, {name: first.column(name) for name in shared}) if shared else batch
            for batch, shared in zip(batches, self._shared or (), strict=True)
        ]

    def _require_aligned(self, batches: Sequence[Any], before: int) -> Any:
        """The keys, which are the same in all files."""
        name = self._key or ""
        keys = [
            plain_keys(batch.column(name), name=name, file=part.name, before=before)
            for part, batch in zip(self._parts, batches, strict=True)
        ]
        if not all(_equal(keys[0], other) for other in keys[1:]):
            raise Misaligned
        return keys[0]


class JoinedFile:
    """The rows that were joined into one file."""

    def __init__(self, path: Path, parts: Sequence[Part]) -> None:
        self._path, self._parts = path, parts

    def read(self, size: int) -> Iterator[JoinedRows]:
        for batch in self._read(size):
            yield self._encode(batch, number_keys(batch.column(KEY)))

    def sample(self) -> JoinedRows:
        """The rows that their keys choose."""
        import pyarrow

        most, found = max(sum(part.sizes) for part in self._parts), []
        for batch in self._read(BATCH):
            keys = number_keys(batch.column(KEY))
            chosen = np.flatnonzero(choose(keys, most))
            found.append(self._encode(batch.take(pyarrow.array(chosen)), keys[chosen]))
        return arrange(put_together(found))

    def _read(self, size: int) -> Iterator[Any]:
        names = [f"{place}_{column}" for place, part in enumerate(self._parts) for column in part.columns]
        here = [f"here_{place}" for place in range(len(self._parts))]
        for (batch,) in read_together([self._path], [(KEY, *here, *names)], size, key=KEY):
            yield batch

    def _encode(self, batch: Any, keys: Integers) -> JoinedRows:
        return JoinedRows(
            names=name_keys(batch.column(KEY)),
            keys=keys,
            files=tuple(
                part.encode(
                    batch,
                    prefix=f"{place}_",
                    present=batch.column(f"here_{place}").to_numpy(zero_copy_only=False),
                )
                for place, part in enumerate(self._parts)
            ),
        )


def _name_places(before: int) -> Names:
    return lambda places: [str(before + place + 1) for place in places.tolist()]


def _extend(batch: Any, columns: Mapping[str, Any]) -> Any:
    import pyarrow

    names = [*batch.schema.names, *columns]
    return pyarrow.RecordBatch.from_arrays([*batch.columns, *columns.values()], names=names)


def _equal(ours: Any, theirs: Any) -> bool:
    if ours is theirs:
        return True
    if ours.type != theirs.type:
        ours, theirs = ours.cast("string"), theirs.cast("string")
    return bool(ours.equals(theirs))


def put_together(batches: list[JoinedRows]) -> JoinedRows:
    """The rows of all of them."""
    files = [
        FileRows(
            present=_concatenate([each.files[place].present for each in batches]),
            texts={name: np.concatenate([b.files[place].texts[name] for b in batches]) for name in first.texts},
            numbers={name: np.concatenate([b.files[place].numbers[name] for b in batches]) for name in first.numbers},
            groups={name: np.concatenate([b.files[place].groups[name] for b in batches]) for name in first.groups},
        )
        for place, first in enumerate(batches[0].files)
    ]
    return JoinedRows(keys=np.concatenate([each.keys for each in batches]), files=tuple(files))


def _concatenate(arrays: list[Any]) -> Any:
    return None if arrays[0] is None else np.concatenate(arrays)
