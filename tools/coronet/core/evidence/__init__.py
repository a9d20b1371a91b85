"""Evidence: measured facts about a candidate beside the champion, on the same rows of the same data."""

from coronet.core.evidence.baseline import Baseline, Source
from coronet.core.evidence.changes import (
    Answer,
    Beyond,
    ChangeFact,
    Changes,
    Flip,
    Keys,
    Mover,
    Moves,
    Said,
    Share,
    hash_key,
    hash_keys,
)
from coronet.core.evidence.curves import Confusion, Curve, Curves
from coronet.core.evidence.document import SCHEMA, Evidence, evidence_from_json, run_file
from coronet.core.evidence.facts import Contract, EvaluationData, MetricFact, RowCounts, Subject, Task

__all__ = [
    "SCHEMA",
    "Answer",
    "Baseline",
    "Beyond",
    "ChangeFact",
    "Changes",
    "Confusion",
    "Contract",
    "Curve",
    "Curves",
    "EvaluationData",
    "Evidence",
    "Flip",
    "Keys",
    "MetricFact",
    "Mover",
    "Moves",
    "RowCounts",
    "Said",
    "Share",
    "Source",
    "Subject",
    "Task",
    "evidence_from_json",
    "hash_key",
    "hash_keys",
    "run_file",
]
