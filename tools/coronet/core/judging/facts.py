"""Reading the facts of evidence as estimates: improvements over the champion, values of the candidate."""

from collections.abc import Mapping
from dataclasses import dataclass

from coronet.core.catalogue import find_metric
from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.estimate import Estimate
from coronet.core.policy import Gate, Policy, Statistics


class Unusable(Exception):
    """Why a fact cannot be judged, in words for the reader."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """How a gate reads facts: as points or intervals, at the policy's confidence."""

    evidence: Evidence
    gate: Gate
    confidence: float

    @property
    def sign(self) -> int:
        """+1 where more of the metric is better, else −1."""
        metric = find_metric(self.gate.metric)
        if metric is None:
            raise Unusable(f"{self.gate.metric} is no metric of the catalogue")
        return 1 if metric.higher_is_better else -1

    def overall(self) -> MetricFact:
        for fact in self.evidence.metrics:
            if fact.metric == self.gate.metric and not fact.segment:
                return fact
        raise Unusable(f"the evidence has no {self.gate.metric} over all rows")

    def segments(self, column: str) -> tuple[MetricFact, ...]:
        found = tuple(
            fact for fact in self.evidence.metrics if fact.metric == self.gate.metric and list(fact.segment) == [column]
        )
        if not found:
            raise Unusable(f"the evidence has no {self.gate.metric} by {column}")
        return found

    def improvement(self, fact: MetricFact) -> Estimate:
        """By how much the candidate is better than the champion: negative where it is worse."""
        if fact.champion is None or fact.candidate is None or fact.difference is None:
            raise Unusable(_problem(fact))
        estimate = self._estimate(fact.difference, fact.interval, fact)
        return estimate.scaled(self.sign)

    def value(self, fact: MetricFact) -> Estimate:
        """The candidate's own value, with its own interval where the evidence has one."""
        if fact.candidate is None:
            raise Unusable(_problem(fact))
        own = fact.interval if fact.champion is None and fact.difference is None else fact.candidate_interval
        if own is None:
            return _finite(Estimate(value=fact.candidate, lower=fact.candidate, upper=fact.candidate), fact)
        return self._estimate(fact.candidate, own, fact)

    def _estimate(self, value: float, interval: tuple[float, float] | None, fact: MetricFact) -> Estimate:
        point = self.gate.statistics is Statistics.POINT
        if interval is None and not point:
            raise Unusable(f"{describe_fact(fact)} has no interval")
        lower, upper = (value, value) if point or interval is None else interval
        estimate = _finite(Estimate(value=value, lower=lower, upper=upper), fact)
        return estimate if point else self._at_confidence(estimate)

    def _at_confidence(self, estimate: Estimate) -> Estimate:
        measured = self.evidence.confidence
        if measured == self.confidence:
            return estimate
        from coronet.core.judging.multiplicity import normal_quantile

        return estimate.stretched(normal_quantile(self.confidence) / normal_quantile(measured))


def reader_of(evidence: Evidence, policy: Policy, gate: Gate) -> Reader:
    return Reader(evidence=evidence, gate=gate, confidence=policy.confidence)


def describe_segment(segment: Mapping[str, str]) -> str:
    return ", ".join(f"{column} {value}" for column, value in segment.items()) or "all rows"


def describe_fact(fact: MetricFact) -> str:
    return f"{fact.metric} over {describe_segment(fact.segment)}"


def _finite(estimate: Estimate, fact: MetricFact) -> Estimate:
    if not estimate.is_finite:
        raise Unusable(f"{describe_fact(fact)} is not a finite number")
    return estimate


def _problem(fact: MetricFact) -> str:
    why = f": {fact.problem}" if fact.problem else ""
    return f"{describe_fact(fact)} could not be measured{why}"
