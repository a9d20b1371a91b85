"""Was the proposal approved? One row a way of trying."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.approval import ApprovalDecision, ApprovalFacts, Opinion, Vote, decide_approval
from coronet.core.decision import Verdict
from coronet.core.protection import ProtectionDemand
from tests.approvals import CASES, CHANGES, DISMISSED, EVIDENCE, GUARDS, OWNERS, PROPOSAL, Case, facts, vote
from tests.core.examples import NOW


def why_not(decision: ApprovalDecision) -> dict[str, str]:
    return {check.name: check.saw for check in decision.checks if check.result == "fail"}


def test_an_owner_who_neither_asked_nor_wrote_approves() -> None:
    decision = decide_approval(facts(vote("model-owner")))
    assert decision.verdict is Verdict.PASS
    assert {check.name: check.saw for check in decision.checks} == {
        "merged": "pull request 12",
        "owners": "@model-owner, @second-owner",
        "objections": "none stands",
        "approved": "approved by @model-owner",
        "protection": "everything is demanded",
    }
    (given_by,) = decision.approvals
    assert (given_by.login, given_by.review, given_by.commit) == ("model-owner", "1", "c" * 40)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_way_of_trying(case: Case) -> None:
    decision = decide_approval(case.facts)
    assert {*why_not(decision)} == case.refused
    assert decision.verdict is (Verdict.FAIL if case.refused else Verdict.PASS)


@pytest.mark.parametrize(
    ("made", "refusals"),
    [
        pytest.param(facts(), {"approved": "no approval"}, id="admin merge without review"),
        pytest.param(
            facts(vote("model-owner"), opened_by="model-owner"),
            {"approved": "@model-owner opened the pull request"},
            id="the author approves",
        ),
        pytest.param(
            facts(vote("model-owner"), requested_by="model-owner"),
            {"approved": "@model-owner asked for it"},
            id="who asked for it approves",
        ),
        pytest.param(
            facts(vote("Model-Owner"), requested_by="model-OWNER"),
            {"approved": "@Model-Owner asked for it"},
            id="who asked for it approves in other letters",
        ),
        pytest.param(
            facts(vote("model-owner"), opened_by="MODEL-OWNER"),
            {"approved": "@model-owner opened the pull request"},
            id="the author in other letters",
        ),
        pytest.param(
            facts(vote("model-owner"), authors=frozenset({"promoter[bot]", "Model-Owner"})),
            {"approved": "@model-owner wrote a commit of it"},
            id="who wrote a commit of it approves",
        ),
        pytest.param(
            facts(vote("engineer2")),
            {"approved": f"@engineer2 is no owner of {PROPOSAL} and {EVIDENCE}"},
            id="someone who owns nothing approves",
        ),
        pytest.param(
            facts(vote("model-owner", is_bot=True)),
            {"approved": "@model-owner is a bot"},
            id="a bot approves",
        ),
        pytest.param(
            facts(vote("model-owner", same_content=False)),
            {"approved": "@model-owner approved other content, at cccccccc"},
            id="a later push edited the proposal",
        ),
        pytest.param(
            facts(vote("model-owner", same_content=None)),
            {"approved": "@model-owner approved cccccccc, which is not to be had any more"},
            id="the reviewed commit is gone",
        ),
        pytest.param(
            facts(vote("model-owner", minutes=1)),
            {"approved": "@model-owner only after the merge"},
            id="approved after the merge",
        ),
        pytest.param(
            facts(vote("model-owner", CHANGES, minutes=1)),
            {"approved": "no approval"},
            id="changes requested after the merge are no late approval",
        ),
        pytest.param(
            facts(vote("model-owner", DISMISSED)),
            {"approved": "@model-owner: dismissed"},
            id="the approval was dismissed",
        ),
        pytest.param(
            facts(vote("model-owner"), vote("model-owner", DISMISSED, minutes=-30)),
            {"approved": "@model-owner: dismissed"},
            id="approved, then a later opinion was dismissed",
        ),
        pytest.param(
            facts(vote("model-owner"), vote("model-owner", CHANGES, minutes=-30)),
            {"approved": "@model-owner: changes requested", "objections": "changes requested by @model-owner"},
            id="the same owner asked for changes afterwards",
        ),
        pytest.param(
            facts(vote("model-owner", CHANGES, minutes=-30), vote("model-owner")),
            {"approved": "@model-owner: changes requested", "objections": "changes requested by @model-owner"},
            id="in whatever order the forge tells it",
        ),
        pytest.param(
            facts(vote("model-owner"), vote("second-owner", CHANGES, minutes=-90)),
            {"objections": "changes requested by @second-owner"},
            id="another owner still asks for changes",
        ),
        pytest.param(
            facts(
                vote("model-owner"),
                vote("SECOND-owner", CHANGES),
                owners={PROPOSAL: OWNERS, EVIDENCE: frozenset({"model-owner"})},
            ),
            {"objections": "changes requested by @SECOND-owner"},
            id="an owner of one file asks for changes",
        ),
        pytest.param(
            facts(vote("model-owner"), owners={PROPOSAL: OWNERS, EVIDENCE: frozenset({"second-owner"})}),
            {"approved": f"@model-owner is no owner of {EVIDENCE}"},
            id="the evidence belongs to somebody else",
        ),
        pytest.param(
            facts(
                vote("model-owner"),
                owners={PROPOSAL: frozenset({"second-owner"}), EVIDENCE: frozenset({"second-owner"})},
            ),
            {"approved": f"@model-owner is no owner of {PROPOSAL} and {EVIDENCE}"},
            id="the forge dropped the owner from CODEOWNERS",
        ),
        pytest.param(
            facts(vote("model-owner"), owners={PROPOSAL: frozenset(), EVIDENCE: OWNERS}),
            {"owners": f"nobody owns {PROPOSAL}", "approved": f"@model-owner is no owner of {PROPOSAL}"},
            id="the last matching line names nobody",
        ),
        pytest.param(
            facts(vote("model-owner"), owners={}),
            {"owners": "nobody owns it", "approved": "@model-owner is no owner of it"},
            id="there is no file to own",
        ),
        pytest.param(
            facts(vote("model-owner"), owners={PROPOSAL: None, EVIDENCE: None}),
            {
                "owners": f"unknown: owners of {PROPOSAL}, owners of {EVIDENCE}",
                "approved": f"@model-owner is no owner of {PROPOSAL} and {EVIDENCE}",
            },
            id="owners are unknown",
        ),
        pytest.param(
            facts(vote("model-owner"), owners={PROPOSAL: OWNERS, EVIDENCE: None}),
            {"owners": f"unknown: owners of {EVIDENCE}", "approved": f"@model-owner is no owner of {EVIDENCE}"},
            id="owners of one file are unknown",
        ),
        pytest.param(
            facts(votes=None), {"owners": "unknown: reviews", "approved": "no approval"}, id="reviews are unknown"
        ),
        pytest.param(
            facts(vote("model-owner"), authors=None),
            {"owners": "unknown: who wrote its commits"},
            id="an author of a commit is unknown",
        ),
        pytest.param(
            facts(vote("model-owner"), opened_by=None),
            {"owners": "unknown: who opened it"},
            id="nobody knows who opened it",
        ),
        pytest.param(
            facts(vote("model-owner"), opened_by=""),
            {"owners": "unknown: who opened it"},
            id="an account that is gone opened it",
        ),
        pytest.param(
            facts(vote("model-owner"), required=2),
            {"approved": "approved by @model-owner"},
            id="two are required and one approves",
        ),
        pytest.param(
            facts(vote("model-owner"), vote("MODEL-owner", minutes=-50, review="2"), required=2),
            {"approved": "approved by @MODEL-owner"},
            id="two are required and one approves twice",
        ),
        pytest.param(
            facts(vote("model-owner"), vote("second-owner", minutes=1), required=2),
            {"approved": "approved by @model-owner; @second-owner only after the merge"},
            id="two are required and one came late",
        ),
        pytest.param(
            facts(votes=(), pull_request=None, merged_at=None, opened_by=None, authors=frozenset()),
            {"merged": "no merged pull request brought it", "approved": "no approval"},
            id="pushed straight to main",
        ),
        pytest.param(
            facts(vote("model-owner"), guards=None),
            {"protection": "what the forge demands of a change is unknown"},
            id="nobody knows what protects the branch",
        ),
        pytest.param(
            facts(vote("model-owner"), guards=replace(GUARDS, pull_request=False)),
            {"protection": "not demanded: pull requests"},
            id="the branch is not protected",
        ),
        pytest.param(
            facts(vote("model-owner"), required=0, guards=None),
            {"protection": "what the forge demands of a change is unknown"},
            id="waived, and unprotected",
        ),
        pytest.param(
            facts(vote("model-owner"), merged_at=None),
            {"merged": "no merged pull request brought it"},
            id="never merged",
        ),
    ],
)
def test_what_is_no_approval(made: ApprovalFacts, refusals: Mapping[str, str]) -> None:
    decision = decide_approval(made)
    assert why_not(decision) == refusals
    assert decision.verdict is Verdict.FAIL


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(facts(vote("model-owner", commit="b" * 40)), id="commits were added, the content is the same"),
        pytest.param(facts(vote("MODEL-OWNER")), id="logins do not differ by case"),
        pytest.param(facts(vote("model-owner", minutes=0)), id="in the second of the merge"),
        pytest.param(
            facts(vote("model-owner", CHANGES, minutes=-90), vote("model-owner")), id="asked for changes, then approved"
        ),
        pytest.param(
            facts(vote("model-owner", DISMISSED, minutes=-90), vote("model-owner")), id="dismissed, then approved again"
        ),
        pytest.param(
            facts(vote("model-owner"), vote("model-owner", CHANGES, minutes=1)), id="changes of mind come too late"
        ),
        pytest.param(facts(vote("model-owner"), vote("model-owner")), id="the same review twice is one"),
        pytest.param(facts(vote("model-owner"), vote("engineer2", CHANGES)), id="someone who owns nothing objects"),
        pytest.param(
            facts(vote("model-owner"), vote("second-owner", CHANGES, is_bot=True)), id="a bot asks for changes"
        ),
        pytest.param(
            facts(vote("model-owner"), vote("second-owner", CHANGES, minutes=-90), vote("second-owner", DISMISSED)),
            id="the objection was dismissed",
        ),
        pytest.param(facts(vote("model-owner"), vote("second-owner"), required=2), id="two owners where two must"),
        pytest.param(facts(vote("model-owner"), vote("second-owner")), id="more than must"),
        pytest.param(
            facts(vote("model-owner"), guards=None, protection=ProtectionDemand.WARN), id="unprotected, with a warning"
        ),
        pytest.param(facts(vote("model-owner"), guards=None, protection=ProtectionDemand.OFF), id="not asked"),
    ],
)  # fmt: skip
def test_what_is_an_approval(made: ApprovalFacts) -> None:
    decision = decide_approval(made)
    assert why_not(decision) == {}
    assert decision.verdict is Verdict.PASS
    assert len(decision.approvals) >= made.required


def test_the_newest_approval_of_a_person_is_the_one_recorded() -> None:
    decision = decide_approval(facts(vote("model-owner", review="1"), vote("model-owner", minutes=-5, review="2")))
    assert [given.review for given in decision.approvals] == ["2"]


def test_approvals_stand_in_the_order_of_their_times() -> None:
    decision = decide_approval(facts(vote("second-owner", minutes=-5), vote("model-owner", minutes=-50), required=2))
    assert [given.login for given in decision.approvals] == ["model-owner", "second-owner"]


@pytest.mark.parametrize(("required", "words"), [(1, "1 approval"), (2, "2 approvals")])
def test_what_is_wanted_is_counted(required: int, words: str) -> None:
    wanted = [check.wanted for check in decide_approval(facts(required=required)).checks]
    assert wanted[-2] == f"{words} by owners who neither asked nor wrote"


# --- waived by the policy -------------------------------------------------------------------------


def test_the_policy_may_waive_approvals() -> None:
    decision = decide_approval(facts(required=0))
    assert (decision.verdict, decision.approvals) == (Verdict.PASS, ())
    assert decision.checks[-2].saw == "waived"


def test_what_is_waived_needs_no_pull_request() -> None:
    straight = facts(pull_request=None, merged_at=None, opened_by=None, votes=None, authors=None, required=0)
    assert decide_approval(straight).verdict is Verdict.PASS


def test_an_owner_may_object_to_what_is_waived() -> None:
    decision = decide_approval(facts(vote("model-owner", CHANGES), required=0))
    assert why_not(decision) == {"objections": "changes requested by @model-owner"}


# --- properties -----------------------------------------------------------------------------------

LOGINS = ("model-owner", "Model-Owner", "second-owner", "engineer", "promoter[bot]", "stranger")
votes = st.builds(
    vote,
    st.sampled_from(LOGINS),
    st.sampled_from(Opinion),
    minutes=st.integers(-3, 3),
    same_content=st.sampled_from([True, True, False, None]),
    is_bot=st.sampled_from([False, False, True]),
)


@given(st.lists(votes, max_size=6), st.integers(1, 2))
def test_only_owners_who_had_nothing_to_do_with_it_are_counted(given_votes: list[Vote], required: int) -> None:
    decision = decide_approval(facts(*given_votes, required=required))
    counted = {approval.login.lower() for approval in decision.approvals}
    assert counted <= {"model-owner", "second-owner"}
    assert len(counted) == len(decision.approvals)
    assert all(approval.at <= NOW for approval in decision.approvals)
    assert decision.verdict is not Verdict.PASS or len(counted) >= required


@given(st.lists(votes, max_size=6), st.sampled_from(LOGINS))
def test_one_more_objection_never_helps(given_votes: list[Vote], login: str) -> None:
    """Whoever objects last: an owner blocks, another changes nothing for the better."""
    before = decide_approval(facts(*given_votes))
    after = decide_approval(facts(*given_votes, vote(login, CHANGES, minutes=0)))
    assert before.verdict is Verdict.PASS or after.verdict is Verdict.FAIL


@given(st.lists(votes, max_size=5))
def test_what_is_unknown_never_helps(given_votes: list[Vote]) -> None:
    known = facts(*given_votes)
    for unknown in (
        replace(known, votes=None),
        replace(known, authors=None),
        replace(known, opened_by=None),
        replace(known, owners={PROPOSAL: OWNERS, EVIDENCE: None}),
        replace(known, merged_at=None),
    ):
        assert decide_approval(unknown).verdict is Verdict.FAIL
