"""The calibration error of streamed sums: its draws, and the intervals that they make."""

from dataclasses import dataclass

import numpy as np

from coronet.core.statistics.clusters import ROW
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.intervals import Interval, one_row_each_way, wald
from coronet.core.statistics.kinks import NOTHING, describe_calibrations, invert, spread_of
from coronet.core.statistics.numbers import BINS
from coronet.core.statistics.sample import Undefined
from coronet.core.statistics.streaming.calibration import Excess
from coronet.core.statistics.streaming.standing import Standing

# What is left of the spread of a difference between two models that say the same, as a share of one model's.
_OF_ONE = 1e-4


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    draws: int
    seed: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Swayed:
    """A calibration error, the bins' `sums` that it is the size of, (bins,), and how far off they are in each draw,
    `drawn`, (draws, bins). `rows` are rows, or clusters, by their `unit`.
    """

    value: float
    sums: Floats
    drawn: Floats
    rows: int
    unit: str = ROW


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamedCalibrations:
    """The intervals of `kinks.Calibrations`, from sums that were streamed."""

    scarcest: int
    confidence: float
    draws: int

    def own(self, measured: Swayed) -> Interval:
        self._require_enough(measured)
        if np.ptp(measured.drawn) < NOTHING:
            return one_row_each_way(measured.value, self.scarcest, 1.0, confidence=self.confidence)
        return invert(measured.value, measured.sums, measured.drawn, confidence=self.confidence)

    def difference(self, candidate: Swayed, champion: Swayed) -> Interval:
        self._require_enough(candidate)
        difference = candidate.value - champion.value
        error = spread_of((candidate.sums, candidate.drawn), (champion.sums, champion.drawn))
        if error <= _OF_ONE * float(candidate.drawn.std()):
            return one_row_each_way(difference, self.scarcest, 1.0, confidence=self.confidence)
        return wald(difference, error, confidence=self.confidence)

    def method(self, *, paired: bool) -> str:
        return describe_calibrations(self.draws, paired=paired)

    @staticmethod
    def _require_enough(measured: Swayed) -> None:
        if measured.rows < 2:
            raise Undefined(f"one {measured.unit} gives no interval")


def measure_excess(excess: Excess, model: int, standing: Standing, draws: Draws) -> Swayed:
    """The calibration error of one model. A bin's sum is of many rows, and so its draws are normal."""
    size = len(excess.sums)
    spread = excess.errors - np.outer(excess.sums, excess.sums) / standing.effective
    # Bins without rows have no spread, and two models that say the same have it twice: hold both apart from 0.
    spread[np.diag_indices(size)] += 1e-12 * max(float(np.trace(excess.errors)), 1e-300)
    random = np.random.Generator(np.random.Philox(draws.seed))
    drawn = random.standard_normal((draws.draws, size)) @ _find_root(spread).T / standing.weight
    mine = slice(model * BINS, (model + 1) * BINS)
    sums = excess.sums[mine] / standing.weight
    return Swayed(value=float(np.abs(sums).sum()), sums=sums, drawn=drawn[:, mine], rows=standing.rows)


def _find_root(spread: Floats) -> Floats:
    """R with R Rᵀ = `spread`; where unlike weights leave it with directions of less than no spread, they have none."""
    try:
        return np.asarray(np.linalg.cholesky(spread))
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(spread)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
