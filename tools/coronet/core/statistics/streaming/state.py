"""The state of a measurement: batches of rows are added, states of other rows merged, and numbers read from it.

Adding and merging is all there is, in any order and of any parts, so that data may be larger than memory
and lie on many machines.
"""

from typing import Self

import numpy as np

from coronet.core.statistics.columns import Columns
from coronet.core.statistics.streaming.parts import Part, make_parts
from coronet.core.statistics.streaming.plan import Plan
from coronet.core.statistics.streaming.rows import Fault, Rows, prepare_rows
from coronet.core.statistics.streaming.tallies import Tally
from coronet.core.statistics.trivial import stand_in


class State:
    """What is known of the rows so far.

    `rows` counts them by twice their class (0 in a regression), plus 1 where they count; `faults` by model
    and fault; `parts` are what metrics are read from, by name; `trivial` are states of the same rows in which a
    trivial predictor has the champion's place, as the plan has them.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rows = Tally(plan.layout, 2 * max(len(plan.specification.classes), 1), weighted=plan.weighted)
        self.faults = Tally(plan.layout, plan.models * len(Fault), weighted=False)
        self.parts: dict[str, Part] = make_parts(plan)
        self.trivial = tuple(State(each.plan) for each in plan.trivial)

    def add(self, columns: Columns) -> None:
        """`columns` have the segments of the plan, with the same names."""
        plan = self.plan
        rows = prepare_rows(columns, plan.specification.classes, plan.layout)
        self._count(rows)
        if columns.weight is not None and not columns.weight.all():
            rows = prepare_rows(
                columns.pick(np.flatnonzero(columns.weight > 0)), plan.specification.classes, plan.layout
            )
        with np.errstate(all="ignore"):
            for part in self.parts.values():
                part.add(rows)
        for each, state in zip(plan.trivial, self.trivial, strict=True):
            state.add(stand_in(columns, plan.constants, each.kind))

    def merge(self, other: Self) -> None:
        """Both states must be of the same plan; raises ValueError where they are not."""
        if other.plan is not self.plan:
            raise ValueError("states of different plans have no sum")
        self.rows.merge(other.rows)
        self.faults.merge(other.faults)
        for name, part in self.parts.items():
            part.merge(other.parts[name])
        for mine, theirs in zip(self.trivial, other.trivial, strict=True):
            mine.merge(theirs)

    def _count(self, rows: Rows) -> None:
        counts = 1 if rows.weight is None else (rows.weight > 0).astype(np.int64)
        kinds = 2 * rows.label.astype(np.int64) if self.plan.specification.classes else np.zeros(len(rows), np.int64)
        self.rows.add(rows.packed, kinds + counts, rows.weight)
        for model, side in enumerate(rows.sides):
            for fault, flags in side.faults.items():
                if flags.any():
                    chosen = np.flatnonzero(flags)
                    kind = np.full(len(chosen), model * len(Fault) + fault)
                    self.faults.add([codes[chosen] for codes in rows.packed], kind, None)
