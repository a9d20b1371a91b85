"""An outcome in both arms, side by side: independent rows, so that nothing is paired."""

from dataclasses import dataclass
from math import sqrt

from coronet.core.judging.estimate import Estimate, spread
from coronet.core.statistics.intervals import clip, student
from coronet.core.wilson import wilson


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmSums:
    """Of one outcome in one arm: `rows` of so many `units` have `total` together.

    `off` is Σ (t − v n)² over the units, of whom one has n rows with the total t, and v is total ÷ rows. `truths` says
    that every row is 0 or 1.
    """

    units: int
    rows: int
    total: float
    off: float
    truths: bool

    @property
    def value(self) -> float:
        """The mean over rows, of which there is at least one."""
        return self.total / self.rows

    @property
    def is_rate(self) -> bool:
        return self.truths and self.rows == self.units

    @property
    def variance(self) -> float:
        """Of the value of 2 units or more, a ratio of totals: Cochran, Sampling Techniques (1977), section 6.4."""
        return self.units / (self.units - 1) * self.off / self.rows**2


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """`difference` is candidate minus champion. None where `problem` says why nothing can be told."""

    champion: Estimate | None
    candidate: Estimate | None
    difference: Estimate | None
    method: str
    problem: str = ""


def compare(champion: ArmSums, candidate: ArmSums, *, confidence: float) -> Comparison:
    """Rates by Wilson and Newcombe, all else by Student and Welch; where units have several rows, by the units."""
    if problem := _problem(champion, candidate):
        return Comparison(champion=None, candidate=None, difference=None, method="", problem=problem)
    if champion.is_rate and candidate.is_rate:
        ours, theirs = (_rate(arm, confidence) for arm in (candidate, champion))
        method, difference = "Newcombe; own: Wilson", spread(ours, theirs)
    else:
        ours, theirs = (_mean(arm, confidence) for arm in (candidate, champion))
        method, difference = "Welch; own: Student", _welch(candidate, champion, confidence)
        if candidate.rows > candidate.units or champion.rows > champion.units:
            method += ", by units"
    return Comparison(champion=theirs, candidate=ours, difference=difference, method=method)


def _problem(champion: ArmSums, candidate: ArmSums) -> str:
    for name, arm in (("champion", champion), ("candidate", candidate)):
        if arm.units < 2:
            return f"{arm.units or 'no'} unit{'' if arm.units == 1 else 's'} met the {name}"
    if not (champion.is_rate and candidate.is_rate) and not champion.off and not candidate.off:
        return "no two units differ"
    return ""


def _rate(arm: ArmSums, confidence: float) -> Estimate:
    """Of two, Newcombe's hybrid score interval, Statistics in Medicine 17 (1998) 873, method 10, is the `spread`."""
    lower, upper = wilson(arm.value, arm.rows, confidence=confidence)
    return Estimate(value=arm.value, lower=lower, upper=upper)


def _mean(arm: ArmSums, confidence: float) -> Estimate:
    interval = student(arm.value, sqrt(arm.variance), arm.units - 1, confidence=confidence)
    lower, upper = clip(interval, 0.0, 1.0) if arm.truths else interval
    return Estimate(value=arm.value, lower=lower, upper=upper)


def _welch(ours: ArmSums, theirs: ArmSums, confidence: float) -> Estimate:
    """Welch, Biometrika 34 (1947), https://doi.org/10.1093/biomet/34.1-2.28, with Satterthwaite's freedom."""
    difference, variance = ours.value - theirs.value, ours.variance + theirs.variance
    freedom = variance**2 / sum(arm.variance**2 / (arm.units - 1) for arm in (ours, theirs))
    lower, upper = student(difference, sqrt(variance), freedom, confidence=confidence)
    return Estimate(value=difference, lower=lower, upper=upper)
