"""The same measurement of rows that are not in memory at once: `make_plan`, a `State` of it, `finish`."""

from coronet.core.statistics.streaming.finishing import TOLERATED, Finished, finish
from coronet.core.statistics.streaming.foresight import foresee
from coronet.core.statistics.streaming.plan import Plan, find_unstreamed, make_plan
from coronet.core.statistics.streaming.state import State

__all__ = ["TOLERATED", "Finished", "Plan", "State", "find_unstreamed", "finish", "foresee", "make_plan"]
