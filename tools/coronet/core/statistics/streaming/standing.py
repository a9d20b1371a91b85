"""What is known of a scope's rows before any metric: how many there are, what they weigh, what is wrong with them."""

from dataclasses import dataclass
from math import nan

from coronet.core.catalogue import Input, Metric
from coronet.core.statistics.columns import Integers
from coronet.core.statistics.sample import Undefined
from coronet.core.statistics.streaming.features import RELATIVE
from coronet.core.statistics.streaming.rows import Fault
from coronet.core.statistics.streaming.state import State
from coronet.core.statistics.streaming.tallies import Counted


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Standing:
    """`counted` are the rows with a weight, `by_class` all rows of each class, (classes,).

    `effective` is how many equally weighted rows tell as much, as in `families.effective_rows`. `faults` is
    (models × faults,).
    """

    rows: int
    counted: int
    weight: float
    squares: float
    by_class: Integers
    faults: Integers

    @property
    def effective(self) -> float:
        """NaN where the squares of the weights are too small for numbers."""
        return self.weight * self.weight / self.squares if self.squares > 0 else nan

    @property
    def scarcest(self) -> int:
        """The rows of the smallest class that has any."""
        return int(self.by_class[self.by_class > 0].min(initial=self.rows))

    def require(self, metric: Metric, model: int, absent: str) -> None:
        """Raises `Undefined` where the model's rows do not give the metric, in the words of the exact way."""
        broken, outside, off, zero = self.faults.reshape(-1, len(Fault))[model].tolist()
        if not self.rows:
            raise Undefined("there are no rows")
        if not self.weight > 0:
            raise Undefined("every row has the weight 0")
        if broken:
            raise Undefined(f"{broken} of {self.rows} predictions are missing or not finite")
        if absent:
            raise Undefined(f"there are no {absent}")
        if metric.input is Input.PROBABILITIES:
            _require_probabilities(outside, off)
        if metric.name in RELATIVE and zero:
            raise Undefined(f"{zero} labels are 0, of which an error has no share")


def _require_probabilities(outside: int, off: int) -> None:
    if outside:
        raise Undefined(f"{outside} scores are not probabilities: they lie outside 0 to 1")
    if off:
        raise Undefined(f"the probabilities of {off} rows do not sum to 1")


def find_standings(state: State, column: str | None) -> list[Standing]:
    """Of each segment of the column."""
    pairs = zip(state.rows.of(column), state.faults.of(column), strict=True)
    return [_standing(rows, faults) for rows, faults in pairs]


def _standing(rows: Counted, faults: Counted) -> Standing:
    by_class = rows.rows.reshape(-1, 2)
    return Standing(
        rows=int(rows.rows.sum()),
        counted=int(by_class[:, 1].sum()),
        weight=float(rows.weight.sum()),
        squares=float(rows.squares.sum()),
        by_class=by_class.sum(axis=1),
        faults=faults.rows,
    )
