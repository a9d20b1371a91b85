"""What workers are told, and what each brings back: both are data, and both can be sent as bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from coronet.core.statistics.streaming.joined import JoinedRows, Survey
from coronet.core.statistics.streaming.packing import pack, unpack
from coronet.core.statistics.streaming.plan import Plan
from coronet.core.statistics.streaming.sieve import Naming, Sieve, Sifted
from coronet.core.statistics.streaming.state import State


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Assignment:
    """How rows are measured: the same for every worker, wherever it is."""

    naming: Naming
    surveys: tuple[Survey, ...]
    plan: Plan

    def to_bytes(self) -> bytes:
        return pack(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises ValueError for what `to_bytes` did not write."""
        return unpack(cls, data)[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sent:
    """What a harvest knows beside arrays of numbers."""

    sifted: Sifted
    keys: tuple[str, ...]


class Harvest:
    """What was made of the rows so far: which were measured, how many were not and why, and the state.

    A commutative monoid: rows are added in any order, by any number of workers with one harvest each, and the
    harvests are merged in any order.
    """

    def __init__(self, assignment: Assignment) -> None:
        self.sieve = Sieve(assignment.naming, assignment.surveys)
        self.state = State(assignment.plan)

    def add(self, rows: JoinedRows) -> None:
        self.state.add(self.sieve.take(rows))

    def jobs(self, rows: JoinedRows) -> tuple[Callable[[], None], ...]:
        """What adds the rows, after they were sifted; see `State.jobs`."""
        return self.state.jobs(self.sieve.take(rows))

    def merge(self, other: Self) -> None:
        """Both must be of the same assignment; raises ValueError where they are not."""
        self.state.merge(other.state)
        self.sieve.merge(other.sieve)

    def to_bytes(self) -> bytes:
        return pack(_Sent(sifted=self.sieve.sifted, keys=self.state.keys), self.state.arrays())

    @classmethod
    def from_bytes(cls, assignment: Assignment, data: bytes) -> Self:
        """Raises ValueError for bytes that are not of a harvest of this assignment."""
        harvest = cls(assignment)
        sent, arrays = unpack(_Sent, data)
        harvest.sieve.sifted = sent.sifted
        harvest.state.restore(arrays, sent.keys)
        return harvest
