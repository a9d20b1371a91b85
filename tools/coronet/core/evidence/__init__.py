"""Evidence: measured facts about a candidate beside the champion, on the same rows of the same data.

Sections that few proposals have are modules of their own: `costs`, `data_drift`, `leakage`, `custom_checks`.
"""

from coronet.core.evidence.baseline import Baseline, LabelSource
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
from coronet.core.evidence.custom_metrics import CustomMetric
from coronet.core.evidence.document import SCHEMA, Evidence, evidence_from_json, run_file
from coronet.core.evidence.facts import Contract, ContractChange, EvaluationData, MetricFact, RowCounts, Subject, Task
from coronet.core.evidence.look import Look
from coronet.core.evidence.recipe import Recipe, Source, Way

__all__ = [
    "SCHEMA",
    "Answer",
    "Baseline",
    "Beyond",
    "ChangeFact",
    "Changes",
    "Confusion",
    "Contract",
    "ContractChange",
    "Curve",
    "Curves",
    "CustomMetric",
    "EvaluationData",
    "Evidence",
    "Flip",
    "Keys",
    "LabelSource",
    "Look",
    "MetricFact",
    "Mover",
    "Moves",
    "Recipe",
    "RowCounts",
    "Said",
    "Share",
    "Source",
    "Subject",
    "Task",
    "Way",
    "evidence_from_json",
    "hash_key",
    "hash_keys",
    "run_file",
]
