"""The calibration error: how far probabilities and frequencies lie apart in bins, which noise alone takes apart."""

from dataclasses import dataclass, replace

import numpy as np

from coronet.core.quantile import normal_quantile, student_quantile
from coronet.core.statistics.binned import Bins, counting, covariance
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.families import NOTHING
from coronet.core.statistics.hybrid import find_difference
from coronet.core.statistics.intervals import Interval, one_row_each_way
from coronet.core.statistics.numbers import BINS, find_excess
from coronet.core.statistics.paths import find_size
from coronet.core.statistics.sample import Sample, require_finite, require_weight


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibrations:
    """`scarcest` is how many rows the smallest class has.

    The sums of the bins are nearly normal, with a covariance that is known in closed form, also of both models. What
    else there is to know is in `sizes`, `paths` for one model's interval, and `hybrid` for that of a difference.
    """

    scarcest: int
    confidence: float

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
            clusters=clusters,
        )
        return replace(found, value=float(np.abs(found.sums).sum()))

    def own(self, measured: Bins) -> Interval:
        spread = self._spread(measured)
        if is_nothing(spread):
            return self._without_spread(measured.value, measured)
        return find_size(measured.sums, spread, confidence=self.confidence)

    def difference(self, candidate: Bins, champion: Bins) -> Interval:
        spread = self._spread(candidate, champion)
        if candidate.is_same(champion) or is_nothing(spread):
            return self._without_spread(candidate.value - champion.value, candidate)
        return find_difference(candidate.sums, champion.sums, spread, confidence=self.confidence)

    def method(self, *, paired: bool) -> str:
        return describe_calibrations(paired=paired)

    def _spread(self, *models: Bins) -> Floats:
        for each in models:
            each.require_enough()
        return covariance(models) * widen(models[0].effective - 1, self.confidence)

    def _without_spread(self, value: float, measured: Bins) -> Interval:
        clusters = measured.clusters
        rows = self.scarcest if clusters is None else min(self.scarcest, len(clusters))
        return one_row_each_way(value, rows, 1.0, confidence=self.confidence)


def describe_calibrations(*, paired: bool) -> str:
    own = "noise-corrected bins, inverted"
    return "paired noise-corrected bins, hybrid resampling; own: inverted" if paired else own


def widen(freedom: float, confidence: float) -> float:
    """By how much a variance of so much freedom is larger, where normal quantiles stand for Student's."""
    return (student_quantile(confidence, max(freedom, 1.0)) / normal_quantile(confidence)) ** 2


def is_nothing(spread: Floats) -> bool:
    return float(np.trace(spread)) < NOTHING**2
