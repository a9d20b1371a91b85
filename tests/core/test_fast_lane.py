"""Who may roll back before anybody approved, and what becomes of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coronet.core.approval import ApprovalDecision
from coronet.core.changelog.entry import Entry, Event, FastLane, Pinned
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, Result, Verdict, failed, passed
from coronet.core.fast_lane import (
    CONFIRM_WITHIN,
    FastAction,
    FastFacts,
    RatifyFacts,
    decide_begun,
    decide_fast_rollback,
    decide_ratification,
)
from coronet.core.judging.judgement import judge
from coronet.core.promotion import Action
from coronet.core.proposal import Candidate, Kind
from tests.core.examples import FLOOR, NOW, approval, digest, entry, evidence, fact, policy

OLD = Pinned(version="4", digest=digest("4"))
FOUND = Candidate(version="4", run_id="run4", created=NOW, source="s", digest=digest("4"))
PROPOSAL = "iris-v4-00000001"
LANE = FastLane(ratify_by=NOW + timedelta(days=14), restores="iris-v4-00000000", document="id: x\n")
STATE = LogState().after([entry(version="4"), entry(version="5")])
GOOD = judge(evidence(fact()), policy(), now=NOW, kind=Kind.ROLLBACK)
BAD = judge(evidence(fact()), policy({"good": {**FLOOR, "value": 0.99}}), now=NOW, kind=Kind.ROLLBACK)
FINE: dict[str, Any] = {
    "actor": "on-call",
    "may": frozenset({"On-Call", "second"}),
    "four_eyes": False,
    "confirms": False,
    "proposal": PROPOSAL,
    "alias": "champion",
    "target": OLD,
    "former": (OLD,),
    "found": FOUND,
    "judgement": GOOD,
    "state": STATE,
    "now": NOW,
}


def decide(**changes: Any) -> tuple[FastAction, dict[str, Check]]:
    decision = decide_fast_rollback(FastFacts(**{**FINE, **changes}))
    assert [check.name for check in decision.broken] == [
        check.name for check in decision.checks if check.result is Result.FAIL
    ]
    return decision.action, {check.name: check for check in decision.checks}


def broken(checks: dict[str, Check]) -> list[str]:
    return [check.name for check in checks.values() if check.result is Result.FAIL]


def asked(by: str = "second", **fields: Any) -> LogState:
    return STATE.after([entry(Event.REQUESTED, "4", proposal=PROPOSAL, actor=by, fast_lane=LANE, **fields)])


def test_somebody_whom_the_policy_names_goes_at_once() -> None:
    action, checks = decide()
    assert (action, broken(checks)) == (FastAction.MOVE, [])
    assert checks["four_eyes"].result is Result.OFF


HELD = entry(Event.HELD, "4", proposal=None, why="errors")


@pytest.mark.parametrize(
    ("changes", "checks"),
    [
        pytest.param({"may": frozenset()}, ["who"], id="the policy names nobody"),
        pytest.param({"may": None}, ["who"], id="a team cannot be read"),
        pytest.param({"actor": "stranger"}, ["who"], id="somebody else"),
        pytest.param({"actor": ""}, ["who"], id="nobody knows who acts"),
        pytest.param({"former": ()}, ["former_champion"], id="further back than allowed"),
        pytest.param(
            {"target": replace(OLD, digest=digest("0"))}, ["former_champion", "intact"], id="other files then"
        ),
        pytest.param({"found": None}, ["intact"], id="its version is gone"),
        pytest.param({"found": replace(FOUND, digest=digest("0"))}, ["intact"], id="its files changed"),
        pytest.param({"state": STATE.after([HELD])}, ["held"], id="held"),
        pytest.param({"state": STATE.after([entry(Event.INTENT, "6")])}, ["settled"], id="a move is under way"),
        pytest.param({"judgement": BAD}, ["verdict"], id="its evidence does not satisfy today's policy"),
    ],
)
def test_each_thing_that_stops_it(changes: dict[str, Any], checks: list[str]) -> None:
    action, found = decide(**changes)
    assert (action, broken(found)) == (FastAction.REFUSE, checks)
    assert all(found[name].hint for name in checks)
    assert decide(**changes, four_eyes=True)[0] is FastAction.REFUSE


def test_a_hold_of_the_whole_model_does_not_stop_it() -> None:
    assert decide(state=STATE.after([entry(Event.HELD, None, why="freeze")]))[0] is FastAction.MOVE


def test_a_move_of_another_alias_does_not_stop_it() -> None:
    assert decide(state=STATE.after([entry(Event.INTENT, "6", alias="challenger")]))[0] is FastAction.MOVE


def test_with_four_eyes_the_first_one_asks() -> None:
    action, checks = decide(four_eyes=True)
    assert (action, checks["four_eyes"].result) == (FastAction.REQUEST, Result.OFF)


def test_with_four_eyes_the_second_one_moves() -> None:
    action, checks = decide(four_eyes=True, confirms=True, state=asked())
    assert action is FastAction.MOVE
    assert checks["four_eyes"].saw == "second asked 2026-11-20T21:05:00Z, on-call confirms"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="nobody asked"),
        pytest.param({"state": asked("ON-CALL")}, id="the same person asked"),
        pytest.param({"state": asked("stranger")}, id="who asked may not"),
        pytest.param({"state": asked("second", at=NOW - CONFIRM_WITHIN)}, id="an hour ago"),
        pytest.param({"state": asked().after([entry(Event.CONFLICT, "4", proposal=PROPOSAL)])}, id="it ended since"),
    ],
)
def test_what_confirms_nothing(changes: dict[str, Any]) -> None:
    action, checks = decide(four_eyes=True, confirms=True, **changes)
    assert (action, broken(checks)) == (FastAction.REFUSE, ["four_eyes"])


def test_a_robot_is_one_of_no_two_people() -> None:
    may = frozenset({"release[bot]", "second"})
    for confirms in (True, False):
        action, checks = decide(actor="release[bot]", may=may, four_eyes=True, confirms=confirms, state=asked())
        assert (action, broken(checks)) == (FastAction.REFUSE, ["four_eyes"])
    assert decide(actor="release[bot]", may=may)[0] is FastAction.MOVE


def test_whom_a_robot_asks_is_alone_all_the_same() -> None:
    may = frozenset({"release[bot]", "on-call"})
    assert decide(may=may, four_eyes=True, confirms=True, state=asked("release[bot]"))[0] is FastAction.REFUSE


# --- finishing what was begun ---------------------------------------------------------------------

INTENT = entry(
    Event.INTENT, "4", proposal=PROPOSAL, origin=Pinned(version="5", digest=digest("5")), fast_lane=LANE, why="errors"
)
BEGUN = STATE.after([INTENT])


def finish(state: LogState = BEGUN, intent: Entry = INTENT, **changes: Any) -> tuple[Action, Event | None]:
    found = decide_begun(intent, state, **{"alias_version": "5", "found": FOUND, **changes})
    assert found.why
    return found.action, found.event


MOVED, RECORDED = (Action.MOVE, Event.ROLLED_BACK), (Action.RECORD, Event.ROLLED_BACK)
GIVEN_UP = (Action.REFUSE, Event.CONFLICT)


@pytest.mark.parametrize("version", ["5", None])
def test_a_begun_move_goes_on_from_where_it_was_begun(version: str | None) -> None:
    assert finish(alias_version=version) == MOVED


def test_a_begun_move_that_was_made_is_recorded_whatever_became_of_the_version() -> None:
    assert finish(alias_version="4", found=None) == RECORDED


def test_a_begun_move_that_replaced_nothing() -> None:
    assert finish(intent=replace(INTENT, origin=None)) == GIVEN_UP


def test_a_begun_move_goes_on_from_where_the_alias_had_been_moved_to() -> None:
    assert finish(alias_version="6") == GIVEN_UP
    diverged = STATE.after([entry(Event.DIVERGED, "6", proposal=None), INTENT])
    assert finish(diverged, alias_version="6") == MOVED
    gone = STATE.after([entry(Event.DIVERGED, None), INTENT])
    assert finish(gone, alias_version="6") == GIVEN_UP


@pytest.mark.parametrize(
    "changes",
    [
        {"found": None},
        {"found": replace(FOUND, digest=digest("0"))},
        {"intent": replace(INTENT, target=None)},
        {"state": BEGUN.after([HELD])},
    ],
)
def test_a_begun_move_ends_where_its_version_is_not_what_it_was(changes: dict[str, Any]) -> None:
    assert finish(**changes) == GIVEN_UP


# --- the approval that comes afterwards -----------------------------------------------------------

DONE = replace(INTENT, event=Event.ROLLED_BACK)
APPROVED = ApprovalDecision(
    verdict=Verdict.PASS, checks=(passed("approved", saw="", wanted=""),), approvals=(approval(),)
)
ALONE = ApprovalDecision(verdict=Verdict.FAIL, checks=(failed("approved", saw="", wanted=""),), approvals=())


@pytest.mark.parametrize(
    ("changes", "event", "checks"),
    [
        ({}, Event.RATIFIED, []),
        ({"approval": ALONE}, Event.UNRATIFIED, ["approved"]),
        ({"unchanged": False}, Event.UNRATIFIED, ["unchanged"]),
        ({"landed_at": LANE.ratify_by}, Event.UNRATIFIED, ["in_time"]),
        ({"entry": replace(DONE, fast_lane=None)}, Event.UNRATIFIED, ["in_time"]),
    ],
)
def test_it_is_ratified_by_an_approval_of_these_very_files_in_time(
    changes: dict[str, Any], event: Event, checks: list[str]
) -> None:
    fine: dict[str, Any] = {"entry": DONE, "unchanged": True, "landed_at": NOW, "approval": APPROVED}
    found, said = decide_ratification(RatifyFacts(**{**fine, **changes}))
    assert (found, [check.name for check in said if check.result is Result.FAIL]) == (event, checks)
