"""The whole evidence as the file that a proposal pins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
from coronet.core.evidence.custom_metrics import CustomMetric, custom_metric_from_json, custom_metric_json
from coronet.core.evidence.facts import (
    Contract,
    EvaluationData,
    MetricFact,
    RowCounts,
    Subject,
    Task,
    contract_from_json,
    contract_json,
    metric_from_json,
    metric_json,
    subject_json,
    without_none,
)
from coronet.core.evidence.look import Look, look_from_json, look_json
from coronet.core.evidence.recipe import Recipe, recipe_from_json, recipe_json
from coronet.core.timestamps import format_time, parse_time

if TYPE_CHECKING:  # judging starts without the sections that the evidence does not have
    from coronet.core.evidence.costs import Costs
    from coronet.core.evidence.custom_checks import CustomCheck
    from coronet.core.evidence.data_drift import DataDrift
    from coronet.core.evidence.leakage import Leakage

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
    custom_metrics: tuple[CustomMetric, ...] = ()
    recipe: Recipe | None = None
    costs: "Costs | None" = None
    drift: "DataDrift | None" = None
    leakage: "Leakage | None" = None
    checks: "tuple[CustomCheck, ...]" = ()
    changes: Changes | None = None
    baseline: Baseline | None = None
    curves: Curves | None = None
    confusion: Confusion | None = None

    def to_json(self) -> dict[str, Any]:
        recipe = {"recipe": recipe_json(self.recipe)} if self.recipe else {}
        return {"schema": SCHEMA, "created_at": format_time(self.created_at), **recipe, **self._facts()}

    def lasting_json(self) -> dict[str, Any]:
        """The facts, without how long anything took: what another measurement of the same must say again."""
        return self._facts(timings=False)

    def to_bytes(self) -> bytes:
        """The bytes of the evidence file; their digest is what a proposal pins."""
        return canonical_json(self.to_json())

    @property
    def digest(self) -> str:
        return digest_bytes(self.to_bytes())

    @property
    def facts_digest(self) -> str:
        """The digest of what was measured, not of when and how it was asked: measured twice, it is the same.

        Numbers count to nine significant digits: the last bits may differ from one processor to another. How
        long anything took is left out: no two measurements of a time agree.
        """
        return digest_json(_rounded(self._facts(timings=False)))

    def _facts(self, *, timings: bool = True) -> dict[str, Any]:
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
                cluster=self.data.cluster,
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
            facts["contract"] = contract_json(self.contract)
        if self.custom_metrics:
            facts["custom_metrics"] = [custom_metric_json(metric) for metric in self.custom_metrics]
        if self.look is not None:
            facts["look"] = look_json(self.look)
        return {**facts, **self._predictions(), **self._sections(timings=timings)}

    def _sections(self, *, timings: bool) -> dict[str, Any]:
        """What was measured of the models themselves and of the data."""
        sections: dict[str, Any] = {}
        if self.costs:
            from coronet.core.evidence.costs import costs_json

            sections["costs"] = costs_json(self.costs, timings=timings)
        if self.drift:
            from coronet.core.evidence.data_drift import data_drift_json

            sections["drift"] = data_drift_json(self.drift)
        if self.leakage:
            from coronet.core.evidence.leakage import leakage_json

            sections["leakage"] = leakage_json(self.leakage)
        if self.checks:
            from coronet.core.evidence.custom_checks import check_json

            sections["checks"] = [check_json(check, timings=timings) for check in self.checks]
        return sections

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
    champion, contract, recipe = value["champion"], value.get("contract"), value.get("recipe")
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
        changes=changes_from_json(value["changes"]) if "changes" in value else None,
        baseline=baseline_from_json(value["baseline"]) if "baseline" in value else None,
        curves=curves_from_json(value["curves"]) if "curves" in value else None,
        confusion=confusion_from_json(value["confusion"]) if "confusion" in value else None,
        recipe=recipe_from_json(recipe) if recipe is not None else None,
        contract=contract_from_json(contract) if contract is not None else None,
        look=look_from_json(value.get("look")),
        custom_metrics=tuple(custom_metric_from_json(metric) for metric in value.get("custom_metrics", ())),
        **_sections_from_json(value),
    )


def _sections_from_json(value: Mapping[str, Any]) -> dict[str, Any]:
    sections: dict[str, Any] = {}
    if "costs" in value:
        from coronet.core.evidence.costs import costs_from_json

        sections["costs"] = costs_from_json(value["costs"])
    if "drift" in value:
        from coronet.core.evidence.data_drift import data_drift_from_json

        sections["drift"] = data_drift_from_json(value["drift"])
    if "leakage" in value:
        from coronet.core.evidence.leakage import leakage_from_json

        sections["leakage"] = leakage_from_json(value["leakage"])
    if "checks" in value:
        from coronet.core.evidence.custom_checks import check_from_json

        sections["checks"] = tuple(check_from_json(check) for check in value["checks"])
    return sections


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value
