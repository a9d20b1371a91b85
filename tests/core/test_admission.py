"""May this proposal be merged?"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coronet.core.admission import AdmissionFacts, decide_admission, decide_pull_request
from coronet.core.changelog.entry import Event, FastLane
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, failed
from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.judgement import judge
from coronet.core.proposal import Kind, Proposal, Replaced, identify
from tests.core.examples import CANDIDATE, NOW, digest, entry, evidence, fact, gain, policy, proposal

POLICY = policy({"better": {"metric": "accuracy", "rule": "superior"}})
EVIDENCE = evidence(fact())


def asked(measured: Evidence = EVIDENCE, **fields: Any) -> Proposal:
    """The proposal under the id that it should have."""
    made = proposal(**{"policy_digest": POLICY.digest, **fields})
    own = identify(
        kind=made.kind,
        model=made.model,
        alias=made.alias,
        candidate=made.candidate,
        replaces=made.replaces,
        facts_digest=measured.facts_digest,
        policy_digest=made.policy_digest,
        attempt=made.attempt,
    )
    return replace(made, id=own)


ASKED = asked()
STATE = LogState().after([entry(version="4"), entry(version="5", proposal="iris-v5-00000000")])
FINE: dict[str, Any] = {
    "proposal": ASKED,
    "proposal_digest": digest("1"),
    "evidence_digest": ASKED.evidence_digest,
    "judgement": judge(EVIDENCE, POLICY, now=NOW),
    "policy": POLICY,
    "state": STATE,
    "registry_asked": True,
    "found": ASKED.candidate,
    "owners": frozenset({"Model-Owner"}),
    "now": NOW,
}


REJECTED = STATE.after([entry(Event.REJECTED, None, proposal=ASKED.id)])


def measured(*facts: MetricFact, says: str = "pass", **fields: Any) -> dict[str, Any]:
    """Other evidence, with the proposal that rests on it."""
    other = evidence(*facts, **fields)
    return {"judgement": judge(other, POLICY, now=NOW), "proposal": asked(other, evidence_verdict=says)}


def decide(**changes: Any) -> dict[str, Check]:
    return {check.name: check for check in decide_admission(AdmissionFacts(**{**FINE, **changes}))}


def broken(checks: dict[str, Check]) -> list[str]:
    return [check.name for check in checks.values() if check.result in ("fail", "inconclusive")]


def test_a_proposal_that_is_fine() -> None:
    checks = decide()
    assert broken(checks) == []
    assert list(checks) == [
        "id",
        "undecided",
        "evidence",
        "subject",
        "policy",
        "dates",
        "in_time",
        "champion",
        "former_champion",
        "held",
        "candidate",
        "owner",
        "said_verdict",
        "verdict",
    ]


@pytest.mark.parametrize(
    ("changes", "checks"),
    [
        pytest.param({"evidence_digest": None}, ["evidence"], id="no evidence"),
        pytest.param({"evidence_digest": digest("0")}, ["evidence"], id="edited evidence"),
        pytest.param(measured(fact(), model="churn"), ["subject"], id="another model's"),
        pytest.param({"proposal": asked(policy_digest=digest("0"))}, ["policy"], id="the policy changed"),
        pytest.param({"proposal": replace(ASKED, valid_until=NOW + timedelta(days=99))}, ["dates"], id="too long"),
        pytest.param({"proposal": replace(ASKED, expires_at=NOW)}, ["in_time"], id="expired this very moment"),
        pytest.param({"now": NOW + timedelta(days=13)}, ["in_time"], id="expired"),
        pytest.param({"proposal": replace(ASKED, valid_until=NOW)}, ["in_time"], id="no release could rest on it"),
        pytest.param({"state": STATE.after([entry(version="6")])}, ["champion"], id="another was promoted"),
        pytest.param({"state": LogState()}, ["champion"], id="the log knows no champion"),
        pytest.param(
            {"proposal": asked(replaces=None)}, ["subject", "champion"], id="a first one where there is one"
        ),
        pytest.param(
            {"proposal": asked(kind=Kind.ROLLBACK)}, ["former_champion"], id="a rollback to a stranger"
        ),
        pytest.param({"state": STATE.after([entry(Event.HELD, "7")])}, ["held"], id="the version is held"),
        pytest.param({"state": STATE.after([entry(Event.HELD, None)])}, ["held"], id="the model is held"),
        pytest.param({"proposal": replace(ASKED, id="iris-v7-00000000")}, ["id"], id="a name of its own"),
        pytest.param({"state": REJECTED}, ["undecided"], id="rejected before"),
        pytest.param({"proposal": replace(ASKED, evidence_verdict="fail")}, ["said_verdict"], id="another verdict"),
        pytest.param({"found": None}, ["candidate"], id="gone from the registry"),
        pytest.param({"found": replace(ASKED.candidate, digest=digest("0"))}, ["candidate"], id="files changed"),
        pytest.param({"found": replace(ASKED.candidate, created=NOW + timedelta(1))}, ["candidate"], id="recreated"),
        pytest.param(measured(gain(-0.1), says="fail"), ["verdict"], id="a failure"),
        pytest.param(measured(gain(0.0), says="inconclusive"), ["verdict"], id="no certainty"),
    ],
)  # fmt: skip
def test_what_must_not_be_merged(changes: dict[str, Any], checks: list[str]) -> None:
    assert broken(decide(**changes)) == checks


def test_everything_wrong_is_said_at_once() -> None:
    assert broken(decide(evidence_digest=None, found=None, state=LogState())) == ["evidence", "champion", "candidate"]


def test_a_hold_of_the_model_leaves_rollbacks_alone() -> None:
    back = replace(ASKED, kind=Kind.ROLLBACK, candidate=replace(ASKED.candidate, version="4", digest=digest("4")))
    checks = decide(proposal=back, state=STATE.after([entry(Event.HELD, None)]))
    assert (checks["held"].result, checks["former_champion"].result) == ("pass", "pass")


def test_without_a_registry_the_version_is_not_looked_at() -> None:
    assert "candidate" not in decide(registry_asked=False, found=None)


@pytest.mark.parametrize(
    ("asks", "improvement", "result", "saw"),
    [
        ("refuse", 0.02, "pass", "the evidence's verdict is pass"),
        ("refuse", 0.0, "inconclusive", "the evidence's verdict is inconclusive"),
        ("ask", 0.0, "warn", "the evidence's verdict is inconclusive: the policy leaves it to the reviewers"),
        ("ask", -0.1, "fail", "the evidence's verdict is fail"),
    ],
)
def test_a_doubt_is_said_and_left_to_reviewers_where_the_policy_says_so(
    asks: str, improvement: float, result: str, saw: str
) -> None:
    by = policy({"better": {"metric": "accuracy", "rule": "superior"}}, on_inconclusive=asks)
    judgement = judge(evidence(gain(improvement)), by, now=NOW)
    made = decide(judgement=judgement, policy=by, proposal=asked(policy_digest=by.digest))["verdict"]
    assert (made.result, made.saw) == (result, saw)
    assert made.parts == judgement.checks


@pytest.mark.parametrize(
    ("owner", "owners", "result"),
    [
        ("model-owner", {"Model-Owner"}, "pass"),
        ("@model-owner", {"model-owner"}, "pass"),
        ("engineer", {"model-owner"}, "warn"),
        ("engineer", set(), "warn"),
        (None, {"model-owner"}, "off"),
    ],
)
def test_who_answers_for_it_owns_it_or_the_reviewers_are_told(owner: str | None, owners: set[str], result: str) -> None:
    checks = decide(proposal=replace(ASKED, why=replace(ASKED.why, owner=owner)), owners=frozenset(owners))
    assert (checks["owner"].result, broken(checks)) == (result, [])


def test_a_renewal_of_the_champion() -> None:
    champion = Replaced(version="7", digest=CANDIDATE, proposal="iris-v7-00000000")
    state = LogState().after([entry(version="7")])
    checks = decide(proposal=asked(kind=Kind.RENEWAL, replaces=champion), state=state)
    assert broken(checks) == []


@pytest.mark.parametrize(
    ("forbidden", "result", "saw"),
    [
        ([], "pass", "2 added"),
        (["README.md is modified"], "fail", "README.md is modified"),
        (list("abcde"), "fail", "a; b; c; d; e"),
        (list("abcdefg"), "fail", "a; b; c; d; e and 2 more"),
    ],
)
def test_a_pull_request_adds_proposals_and_nothing_else(forbidden: list[str], result: str, saw: str) -> None:
    (check,) = decide_pull_request(["x", "y"], forbidden)
    assert (check.result, check.saw) == (result, saw)


# --- the approval of a rollback that was done already ----------------------------------------------

LANE = FastLane(ratify_by=NOW + timedelta(days=13), restores="iris-v7-00000000", document="id: x\n")
DONE = entry(Event.ROLLED_BACK, "7", proposal=ASKED.id, proposal_digest=digest("1"), fast_lane=LANE, actor="on-call")


def test_what_was_done_already_is_held_against_what_was_done() -> None:
    checks = decide(state=STATE.after([DONE]))
    assert broken(checks) == []
    assert list(checks) == [
        "id", "ratifies", "evidence", "subject", "in_time", "held", "candidate", "owner", "said_verdict", "verdict",
    ]  # fmt: skip
    assert "candidate" not in decide(state=STATE.after([DONE]), registry_asked=False)


def test_another_file_than_the_one_by_which_it_was_done() -> None:
    assert broken(decide(state=STATE.after([DONE]), proposal_digest=digest("0"))) == ["ratifies"]


def test_what_ended_without_an_approval_is_not_asked_for_again() -> None:
    state = STATE.after([DONE, entry(Event.UNRATIFIED, "7", proposal=ASKED.id)])
    assert "undecided" in broken(decide(state=state))


def test_the_number_of_a_look_is_held_against_what_git_shows() -> None:
    broken = failed("look_number", saw="look 1, which another one is", wanted="a number of its own, at least 2")
    assert decide(looks=(broken,))["look_number"] is broken
    assert "look_number" not in decide()
