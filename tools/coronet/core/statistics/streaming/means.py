"""Means and smooth functions of means, read from moments."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from coronet.core.statistics.columns import Floats
from coronet.core.statistics.intervals import Interval, one_row_each_way, student
from coronet.core.statistics.linear import Linear
from coronet.core.statistics.sample import Undefined
from coronet.core.statistics.streaming.moments import Moment
from coronet.core.statistics.streaming.standing import Standing

NOWHERE = np.empty(0)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SmoothLinear(Linear):
    """A linearization whose influence is given by the derivatives by a moment's means, (k,)."""

    moment: Moment

    def error(self, influence: Floats) -> float:
        if self.counted < 2:
            raise Undefined("one row gives no interval")
        return sqrt(self.moment.variance(influence) * self.counted / (self.counted - 1))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Mean:
    """The mean of one model's numbers; `same` says whether they, and both models' differences, are all alike."""

    value: float
    linear: Linear
    same: tuple[bool, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """The intervals of `families.Means`."""

    span: float | None
    confidence: float

    def own(self, measured: Mean) -> Interval:
        return self._interval(measured.value, measured.linear, measured.linear.influence, same=measured.same[0])

    def difference(self, candidate: Mean, champion: Mean) -> Interval:
        influence = candidate.linear.influence - champion.linear.influence
        return self._interval(candidate.value - champion.value, candidate.linear, influence, same=candidate.same[1])

    def _interval(self, value: float, linear: Linear, influence: Floats, *, same: bool) -> Interval:
        error = linear.error(influence)
        if not same:
            return student(value, error, linear.rows - 1, confidence=self.confidence)
        if self.span is None:
            return value, value
        return one_row_each_way(value, linear.rows, self.span, confidence=self.confidence)


def measure_mean(moment: Moment, model: int, standing: Standing, same: tuple[bool, ...]) -> Mean:
    """The moment is of the candidate's numbers, and of how far they are above the champion's."""
    of = np.array([1.0, -1.0])[: len(moment.mean)] if model else np.eye(1, len(moment.mean))[0]
    linear = _linear(float(of @ moment.mean), of / standing.weight, moment, standing)
    return Mean(value=linear.value, linear=linear, same=same)


def measure_rmse(moment: Moment, model: int, standing: Standing, *, same: bool) -> SmoothLinear:
    """The root of the mean; its derivative by the mean is 1 ÷ (2 × root).

    `same` says that all of the candidate's numbers are alike: then no row moves it, as far as rounding tells.
    """
    value, by = sqrt(max(float(moment.mean[model]), 0.0)), np.zeros(len(moment.mean))
    if value > 0 and not (same and model == 0):
        by[model] = 1 / (2 * value * standing.weight)
    return _linear(value, by, moment, standing)


def measure_r2(moment: Moment, model: int, standing: Standing, *, same: bool) -> SmoothLinear:
    """1 − errors ÷ spread; the last two means are of the label and of its square, about a centre."""
    if same:
        raise Undefined("every label is the same" if standing.counted > 1 else "one row has no variance")
    label, square = moment.mean[-2:].tolist()
    errors, spread = float(moment.mean[model]), square - label**2
    by = np.zeros(len(moment.mean))
    by[model] = -1 / (spread * standing.weight)
    by[-2:] = np.array([-2 * label, 1.0]) * errors / (spread**2 * standing.weight)
    return _linear(1 - errors / spread, by, moment, standing)


def _linear(value: float, by: Floats, moment: Moment, standing: Standing) -> SmoothLinear:
    return SmoothLinear(
        value=value,
        influence=by,
        squares=NOWHERE,
        rests_on=standing.effective,
        rows=standing.effective,
        counted=standing.counted,
        moment=moment,
    )
