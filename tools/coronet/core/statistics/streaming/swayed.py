"""The calibration error of sums that were streamed: its intervals are those of `calibrations`."""

from dataclasses import dataclass

import numpy as np

from coronet.core.statistics.calibrations import describe_calibrations, is_nothing, widen
from coronet.core.statistics.clusters import ROW
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.hybrid import find_difference
from coronet.core.statistics.intervals import Interval, one_row_each_way
from coronet.core.statistics.numbers import BINS
from coronet.core.statistics.paths import find_size
from coronet.core.statistics.sample import Undefined
from coronet.core.statistics.streaming.calibration import Excess
from coronet.core.statistics.streaming.standing import Standing

# What rounding leaves of the variance of a difference between two models that say the same, as a share of one model's.
_OF_ONE = 1e-8


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Swayed:
    """A calibration error, the bins' `sums` that it is the size of, (bins,), and the covariances of the sums of all
    models, one after the other, of which this is `model`. `rows` are rows, or clusters, by their `unit`.
    """

    value: float
    sums: Floats
    spread: Floats
    model: int
    rows: int
    unit: str = ROW

    @property
    def own(self) -> Floats:
        """The covariances of its own sums, (bins, bins)."""
        mine = slice(self.model * len(self.sums), (self.model + 1) * len(self.sums))
        return self.spread[mine, mine]


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamedCalibrations:
    """Candidates are model 0, champions model 1."""

    scarcest: int
    confidence: float

    def own(self, measured: Swayed) -> Interval:
        self._require_enough(measured)
        if is_nothing(measured.own):
            return one_row_each_way(measured.value, self.scarcest, 1.0, confidence=self.confidence)
        return find_size(measured.sums, measured.own, confidence=self.confidence)

    def difference(self, candidate: Swayed, champion: Swayed) -> Interval:
        self._require_enough(candidate)
        size, spread = len(candidate.sums), candidate.spread
        apart = float(np.trace(candidate.own + champion.own - 2 * spread[:size, size:]))
        if is_nothing(spread) or apart <= _OF_ONE * float(np.trace(candidate.own)):
            difference = candidate.value - champion.value
            return one_row_each_way(difference, self.scarcest, 1.0, confidence=self.confidence)
        return find_difference(candidate.sums, champion.sums, spread, confidence=self.confidence)

    def method(self, *, paired: bool) -> str:
        return describe_calibrations(paired=paired)

    @staticmethod
    def _require_enough(measured: Swayed) -> None:
        if measured.rows < 2:
            raise Undefined(f"one {measured.unit} gives no interval")


def measure_excess(excess: Excess, model: int, standing: Standing, confidence: float) -> Swayed:
    """The calibration error of one model, of rows that are independent."""
    spread = excess.errors - np.outer(excess.sums, excess.sums) / standing.effective
    spread *= standing.counted / max(standing.counted - 1, 1) * widen(standing.effective - 1, confidence)
    return sway(excess.sums, spread, model, standing)


def sway(sums: Floats, spread: Floats, model: int, standing: Standing) -> Swayed:
    """Of the sums of all models, and their covariances, before they are divided by the weight of all rows."""
    mine = sums[model * BINS : (model + 1) * BINS] / standing.weight
    return Swayed(
        value=float(np.abs(mine).sum()),
        sums=mine,
        spread=_settle(spread) / standing.weight**2,
        model=model,
        rows=standing.rows,
    )


def _settle(spread: Floats) -> Floats:
    """Unlike weights leave directions of less than no spread: they have none."""
    values, vectors = np.linalg.eigh(spread)
    return spread if values[0] >= 0 else np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)
