"""What holds where a policy says nothing: the same that reading it would take."""

from typing import Any

import pytest

from coronet.core.policy import Policy, policy_from_json
from coronet.core.policy.implied import implied_values

GATES: dict[str, Any] = {
    "better": {"metric": "accuracy", "rule": "superior", "margin": 0},
    "each": {"metric": "accuracy", "rule": "non_inferior", "margin": 0.1, "by": ["region"]},
    "contract": {"rule": "unchanged", "of": ["features"]},
}


def test_they_are_what_the_policy_is_read_as() -> None:
    effective = {"gates": GATES}
    written: dict[str, Any] = {"gates": {name: dict(gate) for name, gate in GATES.items()}}
    for (first, *rest), value in implied_values(effective).items():
        place = written.setdefault(first, {})
        for key in rest[:-1]:
            place = place[key]
        place[rest[-1]] = value
    assert without_digest(policy_from_json(written)) == without_digest(policy_from_json(effective))


def without_digest(policy: Policy) -> list[Any]:
    return [policy.gates, policy.approvals, policy.rollback, policy.confidence]


@pytest.mark.parametrize(
    ("gate", "keys"),
    [
        ("better", {"mode", "statistics"}),
        ("each", {"mode", "statistics", "minimum_rows", "below_minimum"}),
        ("contract", {"mode"}),
    ],
)
def test_only_what_the_rule_asks_for(gate: str, keys: set[str]) -> None:
    assert {path[2] for path in implied_values({"gates": GATES}) if path[:2] == ("gates", gate)} == keys


def test_what_is_said_is_not_implied() -> None:
    said = {
        "gates": {"better": {**GATES["better"], "mode": "warn"}},
        "rollback": {"who": ["owners"], "four_eyes": True},
    }
    assert set(implied_values(said)) == {("gates", "better", "statistics"), ("approvals", "protection")}
