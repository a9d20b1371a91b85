"""Whatever becomes of a valid document: findings with places, or something that the core reads and judges."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coronet.adapters.documents import FileDocuments
from coronet.core.canonical import canonical_json
from coronet.core.documents import Path
from coronet.core.evidence import Evidence, evidence_from_json
from coronet.core.judging.judgement import judge
from coronet.core.model_file import model_from_json
from coronet.core.policy import DEFAULTS, merge_policies, policy_from_json
from coronet.core.proposal import proposal_from_json
from coronet.core.ranking import rank_candidates
from coronet.errors import InvalidInput
from tests.adapters.examples import EVIDENCE, LAYER, MODEL, POLICY, PROPOSAL, VALID

DOCUMENTS = FileDocuments()
HOMES = {
    "better": {"metric": "mdape", "rule": "superior", "relative": True},
    "no_one_harmed": {"metric": "mdape", "rule": "non_inferior", "margin": 0.02, "by": ["kind"], "minimum_rows": 200},
    "major": {"metric": "mdape", "rule": "superior", "relative": True, "by": ["kind"], "weight": "rows"},
    "good": {"metric": "mdape", "rule": "ceiling", "value": 0.3, "by": ["kind"], "below_minimum": "skip"},
    "fair": {"metric": "mdape", "rule": "gap", "value": 0.2, "by": ["kind"]},
    "same": {"rule": "unchanged", "of": ["signature", "features"]},
}
NOW = datetime(2026, 11, 21, tzinfo=UTC)

WORDS = ["", " ", "a", "7", "-1", "0.5", "true", "null", "yes", "champion", "latest", "v1", "../x", "/x", "file:///x"]
WORDS += ["2026-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-40", "9999-12-31", "99999w"]
WORDS += ["0d", "14d\n", "１４d", "UTC", "Europe", "../etc", "sha256:" + "0" * 64, "f1_macro", "gap", "floor", "rows"]
WORDS += ["superior", "unchanged", "renewal", "worst", "warn", "ask", "x" * 600, "é", "a\nb", "\t", "iris-v7-7c2f9a42"]
NUMBERS = [0, 1, -1, 2, 7, 0.5, 0.95, 1.0, -0.0, 1e-300, 5e-324, 1e100, -1e100, 1e300, 2**53 - 1, -(2**53) + 1]
KEYS = ["margin", "value", "by", "weight", "relative", "only_new", "zone", "reference", "threshold", "rule", "metric"]
SCALARS = st.sampled_from([None, True, False, *NUMBERS, *WORDS])
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from(WORDS), SCALARS, max_size=2)


def places(value: Any, path: Path = ()) -> list[Path]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, part in parts for deeper in places(part, (*path, key)))]


def part_at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


@st.composite
def mutants(draw: st.DrawFn, valid: dict[str, Any]) -> Any:
    """`valid` after one to three changes, each at a random place."""
    value = copy.deepcopy(valid)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(value)))
        value = draw(st.sampled_from(CHANGES))(draw, value, path)
    return value


def replace(draw: st.DrawFn, value: Any, path: Path) -> Any:
    return put(value, path, draw(VALUES))


def transplant(draw: st.DrawFn, value: Any, path: Path) -> Any:
    return put(value, path, copy.deepcopy(part_at(value, draw(st.sampled_from(places(value))))))


def remove(draw: st.DrawFn, value: Any, path: Path) -> Any:
    if path:
        del part_at(value, path[:-1])[path[-1]]
    return value


def grow(draw: st.DrawFn, value: Any, path: Path) -> Any:
    inner = part_at(value, path)
    if isinstance(inner, dict):
        inner[draw(st.sampled_from([*inner, *WORDS, *KEYS]))] = draw(VALUES)
    elif isinstance(inner, list):
        inner.append(copy.deepcopy(draw(st.sampled_from([*inner, *WORDS]))))
    return value


def twist(draw: st.DrawFn, value: Any, path: Path) -> Any:
    inner = part_at(value, path)
    if isinstance(inner, str):
        at = draw(st.integers(0, len(inner)))
        return put(value, path, inner[:at] + draw(st.sampled_from(WORDS)) + inner[at + draw(st.integers(0, 2)) :])
    if isinstance(inner, (int, float)):
        return put(value, path, draw(st.sampled_from([-inner, inner * 10, inner + 1, float(inner), str(inner)])))
    return value


def put(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    part_at(value, path[:-1])[path[-1]] = new
    return value


CHANGES: list[Callable[[st.DrawFn, Any, Path], Any]] = [replace, transplant, remove, grow, twist]


def is_valid(value: Any, schema: str) -> bool:
    try:
        document = DOCUMENTS.parse(canonical_json(value), file="f.json")
    except InvalidInput:  # a number grew too large
        return False
    findings = DOCUMENTS.validate(document, schema)
    assert all(found.message and found.location and found.location.line for found in findings)
    assert list(findings) == sorted(findings, key=lambda found: found.location.column or 0 if found.location else 0)
    return not findings


def decide(evidence: Evidence, policy: dict[str, Any]) -> None:
    """Every decision that rests on evidence and policy alone."""
    rules = policy_from_json(policy)
    judgement = judge(evidence, rules, now=NOW)
    assert canonical_json(judgement.to_json())
    rank_candidates([judgement], rules.ranking)


@given(mutants(PROPOSAL))
def test_a_valid_proposal_is_read_and_written_the_same(value: Any) -> None:
    if is_valid(value, "proposal"):
        written = proposal_from_json(value).to_json()
        assert is_valid(written, "proposal")
        assert proposal_from_json(written) == proposal_from_json(value)
        assert {key: part for key, part in written.items() if key in value} == {
            **value,
            "replaces": written["replaces"],
        }
        assert DOCUMENTS.parse(DOCUMENTS.render(written), file="f.yaml").value == written


@given(mutants(EVIDENCE))
def test_valid_evidence_is_read_written_the_same_and_judged(value: Any) -> None:
    if is_valid(value, "evidence"):
        evidence = evidence_from_json(value)
        assert is_valid(evidence.to_json(), "evidence")
        assert evidence_from_json(evidence.to_json()) == evidence
        decide(evidence, POLICY)
        decide(evidence, {"gates": HOMES, "confidence": 0.99, "ranking": POLICY["ranking"]})


@given(mutants(POLICY))
def test_a_valid_policy_is_read_and_judges(value: Any) -> None:
    if is_valid(value, "policy"):
        decide(evidence_from_json(EVIDENCE), value)


@given(mutants(LAYER))
def test_a_valid_layer_lies_over_a_policy(value: Any) -> None:
    if is_valid(value, "policy_layer"):
        merged = merge_policies(DEFAULTS, POLICY, value)
        if is_valid(merged, "policy"):
            policy_from_json(POLICY, value)


@given(mutants(MODEL))
def test_a_valid_model_file_is_read(value: Any) -> None:
    if is_valid(value, "model"):
        model_from_json(value, name="churn")


TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=5)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


@given(JUNK, st.sampled_from(sorted(VALID)))
def test_junk_is_never_valid(value: Any, schema: str) -> None:
    assert not is_valid({"schema": value, "gates": value, "data": value, "candidate": value}, schema)
