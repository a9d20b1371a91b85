"""The candidate beside a predictor that has learned nothing but how often each answer comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from coronet.core.evidence.facts import MetricFact, metric_from_json, metric_json


class LabelSource(StrEnum):
    """Which labels the trivial predictor knows: those of the training data, or those that are measured themselves."""

    TRAINING = "training labels"
    MEASURED = "measured labels"
    SAMPLE = "a sample of the measured labels"


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """Paired facts over all rows, in which `champion` is the trivial predictor.

    `predicts` says by kind of prediction what it always says: `class`, `shares` of the classes, `mean`, `median`.
    `left_out` names metrics that have no trivial value to beat, and says why.
    """

    source: LabelSource
    rows: int
    predicts: Mapping[str, Any]
    metrics: tuple[MetricFact, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


def baseline_json(baseline: Baseline) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "source": str(baseline.source),
        "rows": baseline.rows,
        "predicts": dict(baseline.predicts),
        "metrics": [metric_json(fact) for fact in baseline.metrics],
    }
    if baseline.left_out:
        fields["left_out"] = dict(baseline.left_out)
    return fields


def baseline_from_json(value: Mapping[str, Any]) -> Baseline:
    return Baseline(
        source=LabelSource(value["source"]),
        rows=value["rows"],
        predicts=value["predicts"],
        metrics=tuple(metric_from_json(fact) for fact in value["metrics"]),
        left_out=value.get("left_out", {}),
    )
