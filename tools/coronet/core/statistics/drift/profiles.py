"""What is known of a column after all its rows were seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coronet.core.drift import ColumnKind
from coronet.core.statistics.columns import Integers
from coronet.core.statistics.drift.grid import Grid
from coronet.core.statistics.drift.steps import Steps


@dataclass(frozen=True, kw_only=True, slots=True)
class Moments:
    """Of finite numbers; None where there are none, and where a number would be beyond all numbers."""

    mean: float | None = None
    deviation: float | None = None
    least: float | None = None
    greatest: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class NumberProfile:
    """A column of numbers. Of `rows`, some are `missing`, `infinite`, or `strange`: texts that are no numbers.

    Numbers counted on a `grid` can be compared with others counted on it; without one, every value is known.
    """

    rows: int
    missing: int
    steps: Steps
    infinite: int = 0
    strange: int = 0
    moments: Moments = Moments()
    grid: Grid | None = None

    @property
    def kind(self) -> ColumnKind:
        return ColumnKind.NUMBER

    @property
    def present(self) -> int:
        return self.rows - self.missing


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CategoryProfile:
    """A column of texts: the rows of each, and of all others by their hash where there were too many (`pooled`)."""

    rows: int
    missing: int
    counts: Mapping[str, int] = field(default_factory=dict)
    pooled: Integers | None = None

    @property
    def kind(self) -> ColumnKind:
        return ColumnKind.CATEGORY

    @property
    def present(self) -> int:
        return self.rows - self.missing


Profile = NumberProfile | CategoryProfile
