"""The whole evidence as the file that a proposal pins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coronet.core.canonical import canonical_json, digest_bytes, digest_json
from coronet.core.evidence.facts import (
    Contract,
    EvaluationData,
    MetricFact,
    RowCounts,
    Subject,
    Task,
    metric_from_json,
    metric_json,
    subject_json,
    without_none,
)
from coronet.core.evidence.look import Look, look_from_json, look_json
from coronet.core.timestamps import format_time, parse_time

SCHEMA = "coronet/evidence/v1"


def run_file(champion: str | None) -> str:
    """Where a candidate's run keeps its evidence against that champion's version."""
    return f"evidence/against-{f'v{champion}' if champion else 'nothing'}.json"


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
    look: Look | None = None

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
            "candidate": subject_json(self.candidate),
            "champion": subject_json(self.champion) if self.champion else None,
            "data": without_none(
                name=self.data.name,
                digest=self.data.digest,
                rows=self.data.rows,
                label=self.data.label,
                key=self.data.key,
            ),
            "rows": {
                "paired": self.rows.paired,
                "candidate_only": self.rows.candidate_only,
                "champion_only": self.rows.champion_only,
                "unusable": dict(self.rows.unusable),
            },
            "confidence": self.confidence,
            "metrics": [metric_json(fact) for fact in self.metrics],
        }
        if self.threshold is not None:
            facts["threshold"] = self.threshold
        if self.contract:
            facts["contract"] = {
                "candidate": dict(self.contract.candidate),
                "champion": dict(self.contract.champion),
            }
        if self.look is not None:
            facts["look"] = look_json(self.look)
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
        metrics=tuple(metric_from_json(fact) for fact in value["metrics"]),
        threshold=value.get("threshold"),
        contract=Contract(**contract) if contract is not None else None,
        look=look_from_json(value.get("look")),
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value
