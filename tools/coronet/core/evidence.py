"""Evidence: measured facts about a candidate beside the champion, on the same rows of the same data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from coronet.core.canonical import canonical_json, digest_bytes, digest_json
from coronet.core.timestamps import format_time, parse_time

SCHEMA = "coronet/evidence/v1"


def run_file(champion: str | None) -> str:
    """Where a candidate's run keeps its evidence against that champion's version."""
    return f"evidence/against-{f'v{champion}' if champion else 'nothing'}.json"


class Task(StrEnum):
    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What was measured: a model version where there is one, and the digest of its predictions."""

    version: str | None = None
    run_id: str | None = None
    digest: str | None = None
    predictions: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationData:
    name: str
    digest: str
    rows: int
    label: str
    key: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RowCounts:
    """`paired` rows were measured for both; `unusable` counts the rows left out, by reason."""

    paired: int
    candidate_only: int = 0
    champion_only: int = 0
    unusable: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricFact:
    """One metric over one segment (`{}` is every row).

    `difference` is candidate minus champion and `interval` its confidence interval; without a champion
    both are None and `interval` is the candidate's own. `candidate_interval` is always the candidate's
    own. A value that could not be computed is None, and `problem` says why.
    """

    metric: str
    segment: Mapping[str, str]
    rows: int
    champion: float | None
    candidate: float | None
    difference: float | None
    interval: tuple[float, float] | None
    candidate_interval: tuple[float, float] | None = None
    method: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomMetric:
    """A metric that is no part of the catalogue, and so must bring what the catalogue would know of it.

    `name` is `custom.` and its own; `code` the digest of the code that measures it.
    """

    name: str
    meaning: str
    higher_is_better: bool
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    code: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Contract:
    """Digests of what callers rely on, by name (`signature`, `features`), for both models."""

    candidate: Mapping[str, str]
    champion: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    model: str
    task: Task
    created_at: datetime
    candidate: Subject
    champion: Subject | None
    data: EvaluationData
    rows: RowCounts
    confidence: float
    metrics: tuple[MetricFact, ...]
    threshold: float | None = None
    contract: Contract | None = None
    custom_metrics: tuple[CustomMetric, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"schema": SCHEMA, "created_at": format_time(self.created_at), **self._facts()}

    def to_bytes(self) -> bytes:
        """The bytes of the evidence file; their digest is what a proposal pins."""
        return canonical_json(self.to_json())

    @property
    def digest(self) -> str:
        return digest_bytes(self.to_bytes())

    @property
    def facts_digest(self) -> str:
        """The digest of what was measured, without when: the same measurement twice gives the same.

        Numbers count to nine significant digits: the last bits may differ from one processor to another.
        """
        return digest_json(_rounded(self._facts()))

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "model": self.model,
            "task": str(self.task),
            "candidate": _subject_json(self.candidate),
            "champion": _subject_json(self.champion) if self.champion else None,
            "data": _without_none(
                name=self.data.name,
                digest=self.data.digest,
                rows=self.data.rows,
                label=self.data.label,
                key=self.data.key,
                cluster=self.data.cluster,
            ),
            "rows": {
                "paired": self.rows.paired,
                "candidate_only": self.rows.candidate_only,
                "champion_only": self.rows.champion_only,
                "unusable": dict(self.rows.unusable),
            },
            "confidence": self.confidence,
            "metrics": [_metric_json(fact) for fact in self.metrics],
        }
        if self.threshold is not None:
            facts["threshold"] = self.threshold
        if self.contract:
            facts["contract"] = {
                "candidate": dict(self.contract.candidate),
                "champion": dict(self.contract.champion),
            }
        if self.custom_metrics:
            facts["custom_metrics"] = [_custom_json(metric) for metric in self.custom_metrics]
        return facts


def evidence_from_json(value: Mapping[str, Any]) -> Evidence:
    """The evidence in `value`, which must satisfy the schema `coronet schema evidence`."""
    champion, contract = value["champion"], value.get("contract")
    return Evidence(
        model=value["model"],
        task=Task(value["task"]),
        created_at=parse_time(value["created_at"]),
        candidate=Subject(**value["candidate"]),
        champion=Subject(**champion) if champion is not None else None,
        data=EvaluationData(**value["data"]),
        rows=RowCounts(**value["rows"]),
        confidence=value["confidence"],
        metrics=tuple(_metric_from_json(fact) for fact in value["metrics"]),
        threshold=value.get("threshold"),
        contract=Contract(**contract) if contract is not None else None,
        custom_metrics=tuple(_custom_from_json(metric) for metric in value.get("custom_metrics", ())),
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value


def _subject_json(subject: Subject) -> dict[str, Any]:
    return _without_none(
        version=subject.version,
        run_id=subject.run_id,
        digest=subject.digest,
        predictions=subject.predictions,
    )


def _metric_json(fact: MetricFact) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "metric": fact.metric,
        "segment": dict(fact.segment),
        "rows": fact.rows,
        "champion": fact.champion,
        "candidate": fact.candidate,
        "difference": fact.difference,
        "interval": list(fact.interval) if fact.interval else None,
        "method": fact.method,
    }
    if fact.candidate_interval:
        fields["candidate_interval"] = list(fact.candidate_interval)
    if fact.problem:
        fields["problem"] = fact.problem
    return fields


def _metric_from_json(fact: Mapping[str, Any]) -> MetricFact:
    return MetricFact(
        metric=fact["metric"],
        segment=fact["segment"],
        rows=fact["rows"],
        champion=fact["champion"],
        candidate=fact["candidate"],
        difference=fact["difference"],
        interval=_pair(fact["interval"]),
        candidate_interval=_pair(fact.get("candidate_interval")),
        method=fact.get("method", ""),
        problem=fact.get("problem", ""),
    )


def _custom_json(metric: CustomMetric) -> dict[str, Any]:
    return _without_none(
        name=metric.name,
        meaning=metric.meaning,
        direction="higher" if metric.higher_is_better else "lower",
        unit=metric.unit or None,
        lowest=metric.lowest,
        highest=metric.highest,
        code=metric.code,
    )


def _custom_from_json(metric: Mapping[str, Any]) -> CustomMetric:
    others = {name: value for name, value in metric.items() if name != "direction"}
    return CustomMetric(**others, higher_is_better=metric["direction"] == "higher")


def _pair(values: list[float] | None) -> tuple[float, float] | None:
    return (values[0], values[1]) if values else None


def _without_none(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
