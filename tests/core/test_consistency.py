"""What no schema can say: values that contradict each other."""

from collections.abc import Mapping
from typing import Any

import pytest

from coronet.core.consistency import find_contradictions
from coronet.core.documents import Document

PROPOSAL: Mapping[str, Any] = {
    "id": "iris-v7-7c2f9a41",
    "kind": "promotion",
    "model": "iris",
    "candidate": {"version": "7"},
    "replaces": {"version": "5"},
    "created_at": "2026-11-20T21:05:00Z",
    "expires_at": "2026-12-04T21:05:00Z",
    "valid_until": "2027-02-18T21:05:00Z",
}
FACT: Mapping[str, Any] = {
    "metric": "mae",
    "segment": {"kind": "a", "region": "b"},
    "champion": 0.3,
    "difference": -0.1,
    "interval": [-0.2, 0.0],
}


def found(schema: str, value: Mapping[str, Any]) -> list[str]:
    return [str(finding) for finding in find_contradictions(Document(file="f", value=value), schema)]


def test_a_schema_without_rules_of_its_own_finds_nothing() -> None:
    assert found("owners", {}) == []


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"replaces": None},
        {"kind": "rollback"},
        {"kind": "renewal", "replaces": {"version": "7"}},
    ],
)
def test_a_proposal_that_agrees_with_itself(change: Mapping[str, Any]) -> None:
    assert found("proposal", {**PROPOSAL, **change}) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "wine"}, "f: `id` is 'iris-v7-7c2f9a41', wanted `wine-v7-` and 8 digits"),
        ({"candidate": {"version": "8"}}, "f: `id` is 'iris-v7-7c2f9a41', wanted `iris-v8-`"),
        ({"kind": "rollback", "replaces": None}, "f: `replaces` is null: a rollback needs a champion"),
        ({"kind": "renewal"}, "f: `candidate.version` is 7: a renewal keeps the champion, version 5"),
        ({"replaces": {"version": "7"}}, "f: `candidate.version` is 7, the champion itself"),
        ({"expires_at": PROPOSAL["created_at"]}, "f: `expires_at` is 2026-11-20T21:05:00Z, which is not after"),
        ({"valid_until": "2026-01-01T00:00:00Z"}, "f: `valid_until` is 2026-01-01T00:00:00Z, which is not after"),
    ],
)
def test_a_proposal_that_contradicts_itself(change: Mapping[str, Any], said: str) -> None:
    (message,) = found("proposal", {**PROPOSAL, **change})
    assert message.startswith(said)


WINDOW = {"from": "2026-12-20", "until": "2026-12-20", "why": "year end"}


@pytest.mark.parametrize("schema", ["policy", "policy_layer"])
def test_policies_that_contradict_themselves(schema: str) -> None:
    assert found(schema, {}) == []
    assert found(schema, {"freeze": [WINDOW]}) == []
    assert found(schema, {"freeze": [WINDOW, {**WINDOW, "until": "2026-12-19"}]}) == [
        "f: the freeze ends on 2026-12-19, before it begins on 2026-12-20"
    ]
    score = {"plain": {"metric": "mae"}, "fine": {"clamp": [0, 1]}, "odd": {"clamp": [1, 0]}}
    assert found(schema, {"ranking": {"score": score}}) == [
        "f: `clamp` is 1 to 0: the first is the lowest, the second the highest"
    ]


def test_a_model_is_not_told_the_answer() -> None:
    assert found("model", {"data": {"label": "price"}}) == []
    assert found("model", {"data": {"label": "price", "features": ["area"]}}) == []
    assert found("model", {"data": {"label": "price", "features": ["area", "price"]}}) == [
        "f: the label 'price' is among the features: the model would be told"
    ]


def test_evidence_that_agrees_with_itself() -> None:
    other = {**FACT, "segment": {}, "interval": None, "candidate_interval": [0.1, 0.1]}
    assert found("evidence", {"champion": {}, "metrics": [FACT, other, {**FACT, "metric": "rmse"}]}) == []
    alone = {**FACT, "champion": None, "difference": None}
    assert found("evidence", {"champion": None, "metrics": [alone]}) == []


def test_evidence_that_contradicts_itself() -> None:
    again = {**FACT, "segment": {"region": "b", "kind": "a"}, "candidate_interval": [0.2, 0.1]}
    assert found("evidence", {"champion": None, "metrics": [FACT, again]}) == [
        "f: `champion` is 0.3, and there is no champion",
        "f: `difference` is -0.1, and there is no champion",
        "f: `mae` stands here a second time for the same segment",
        "f: `candidate_interval` is 0.2 to 0.1: the lower end stands first",
        "f: `champion` is 0.3, and there is no champion",
        "f: `difference` is -0.1, and there is no champion",
    ]
