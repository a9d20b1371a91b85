"""Reading the facts of evidence as estimates: improvements over the champion, values of the candidate."""

from collections.abc import Mapping
from dataclasses import dataclass

from coronet.core.catalogue import is_custom, sign_of
from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.estimate import Estimate, point
from coronet.core.policy import Gate, Statistics


class Unusable(Exception):
    """Why a fact cannot be judged, in words for the reader."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """How a gate reads facts: as points or intervals, at the policy's `confidence`."""

    evidence: Evidence
    gate: Gate
    confidence: float

    @property
    def sign(self) -> int:
        """+1 where more of the metric is better, −1 where less is; Unusable where neither is."""
        name = self.gate.metric
        sign = sign_of(name, self.evidence.custom_metrics)
        if sign is None and is_custom(name):
            raise Unusable(f"the evidence does not say which direction of {name} is better")
        if sign is None:
            raise Unusable(f"{name} is no metric of the catalogue")
        if not sign:
            raise Unusable(f"no {name} is better than another: ask the rule steady of it")
        return sign

    @property
    def by_points(self) -> bool:
        return self.gate.statistics is Statistics.POINT

    def overall(self) -> MetricFact:
        found = [fact for fact in self.evidence.metrics if fact.metric == self.gate.metric and not fact.segment]
        if len(found) > 1:
            raise Unusable(f"the evidence has {self.gate.metric} over all rows {len(found)} times")
        if not found:
            raise Unusable(f"the evidence has no {self.gate.metric} over all rows")
        return found[0]

    def segments(self, column: str) -> tuple[MetricFact, ...]:
        """The metric in each segment of one column, at least one."""
        found = tuple(
            fact for fact in self.evidence.metrics if fact.metric == self.gate.metric and list(fact.segment) == [column]
        )
        if not found:
            raise Unusable(f"the evidence has no {self.gate.metric} by {column}")
        if len({fact.segment[column] for fact in found}) < len(found):
            raise Unusable(f"the evidence has {self.gate.metric} more than once in a segment by {column}")
        return found

    def improvement(self, fact: MetricFact) -> Estimate:
        """By how much the candidate is better than the champion: negative where it is worse."""
        return self.difference(fact).scaled(self.sign)

    def difference(self, fact: MetricFact) -> Estimate:
        """Candidate minus champion, whichever direction is better."""
        if fact.champion is None or fact.candidate is None or fact.difference is None:
            raise Unusable(_problem(fact))
        if fact.interval is None and not self.by_points:
            raise Unusable(f"{describe_fact(fact)} has no interval{_why(fact)}")
        return self._estimate(fact.difference, fact.interval, fact)

    def value(self, fact: MetricFact) -> Estimate:
        """The candidate's own value; a bare point where the evidence brings no interval of its own (`is_bare`)."""
        if fact.candidate is None:
            raise Unusable(_problem(fact))
        own = self._own_interval(fact)
        if own is None and fact.problem and not self.by_points:
            raise Unusable(f"{describe_fact(fact)} has no interval{_why(fact)}")
        return self._estimate(fact.candidate, own, fact)

    def is_bare(self, fact: MetricFact) -> bool:
        """Whether `value` can only be a point, although the gate asks for intervals.

        Evidence need not bring an interval of the candidate's own beside that of the difference; whoever
        judges by the point says so.
        """
        return not self.by_points and self._own_interval(fact) is None

    def _own_interval(self, fact: MetricFact) -> tuple[float, float] | None:
        if fact.candidate_interval is not None:
            return fact.candidate_interval
        return fact.interval if self.evidence.champion is None else None

    def _estimate(self, value: float, interval: tuple[float, float] | None, fact: MetricFact) -> Estimate:
        return self.estimate(value, interval, describe_fact(fact))

    def estimate(self, value: float, interval: tuple[float, float] | None, what: str) -> Estimate:
        """A number with its interval at the policy's confidence; a bare point where the gate compares points."""
        if self.by_points or interval is None:
            return require_sound(point(value), what)
        measured = require_sound(Estimate(value=value, lower=interval[0], upper=interval[1]), what)
        return require_sound(measured.stretched(self._stretch()), what)

    def _stretch(self) -> float:
        """From the confidence of the evidence to the policy's."""
        measured = self.evidence.confidence
        if measured == self.confidence:
            return 1.0
        if not 0.5 < measured < 1:
            raise Unusable(f"the evidence's intervals have the confidence {measured}, which is none")
        # The module of normal quantiles takes milliseconds to import, and most policies never ask it.
        from coronet.core.quantile import normal_quantile

        return normal_quantile(self.confidence) / normal_quantile(measured)


def require_sound(estimate: Estimate, what: str) -> Estimate:
    """`estimate`, or Unusable where something of it is no finite number: no comparison with that is ever true."""
    if not estimate.is_sound:
        raise Unusable(f"{what} is not a finite number with its interval")
    return estimate


def describe_segment(segment: Mapping[str, str]) -> str:
    return ", ".join(f"{column} {value}" for column, value in segment.items()) or "all rows"


def describe_fact(fact: MetricFact) -> str:
    return f"{fact.metric} over {describe_segment(fact.segment)}"


def _problem(fact: MetricFact) -> str:
    return f"{describe_fact(fact)} could not be measured{_why(fact)}"


def _why(fact: MetricFact) -> str:
    return f": {fact.problem}" if fact.problem else ""
