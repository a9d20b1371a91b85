"""The calibration error: a metric with kinks in sums of bins."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from coronet.core.statistics.binned import Bins, counting, draw_sums
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.intervals import Interval, one_row_each_way, wald
from coronet.core.statistics.numbers import BINS, find_excess
from coronet.core.statistics.sample import Sample, require_finite, require_weight

# Below this, a spread is what rounding leaves of nothing.
NOTHING = 1e-12
# Standard errors from 0 within which a bin may lie on either side.
_NEAR = 1.5
_HALVINGS = 20
_FARTHEST = 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class Kinked:
    """What is drawn in sums of bins. `scarcest` is how many rows the smallest class has."""

    scarcest: int
    confidence: float
    draws: int
    seed: int

    def _draw(self, *models: Bins) -> list[Floats]:
        for each in models:
            each.require_enough()
        return draw_sums(models, draws=self.draws, seed=self.seed, confidence=self.confidence)

    def _without_spread(self, value: float, measured: Bins) -> Interval:
        clusters = measured.clusters
        rows = self.scarcest if clusters is None else min(self.scarcest, len(clusters))
        return one_row_each_way(value, rows, 1.0, confidence=self.confidence)


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibrations(Kinked):
    """The calibration error: how far the bins' sums are from 0, which noise alone takes them to.

    One model's interval holds what calibration errors, with the bins in the proportions found, would give the value
    found, neither too seldom above nor below: Carpenter, Journal of the Royal Statistical Society B 61 (1999),
    https://doi.org/10.1111/1467-9868.00169. Of a difference, the error is that of the sums' sizes, where a sum near
    0 may lie on either side: Fang and Santos, Review of Economic Studies 86 (2019),
    https://doi.org/10.1093/restud/rdy049.
    """

    def measure(self, sample: Sample) -> Bins:
        require_weight(sample)
        require_finite(sample)
        rows, clusters = counting(sample)
        codes, numbers = find_excess(sample)
        found = Bins(
            value=0.0,
            bins=BINS,
            codes=codes[rows],
            numbers=numbers[rows],
            share=sample.weight[rows] / sample.weight.sum(),
            sides=np.zeros(len(rows), dtype=np.int64),
            clusters=clusters,
        )
        return replace(found, value=float(np.abs(found.sums).sum()))

    def own(self, measured: Bins) -> Interval:
        (drawn,) = self._draw(measured)
        if np.ptp(drawn) < NOTHING:
            return self._without_spread(measured.value, measured)
        return invert(measured.value, measured.sums, drawn, confidence=self.confidence)

    def difference(self, candidate: Bins, champion: Bins) -> Interval:
        difference = candidate.value - champion.value
        ours, theirs = self._draw(candidate, champion)
        if candidate.is_same(champion):
            return self._without_spread(difference, candidate)
        return wald(difference, spread_of((candidate.sums, ours), (champion.sums, theirs)), confidence=self.confidence)

    def method(self, *, paired: bool) -> str:
        return describe_calibrations(self.draws, paired=paired)


def describe_calibrations(draws: int, *, paired: bool) -> str:
    own = f"inverted bootstrap of bins, {draws} draws"
    return f"paired bootstrap of bins, standard error of {draws} draws; own: inverted" if paired else own


def invert(value: float, sums: Floats, drawn: Floats, *, confidence: float) -> Interval:
    """Of the sum of the sizes of `sums`, (bins,), which are off by as much as `drawn` says, (draws, bins)."""
    tail = (1 - confidence) / 2

    def below(times: float) -> float:
        """How often `times` the errors found give at most the value found."""
        return float((np.abs(times * sums + drawn).sum(axis=1) <= value).mean())

    return value * _cross(below, 1 - tail), value * _cross(below, tail)


def spread_of(ours: tuple[Floats, Floats], theirs: tuple[Floats, Floats]) -> float:
    """The standard error of a difference of two such sums of sizes, each by its sums and how far off they are."""
    return float((_moved(*ours) - _moved(*theirs)).std())


def _moved(sums: Floats, drawn: Floats) -> Floats:
    """By how much each draw moves the sum of the sums' sizes, as far as their signs are known."""
    known = np.abs(sums) > _NEAR * drawn.std(axis=0)
    return np.asarray(np.where(known, np.sign(sums) * drawn, np.abs(drawn)).sum(axis=1))


def _cross(falling: Callable[[float], float], level: float) -> float:
    """Where a function of times from 0 on falls below `level`; 0 where it begins there."""
    low, high = 0.0, 2.0
    if falling(low) <= level:
        return low
    while falling(high) > level and high < _FARTHEST:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > level else (low, middle)
    return high
