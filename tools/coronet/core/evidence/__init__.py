"""Evidence: measured facts about a candidate beside the champion, on the same rows of the same data."""

from coronet.core.evidence.document import SCHEMA, Evidence, evidence_from_json, run_file
from coronet.core.evidence.facts import Contract, EvaluationData, MetricFact, RowCounts, Subject, Task
from coronet.core.evidence.recipe import Recipe, Source, Way

__all__ = [
    "SCHEMA",
    "Contract",
    "EvaluationData",
    "Evidence",
    "MetricFact",
    "Recipe",
    "RowCounts",
    "Source",
    "Subject",
    "Task",
    "Way",
    "evidence_from_json",
    "run_file",
]
