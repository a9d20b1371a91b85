"""Verbs as workflows and people run them on GitHub: who acts, what is judged, and where it is said."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.typing_in import Typed
from tests.github import run_github
from tests.stage import states
from tests.stage.github_stage import NAME, PERMISSIONS, PROMOTER, GithubStage

MARKED = "<!-- coronet:check -->\n"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[GithubStage]:
    with run_github(tmp_path / "hub") as hub:
        yield GithubStage(folder=tmp_path, hub=hub)


def check_out(stage: GithubStage, ref: str) -> str:
    """What the checkout step leaves: a commit, and no branch."""
    stage.git("fetch", "--quiet", "origin", ref, folder=stage.work)
    stage.git("checkout", "--quiet", "--detach", "FETCH_HEAD", folder=stage.work)
    return stage.git("rev-parse", "HEAD", folder=stage.work)


def on_pull_request(stage: GithubStage, number: int, head: str) -> dict[str, str]:
    event = stage.folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": number, "head": {"sha": head}}}))
    return {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_REF": f"refs/pull/{number}/merge",
        "GITHUB_EVENT_PATH": str(event),
    }


def statuses(stage: GithubStage) -> dict[str, list[str]]:
    found = stage.hub.repository(NAME).statuses
    return {commit: [f"{each.context} {each.state}" for each in kept] for commit, kept in found.items() if kept}


def comments(stage: GithubStage, number: int) -> list[str]:
    return [comment.body for comment in stage.hub.repository(NAME).issues[number].comments]


def ok(typed: Typed, code: int = 0) -> Typed:
    assert typed.code == code, typed.out + typed.err
    return typed


# --- check ----------------------------------------------------------------------------------------


def test_a_pull_requests_trial_merge_is_judged_and_its_head_is_marked(stage: GithubStage) -> None:
    asked = states.opened(stage)
    stage.push({"README.md": "later"}, message="main goes on")
    trial = check_out(stage, "refs/pull/1/merge")
    assert trial != asked.pull_request.head
    ok(stage.in_job("check", "--comment", **on_pull_request(stage, 1, asked.pull_request.head)))
    assert statuses(stage) == {asked.pull_request.head: ["coronet/check success"]}
    (comment,) = comments(stage, 1)
    assert comment.startswith(f"{MARKED}**✅ pass: One of model-owner, second-owner approves and merges.**")


def test_a_run_for_an_older_head_marks_no_newer_one(stage: GithubStage) -> None:
    asked = states.opened(stage)
    check_out(stage, "refs/pull/1/merge")
    newer = stage.push({"policy/x.md": "x"}, message="meanwhile", branch=asked.pull_request.branch)
    ok(stage.in_job("check", "--comment", **on_pull_request(stage, 1, asked.pull_request.head)))
    assert newer not in statuses(stage)
    typed = ok(stage.in_job("check", "--comment", **on_pull_request(stage, 1, newer)), 5)
    assert "does not hold the pull request's head" in typed.err
    assert newer not in statuses(stage)


def test_what_must_not_be_merged_is_marked_so(stage: GithubStage) -> None:
    asked = states.opened(stage)
    head = stage.push({"policy/x.md": "x"}, message="more", branch=asked.pull_request.branch)
    check_out(stage, "refs/pull/1/merge")
    ok(stage.in_job("check", "--comment", **on_pull_request(stage, 1, head)), 4)
    assert statuses(stage) == {head: ["coronet/check failure"]}
    assert comments(stage, 1)[0].startswith(f"{MARKED}**❌ fail: This must not be merged: files.")


def test_a_merge_queue_is_judged_and_no_pull_request_is_told(stage: GithubStage) -> None:
    asked = states.opened(stage)
    group = check_out(stage, f"refs/heads/{asked.pull_request.branch}")
    job = {"GITHUB_EVENT_NAME": "merge_group", "GITHUB_REF": "refs/heads/gh-readonly-queue/main/pr-1-0"}
    ok(stage.in_job("check", "--comment", **job))
    assert statuses(stage) == {group: ["coronet/check success"]}
    assert comments(stage, 1) == []


def test_a_check_that_was_started_by_hand_tells_the_pull_request_of_its_branch(stage: GithubStage) -> None:
    asked = states.opened(stage)
    head = check_out(stage, f"refs/heads/{asked.pull_request.branch}")
    job = {"GITHUB_REF": f"refs/heads/{asked.pull_request.branch}"}
    for _ in range(2):
        ok(stage.in_job("check", "--comment", **job))
    assert set(statuses(stage)) == {head}
    assert len(comments(stage, 1)) == 1


def test_a_pull_request_without_proposals_passes(stage: GithubStage) -> None:
    head = stage.push({"docs/x.md": "x"}, message="words", branch="words")
    stage.hub.as_person("engineer").open_pull_request("words")
    check_out(stage, "refs/pull/1/merge")
    ok(stage.in_job("check", "--comment", **on_pull_request(stage, 1, head)))
    assert statuses(stage) == {head: ["coronet/check success"]}


def test_a_token_that_may_only_read_leaves_the_verdict_to_the_exit_code(stage: GithubStage) -> None:
    """Pull requests from forks run with such a token."""
    asked = states.opened(stage)
    check_out(stage, "refs/pull/1/merge")
    event = on_pull_request(stage, 1, asked.pull_request.head)
    stage.tokens["promoter"] = stage.hub.actions_token(NAME, dict.fromkeys(PERMISSIONS, "read"))
    typed = ok(stage.in_job("check", "--comment", **event))
    assert "the result is not on the pull request: GitHub refused POST" in typed.err
    assert comments(stage, 1) == []
    assert statuses(stage) == {}
    event["GITHUB_EVENT_PATH"] = str(stage.folder / "gone.json")
    ok(stage.in_job("check", **event))


def test_a_pull_request_that_is_named_is_judged_where_it_is_now(stage: GithubStage) -> None:
    asked = states.opened(stage)
    newer = stage.push({"policy/x.md": "x"}, message="meanwhile", branch=asked.pull_request.branch)
    ok(stage.in_job("check", "1", "--comment"), 4)
    assert statuses(stage) == {newer: ["coronet/check failure"]}
    assert "there is no commit for pull request 9" in ok(stage.type("check", "9"), 3).err


def test_a_comment_needs_a_pull_request(stage: GithubStage) -> None:
    assert "--comment needs the number" in ok(stage.type("check", "--comment"), 2).err


# --- who acts -------------------------------------------------------------------------------------


def test_who_pressed_run_asked_for_it_and_cannot_approve_it(stage: GithubStage) -> None:
    """GitHub takes the workflow's token for the author, and lets the person who started it approve."""
    stage.evaluate(stage.train())
    ok(stage.in_job("propose", "churn", started_by="engineer"))
    issue = stage.hub.repository(NAME).issues[1]
    assert issue.account.login == PROMOTER
    assert issue.pull
    git = stage.hub.git(NAME)
    assert git("log", "-1", "--format=%ae", issue.pull.head) == stage.hub.accounts["engineer"].noreply
    stage.hub.as_person("engineer").approve(1)
    stage.hub.as_person("engineer").merge(1, admin=True)
    typed = ok(stage.in_job("promote", started_by="engineer"), 4)
    assert "@engineer asked for it" in typed.out
    assert stage.champion is None


