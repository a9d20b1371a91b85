"""Rows of several files put side by side, a batch at a time: what streams in before anything is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coronet.core.statistics.columns import Flags, Floats, Integers, Names


class Surprise(Exception):
    """The files are not what a look at some of their rows told; all of it must be done again, looking closer."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class FileRows:
    """One file's part of n rows that are put together by their keys.

    `present` says which rows the file has, None where it has all. `texts` are codes of the texts that the
    survey of the file found, -1 where one is missing; `numbers` are NaN where one is. `groups` are those of
    `lots.group_of` for texts that name clusters, -1 where one is missing.
    """

    present: Flags | None = None
    texts: Mapping[str, Integers] = field(default_factory=dict)
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    groups: Mapping[str, Integers] = field(default_factory=dict)

    def take(self, index: Integers) -> "FileRows":
        return FileRows(
            present=None if self.present is None else self.present[index],
            texts={name: codes[index] for name, codes in self.texts.items()},
            numbers={name: numbers[index] for name, numbers in self.numbers.items()},
            groups={name: groups[index] for name, groups in self.groups.items()},
        )


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class JoinedRows:
    """n rows of every file; `keys` are numbers that stand for the rows' keys, (n,), and `names` gives their texts."""

    keys: Integers
    files: tuple[FileRows, ...]
    names: Names | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, index: Integers) -> "JoinedRows":
        """The rows at `index`, without names."""
        return JoinedRows(keys=self.keys[index], files=tuple(file.take(index) for file in self.files))


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """What one file has: its columns, its rows, and the texts of each column of texts, in the order of their codes.

    `gaps` are the columns of texts that are missing in some row.
    """

    location: str
    columns: frozenset[str]
    rows: int
    texts: Mapping[str, tuple[str, ...]]
    gaps: frozenset[str] = frozenset()
