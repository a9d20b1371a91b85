"""`rollback`: back to a former champion by the same road."""

from datetime import timedelta

import pytest

from coronet.commands.hold import hold
from coronet.commands.promote import promote
from coronet.commands.rollback import RoadReport, rollback
from coronet.core.changelog.entry import Event
from coronet.core.decision import Verdict
from coronet.core.proposal import Kind
from coronet.errors import Conflict, CoronetError, InvalidInput, Refused
from tests.stage.looking import events, last_entry, written
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.road import promote_next
from tests.stage.stage import FILES, MODEL
from tests.stage.states import champion, diverged, merged, request, rolled_back, two_champions

POLICY = FILES["policy/default.yaml"]


def back(quick: QuickStage, *, to: str | None = None, again: bool = False, dry_run: bool = False) -> RoadReport:
    asked = request(summary="errors in production", again=again)
    return told(rollback(quick.world("engineer"), MODEL, asked, to=to, dry_run=dry_run))


def refused(quick: QuickStage, error: type[CoronetError], *, to: str | None = None) -> str:
    before = written(quick)
    with pytest.raises(error) as caught:
        back(quick, to=to)
    assert written(quick) == before
    return f"{caught.value.message} ({caught.value.hint})"


def carried_out(quick: QuickStage, report: RoadReport) -> None:
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    assert promote(quick.world()).exit_code == 0


def test_it_asks_for_the_former_champion_with_the_evidence_of_its_day(quick: QuickStage) -> None:
    first, second = two_champions(quick)
    report = back(quick)
    proposal = report.draft.proposal
    assert (proposal.kind, proposal.candidate.version) == (Kind.ROLLBACK, first.version)
    assert proposal.replaces is not None
    assert proposal.replaces.version == second.version
    assert report.draft.judgement.verdict is Verdict.PASS
    assert report.draft.evidence.champion is None
    assert report.to_text() == (
        f"pass: {proposal.id} is proposed in pull request 3 (`coronet pr view 3`). "
        "One of model-owner, second-owner approves and merges."
    )
    assert report.to_json()["schema"] == "coronet/rollback/v1"


def test_asking_twice_finds_the_first(quick: QuickStage) -> None:
    two_champions(quick)
    first = back(quick)
    before = written(quick)
    quick.clock.pass_by(hours=1)
    second = back(quick)
    assert str(second.publication.found) == "already open"
    assert second.draft.proposal.id == first.draft.proposal.id
    assert written(quick) == before


def test_rejected_is_asked_for_again_only_on_purpose(quick: QuickStage) -> None:
    two_champions(quick)
    report = back(quick)
    assert report.publication.pull_request is not None
    quick.forge("model-owner").close(report.publication.pull_request.number, reason="it was the network")
    assert "was rejected" in refused(quick, Refused)
    assert str(back(quick, again=True).publication.found) == "opened"


def test_what_it_returned_from_is_held_and_cannot_be_returned_to(quick: QuickStage) -> None:
    _, second = rolled_back(quick)
    assert last_entry(quick).event is Event.HELD
    assert refused(quick, Refused) == (
        f"no former champion can return: version {second.version} is held: "
        f"rolled back by {last_entry(quick).why.removeprefix('rolled back by ')} (promote another version instead)"
    )


def test_a_released_version_can_be_returned_to(quick: QuickStage) -> None:
    _, second = rolled_back(quick)
    hold(quick.world("model-owner"), MODEL, version=second.version, release=True, reason="it was the network")
    carried_out(quick, back(quick))
    assert quick.champion == second.version


def test_back_and_forth_and_back_are_different_proposals(quick: QuickStage) -> None:
    first, second = two_champions(quick)
    ids = []
    for target, held in ((first, second), (second, first), (first, second)):
        report = back(quick, to=target.version)
        ids.append(report.draft.proposal.id)
        carried_out(quick, report)
        hold(quick.world("model-owner"), MODEL, version=held.version, release=True, reason="again")
        assert quick.champion == target.version
    assert len(set(ids)) == 3


def test_the_newest_intact_one_is_chosen(quick: QuickStage) -> None:
    first, second = two_champions(quick)
    promote_next(quick, against=second)
    quick.registry.change_files(MODEL, second.version, {"MLmodel": b"other"})
    assert back(quick).draft.proposal.candidate.version == first.version


