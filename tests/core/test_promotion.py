"""What `promote` does with one merged proposal: one row a state of the world."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from coronet.core.approval import ApprovalDecision
from coronet.core.changelog.entry import Event, Pinned
from coronet.core.changelog.state import LogState
from coronet.core.decision import Verdict, failed, passed
from coronet.core.judging.judgement import judge
from coronet.core.policy import Freeze
from coronet.core.promotion import (
    Action,
    PromotionDecision,
    PromotionFacts,
    decide_ended,
    decide_promotion,
    frozen_by,
    say_version,
)
from coronet.core.proposal import Candidate, Kind, Replaced
from tests.core.examples import (
    CHAMPION,
    NOW,
    approval,
    digest,
    entry,
    evidence,
    fact,
    gain,
    policy,
    proposal,
)

BETTER = {"better": {"metric": "accuracy", "rule": "superior"}}
POLICY = policy(BETTER)
ASKED = proposal(policy_digest=POLICY.digest)
FOUND = ASKED.candidate
FIVE = entry(version="5", proposal="iris-v5-00000000")
STATE = LogState().after([entry(version="4"), FIVE])
APPROVED = ApprovalDecision(
    verdict=Verdict.PASS,
    checks=(passed("approved", saw="by @model-owner", wanted="1 approval"),),
    approvals=(approval(),),
)
UNAPPROVED = ApprovalDecision(
    verdict=Verdict.FAIL, checks=(failed("approved", saw="no approval", wanted="1 approval"),), approvals=()
)
WINDOW = Freeze(start="2026-11-20", end="2026-11-21", zone="UTC", why="year end")
HELD = entry(Event.HELD, "7", actor="second-owner", why="complaints")
HELD_WHOLE = entry(Event.HELD, None, actor="second-owner", why="audit")
INTENT = entry(Event.INTENT, "7", proposal=ASKED.id, seq=3)

FINE: dict[str, Any] = {
    "proposal": ASKED,
    "landed_at": NOW - timedelta(minutes=5),
    "unchanged": True,
    "evidence_digest": ASKED.evidence_digest,
    "policy_digest": POLICY.digest,
    "judgement": judge(evidence(fact()), POLICY, now=NOW),
    "approval": APPROVED,
    "state": STATE,
    "alias_version": "5",
    "found": FOUND,
    "frozen": None,
    "now": NOW,
}


def decide(**changes: Any) -> PromotionDecision:
    return decide_promotion(PromotionFacts(**{**FINE, **changes}))


def broken(decision: PromotionDecision) -> list[str]:
    return [check.name for check in decision.checks if check.result in ("fail", "inconclusive")]


def test_what_was_merged_approved_and_proven_moves_the_alias() -> None:
    decision = decide()
    assert (decision.action, decision.event, decision.why) == (Action.MOVE, Event.PROMOTED, "more trees")
    assert broken(decision) == []


@pytest.mark.parametrize(
    ("changes", "event", "checks"),
    [
        pytest.param({"approval": UNAPPROVED}, "refused", ["approved"], id="not approved"),
        pytest.param({"unchanged": False}, "refused", ["unchanged"], id="edited after the merge"),
        pytest.param({"evidence_digest": None}, "refused", ["evidence"], id="no evidence"),
        pytest.param({"evidence_digest": digest("0")}, "refused", ["evidence"], id="other evidence"),
        pytest.param(
            {"judgement": None, "judgement_problem": "broken"}, "refused", ["subject", "verdict"], id="nothing to judge"
        ),
        pytest.param(
            {"judgement": judge(evidence(gain(-0.1)), POLICY, now=NOW)}, "refused", ["verdict"], id="a failure"
        ),
        pytest.param(
            {"judgement": judge(evidence(gain(0.0)), POLICY, now=NOW)}, "refused", ["verdict"], id="no certainty"
        ),
        pytest.param(
            {"judgement": judge(evidence(fact(), model="churn"), POLICY, now=NOW)},
            "refused",
            ["subject"],
            id="evidence about another model",
        ),
        pytest.param({"found": None}, "refused", ["candidate"], id="the version is gone"),
        pytest.param({"found": replace(FOUND, digest=digest("0"))}, "refused", ["candidate"], id="its files changed"),
        pytest.param({"found": replace(FOUND, run_id="other")}, "refused", ["candidate"], id="of another run"),
        pytest.param({"found": replace(FOUND, source="other")}, "refused", ["candidate"], id="from another source"),
        pytest.param(
            {"found": replace(FOUND, created=NOW + timedelta(seconds=1))},
            "refused",
            ["candidate"],
            id="recreated under its number",
        ),
        pytest.param(
            {"proposal": replace(ASKED, valid_until=NOW + timedelta(days=900))},
            "refused",
            ["dates"],
            id="it gave itself more time",
        ),
        pytest.param(
            {"proposal": replace(ASKED, created_at=NOW + timedelta(days=9))},
            "refused",
            ["dates"],
            id="it was dated in the future",
        ),
        pytest.param(
            {"proposal": replace(ASKED, kind=Kind.ROLLBACK)},
            "refused",
            ["former_champion"],
            id="a rollback to what never was champion",
        ),
        pytest.param(
            {"proposal": replace(ASKED, expires_at=NOW)}, "expired", ["in_time"], id="the moment it expires"
        ),
        pytest.param(
            {"landed_at": ASKED.expires_at, "now": NOW}, "expired", ["in_time"], id="merged when it had expired"
        ),
        pytest.param(
            {"proposal": replace(ASKED, valid_until=NOW)}, "expired", ["in_time"], id="no release could rest on it"
        ),
        pytest.param({"policy_digest": digest("0")}, "conflict", ["policy"], id="the policy changed before the merge"),
        pytest.param({"policy_digest": None}, "conflict", ["policy"], id="the policy cannot be read"),
        pytest.param(
            {"state": STATE.after([entry(version="6")]), "alias_version": "6"},
            "conflict",
            ["champion"],
            id="another was promoted meanwhile",
        ),
        pytest.param(
            {"state": STATE.after([replace(FIVE, proposal="iris-v5-11111111")])},
            "conflict",
            ["champion"],
            id="the champion rests on another proposal",
        ),
        pytest.param(
            {"state": STATE.after([entry(version="5", target=Pinned(version="5", digest=digest("0")))])},
            "conflict",
            ["champion"],
            id="other files under the champion's number",
        ),
        pytest.param({"state": LogState()}, "conflict", ["champion"], id="the log knows no champion"),
        pytest.param(
            {"state": LogState().after([replace(FIVE, target=None)])},
            "conflict",
            ["champion"],
            id="the log names no version",
        ),
    ],
)  # fmt: skip
def test_what_is_refused_for_good(changes: dict[str, Any], event: str, checks: list[str]) -> None:
    decision = decide(**changes)
    assert (decision.action, decision.event) == (Action.REFUSE, event)
    assert broken(decision) == checks
    assert decision.why.startswith(f"{checks[0]}: ")


@pytest.mark.parametrize(
    ("changes", "checks"),
    [
        pytest.param({"alias_version": "4"}, ["aligned"], id="moved behind git's back"),
        pytest.param({"alias_version": None}, ["aligned"], id="the alias was removed"),
        pytest.param({"state": STATE.after([HELD])}, ["held"], id="the version is held"),
        pytest.param({"state": STATE.after([HELD_WHOLE])}, ["held"], id="the model is held"),
        pytest.param({"frozen": WINDOW}, ["frozen"], id="a freeze"),
        pytest.param({"frozen": WINDOW, "state": STATE.after([HELD])}, ["held", "frozen"], id="both"),
    ],
)
def test_what_waits(changes: dict[str, Any], checks: list[str]) -> None:
    decision = decide(**changes)
    assert (decision.action, decision.event) == (Action.WAIT, None)
    assert broken(decision) == checks


def test_the_gravest_reason_decides() -> None:
    """Refused before expired before in conflict before waiting."""
    worst: dict[str, Any] = {
        "frozen": WINDOW,
        "policy_digest": None,
        "proposal": replace(ASKED, expires_at=NOW),
        "unchanged": False,
    }
    for event in (Event.REFUSED, Event.EXPIRED, Event.CONFLICT, None):
        assert decide(**worst).event == event
        worst.popitem()


def test_an_open_question_that_the_policy_leaves_to_reviewers_moves() -> None:
    asks = policy(BETTER, on_inconclusive="ask")
    judgement = judge(evidence(gain(0.0)), asks, now=NOW)
    decision = decide(
        judgement=judgement, policy_digest=asks.digest, proposal=replace(ASKED, policy_digest=asks.digest)
    )
    assert decision.action is Action.MOVE
    (said,) = (check.saw for check in decision.checks if check.name == "verdict")
    assert said.endswith("left to the reviewers by the policy")


# --- the first champion ---------------------------------------------------------------------------

FIRST: dict[str, Any] = {
    "proposal": replace(ASKED, replaces=None),
    "judgement": judge(evidence(fact(champion=None), champion=None), policy(), now=NOW),
    "state": LogState(),
    "alias_version": None,
}


@pytest.mark.parametrize(
    ("changes", "action", "event"),
    [
        ({}, "move", "promoted"),
        ({"alias_version": "7"}, "record", "adopted"),  # it was champion before coronet came
        ({"alias_version": "3"}, "refuse", "conflict"),  # another one was
        ({"state": STATE}, "refuse", "conflict"),  # the log knows one
    ],
)
def test_the_first_champion_is_promoted_or_adopted(changes: dict[str, Any], action: str, event: str) -> None:
    decision = decide(**{**FIRST, **changes})
    assert (decision.action, decision.event) == (action, event)


# --- moved by hand --------------------------------------------------------------------------------


def test_what_the_alias_was_moved_to_by_hand_is_adopted() -> None:
    decision = decide(alias_version="7")
    assert (decision.action, decision.event) == (Action.RECORD, Event.ADOPTED)
    assert broken(decision) == []


@pytest.mark.parametrize(
    ("changes", "action", "checks"),
    [
        ({"approval": UNAPPROVED}, "refuse", ["approved"]),
        ({"found": replace(FOUND, digest=digest("0"))}, "refuse", ["candidate"]),
        ({"state": STATE.after([entry(version="6")])}, "refuse", ["champion"]),
        ({"state": STATE.after([HELD])}, "wait", ["held"]),
        ({"frozen": WINDOW}, "wait", ["frozen"]),
    ],
)
def test_a_hand_that_moved_it_spares_it_nothing(changes: dict[str, Any], action: str, checks: list[str]) -> None:
    decision = decide(**{**changes, "alias_version": "7"})
    assert (decision.action, broken(decision)) == (action, checks)


def test_what_had_ended_before_it_was_merged_is_only_said() -> None:
    decision = decide_ended(Event.ROLLED_BACK)
    assert (decision.action, decision.event) == (Action.REFUSE, Event.ENDED_ALREADY)
    assert decision.why == "rolled back before it was merged"
    assert broken(decision) == ["undecided"]


# --- rollbacks and renewals -----------------------------------------------------------------------

FOUR = Candidate(version="4", run_id="run4", created=NOW, source="s", digest=digest("4"))
BACK = replace(ASKED, kind=Kind.ROLLBACK, candidate=FOUR)
RENEWED = replace(
    ASKED,
    kind=Kind.RENEWAL,
    candidate=replace(FOUR, version="5", digest=CHAMPION),
    replaces=Replaced(version="5", digest=CHAMPION, proposal="iris-v5-00000000"),
)


def own_values(made: Any, kind: Kind) -> dict[str, Any]:
    about = evidence(fact(), candidate=replace(evidence().candidate, digest=made.candidate.digest), champion=None)
    return {"proposal": made, "judgement": judge(about, POLICY, now=NOW, kind=kind), "found": made.candidate}


def test_a_rollback_moves_the_alias_back() -> None:
    decision = decide(**own_values(BACK, Kind.ROLLBACK))
    assert (decision.action, decision.event) == (Action.MOVE, Event.ROLLED_BACK)


def test_a_rollback_that_somebody_did_by_hand_is_recorded_as_one() -> None:
    """So that what it returned from is held."""
    decision = decide(**own_values(BACK, Kind.ROLLBACK), alias_version="4")
    assert (decision.action, decision.event) == (Action.RECORD, Event.ROLLED_BACK)


def test_a_renewal_moves_nothing_and_is_recorded() -> None:
    decision = decide(**own_values(RENEWED, Kind.RENEWAL))
    assert (decision.action, decision.event) == (Action.RECORD, Event.RENEWED)


@pytest.mark.parametrize("made", [BACK, RENEWED])
def test_neither_waits_for_a_freeze_or_a_hold_of_the_model(made: Any) -> None:
    decision = decide(**own_values(made, made.kind), frozen=WINDOW, state=STATE.after([HELD_WHOLE]))
    assert decision.event in (Event.ROLLED_BACK, Event.RENEWED)


def test_a_version_that_is_held_does_not_come_back() -> None:
    decision = decide(**own_values(BACK, Kind.ROLLBACK), state=STATE.after([entry(Event.HELD, "4")]))
    assert (decision.action, broken(decision)) == (Action.WAIT, ["held"])


# --- a run that was cut ---------------------------------------------------------------------------

CUT: dict[str, Any] = {"state": STATE.after([INTENT])}


@pytest.mark.parametrize(
    ("changes", "action", "event", "checks"),
    [
        pytest.param({}, "move", "promoted", [], id="before the move"),
        pytest.param({"alias_version": "7"}, "record", "promoted", [], id="after the move"),
        pytest.param({"alias_version": "4"}, "refuse", "conflict", ["unfinished"], id="someone moved it elsewhere"),
        pytest.param({"alias_version": None}, "refuse", "conflict", ["unfinished"], id="someone removed it"),
        pytest.param({"found": None}, "refuse", "refused", ["candidate"], id="the version is gone since"),
        pytest.param(
            {"found": replace(FOUND, digest=digest("0"))}, "refuse", "refused", ["candidate"], id="its files changed"
        ),
        pytest.param({"proposal": replace(ASKED, expires_at=NOW)}, "refuse", "expired", ["in_time"], id="expired"),
        pytest.param({"state": STATE.after([INTENT, HELD])}, "wait", None, ["held"], id="held since"),
        pytest.param({"frozen": WINDOW}, "wait", None, ["frozen"], id="frozen since"),
        pytest.param({"approval": UNAPPROVED}, "move", "promoted", [], id="what was proven stays proven"),
        pytest.param(
            {"alias_version": "7", "frozen": WINDOW, "state": STATE.after([INTENT, HELD])},
            "record",
            "promoted",
            [],
            id="what was moved is recorded whatever came since",
        ),
    ],
)  # fmt: skip
def test_what_was_begun_is_finished_or_closed(
    changes: dict[str, Any], action: str, event: str | None, checks: list[str]
) -> None:
    decision = decide(**{**CUT, **changes})
    assert (decision.action, decision.event) == (action, event)
    assert broken(decision) == checks


def test_a_first_champion_whose_run_was_cut_was_promoted() -> None:
    """An adoption moves nothing and so has no intent."""
    intent = LogState().after([INTENT])
    decision = decide(**{**FIRST, "state": intent, "alias_version": "7"})
    assert (decision.action, decision.event) == (Action.RECORD, Event.PROMOTED)


def test_a_rollback_whose_run_was_cut_goes_on() -> None:
    state = STATE.after([entry(Event.INTENT, "4", proposal=BACK.id)])
    decision = decide(**own_values(BACK, Kind.ROLLBACK), state=state)
    assert (decision.action, decision.event) == (Action.MOVE, Event.ROLLED_BACK)


# --- freezes --------------------------------------------------------------------------------------

PARIS = replace(WINDOW, zone="Europe/Paris", why="audit")


@pytest.mark.parametrize(
    ("windows", "utc", "paris", "found"),
    [
        ((WINDOW,), "2026-11-19", "2026-11-20", None),
        ((WINDOW,), "2026-11-20", "2026-11-20", WINDOW),  # its first day
        ((WINDOW,), "2026-11-21", "2026-11-22", WINDOW),  # its last day
        ((WINDOW,), "2026-11-22", "2026-11-22", None),
        ((WINDOW, PARIS), "2026-11-19", "2026-11-20", PARIS),  # it is tomorrow there
        ((PARIS, WINDOW), "2026-11-20", "2026-11-20", PARIS),  # the first that holds
        ((), "2026-11-20", "2026-11-20", None),
    ],
)
def test_a_freeze_holds_from_its_first_to_its_last_day(
    windows: tuple[Freeze, ...], utc: str, paris: str, found: Freeze | None
) -> None:
    days = {"UTC": date.fromisoformat(utc), "Europe/Paris": date.fromisoformat(paris)}
    assert frozen_by(windows, days) == found


def test_versions_in_words() -> None:
    assert (say_version("7"), say_version(None)) == ("version 7", "no version")


def test_a_look_that_git_contradicts_is_refused() -> None:
    broken = failed("look_number", saw="look 1, which another one is", wanted="a number of its own, at least 2")
    found = decide(looks=(broken,))
    assert (found.action, found.event) == (Action.REFUSE, Event.REFUSED)
    assert found.why == "look_number: look 1, which another one is"
