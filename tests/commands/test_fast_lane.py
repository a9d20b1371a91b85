"""`rollback --now`: back at once by whom the policy names, the approval afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.check import check
from coronet.commands.fast_lane.asked import FastRequest
from coronet.commands.fast_lane.report import Done, FastReport
from coronet.commands.fast_lane.rollback import rollback_now
from coronet.commands.gate.question import GateQuestion, PolicyOf
from coronet.commands.gate.release import gate
from coronet.commands.gate.report import GateReport
from coronet.commands.hold import hold
from coronet.commands.ledger import read_ledger
from coronet.commands.log import show_log
from coronet.commands.promote import promote
from coronet.commands.promote.report import PromoteReport
from coronet.commands.propose import propose
from coronet.commands.rollback import rollback
from coronet.commands.status import status
from coronet.commands.verify import verify
from coronet.commands.world import World
from coronet.core.changelog.entry import Event
from coronet.core.decision import Result, Verdict
from coronet.errors import Conflict, InvalidInput, Refused, Unavailable
from coronet.ports.forge import PullRequest, PullRequestState
from coronet.ports.registry import ModelVersion
from tests.fakes.memory_notifier import MemoryNotifier
from tests.stage.looking import entries, events, find, last_entry, written
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.road import promote_next
from tests.stage.stage import FILES, MODEL, Stage
from tests.stage.states import champion, diverged, request, two_champions

POLICY = FILES["policy/default.yaml"]
ON_CALL = POLICY + "rollback: {who: [engineer, '@second-owner']}\n"
FOUR_EYES = POLICY + "rollback: {who: [engineer, second-owner], four_eyes: true}\n"


@pytest.fixture
def notifier() -> MemoryNotifier:
    return MemoryNotifier()


def allowed(quick: QuickStage, policy: str = ON_CALL) -> tuple[ModelVersion, ModelVersion]:
    """Two champions, and people who may return to the first one at once."""
    quick.push({"policy/default.yaml": policy}, message="a fast lane")
    return two_champions(quick)


def world_of(quick: QuickStage, by: str, notifier: MemoryNotifier | None = None) -> World:
    world = quick.world(by)
    return replace(world, notifier=notifier) if notifier else world


def now(
    quick: QuickStage, *, by: str = "engineer", notifier: MemoryNotifier | None = None, **fields: Any
) -> FastReport:
    return told(rollback_now(world_of(quick, by, notifier), MODEL, asked_now(by=by, **fields)))


def asked_now(*, by: str = "engineer", reason: str = "errors in production", **fields: Any) -> FastRequest:
    return FastRequest(asked=request(summary=reason, login=by), **fields)


def reconcile(quick: QuickStage, notifier: MemoryNotifier | None = None) -> PromoteReport:
    return told(promote(world_of(quick, "promoter", notifier)))


def released(quick: QuickStage, **question: Any) -> GateReport:
    asked = GateQuestion(model=MODEL, **question)
    return told(
        gate(
            asked, repository=quick.repository(), registry=quick.registry, documents=FileDocuments(), clock=quick.clock
        )
    )


def approve_and_merge(quick: Stage, pull_request: PullRequest | None) -> None:
    quick.approve(pull_request)
    quick.merge(pull_request)


def refuses(quick: QuickStage, report_of: FastReport) -> list[str]:
    assert (report_of.done, report_of.exit_code) == (Done.REFUSED, Refused.exit_code)
    return [check.name for check in report_of.checks if check.result is Result.FAIL]


# --- at once ---------------------------------------------------------------------------------------


def test_the_alias_goes_back_in_one_run(quick: QuickStage) -> None:
    first, second = allowed(quick)
    report = now(quick)
    assert (report.done, report.exit_code, quick.champion) == (Done.ROLLED_BACK, 0, first.version)
    intent, outcome, held = entries(quick)[-3:]
    assert (intent.event, outcome.event, held.event) == (Event.INTENT, Event.ROLLED_BACK, Event.HELD)
    assert outcome.fast_lane is not None
    assert (outcome.actor, outcome.approvals, outcome.why) == ("engineer", (), "errors in production")
    assert held.target is not None
    assert held.target.version == second.version
    assert report.pull_request is not None
    assert f"approve and merge pull request {report.pull_request.number}" in report.to_text()


def test_the_pull_request_says_that_it_is_done_already_and_brings_the_evidence(quick: QuickStage) -> None:
    allowed(quick)
    report = now(quick)
    assert report.pull_request is not None
    body = quick.forge("anybody").body(report.pull_request.number)
    assert body.startswith("**⏪ Done already: `churn@champion` is back on version 1.** `model-owner`, `second-owner`")
    assert "errors in production" in body
    quick.clock.pass_by(minutes=1)
    repository = quick.repository()
    base, head = repository.head("main") or "", report.pull_request.head
    checked = told(check(quick.world(), base=base, head=head, ask_registry=True))
    assert (checked.verdict, checked.exit_code) == (Verdict.PASS, 0), checked.to_text()


def test_promote_leaves_it_in_peace(quick: QuickStage) -> None:
    first, _ = allowed(quick)
    report = now(quick)
    before = written(quick)
    for _ in range(2):
        again = reconcile(quick)
        assert (again.exit_code, quick.champion) == (0, first.version)
        assert "Nothing to do" in again.to_text()
        assert find(again.checks, str(report.entry.proposal)).result is Result.INCONCLUSIVE
    assert written(quick) == before


def test_nobody_goes_back_twice_by_accident(quick: QuickStage) -> None:
    first, _ = allowed(quick)
    promote_next(quick, against=quick.registry.version(MODEL, "2"))
    done = now(quick)
    before = written(quick)
    again = now(quick, by="second-owner")
    assert (again.done, again.exit_code, again.entry.proposal) == (Done.STANDING, 0, done.entry.proposal)
    assert again.pull_request == done.pull_request
    assert written(quick) == before
    further = now(quick, to=first.version)
    assert (further.done, quick.champion) == (Done.ROLLED_BACK, first.version)


def test_a_dry_run_writes_nothing(quick: QuickStage) -> None:
    allowed(quick)
    before = written(quick)
    report = now(quick, dry_run=True)
    assert (report.done, report.exit_code, written(quick)) == (Done.DRY_RUN, 0, before)
    assert "would be rolled back to version 1" in report.to_text()


def test_a_rollback_needs_a_reason(quick: QuickStage) -> None:
    allowed(quick)
    with pytest.raises(InvalidInput, match="needs a reason"):
        now(quick, reason=" ")


def test_freezes_and_holds_of_the_model_do_not_stop_it(quick: QuickStage) -> None:
    freeze = "freeze: [{from: 2026-11-01, until: 2027-01-04, why: year end}]\n"
    allowed(quick)
    quick.push({"policy/default.yaml": ON_CALL + freeze}, message="year end")
    hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="year end")
    assert now(quick).done is Done.ROLLED_BACK


def test_an_alias_that_was_moved_behind_gits_back_stops_nobody(quick: QuickStage) -> None:
    """At night somebody may have moved it by hand already, wherever."""
    quick.push({"policy/default.yaml": ON_CALL}, message="a fast lane")
    first, _ = two_champions(quick)
    third = quick.train()
    quick.registry.change_alias(MODEL, "champion", third.version)
    assert now(quick).done is Done.ROLLED_BACK
    assert quick.champion == first.version
    assert events(quick)[-3:] == [Event.DIVERGED, Event.ROLLED_BACK, Event.HELD]
    assert reconcile(quick).exit_code == 0


def test_an_alias_that_was_moved_there_by_hand_already_is_recorded(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": ON_CALL}, message="a fast lane")
    first, _ = diverged(quick)
    quick.registry.calls.clear()
    assert now(quick).done is Done.ROLLED_BACK
    assert quick.champion == first.version
    assert not [call for call in quick.registry.calls if call.method == "set_alias"]
    assert reconcile(quick).exit_code == 0


# --- who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "by", "may"),
    [
        ("", "engineer", False),
        ("[]", "engineer", False),
        ("[engineer]", "ENGINEER", True),
        ("['@engineer']", "engineer", True),
        ("[engineer]", "model-owner", False),
        ("[owners]", "model-owner", True),
        ("[owners]", "engineer", False),
        ("['@acme/on-call']", "engineer", False),
        ("['github-actions[bot]']", "github-actions[bot]", True),
        ("['github-actions[bot]']", "dependabot[bot]", False),
    ],
)
def test_only_whom_the_policy_names(quick: QuickStage, who: str, by: str, may: bool) -> None:
    first, second = allowed(quick, POLICY + (f"rollback: {{who: {who}}}\n" if who else ""))
    before = written(quick)
    report = now(quick, by=by)
    if may:
        assert (report.done, quick.champion) == (Done.ROLLED_BACK, first.version)
    else:
        assert refuses(quick, report) == ["who"]
        assert (quick.champion, written(quick)) == (second.version, before)


def test_owners_who_own_nothing_may_not(quick: QuickStage) -> None:
    allowed(quick, POLICY + "rollback: {who: [owners]}\n")
    quick.push({"CODEOWNERS": None}, message="nobody owns anything")
    assert refuses(quick, now(quick, by="model-owner")) == ["who"]


def test_no_further_back_than_the_policy_says(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": POLICY + "rollback: {who: [engineer], depth: 1}\n"}, message="one back")
    first, second = two_champions(quick)
    promote_next(quick, against=second)
    with pytest.raises(InvalidInput, match="none of the last 1 former champions"):
        now(quick, to=first.version)


def test_what_the_slow_lane_would_refuse(quick: QuickStage) -> None:
    allowed(quick)
    quick.push({"policy/default.yaml": ON_CALL.replace("0.7", "0.95")}, message="ask for more")
    assert refuses(quick, now(quick)) == ["verdict"]


def test_a_former_champion_that_was_changed(quick: QuickStage) -> None:
    first, _ = allowed(quick)
    quick.registry.change_files(MODEL, first.version, {"MLmodel": b"other"})
    with pytest.raises(Refused, match="was changed since"):
        now(quick)


def test_there_was_no_champion_before(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": ON_CALL}, message="a fast lane")
    champion(quick)
    with pytest.raises(Refused, match="no former champion"):
        now(quick)


# --- both lanes ------------------------------------------------------------------------------------


def test_it_takes_over_the_pull_request_of_the_slow_lane(quick: QuickStage) -> None:
    allowed(quick)
    slow = rollback(quick.world("engineer"), MODEL, request(summary="errors"))
    quick.clock.pass_by(hours=1)
    report = now(quick)
    assert report.pull_request is not None
    assert slow.publication.pull_request is not None
    assert report.pull_request.number == slow.publication.pull_request.number
    approve_and_merge(quick, report.pull_request)
    assert reconcile(quick).exit_code == 0
    assert events(quick, report.entry.proposal) == [Event.ROLLED_BACK, Event.RATIFIED]


def test_what_was_merged_in_the_slow_lane_is_left_to_promote(quick: QuickStage) -> None:
    allowed(quick)
    slow = rollback(quick.world("engineer"), MODEL, request(summary="errors"))
    approve_and_merge(quick, slow.publication.pull_request)
    with pytest.raises(Conflict, match="merged already"):
        now(quick)


def test_a_slow_rollback_does_not_close_what_asks_for_the_approval(quick: QuickStage) -> None:
    first, _ = allowed(quick)
    promote_next(quick, against=quick.registry.version(MODEL, "2"))
    report = now(quick)
    rollback(quick.world("engineer"), MODEL, request(summary="further"), to=first.version)
    assert report.pull_request is not None
    there = quick.forge("anybody").pull_request(report.pull_request.number)
    assert there is not None
    assert there.state is PullRequestState.OPEN


# --- the approval afterwards -----------------------------------------------------------------------


def test_it_is_ratified_by_the_merge(quick: QuickStage, notifier: MemoryNotifier) -> None:
    first, _ = allowed(quick)
    report = now(quick, notifier=notifier)
    assert list(notifier.open) == ["rollback-churn"]
    approve_and_merge(quick, report.pull_request)
    settled = reconcile(quick, notifier)
    assert settled.exit_code == 0, settled.to_text()
    assert "1 ratified" in settled.to_text()
    entry = last_entry(quick)
    assert (entry.event, [approval.login for approval in entry.approvals]) == (Event.RATIFIED, ["model-owner"])
    assert report.pull_request is not None
    assert entry.pull_request == report.pull_request.number
    assert notifier.open == {}
    assert notifier.closed == [("rollback-churn", "the champion rests on an approval again")]
    assert "Nothing to do" in reconcile(quick).to_text()
    assert (released(quick).exit_code, quick.champion) == (0, first.version)
    assert find(released(quick).checks, "approved").saw.startswith("by @model-owner")


def test_the_gate_warns_until_then(quick: QuickStage) -> None:
    allowed(quick)
    now(quick)
    for policy_of in PolicyOf:
        report = released(quick, policy_of=policy_of)
        assert (report.verdict, report.exit_code) == (Verdict.PASS, 0), report.to_text()
        assert find(report.checks, "approved").result is Result.WARN
        assert find(report.checks, "evidence").result is Result.PASS
    assert find(told(status(quick.world(), model=MODEL)).models[0].checks, "ratified").result is Result.WARN


def unratified(quick: QuickStage, notifier: MemoryNotifier, why: str) -> FastReport:
    """Rolled back at once, and then nobody stood behind it, for this reason."""
    allowed(quick)
    report = now(quick, notifier=notifier)
    assert report.pull_request is not None
    number, lane = report.pull_request.number, report.entry.fast_lane
    assert lane is not None
    match why:
        case "closed":
            quick.forge("model-owner").close(number, reason="it was the network")
        case "expired":
            quick.clock.moment = lane.ratify_by
        case "unapproved":
            quick.merge(report.pull_request, admin=True)
        case "late":
            quick.approve(report.pull_request)
            quick.clock.moment = lane.ratify_by
            quick.merge(report.pull_request)
    return report


@pytest.mark.parametrize("why", ["closed", "expired", "unapproved", "late"])
def test_nobody_stood_behind_it(quick: QuickStage, notifier: MemoryNotifier, why: str) -> None:
    report = unratified(quick, notifier, why)
    settled = reconcile(quick, notifier)
    assert settled.exit_code == Refused.exit_code, settled.to_text()
    assert events(quick, report.entry.proposal) == [Event.ROLLED_BACK, Event.UNRATIFIED]
    assert quick.champion == "1"  # the alias is where it was put: nothing is undone by itself
    assert "releases are stopped" in notifier.open["rollback-churn"].title
    said = released(quick)
    assert said.exit_code == Refused.exit_code
    assert find(said.checks, "approved").result is Result.FAIL
    assert find(told(status(quick.world(), model=MODEL)).models[0].checks, "ratified").result is Result.FAIL
    before = written(quick)
    assert "Nothing to do" in reconcile(quick, notifier).to_text()
    assert written(quick) == before
    assert list(notifier.open) == ["rollback-churn"]


def test_what_expired_is_closed(quick: QuickStage, notifier: MemoryNotifier) -> None:
    report = unratified(quick, notifier, "expired")
    assert report.pull_request is not None
    reconcile(quick, notifier)
    there = quick.forge("anybody").pull_request(report.pull_request.number)
    assert there is not None
    assert there.state is PullRequestState.CLOSED
    assert (there.close_reason or "").startswith("expired")


def test_an_edited_proposal_ratifies_nothing(quick: QuickStage) -> None:
    allowed(quick)
    report = now(quick)
    assert report.pull_request is not None
    path = f"promotions/{MODEL}/{report.entry.proposal}.yaml"
    branch = report.pull_request.branch
    quick.push({path: quick.show(f"{branch}:{path}") + "# more\n"}, message="edit", branch=branch)
    approve_and_merge(quick, quick.forge("anybody").pull_request(report.pull_request.number))
    assert reconcile(quick).exit_code == Refused.exit_code
    assert last_entry(quick).event is Event.UNRATIFIED


def test_another_champion_ends_the_matter(quick: QuickStage, notifier: MemoryNotifier) -> None:
    first, _ = allowed(quick)
    report = now(quick, notifier=notifier)
    promote_next(quick, against=first)
    reconcile(quick, notifier)
    assert notifier.open == {}
    assert released(quick).exit_code == 0
    approve_and_merge(quick, report.pull_request)
    assert reconcile(quick).exit_code == 0
    assert last_entry(quick).event is Event.RATIFIED
    assert quick.champion == "3"
    assert released(quick).exit_code == 0


def test_the_log_is_whole_and_says_who_was_champion_when(quick: QuickStage) -> None:
    allowed(quick)
    report = now(quick)
    proven = told(_verify(quick))
    assert proven.exit_code == 0, proven.to_text()
    assert "1 rolled back without approval" in find(proven.checks, "churn.proposals").saw
    quick.clock.pass_by(hours=1)
    between = quick.clock.now()
    quick.clock.pass_by(hours=1)
    approve_and_merge(quick, report.pull_request)
    reconcile(quick)
    proven = _verify(quick)
    assert proven.exit_code == 0, proven.to_text()
    for moment, event in ((between, Event.ROLLED_BACK), (quick.clock.now(), Event.RATIFIED)):
        (entry,) = _as_of(quick, moment)
        assert (entry.event, entry.target and entry.target.version) == (event, "1")


def _verify(quick: QuickStage) -> Any:
    return verify(quick.repository(), main="main", log_branch="promotions-log", progress=quick.note)


def _as_of(quick: QuickStage, moment: Any) -> Any:
    return show_log(quick.repository(), log_branch="promotions-log", model=MODEL, at=moment).entries


def test_a_version_that_came_back_can_be_returned_to_again(quick: QuickStage) -> None:
    """By its evidence on main, though the rollback that brought it back never came there."""
    first, _ = allowed(quick)
    now(quick)
    promote_next(quick, against=first)
    report = rollback(quick.world("engineer"), MODEL, request(summary="again"))
    assert report.draft.proposal.candidate.version == first.version


# --- what was rolled back stays away ---------------------------------------------------------------


def test_what_it_returned_from_cannot_come_again_until_a_person_lets_it(quick: QuickStage) -> None:
    first, second = allowed(quick)
    now(quick)
    quick.clock.pass_by(hours=1)
    quick.evaluate(second, against=first)
    with pytest.raises(Refused, match="it is held: rolled back by"):
        propose(quick.world("engineer"), MODEL, request(), candidate=second.version)
    hold(quick.world("model-owner"), MODEL, version=second.version, release=True, reason="it was the network")
    assert (last_entry(quick).event, last_entry(quick).actor) == (Event.RELEASED, "model-owner")
    assert propose(quick.world("engineer"), MODEL, request(), candidate=second.version).exit_code == 0


# --- four eyes -------------------------------------------------------------------------------------


def test_the_first_one_asks_and_the_second_one_moves(quick: QuickStage, notifier: MemoryNotifier) -> None:
    first, second = allowed(quick, FOUR_EYES)
    asked = now(quick, notifier=notifier)
    assert (asked.done, asked.exit_code, quick.champion) == (Done.REQUESTED, 0, second.version)
    assert f"--confirm {asked.entry.proposal}" in asked.to_text()
    assert f"--now --confirm {asked.entry.proposal}" in notifier.bodies["request-churn"]
    assert reconcile(quick).exit_code == 0
    quick.clock.pass_by(minutes=59)
    done = now(quick, by="second-owner", confirm=asked.entry.proposal, reason="seen it", notifier=notifier)
    assert (done.done, quick.champion) == (Done.ROLLED_BACK, first.version)
    logged = [entry for entry in entries(quick) if entry.proposal == asked.entry.proposal]
    assert [(entry.event, entry.actor) for entry in logged] == [
        (Event.REQUESTED, "engineer"),
        (Event.INTENT, "second-owner"),
        (Event.ROLLED_BACK, "second-owner"),
    ]
    assert logged[-1].why == "errors in production; confirmed by second-owner: seen it"
    assert logged[-1].proposal_digest == asked.entry.proposal_digest
    assert list(notifier.open) == ["rollback-churn"]


def test_nobody_is_their_own_second_person(quick: QuickStage) -> None:
    _, second = allowed(quick, FOUR_EYES)
    asked = now(quick)
    assert refuses(quick, now(quick, confirm=asked.entry.proposal)) == ["four_eyes"]
    assert quick.champion == second.version


def test_an_hour_is_all_there_is(quick: QuickStage) -> None:
    allowed(quick, FOUR_EYES)
    asked = now(quick)
    quick.clock.pass_by(hours=1)
    assert refuses(quick, now(quick, by="second-owner", confirm=asked.entry.proposal)) == ["four_eyes"]
    again = now(quick, by="second-owner")
    assert (again.done, again.entry.proposal) == (Done.REQUESTED, asked.entry.proposal)
    assert now(quick, confirm=again.entry.proposal, reason="").done is Done.ROLLED_BACK


def test_asking_twice_asks_once(quick: QuickStage) -> None:
    allowed(quick, FOUR_EYES)
    first = now(quick)
    before = written(quick)
    quick.clock.pass_by(minutes=5)
    for by in ("engineer", "second-owner"):
        again = now(quick, by=by)
        assert (again.done, again.entry.actor, again.entry.at) == (Done.REQUESTED, "engineer", first.entry.at)
    assert written(quick) == before


def test_confirming_what_nobody_asked_for(quick: QuickStage) -> None:
    allowed(quick, FOUR_EYES)
    with pytest.raises(Refused, match="nobody asks for churn-v1-00000000"):
        now(quick, by="second-owner", confirm="churn-v1-00000000")


def test_the_champion_changed_since_it_was_asked_for(quick: QuickStage) -> None:
    _, second = allowed(quick, FOUR_EYES)
    asked = now(quick)
    promote_next(quick, against=second)
    with pytest.raises(Conflict, match="the champion changed"):
        now(quick, by="second-owner", confirm=asked.entry.proposal)


def test_whom_the_policy_names_no_more_confirms_nothing(quick: QuickStage) -> None:
    allowed(quick, FOUR_EYES)
    asked = now(quick)
    quick.push({"policy/default.yaml": FOUR_EYES.replace("engineer, ", "model-owner, ")}, message="another shift")
    assert refuses(quick, now(quick, by="second-owner", confirm=asked.entry.proposal)) == ["four_eyes"]


# --- when others cannot be told --------------------------------------------------------------------


def test_the_alias_moves_though_nobody_can_be_told(quick: QuickStage, notifier: MemoryNotifier) -> None:
    first, _ = allowed(quick)
    notifier.fails = Unavailable("GitHub does not answer")
    report = now(quick, notifier=notifier)
    assert (report.done, quick.champion) == (Done.ROLLED_BACK, first.version)
    assert report.exit_code == Unavailable.exit_code
    assert "GitHub does not answer" in report.to_text()
    notifier.fails = None
    assert reconcile(quick, notifier).exit_code == 0
    assert list(notifier.open) == ["rollback-churn"]
    assert [change.event for change in notifier.changes] == ["rolled_back"]


def test_the_issue_brings_the_evidence_of_what_failed(quick: QuickStage, notifier: MemoryNotifier) -> None:
    _, second = allowed(quick)
    report = now(quick, notifier=notifier)
    body = notifier.bodies["rollback-churn"]
    assert body.startswith("**⏪ `churn@champion` was rolled back to version 1** by `engineer`")
    assert f"What the evidence had said of version {second.version}" in body
    assert "| roc\\_auc |" in body or "| roc_auc |" in body
    assert report.pull_request is not None
    assert f"pull request [{report.pull_request.number}]" in body
    assert f"coronet hold churn --version {second.version} --release" in body


def test_the_index_of_the_log_says_what_waits(quick: QuickStage) -> None:
    allowed(quick)
    report = now(quick)
    state = read_ledger(quick.repository(), "promotions-log", [MODEL]).state(MODEL)
    (waiting,) = state.provisional.values()
    assert waiting.proposal == report.entry.proposal
    assert waiting.fast_lane is not None
    assert waiting.fast_lane.ratify_by == waiting.at + timedelta(days=14)
