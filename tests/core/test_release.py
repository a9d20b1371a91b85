"""May the champion be released?"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coronet.core.changelog.chain import chain
from coronet.core.changelog.entry import Entry, Event, FastLane, Pinned
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, Verdict
from coronet.core.judging.judgement import judge
from coronet.core.proposal import Candidate, Kind
from coronet.core.release import ReleaseFacts, decide_release
from tests.core.examples import CHAMPION, NOW, approval, digest, entry, evidence, fact, gain, policy

POLICY = policy({"better": {"metric": "accuracy", "rule": "superior"}})
APPLIED = entry(
    version="5",
    proposal_digest=digest("1"),
    evidence=digest("2"),
    valid_until=NOW + timedelta(days=1),
    approvals=(approval(), approval("second-owner")),
    pull_request=12,
)
FINE: dict[str, Any] = {
    "model": "iris",
    "registered_model": "iris-classifier",
    "alias": "champion",
    "state": LogState().after(chain([APPLIED], seq=0, prev=None)),
    "log_problem": "",
    "alias_version": "5",
    "proposal_digest": digest("1"),
    "evidence_digest": digest("2"),
    "judgement": judge(evidence(fact()), POLICY, now=NOW),
    "judgement_problem": "",
    "found": Candidate(version="5", run_id="run5", created=NOW, source="s", digest=CHAMPION),
    "deep": True,
    "now": NOW,
}


def decide(**changes: Any) -> tuple[Verdict, dict[str, Check]]:
    verdict, checks = decide_release(ReleaseFacts(**{**FINE, **changes}))
    return verdict, {check.name: check for check in checks}


def broken(checks: dict[str, Check]) -> list[str]:
    return [check.name for check in checks.values() if check.result in ("fail", "inconclusive")]


def logged(*entries: Entry) -> LogState:
    return LogState().after(chain(entries, seq=0, prev=None))


def test_a_champion_that_was_promoted_and_is_intact() -> None:
    verdict, checks = decide()
    assert (verdict, broken(checks)) == (Verdict.PASS, [])
    assert checks["approved"].saw == "by @model-owner, @second-owner, pull request 12"
    assert checks["applied"].saw == "promoted 2026-11-20T21:05:00Z"
    assert checks["champion"].saw == "iris-classifier@champion is version 5"
    assert "read from its files" in checks["digest"].saw


@pytest.mark.parametrize(
    ("changes", "checks"),
    [
        pytest.param({"alias_version": None}, ["champion", "alias"], id="no champion"),
        pytest.param({"alias_version": "7"}, ["alias"], id="moved behind git's back"),
        pytest.param({"proposal_digest": None}, ["proposal"], id="its proposal was removed"),
        pytest.param({"proposal_digest": digest("0")}, ["proposal"], id="its proposal was edited"),
        pytest.param({"evidence_digest": None}, ["evidence"], id="its evidence was removed"),
        pytest.param({"evidence_digest": digest("0")}, ["evidence"], id="its evidence was edited"),
        pytest.param({"now": NOW + timedelta(days=1)}, ["unexpired"], id="the moment it expires"),
        pytest.param({"found": None}, ["digest"], id="the version is gone"),
        pytest.param({"found": replace(FINE["found"], digest=digest("0"))}, ["digest"], id="its files changed"),
        pytest.param({"judgement": None, "judgement_problem": "no policy"}, ["policy"], id="no policy"),
        pytest.param({"judgement": judge(evidence(gain(-0.1)), POLICY, now=NOW)}, ["policy"], id="today it would fail"),
        pytest.param({"judgement": judge(evidence(gain(0.0)), POLICY, now=NOW)}, ["policy"], id="today it is open"),
        pytest.param({"state": logged(APPLIED, entry(Event.HELD, "5"))}, ["held"], id="held"),
        pytest.param({"state": logged(APPLIED, entry(Event.INTENT, "7"))}, ["applied"], id="a move is under way"),
        pytest.param({"state": logged(replace(APPLIED, valid_until=None))}, ["unexpired"], id="no term"),
        pytest.param(
            {"state": logged(replace(APPLIED, target=None))}, ["alias", "digest"], id="the log names no version"
        ),
        pytest.param({"state": logged(replace(APPLIED, evidence=None)), "evidence_digest": None}, ["evidence"], id="-"),
        pytest.param({"log_problem": "entry 3 was changed"}, ["log"], id="a broken log"),
        pytest.param(
            {"state": LogState()},
            ["log", "alias", "proposal", "approved", "applied", "unexpired", "digest", "evidence", "policy"],
            id="nothing was ever promoted here",
        ),
        pytest.param(
            {"state": logged(entry(Event.HELD, None))},
            ["alias", "proposal", "approved", "applied", "unexpired", "digest", "evidence", "policy"],
            id="a log without a promotion",
        ),
    ],
)  # fmt: skip
def test_what_must_not_be_released(changes: dict[str, Any], checks: list[str]) -> None:
    verdict, made = decide(**changes)
    assert (verdict, broken(made)) == (Verdict.FAIL, checks)


def test_what_nobody_had_to_approve_is_said() -> None:
    verdict, checks = decide(state=logged(replace(APPLIED, approvals=())))
    assert (verdict, checks["approved"].saw) == (Verdict.PASS, "waived by the policy of its day")


def test_a_hold_of_the_model_keeps_others_from_coming_not_this_one_from_staying() -> None:
    assert decide(state=logged(APPLIED, entry(Event.HELD, None)))[0] is Verdict.PASS


def test_a_move_of_another_alias_is_none_of_this_ones_business() -> None:
    assert decide(state=logged(APPLIED, entry(Event.INTENT, "7", alias="challenger")))[0] is Verdict.PASS


def test_a_tag_is_believed_where_the_files_are_not_read() -> None:
    verdict, checks = decide(deep=False)
    assert verdict is Verdict.PASS
    assert "its files were not read" in checks["digest"].saw


def test_what_was_left_to_reviewers_stays_released() -> None:
    asks = policy({"better": {"metric": "accuracy", "rule": "superior"}}, on_inconclusive="ask")
    verdict, checks = decide(judgement=judge(evidence(gain(0.0)), asks, now=NOW))
    assert verdict is Verdict.PASS
    assert checks["policy"].result == "warn"
    assert checks["policy"].saw == "the verdict is inconclusive: the policy left it to the reviewers"


def test_the_gates_are_shown_below_the_policy() -> None:
    judgement = judge(evidence(gain(-0.1)), POLICY, now=NOW, kind=Kind.PROMOTION)
    assert decide(judgement=judgement)[1]["policy"].parts == judgement.checks


def test_the_newest_entry_counts() -> None:
    renewed = replace(APPLIED, event=Event.RENEWED, valid_until=NOW + timedelta(days=90))
    state = logged(APPLIED, renewed)
    assert decide(state=state, now=NOW + timedelta(days=2))[0] is Verdict.PASS
    assert state.champions["champion"].target == Pinned(version="5", digest=CHAMPION)


# --- a rollback before its approval ---------------------------------------------------------------

LANE = FastLane(ratify_by=NOW + timedelta(days=14), restores="iris-v5-00000000", document="id: x\n")
FAST = replace(
    APPLIED,
    event=Event.ROLLED_BACK,
    approvals=(),
    pull_request=None,
    fast_lane=LANE,
    valid_until=NOW + timedelta(days=90),
)


def test_releases_may_rest_on_it_while_it_waits_and_are_told_so() -> None:
    verdict, checks = decide(state=logged(FAST))
    assert (verdict, broken(checks)) == (Verdict.PASS, [])
    assert (checks["approved"].result, checks["proposal"].result) == ("warn", "off")
    assert checks["approved"].saw == "rolled back by @promoter before anybody approved"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"state": logged(FAST), "now": LANE.ratify_by}, id="too late"),
        pytest.param({"state": logged(FAST, replace(FAST, event=Event.UNRATIFIED))}, id="turned down"),
    ],
)
def test_not_afterwards(changes: dict[str, Any]) -> None:
    verdict, checks = decide(**changes)
    assert (verdict, broken(checks)) == (Verdict.FAIL, ["approved"])
    assert "renew" in checks["approved"].hint


def test_nor_is_anything_said_of_it_when_it_was_approved() -> None:
    ratified = replace(FAST, event=Event.RATIFIED, approvals=(approval(),), pull_request=13, fast_lane=None)
    verdict, checks = decide(state=logged(FAST, ratified))
    assert verdict is Verdict.PASS
    assert checks["approved"].saw == "by @model-owner, pull request 13"
    assert checks["applied"].saw == "ratified 2026-11-20T21:05:00Z"