def test_another_owner_approves_and_the_schedule_promotes(stage: GithubStage) -> None:
    stage.evaluate(stage.train())
    ok(stage.in_job("propose", "churn", started_by="engineer"))
    stage.hub.as_person("model-owner").approve(1)
    stage.hub.as_person("engineer").merge(1, "squash")
    ok(stage.in_job("promote", started_by=None))
    assert stage.champion == "1"
    log = [json.loads(line) for line in stage.show("promotions-log:changelog/churn.jsonl").splitlines()]
    assert [(entry["event"], entry["actor"]) for entry in log] == [("intent", PROMOTER), ("promoted", PROMOTER)]
    assert log[1]["approvals"][0]["login"] == "model-owner"
    assert log[1]["run_url"] == f"{stage.hub.web}/{NAME}/actions/runs/7"
    before = stage.asked
    ok(stage.in_job("gate", "churn"))
    assert stage.calls(before) == []


def test_a_claim_of_who_acts_is_refused(stage: GithubStage) -> None:
    typed = ok(stage.type("status", "--as", "model-owner"), 2)
    assert "GitHub knows who acts" in typed.err


def test_verbs_of_the_local_forge_are_refused(stage: GithubStage) -> None:
    assert "on GitHub people review and merge on its pages" in ok(stage.type("pr", "list"), 2).err


def test_a_token_that_github_does_not_know(stage: GithubStage) -> None:
    typed = ok(stage.type("status", GITHUB_TOKEN="ghp_unknown"), 6)
    assert "ghp_unknown" not in typed.err + typed.out


def test_no_pull_request_may_be_opened_and_the_branch_is_there(stage: GithubStage) -> None:
    stage.evaluate(stage.train())
    stage.hub.repository(NAME).settings["actions_may_open_pull_requests"] = False
    typed = ok(stage.in_job("propose", "churn"), 6)
    assert "/compare/main...promotions/churn/" in typed.err
    stage.hub.repository(NAME).settings["actions_may_open_pull_requests"] = True
    ok(stage.in_job("propose", "churn"))
    assert len(stage.hub.repository(NAME).issues) == 1


def test_nothing_is_pushed_by_force(stage: GithubStage) -> None:
    """A branch that a run before left without a pull request gets a commit on top."""
    stage.evaluate(stage.train())
    stage.hub.repository(NAME).settings["actions_may_open_pull_requests"] = False
    ok(stage.in_job("propose", "churn"), 6)
    (branch,) = [ref for ref in stage.hub.git(NAME).refs() if "promotions/churn" in ref]
    left = stage.hub.git(NAME).head(branch)
    stage.hub.repository(NAME).settings["actions_may_open_pull_requests"] = True
    stage.clock.pass_by(hours=1)
    ok(stage.in_job("propose", "churn"))
    assert stage.hub.git(NAME).is_ancestor(str(left), str(stage.hub.git(NAME).head(branch)))


# --- drift ----------------------------------------------------------------------------------------


def test_drift_is_told_in_one_issue_until_it_is_over(stage: GithubStage) -> None:
    for name, first in (("before", 20), ("now", 60)):
        rows = "".join(f"{first + place % 50}\n" for place in range(200))
        (stage.work / f"{name}.csv").write_text(f"age\n{rows}")
    issues = stage.hub.repository(NAME).issues
    asked = ("drift", "before.csv", "now.csv", "--issue", "churn")
    ok(stage.in_job(*asked, "--dry-run"), code=4)
    assert not issues
    for _ in range(2):
        typed = ok(stage.in_job(*asked), code=4)
    (number,) = issues
    assert issues[number].title == "churn: the data have drifted"
    assert f"issue {number} is open" in typed.out
    ok(stage.in_job("drift", "before.csv", "before.csv", "--issue", "churn"))
    assert issues[number].state == "closed"
    assert len(issues) == 1
