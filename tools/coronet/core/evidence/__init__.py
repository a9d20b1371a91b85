"""Evidence: measured facts about a candidate beside the champion, on the same rows of the same data."""

from coronet.core.evidence.document import SCHEMA, Evidence, evidence_from_json, run_file
from coronet.core.evidence.facts import Contract, EvaluationData, MetricFact, RowCounts, Subject, Task
from coronet.core.evidence.look import Look

__all__ = [
    "SCHEMA",
    "Contract",
    "EvaluationData",
    "Evidence",
    "Look",
    "MetricFact",
    "RowCounts",
    "Subject",
    "Task",
    "evidence_from_json",
    "run_file",
]
