"""GitHub at its worst: nothing is lost, nothing doubled, nothing wrongly approved.

Real verbs, a real clone, the registry's fake, and the stand-in told to misbehave.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coronet.adapters.github.connection import PAUSES
from coronet.commands.promote import promote
from coronet.commands.propose import ProposeReport
from coronet.core.changelog.entry import Event
from coronet.errors import Conflict, CoronetError, Refused, Unavailable
from tests.github import run_github
from tests.stage import states
from tests.stage.github_stage import NAME, GithubStage
from tests.stage.reports import told
from tests.stage.road import ask
from tests.stage.stage import MODEL

TRIES = len(PAUSES) + 1
LOG = "promotions-log:changelog/churn.jsonl"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[GithubStage]:
    with run_github(tmp_path / "hub") as hub:
        yield GithubStage(folder=tmp_path, hub=hub, timeout=1)


def candidate(stage: GithubStage) -> None:
    stage.evaluate(stage.train())


def events(stage: GithubStage) -> list[str]:
    """What the log says, in order."""
    return [json.loads(line)["event"] for line in stage.show(LOG).splitlines()]


def pulls(stage: GithubStage) -> list[int]:
    return [issue.number for issue in stage.hub.repository(NAME).pulls()]


def comments(stage: GithubStage, number: int) -> list[str]:
    return [comment.body for comment in stage.hub.repository(NAME).issues[number].comments]


def states_of(stage: GithubStage, commit: str) -> set[str]:
    """The last words of each status."""
    latest = {status.context: status.state for status in stage.hub.repository(NAME).statuses.get(commit, [])}
    return set(latest.values())


def assert_promoted_once(stage: GithubStage) -> None:
    assert stage.champion == "1"
    assert Counter(events(stage)) == {"intent": 1, "promoted": 1}


# --- any single trouble, on any call -----------------------------------------------------------------

TROUBLES = ("retry_after", "bad_gateway", "lost", "timeout")


@pytest.mark.parametrize("kind", TROUBLES)
@pytest.mark.parametrize("skip", range(8))
def test_a_promotion_meets_one_trouble_on_each_of_its_calls(stage: GithubStage, kind: str, skip: int) -> None:
    states.merged(stage)
    trouble = stage.hub.faults.add("*", "^/repos/", kind=kind, skip=skip, seconds=1.2)
    assert told(promote(stage.world())).exit_code == 0
    assert trouble.hits == 1
    assert_promoted_once(stage)


@pytest.mark.parametrize("kind", TROUBLES)
@pytest.mark.parametrize("skip", range(7))
def test_a_proposal_meets_one_trouble_on_each_of_its_calls(stage: GithubStage, kind: str, skip: int) -> None:
    candidate(stage)
    trouble = stage.hub.faults.add("*", "^/repos/", kind=kind, skip=skip, seconds=1.2)
    assert number_of(ask(stage)) == 1
    assert trouble.hits == 1
    assert pulls(stage) == [1]
    assert set(stage.hub.repository(NAME).issues[1].labels) == {"promotion", MODEL}
    assert number_of(ask(stage)) == 1
    assert pulls(stage) == [1]


def number_of(report: ProposeReport) -> int:
    assert report.publication
    assert report.publication.pull_request
    return report.publication.pull_request.number


@pytest.mark.parametrize("kind", TROUBLES)
@pytest.mark.parametrize("skip", range(5))
def test_a_check_meets_one_trouble_on_each_of_its_calls(stage: GithubStage, kind: str, skip: int) -> None:
    asked = states.opened(stage)
    forge = stage.world("engineer").forge
    trouble = stage.hub.faults.add("*", "^/repos/", kind=kind, skip=skip, seconds=1.2)
    forge.comment(1, marker="check", body="one")
    forge.comment(1, marker="check", body="two")
    forge.set_status(asked.pull_request.head, name="coronet/check", passed=True, description="pass")
    assert comments(stage, 1) == ["<!-- coronet:check -->\ntwo"]
    assert states_of(stage, asked.pull_request.head) == {"success"}
    assert trouble.hits == 1


# --- trouble that stays ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["bad_gateway", "lost", "garbled"])
def test_a_forge_that_stays_down_stops_a_promotion_before_anything_moved(stage: GithubStage, kind: str) -> None:
    states.merged(stage)
    stage.hub.faults.add("*", "^/repos/", kind=kind, times=100)
    with pytest.raises(Unavailable):
        promote(stage.world())
    assert stage.champion is None
    with pytest.raises(AssertionError):
        events(stage)
    stage.hub.faults.clear()
    assert told(promote(stage.world())).exit_code == 0
    assert_promoted_once(stage)


@pytest.mark.parametrize("what", ["reviews", "commits/[0-9a-f]+/pulls", "pulls/1/commits"])
def test_silence_about_what_the_proof_needs_approves_nothing(stage: GithubStage, what: str) -> None:
    """Not even for good: the proposal is there for the next run."""
    states.merged(stage)
    stage.hub.faults.add("GET", f"{what}$", kind="unavailable", times=TRIES)
    with pytest.raises(Unavailable):
        promote(stage.world())
    assert stage.champion is None
    assert told(promote(stage.world())).exit_code == 0
    assert_promoted_once(stage)


def test_a_pull_request_that_was_opened_although_nobody_heard_of_it_is_found(stage: GithubStage) -> None:
    candidate(stage)
    stage.hub.faults.add("POST", "/pulls$", kind="lost", times=TRIES)
    assert number_of(ask(stage)) == 1
    assert [call for call in stage.calls() if call.startswith("POST") and "/pulls " in call] == [
        "POST /repos/acme/models/pulls 201"
    ]


def test_a_comment_that_was_written_although_nobody_heard_of_it_is_not_written_twice(stage: GithubStage) -> None:
    states.opened(stage)
    stage.hub.faults.add("POST", "/comments$", kind="lost", times=TRIES)
    stage.world("engineer").forge.comment(1, marker="check", body="said")
    assert comments(stage, 1) == ["<!-- coronet:check -->\nsaid"]


def test_a_closing_that_is_cut_after_its_reason_is_finished_with_that_reason(stage: GithubStage) -> None:
    states.opened(stage)
    forge = stage.world("engineer").forge
    stage.hub.faults.add("PATCH", "/pulls/1$", kind="bad_gateway", times=TRIES)
    with pytest.raises(Unavailable):
        forge.close(1, reason="superseded by churn-v2-00000000 (pull request 2)")
    forge.close(1, reason="superseded by churn-v2-00000000 (pull request 2)")
    assert len(comments(stage, 1)) == 1
    assert told(promote(stage.world("engineer"))).exit_code == 0
    assert events(stage) == ["superseded"]


# --- git ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["lost", "bad_gateway", "garbled"])
def test_a_push_of_the_log_whose_answer_is_lost_is_recognised(stage: GithubStage, kind: str) -> None:
    """Whether the first run hears of it or the second finds it: an intent and an outcome, once."""
    states.merged(stage)
    for skip in (0, 1):
        stage.hub.faults.add("POST", "git-receive-pack$", kind=kind, skip=skip)
    for _ in range(3):
        try:
            told(promote(stage.world()))
        except CoronetError:
            continue
        break
    assert_promoted_once(stage)


def test_a_log_that_moves_five_times_in_a_row_is_written_at_the_sixth_try(stage: GithubStage) -> None:
    asked = states.merged(stage)
    first = promote(stage.world())
    assert first.exit_code == 0
    states.merged(stage, against=asked.version)
    moves = iter(range(5))

    def move() -> None:
        if (number := next(moves, None)) is not None:
            stage.push({f"notes/{number}.md": "x"}, message="elsewhere", branch="promotions-log")

    stage.hub.faults.add("POST", "git-receive-pack$", kind="run", times=5, run=move)
    assert told(promote(stage.world())).exit_code == 0
    assert stage.champion == "2"
    assert Counter(events(stage)) == {"intent": 2, "promoted": 2}
    assert stage.show("promotions-log:notes/4.md") == "x"


def test_a_log_that_never_stands_still_ends_in_a_conflict_and_nothing_moves(stage: GithubStage) -> None:
    asked = states.merged(stage)
    promote(stage.world())
    states.merged(stage, against=asked.version)
    moves = iter(range(100))
    stage.hub.faults.add(
        "POST",
        "git-receive-pack$",
        kind="run",
        times=100,
        run=lambda: stage.push({f"n{next(moves)}": "x"}, message="elsewhere", branch="promotions-log"),
    )
    with pytest.raises(Conflict, match="moved 8 times"):
        promote(stage.world())
    assert stage.champion == "1"
    assert Counter(events(stage)) == {"intent": 1, "promoted": 1}


@pytest.mark.parametrize("at", ["intent", "confirm", "move", "outcome"])
def test_two_promotes_at_once_promote_once(stage: GithubStage, at: str) -> None:
    states.merged(stage)
    other: list[int] = []
    world = stage.world()

    def meet(step: str, detail: str = "") -> None:
        if step == at and not other:
            other.append(told(promote(stage.world("engineer"))).exit_code)

    assert told(promote(replace(world, progress=meet))).exit_code == 0
    assert other == [0]
    assert_promoted_once(stage)


def test_two_proposals_at_once_open_one_pull_request(stage: GithubStage) -> None:
    candidate(stage)
    other: list[int] = []
    met = threading.Event()

    def meet() -> None:
        if not other:
            other.append(0)
            other[0] = number_of(ask(stage, by="engineer"))
            met.set()

    stage.hub.faults.add("POST", "/pulls$", kind="run", run=meet)
    number = number_of(ask(stage))
    # On a busy machine the first gives up waiting, and finds what the other has opened before that one is told.
    assert met.wait(timeout=60)
    assert number == other[0] == 1
    assert pulls(stage) == [1]


def test_a_push_that_the_rules_refuse_loses_nothing(stage: GithubStage) -> None:
    states.merged(stage)
    stage.hub.faults.add("POST", "git-receive-pack$", kind="reject")
    with pytest.raises(Refused):
        promote(stage.world())
    assert stage.champion is None
    assert told(promote(stage.world())).exit_code == 0
    assert_promoted_once(stage)


# --- replaced heads ----------------------------------------------------------------------------------


def test_what_was_pushed_after_the_approval_is_not_approved(stage: GithubStage) -> None:
    asked = states.approved(stage)
    text = stage.show(f"{asked.pull_request.branch}:{asked.proposal.path}")
    stage.push({asked.proposal.path: text + "\n"}, message="after the approval", branch=asked.pull_request.branch)
    stage.merge(asked.pull_request, admin=True)
    assert told(promote(stage.world())).exit_code == 4
    assert stage.champion is None
    assert events(stage) == ["refused"]


def test_a_head_that_is_replaced_by_force_takes_its_approval_along(stage: GithubStage) -> None:
    asked = states.approved(stage)
    page = stage.hub.as_person("engineer")
    text = stage.show(f"{asked.pull_request.branch}:{asked.proposal.path}")
    other = page.commit("aside", {asked.proposal.path: text + "\n"}, "again")
    page.commit("aside", {asked.proposal.evidence_path: asked.draft.evidence.to_bytes()}, "evidence")
    page.force(asked.pull_request.branch, stage.hub.git(NAME).head("aside") or other)
    stage.merge(asked.pull_request, admin=True)
    assert told(promote(stage.world())).exit_code == 4
    assert stage.champion is None


def test_a_status_stays_on_the_commit_that_was_judged(stage: GithubStage) -> None:
    """The head moves while the check runs: the new one has no status, so that nothing can be merged on it."""
    asked = states.opened(stage)
    moved: list[str] = []

    def move() -> None:
        moved.append(stage.push({"policy/x.md": "x"}, message="meanwhile", branch=asked.pull_request.branch))

    stage.hub.faults.add("GET", "/issues/1/comments$", kind="run", run=move)
    typed = stage.type("check", "1", "--comment")
    assert typed.code == 0, typed.err
    assert states_of(stage, asked.pull_request.head) == {"success"}
    assert states_of(stage, moved[0]) == set()


def test_an_approval_that_is_withdrawn_while_a_promotion_runs_again_counts_no_more(stage: GithubStage) -> None:
    """Every try asks who approved: what the first try heard is not kept."""
    first = states.merged(stage)
    assert told(promote(stage.world())).exit_code == 0
    asked = states.merged(stage, against=first.version)
    page = stage.hub.as_person("model-owner")

    def meanwhile() -> None:
        review = stage.hub.repository(NAME).issues[asked.pull_request.number].pull.reviews[0]  # type: ignore[union-attr]
        page.dismiss(asked.pull_request.number, review)
        stage.push({"notes.md": "x"}, message="elsewhere", branch="promotions-log")

    stage.hub.faults.add("POST", "git-receive-pack$", kind="run", run=meanwhile)
    assert told(promote(stage.world())).exit_code == 4
    assert stage.champion == "1"
    assert events(stage)[-1] == Event.REFUSED


# --- slow --------------------------------------------------------------------------------------------


def test_slow_answers_are_answers(stage: GithubStage) -> None:
    states.merged(stage)
    stage.hub.faults.add("*", "^/repos/", kind="slow", times=3, seconds=0.6)
    assert told(promote(stage.world())).exit_code == 0
    assert_promoted_once(stage)


def test_an_answer_that_comes_too_late_was_done_all_the_same(stage: GithubStage) -> None:
    candidate(stage)
    stage.hub.faults.add("POST", "/pulls$", kind="slow", seconds=1.5)
    assert number_of(ask(stage)) == 1
    assert pulls(stage) == [1]
