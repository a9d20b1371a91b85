"""The state of a measurement: batches of rows are added, states of other rows merged, and numbers read from it.

Adding and merging is all there is, in any order and of any parts, so that data may be larger than memory
and lie on many machines.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Columns, Flags, Integers
from coronet.core.statistics.streaming.groups import GroupSums
from coronet.core.statistics.streaming.parts import (
    CONFUSED,
    HEAVY,
    PICTURES,
    Confusion,
    Errors,
    Part,
    Scores,
    make_parts,
)
from coronet.core.statistics.streaming.pictures.portrait import Portrait
from coronet.core.statistics.streaming.plan import Plan
from coronet.core.statistics.streaming.rows import Fault, Rows, prepare_rows
from coronet.core.statistics.streaming.tallies import Tally
from coronet.core.statistics.trivial import stand_in


class State:
    """What is known of the rows so far.

    `rows` counts them by twice their class (0 in a regression), plus 1 where they count; `faults` by model
    and fault; `parts` are what metrics are read from, by name; `groups` what their clusters are, where there are any;
    `trivial` are states of the same rows in which a trivial predictor has the champion's place, as the plan has them.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rows = Tally(plan.layout, 2 * max(len(plan.specification.classes), 1), weighted=plan.weighted)
        self.faults = Tally(plan.layout, plan.models * len(Fault), weighted=False)
        self.parts: dict[str, Part] = make_parts(plan)
        self.groups = GroupSums(plan) if plan.specification.cluster is not None else None
        self.trivial = tuple(State(each.plan) for each in plan.trivial)

    @property
    def _counts_rows(self) -> Confusion | None:
        """What counts rows by their label anyway, where each counts once: then they are not counted twice."""
        part = self.parts.get(CONFUSED)
        return part if isinstance(part, Confusion) and not self.plan.weighted else None

    def add(self, columns: Columns) -> None:
        """`columns` have the segments of the plan, with the same names, and clusters are those of `group_of`."""
        for job in self.jobs(columns):
            job()

    def jobs(self, columns: Columns) -> tuple[Callable[[], None], ...]:
        """What adds the columns, always as many calls, which may run at once: each has parts of its own.

        Those that stand at the same place have to run in the order in which they were asked for.
        """
        plan, whole = self.plan, columns
        rows = prepare_rows(columns, plan.specification.classes, plan.layout)
        occupied = self._count(rows)
        if columns.weight is not None and not columns.weight.all():
            columns = columns.pick(np.flatnonzero(columns.weight > 0))
            rows = prepare_rows(columns, plan.specification.classes, plan.layout)
        rows = replace(rows, occupied=occupied)
        heavy = [part for name, part in self.parts.items() if name in HEAVY]
        light = [part for name, part in self.parts.items() if name not in HEAVY and part is not self._counts_rows]
        others: list[Callable[[], None]] = []
        if self.groups and columns.cluster is not None:
            others.append(partial(_add_groups, self.groups, rows, columns.cluster))
        if self.trivial:
            others.append(partial(self._add_trivial, whole))
        return partial(_add, light, rows), partial(_add, heavy, rows), *others

    def _add_trivial(self, columns: Columns) -> None:
        for each, state in zip(self.plan.trivial, self.trivial, strict=True):
            state.add(stand_in(columns, self.plan.constants, each.kind))

    def rest(self) -> list[Callable[[], None]]:
        """What is left to do after the last rows, as calls that may run at once. Who reads the state does it, too."""
        heavy = [part for part in self.parts.values() if isinstance(part, Scores | Errors)]
        calls = [call for part in heavy for call in part.distribution.rest()]
        return [*calls, *(call for state in self.trivial for call in state.rest())]

    def merge(self, other: Self) -> None:
        """Both states must be of the same plan; raises ValueError where they are not."""
        if other.plan is not self.plan:
            raise ValueError("states of different plans have no sum")
        self.rows.merge(other.rows)
        self.faults.merge(other.faults)
        for name, part in self.parts.items():
            part.merge(other.parts[name])
        if self.groups and other.groups:
            self.groups.merge(other.groups)
        for mine, theirs in zip(self.trivial, other.trivial, strict=True):
            mine.merge(theirs)

    def arrays(self) -> list[NDArray[Any]]:
        """All that is known but `keys`: of one plan always as many arrays, of the same shapes and types."""
        groups = [self.groups] if self.groups else []
        known: list[Tally | Part | GroupSums | State] = [self.rows, self.faults, *self.parts.values()]
        return [each for part in (*known, *groups, *self.trivial) for each in part.arrays()]

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of the rows that are shown."""
        portrait = self.parts.get(PICTURES)
        return portrait.keys if isinstance(portrait, Portrait) else ()

    def restore(self, arrays: Sequence[NDArray[Any]], keys: tuple[str, ...] = ()) -> None:
        """Know what another state of this plan knew; raises ValueError where these are not its arrays and keys."""
        mine = self.arrays()
        if [(each.shape, each.dtype) for each in mine] != [(each.shape, each.dtype) for each in arrays]:
            raise ValueError("these arrays are not of a state of this plan")
        for each, known in zip(mine, arrays, strict=True):
            each[...] = known
        portrait = self.parts.get(PICTURES)
        if isinstance(portrait, Portrait):
            portrait.restore_keys(keys)

    def _count(self, rows: Rows) -> tuple[Flags, ...]:
        """Which codes of each pack the rows have."""
        if self._counts_rows:
            added: Sequence[Integers] = self._counts_rows.count(rows)
            self.rows.add_counts(added, slice(1, None, 2))
        else:
            counts = 1 if rows.weight is None else (rows.weight > 0).astype(np.int64)
            classes = self.plan.specification.classes
            kinds = 2 * rows.label.astype(np.int64) if classes else np.zeros(len(rows), np.int64)
            added = self.rows.add(rows.packed, kinds + counts, rows.weight)
        for model, side in enumerate(rows.sides):
            for fault, flags in side.faults.items():
                if flags.any():
                    chosen = np.flatnonzero(flags)
                    kind = np.full(len(chosen), model * len(Fault) + fault)
                    self.faults.add([codes[chosen] for codes in rows.packed], kind, None)
        return tuple(np.asarray(by_code.any(axis=0)) for by_code in added)


def _add_groups(groups: GroupSums, rows: Rows, clusters: Integers) -> None:
    with np.errstate(all="ignore"):
        groups.add(rows, clusters)


def _add(parts: Iterable[Part], rows: Rows) -> None:
    with np.errstate(all="ignore"):
        for part in parts:
            part.add(rows)
