"""A policy: the gates evidence must pass, and the rules of proposals, approvals, freezes and rollbacks.

`policy/default.yaml` holds for every model; `policy/<m>.yaml` changes it key by key. The merged mapping
is the effective policy; its digest is what a proposal pins.
"""

from coronet.core.policy.document import DEFAULTS, SCHEMA, OnInconclusive, Policy, policy_from_json
from coronet.core.policy.gate import BelowMinimum, Correction, Gate, Mode, Rule, Statistics
from coronet.core.policy.layers import DEFAULT_PATH, merge_policies, policy_origins, policy_path
from coronet.core.policy.looks import Looks, LooksAt, Spend
from coronet.core.policy.ranking import Ranking, ScoreTerm, Take, TieBreak
from coronet.core.policy.terms import Approvals, Canary, Freeze, Limits, Rollback

__all__ = [
    "DEFAULTS",
    "DEFAULT_PATH",
    "SCHEMA",
    "Approvals",
    "BelowMinimum",
    "Canary",
    "Correction",
    "Freeze",
    "Gate",
    "Limits",
    "Looks",
    "LooksAt",
    "Mode",
    "OnInconclusive",
    "Policy",
    "Ranking",
    "Rollback",
    "Rule",
    "ScoreTerm",
    "Spend",
    "Statistics",
    "Take",
    "TieBreak",
    "merge_policies",
    "policy_from_json",
    "policy_origins",
    "policy_path",
]
