"""Rules about the predictions themselves, read as rules about one number: how many rows change, guessing."""

from dataclasses import replace
from typing import Any

from coronet.core.evidence import Baseline, ChangeFact, Changes, MetricFact
from coronet.core.judging.facts import Reader, Unusable
from coronet.core.policy import Gate, Rule

# What facts about changes are called where a gate reads them.
CHANGES = "changes"
_AGAIN = "the evidence does not say"


def restate(gate: Gate, reader: Reader) -> tuple[Gate, Reader]:
    """The gate as one of the other rules, over facts that say what it asks; as they are where it is one already.

    At most so many rows change: a ceiling on their share. Better than the trivial predictor: superior, where it has
    the champion's place.
    """
    evidence = reader.evidence
    if gate.rule is Rule.CHANGES:
        other = replace(gate, rule=Rule.CEILING, metric=CHANGES)
        facts = _change_facts(_require(evidence.changes, "how many rows change"), weighted=gate.weighted)
    elif gate.rule is Rule.BASELINE:
        other = replace(gate, rule=Rule.SUPERIOR)
        facts = _baseline_facts(_require(evidence.baseline, "what a trivial predictor is worth"), gate.metric)
    else:
        return gate, reader
    return other, replace(reader, gate=other, evidence=replace(evidence, metrics=facts))


def _require(section: Any, what: str) -> Any:
    if section is None:
        raise Unusable(f"{_AGAIN} {what}")
    return section


def _change_facts(changes: Changes, *, weighted: bool) -> tuple[MetricFact, ...]:
    """The shares as values of the candidate alone."""
    if weighted and all(fact.weighted is None and not fact.problem for fact in changes.shares):
        raise Unusable("the rows have no weight")
    return tuple(_change_fact(fact, weighted=weighted) for fact in changes.shares)


def _change_fact(fact: ChangeFact, *, weighted: bool) -> MetricFact:
    share = fact.weighted if weighted else fact.share
    return MetricFact(
        metric=CHANGES,
        segment=fact.segment,
        rows=fact.rows,
        champion=None,
        candidate=share.value if share else None,
        difference=None,
        interval=None,
        candidate_interval=share.interval if share else None,
        problem=fact.problem,
    )


def _baseline_facts(baseline: Baseline, metric: str) -> tuple[MetricFact, ...]:
    if why := baseline.left_out.get(metric):
        raise Unusable(f"{metric} has no baseline: {why}")
    if all(fact.metric != metric for fact in baseline.metrics):
        raise Unusable(f"{_AGAIN} what a trivial predictor's {metric} is")
    return baseline.metrics
