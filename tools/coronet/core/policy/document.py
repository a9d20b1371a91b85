"""The effective policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from coronet.core.canonical import digest_json
from coronet.core.policy.gate import Correction, Gate, gate_from_json
from coronet.core.policy.layers import merge_policies
from coronet.core.policy.looks import Looks, looks_from_json
from coronet.core.policy.ranking import Ranking, ranking_from_json
from coronet.core.policy.terms import (
    Approvals,
    Canary,
    Freeze,
    Rollback,
    approvals_from_json,
    canary_from_json,
    freeze_from_json,
    rollback_from_json,
)
from coronet.core.timestamps import parse_duration

SCHEMA = "coronet/policy/v1"

DEFAULTS: Mapping[str, Any] = {
    "schema": SCHEMA,
    "confidence": 0.95,
    "correction": "holm",
    "on_inconclusive": "refuse",
    "gates": {},
    "evidence": {},
    "proposals": {"expire_after": "14d", "valid_for": "90d"},
    "approvals": {"count": 1},
    "freeze": [],
    "ranking": {"consider": 5},
    "rollback": {"depth": 5},
}


class OnInconclusive(StrEnum):
    REFUSE = "refuse"
    ASK = "ask"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    confidence: float
    correction: Correction
    on_inconclusive: OnInconclusive
    gates: tuple[Gate, ...]
    evidence_maximum_age: timedelta | None
    expire_after: timedelta
    valid_for: timedelta
    approvals: Approvals
    freeze: tuple[Freeze, ...]
    ranking: Ranking
    rollback: Rollback
    canary: Canary
    digest: str
    looks: Looks | None = None


def policy_from_json(*layers: Mapping[str, Any]) -> Policy:
    """The effective policy of `layers` over the built-in defaults; each layer satisfies `coronet schema policy`."""
    value = merge_policies(DEFAULTS, *layers)
    proposals, maximum_age = value["proposals"], value["evidence"].get("maximum_age")
    return Policy(
        confidence=float(value["confidence"]),
        correction=Correction(value["correction"]),
        on_inconclusive=OnInconclusive(value["on_inconclusive"]),
        gates=tuple(gate_from_json(name, gate) for name, gate in value["gates"].items()),
        evidence_maximum_age=parse_duration(maximum_age) if maximum_age else None,
        expire_after=parse_duration(proposals["expire_after"]),
        valid_for=parse_duration(proposals["valid_for"]),
        approvals=approvals_from_json(value["approvals"]),
        freeze=tuple(freeze_from_json(window) for window in value["freeze"]),
        ranking=ranking_from_json(value["ranking"]),
        rollback=rollback_from_json(value["rollback"]),
        canary=canary_from_json(value.get("canary", {})),
        digest=digest_json(value),
        looks=looks_from_json(value.get("looks", {})),
    )
