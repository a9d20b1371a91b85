"""A number with its confidence interval, and where it lies against a bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, isfinite

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
    def is_sound(self) -> bool:
        """Whether all three are numbers, and the interval stands the right way round."""
        return isfinite(self.value) and isfinite(self.lower) and isfinite(self.upper) and self.lower <= self.upper

    def scaled(self, factor: float) -> "Estimate":
        """In other units; a negative factor turns the interval around."""
        ends = sorted((self.lower * factor, self.upper * factor))
        return Estimate(value=self.value * factor, lower=ends[0], upper=ends[1])

    def stretched(self, factor: float) -> "Estimate":
        """The interval at another confidence, when `factor` is the ratio of the normal quantiles.

        Stretched about the value, or about the nearer end where the interval does not hold its value, so
        that more confidence never gives a narrower interval.
        """
        centre = min(max(self.value, self.lower), self.upper)
        return Estimate(
            value=self.value,
            lower=centre - (centre - self.lower) * factor,
            upper=centre + (self.upper - centre) * factor,
        )


def point(value: float) -> Estimate:
    """A number without an interval."""
    return Estimate(value=value, lower=value, upper=value)


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


def within(difference: Estimate, margin: float) -> Result:
    """pass where the whole interval lies within ± margin, fail where all of it lies outside, on one side.

    Two one-sided tests, each at half of what the interval leaves: Schuirmann, Journal of Pharmacokinetics and
    Biopharmaceutics 15 (1987), https://doi.org/10.1007/BF01068419.
    """
    sides = at_least(difference, -margin), at_least(difference.scaled(-1), -margin)
    if Result.FAIL in sides:
        return Result.FAIL
    return Result.INCONCLUSIVE if Result.INCONCLUSIVE in sides else Result.PASS


def spread(high: Estimate, low: Estimate) -> Estimate:
    """high − low for independent estimates.

    The interval is MOVER's, made of the two intervals: Zou and Donner, Statistics in Medicine 27 (2008),
    https://doi.org/10.1002/sim.3095.
    """
    value = high.value - low.value
    return Estimate(
        value=value,
        lower=value - hypot(high.value - high.lower, low.upper - low.value),
        upper=value + hypot(high.upper - high.value, low.value - low.lower),
    )


def weighted_mean(estimates: Sequence[tuple[float, Estimate]]) -> Estimate:
    """The mean of independent estimates by weight (their sum above 0), its interval by the same rule as `spread`."""
    total = sum(weight for weight, _ in estimates)
    value = sum(weight * estimate.value for weight, estimate in estimates) / total
    below = hypot(*(weight * (e.value - e.lower) for weight, e in estimates)) / total
    above = hypot(*(weight * (e.upper - e.value) for weight, e in estimates)) / total
    return Estimate(value=value, lower=value - below, upper=value + above)
