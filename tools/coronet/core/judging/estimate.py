"""A number with its confidence interval, and where it lies against a bar."""

from dataclasses import dataclass
from math import isfinite, sqrt

from coronet.core.decision import Result

# What is left of a difference of two decimal numbers after rounding: 0.92 − 0.90 is not quite 0.02.
ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """`value` with its confidence interval from `lower` to `upper`; a bare point has both equal to it."""

    value: float
    lower: float
    upper: float

    @property
    def is_finite(self) -> bool:
        return isfinite(self.value) and isfinite(self.lower) and isfinite(self.upper)

    def scaled(self, factor: float) -> "Estimate":
        """In other units; a negative factor turns the interval around."""
        ends = sorted((self.lower * factor, self.upper * factor))
        return Estimate(value=self.value * factor, lower=ends[0], upper=ends[1])

    def at_point(self) -> "Estimate":
        return Estimate(value=self.value, lower=self.value, upper=self.value)

    def stretched(self, factor: float) -> "Estimate":
        """The interval at another confidence, when `factor` is the ratio of the normal quantiles."""
        return Estimate(
            value=self.value,
            lower=self.value - (self.value - self.lower) * factor,
            upper=self.value + (self.upper - self.value) * factor,
        )


def at_least(estimate: Estimate, bar: float) -> Result:
    """pass where the whole interval reaches `bar`, fail where all of it stays below, else inconclusive."""
    if estimate.lower >= bar - ROUNDING:
        return Result.PASS
    return Result.FAIL if estimate.upper < bar - ROUNDING else Result.INCONCLUSIVE


def better_by(improvement: Estimate, margin: float) -> Result:
    """Strictly better, and by at least `margin`: pass or fail where the whole interval says so."""
    if improvement.lower > ROUNDING and at_least(improvement, margin) is Result.PASS:
        return Result.PASS
    worse = improvement.upper <= ROUNDING or at_least(improvement, margin) is Result.FAIL
    return Result.FAIL if worse else Result.INCONCLUSIVE


def spread(high: Estimate, low: Estimate) -> Estimate:
    """high − low for independent estimates.

    The interval is MOVER's, made of the two intervals: Zou and Donner, Statistics in Medicine 27 (2008),
    https://doi.org/10.1002/sim.3095.
    """
    value = high.value - low.value
    return Estimate(
        value=value,
        lower=value - sqrt((high.value - high.lower) ** 2 + (low.upper - low.value) ** 2),
        upper=value + sqrt((high.upper - high.value) ** 2 + (low.value - low.lower) ** 2),
    )


def weighted_mean(estimates: list[tuple[float, Estimate]]) -> Estimate:
    """The mean of independent estimates by weight, its interval by the same rule as `spread`."""
    total = sum(weight for weight, _ in estimates)
    value = sum(weight * estimate.value for weight, estimate in estimates) / total
    below = sqrt(sum((weight * (e.value - e.lower)) ** 2 for weight, e in estimates)) / total
    above = sqrt(sum((weight * (e.upper - e.value)) ** 2 for weight, e in estimates)) / total
    return Estimate(value=value, lower=value - below, upper=value + above)
