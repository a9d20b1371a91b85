"""How fine levels must be, told by a few of the rows before the rest is read.

What a histogram is off by is the same share of the error whatever the rows, as long as its levels are as many for each
√row: so the few tell of all. It depends on how much the models have in common.
"""

from dataclasses import replace
from math import log2

from coronet.core.statistics.columns import Columns, Specification
from coronet.core.statistics.streaming.choosing import SAMPLE
from coronet.core.statistics.streaming.finishing import TOLERATED, finish
from coronet.core.statistics.streaming.plan import FINENESS, make_plan
from coronet.core.statistics.streaming.state import State

# Fewer rows tell nothing.
FEWEST = 2_000
# Bits that are kept for what the few tell wrongly.
SURPLUS = 0.05
# Bits more for few rows: levels cost next to nothing there, and to read the rows again costs as much as all else.
SPARE = 1.0


def foresee(sample: Columns, specification: Specification, *, rows: int) -> float:
    """How many bits more than usual the levels of every column need, of so many rows in all."""
    return _measure(sample, specification) + (SPARE if rows <= SAMPLE else 0.0)


def _measure(sample: Columns, specification: Specification) -> float:
    metrics = tuple(name for name in specification.metrics if name in FINENESS)
    if not metrics or len(sample) < FEWEST:
        return 0.0
    alone = replace(specification, metrics=metrics, segments=(), pictures=None, cluster=None)
    plan = make_plan(sample, alone, rows=len(sample))
    state = State(plan)
    state.add(sample)
    share = finish(state).shares[None]
    # Levels are a power of 2, and so up to twice as many as are asked for.
    asked = log2(len(sample)) / 2 + max(FINENESS[name] for name in metrics)
    return max(log2(share / TOLERATED) + plan.bits[None] - asked + SURPLUS, 0.0) if share > 0 else 0.0