@pytest.mark.parametrize("change", ["gone", "files", "no files"])
def test_a_former_champion_that_is_not_what_it_was_is_not_returned_to(quick: QuickStage, change: str) -> None:
    first, _ = two_champions(quick)
    if change == "gone":
        quick.registry.delete_version(MODEL, first.version)
    else:
        quick.registry.change_files(MODEL, first.version, {"MLmodel": b"other"} if change == "files" else {})
    said = refused(quick, Refused)
    assert ("is gone from the registry" if change == "gone" else "was changed since") in said
    assert said == refused(quick, Refused, to=first.version)


def test_only_as_deep_as_the_policy_allows(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": POLICY + "rollback: {depth: 1}\n"}, message="one back")
    first, second = two_champions(quick)
    promote_next(quick, against=second)
    assert f"former champions, newest first: {second.version}" in refused(quick, InvalidInput, to=first.version)
    assert back(quick, to=second.version).draft.proposal.candidate.version == second.version


@pytest.mark.parametrize("version", ["3", "99", "", "../1"])
def test_what_never_was_champion_is_promoted_not_returned_to(quick: QuickStage, version: str) -> None:
    two_champions(quick)
    quick.train()
    assert "former champions, newest first: 1" in refused(quick, InvalidInput, to=version)


def test_there_was_no_champion_before(quick: QuickStage) -> None:
    assert "no former champion" in refused(quick, Refused)
    champion(quick)
    assert "no former champion" in refused(quick, Refused)


def test_the_alias_must_be_where_the_log_left_it(quick: QuickStage) -> None:
    diverged(quick)
    assert "--heal" in refused(quick, Conflict)


def test_what_was_moved_back_by_hand_may_be_asked_for(quick: QuickStage) -> None:
    first, _ = diverged(quick)
    assert back(quick, to=first.version).draft.proposal.candidate.version == first.version


def test_a_policy_that_asks_for_more_today_is_told_with_its_gates(quick: QuickStage) -> None:
    two_champions(quick)
    quick.push({"policy/default.yaml": POLICY.replace("0.7", "0.95")}, message="ask for more")
    assert "does not satisfy today's policy: good_enough: " in refused(quick, Refused)


def test_a_policy_by_which_nothing_can_be_said_is_told_with_its_gates(quick: QuickStage) -> None:
    two_champions(quick)
    quick.push({"policy/default.yaml": POLICY.replace("0.7", "0.9")}, message="exactly so much")
    assert "does not satisfy today's policy: good_enough: " in refused(quick, Refused)


def test_evidence_that_is_gone_from_main(quick: QuickStage) -> None:
    first, _ = two_champions(quick)
    (path,) = (
        path
        for path in quick.repository().paths(quick.repository().head("main") or "", "promotions")
        if path.startswith(f"promotions/churn/churn-v{first.version}-") and path.endswith(".json")
    )
    quick.push({path: None}, message="tidy")
    assert f"no evidence at {path}" in refused(quick, InvalidInput)


def test_old_evidence_is_good_enough_to_return_on(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": POLICY + "evidence: {maximum_age: 7d}\n"}, message="fresh evidence")
    first, _ = two_champions(quick)
    quick.clock.pass_by(days=300)
    carried_out(quick, back(quick))
    assert quick.champion == first.version


def test_an_approval_of_its_own_kind(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": POLICY + "approvals: {count: 1, rollback: 0}\n"}, message="a fast lane")
    first, _ = two_champions(quick)
    report = back(quick)
    quick.merge(report.publication.pull_request, admin=True)
    assert promote(quick.world()).exit_code == 0
    assert quick.champion == first.version


def test_a_rollback_that_came_too_late_for_another_promotion_is_a_conflict(quick: QuickStage) -> None:
    _, second = two_champions(quick)
    report = back(quick)
    asked = merged(quick, against=second)
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    assert promote(quick.world()).exit_code == Conflict.exit_code
    assert events(quick, asked.id) == [Event.PROMOTED]
    assert events(quick, report.draft.proposal.id) == [Event.CONFLICT]


def test_a_rollback_expires_like_any_other(quick: QuickStage) -> None:
    two_champions(quick)
    report = back(quick)
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    quick.clock.moment = report.draft.proposal.expires_at + timedelta(seconds=1)
    promote(quick.world())
    assert events(quick, report.draft.proposal.id) == [Event.EXPIRED]
    assert str(back(quick).publication.found) == "opened"


def test_a_dry_run_writes_nothing(quick: QuickStage) -> None:
    two_champions(quick)
    before = written(quick)
    report = back(quick, dry_run=True)
    assert str(report.publication.found) == "not written (dry run)"
    assert report.to_json()["pull_request"] is None
    assert written(quick) == before
