"""A proposal is written, read back, named and found."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coronet.core.proposal import (
    Candidate,
    ChangeType,
    Code,
    Kind,
    Proposal,
    Replaced,
    Requester,
    Why,
    gives_way,
    identify,
    is_proposal_id,
    proposal_at,
    proposal_branch,
    proposal_from_json,
    proposal_of_branch,
)
from tests.core.examples import CANDIDATE, CHAMPION, NOW, digest, proposal

WHOLE = proposal(
    why=Why(
        summary="more trees",
        owner="model-owner",
        hypothesis_id="H-021",
        change_type=ChangeType.TUNING,
        feature_set_version="2",
    ),
    requested_by=Requester(login="engineer", run_url="https://example.com/runs/1"),
    attempt=2,
)
BARE = proposal(replaces=None, why=Why(summary="the first"), code=Code())


@pytest.mark.parametrize("made", [WHOLE, BARE, replace(WHOLE, kind=Kind.ROLLBACK)])
def test_a_proposal_is_read_back(made: Proposal) -> None:
    assert proposal_from_json(made.to_json()) == made


def test_the_file_begins_with_what_is_asked_and_leaves_out_what_is_not_known() -> None:
    written = BARE.to_json()
    assert list(written)[:5] == ["schema", "id", "kind", "model", "alias"]
    assert (written["why"], written["code"], written["replaces"]) == ({"summary": "the first"}, {}, None)


def test_what_has_a_default_may_be_left_out() -> None:
    written = BARE.to_json()
    del written["attempt"], written["code"]
    assert proposal_from_json(written) == BARE


def test_where_a_proposal_lies() -> None:
    assert WHOLE.path == f"promotions/iris/{WHOLE.id}.yaml"
    assert WHOLE.evidence_path == f"promotions/iris/{WHOLE.id}.evidence.json"
    assert proposal_at(WHOLE.path) == ("iris", WHOLE.id)
    assert proposal_of_branch(proposal_branch("iris", WHOLE.id)) == ("iris", WHOLE.id)


@pytest.mark.parametrize(
    "path",
    [
        WHOLE.evidence_path,
        "promotions/x.yaml",
        "promotions/iris/deeper/x.yaml",
        "elsewhere/iris/x.yaml",
        "promotions/../x.yaml",
        "promotions/a|b/x.yaml",
    ],
)
def test_what_lies_elsewhere_is_no_proposal(path: str) -> None:
    assert proposal_at(path) is None


def test_a_wrong_name_is_found_all_the_same() -> None:
    """So that it is refused, not overlooked."""
    assert proposal_at("promotions/iris/whatever.yaml") == ("iris", "whatever")


@pytest.mark.parametrize(
    "branch",
    [
        "main",
        "promotions/iris",
        "promotions/iris/",
        "promotions/iris/x",
        f"promotions/iris/{WHOLE.id}/more",
        f"elsewhere/iris/{WHOLE.id}",
        f"promotions/other/{WHOLE.id}",  # the id is of another model
        "promotions/iris/iris-v7-7c2f9a4g",
        "promotions/iris/iris-v07-7c2f9a41",
        "promotions/iris/iris-v7-7c2f9a41<img>",
        "promotions/a.c/abc-v7-7c2f9a41",
    ],
)
def test_anybody_may_call_a_branch_what_they_like(branch: str) -> None:
    assert proposal_of_branch(branch) is None


def test_an_id_is_of_one_model() -> None:
    assert is_proposal_id(WHOLE.id, model="iris")
    assert not is_proposal_id(WHOLE.id, model="iri")
    assert not is_proposal_id(f"{WHOLE.id}\n", model="iris")


# --- the same inputs, the same id -----------------------------------------------------------------

INPUTS: dict[str, Any] = {
    "kind": Kind.PROMOTION,
    "model": "iris",
    "alias": "champion",
    "candidate": WHOLE.candidate,
    "replaces": WHOLE.replaces,
    "facts_digest": digest("f"),
    "policy_digest": digest("9"),
    "attempt": 1,
}


def test_the_same_inputs_make_the_same_id() -> None:
    assert identify(**INPUTS) == identify(**INPUTS)
    assert is_proposal_id(identify(**INPUTS), model="iris")


def test_where_and_when_the_version_was_made_does_not_enter() -> None:
    moved = replace(WHOLE.candidate, source="elsewhere", run_id="x", created=NOW + timedelta(days=1))
    assert identify(**{**INPUTS, "candidate": moved}) == identify(**INPUTS)


@pytest.mark.parametrize(
    "other",
    [
        {"kind": Kind.RENEWAL},
        {"model": "churn"},
        {"alias": "challenger"},
        {"candidate": replace(WHOLE.candidate, version="8")},
        {"candidate": replace(WHOLE.candidate, digest=digest("8"))},
        {"replaces": None},
        {"replaces": Replaced(version="5", digest=CHAMPION, proposal="iris-v5-11111111")},
        {"facts_digest": digest("0")},
        {"policy_digest": digest("0")},
        {"attempt": 2},
    ],
)
def test_any_other_input_makes_another_id(other: dict[str, Any]) -> None:
    assert identify(**{**INPUTS, **other}) != identify(**INPUTS)


# --- which open proposal gives way ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("older", "newer", "does"),
    [
        ("promotion", "promotion", True),
        ("renewal", "renewal", True),
        ("promotion", "rollback", True),
        ("renewal", "rollback", True),
        ("rollback", "rollback", True),
        ("rollback", "promotion", False),  # somebody waits for it at night
        ("promotion", "renewal", False),
    ],
)
def test_a_newer_proposal_takes_the_place_of_its_like(older: str, newer: str, does: bool) -> None:
    first, second = replace(WHOLE, kind=Kind(older)), replace(WHOLE, kind=Kind(newer))
    assert gives_way(first, second) is does
    assert not gives_way(first, replace(second, alias="challenger"))
    assert not gives_way(first, replace(second, model="churn"))


def test_a_candidate_is_pinned_by_everything_that_tells_it_apart() -> None:
    assert WHOLE.candidate == Candidate(version="7", run_id="run7", created=NOW, source="models:/m-7", digest=CANDIDATE)
