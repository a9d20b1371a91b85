"""The whole evidence as the file that a proposal pins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coronet.core.canonical import canonical_json, digest_bytes, digest_json
from coronet.core.evidence.baseline import Baseline, baseline_from_json, baseline_json
from coronet.core.evidence.changes import Changes, changes_from_json, changes_json
from coronet.core.evidence.curves import (
    Confusion,
    Curves,
    confusion_from_json,
    confusion_json,
    curves_from_json,
    curves_json,
)
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
    changes: Changes | None = None
    baseline: Baseline | None = None
    curves: Curves | None = None
    confusion: Confusion | None = None

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
        return facts | self._predictions()

    def _predictions(self) -> dict[str, Any]:
        """What the predictions themselves tell."""
        return without_none(
            changes=changes_json(self.changes) if self.changes else None,
            baseline=baseline_json(self.baseline) if self.baseline else None,
            curves=curves_json(self.curves) if self.curves else None,
            confusion=confusion_json(self.confusion) if self.confusion else None,
        )


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
        changes=changes_from_json(value["changes"]) if "changes" in value else None,
        baseline=baseline_from_json(value["baseline"]) if "baseline" in value else None,
        curves=curves_from_json(value["curves"]) if "curves" in value else None,
        confusion=confusion_from_json(value["confusion"]) if "confusion" in value else None,
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value
