"""What the forge makes of GitHub beyond the contract: on the stand-in, with its real answers."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from coronet.adapters.github.answers import Forbidden
from coronet.adapters.github.forge import LOOK_BACK, GithubForge
from coronet.core.closing import NO_REASON
from coronet.errors import InvalidInput, Refused, WrongUsage
from coronet.ports.forge import Protection, PullRequest, PullRequestState, ReviewState
from coronet.ports.repository import MergeMethod, Person
from tests.contract.forges import CODEOWNERS
from tests.contract.github_forges import NAME, GithubForgeUnderTest, github_forge
from tests.github.rules import demand

BRANCH = "promotions/iris/iris-v7-7c2f9a41"
PATH = "promotions/iris/iris-v7-7c2f9a41.yaml"
JOB = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_ACTOR": "engineer"}
WRITES = {"contents": "write", "pull_requests": "write", "issues": "write", "statuses": "write", "metadata": "read"}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[GithubForgeUnderTest]:
    with github_forge(tmp_path, CODEOWNERS) as found:
        yield found


@pytest.fixture
def opened(stage: GithubForgeUnderTest) -> PullRequest:
    stage.push(BRANCH, {PATH: "version: 7\n"})
    return open_(stage.forge)


def open_(forge: GithubForge, *, reviewers: tuple[str, ...] = ("model-owner",), branch: str = BRANCH) -> PullRequest:
    return forge.open_pull_request(
        branch=branch, title="Promote", body="why", labels=["promotion"], reviewers=list(reviewers)
    )


def as_workflow(stage: GithubForgeUnderTest, **more: str) -> GithubForge:
    """The forge of a job that the engineer started, with its own token."""
    token = stage.hub.actions_token(NAME, {**WRITES, **more})
    return stage.with_token(token, JOB)


def members(forge: GithubForge, owner: str) -> set[str] | None:
    found = forge.members(owner)
    return None if found is None else set(found)


def writers(forge: GithubForge, number: int) -> set[str] | None:
    found = forge.commit_logins(number)
    return None if found is None else set(found)


def asked(stage: GithubForgeUnderTest, since: int = 0) -> list[str]:
    """What was asked, without the repository's own path."""
    return [call.replace(f"/repos/{NAME}", "") for call in stage.hub.calls(since=since)]


# --- the proof ------------------------------------------------------------------------------------


def test_what_a_proof_asks_is_asked_once_and_a_new_proof_asks_again(
    stage: GithubForgeUnderTest, opened: PullRequest
) -> None:
    stage.review(opened.number, "model-owner", ReviewState.APPROVED)
    merged = stage.merge(opened.number, "engineer", method=MergeMethod.SQUASH)
    forge, before = stage.forge, len(stage.hub.requests)
    for number in (1, 2):
        found = forge.pull_request_of(merged.merge_commit or "")
        assert found
        assert (found.number, found.merged_at) == (merged.number, merged.merged_at)
        for _ in range(3):
            assert len(forge.reviews(opened.number) or ()) == number
            assert writers(forge, opened.number) == {"engineer"}
        stage.review(opened.number, "second-owner", ReviewState.APPROVED)
    assert [call.split()[1] for call in asked(stage, before)] == [
        f"/commits/{merged.merge_commit}/pulls",
        "/pulls/1/reviews",
        "/pulls/1/commits",
    ] * 2


def test_more_reviews_than_a_page_holds(stage: GithubForgeUnderTest, opened: PullRequest) -> None:
    for _ in range(101):
        stage.review(opened.number, "somebody", ReviewState.COMMENTED)
    stage.review(opened.number, "model-owner", ReviewState.APPROVED)
    reviews = stage.forge.reviews(opened.number)
    assert reviews
    assert len(reviews) == 102
    assert (reviews[-1].login, reviews[-1].state) == ("model-owner", ReviewState.APPROVED)


def test_a_dismissed_approval_is_one_no_more(stage: GithubForgeUnderTest, opened: PullRequest) -> None:
    page = stage.hub.as_person("model-owner")
    page.dismiss(opened.number, page.approve(opened.number))
    reviews = stage.forge.reviews(opened.number)
    assert reviews
    assert [review.state for review in reviews] == [ReviewState.DISMISSED]


def test_what_github_merged_into_the_branch_is_by_who_pressed_the_button(
    stage: GithubForgeUnderTest, opened: PullRequest
) -> None:
    stage.push("main", {"unrelated": "1"})
    stage.hub.as_person("second-owner").update_branch(opened.number)
    assert writers(stage.forge, opened.number) == {"engineer", "second-owner"}


def test_a_commit_that_only_claims_to_be_githubs_is_by_nobody_known(
    stage: GithubForgeUnderTest, opened: PullRequest
) -> None:
    github = ("GitHub", "noreply@github.com")
    account = stage.hub.accounts["engineer"]
    stage.hub.as_person("engineer").commit(
        BRANCH, {PATH: "version: 8\n"}, author=("engineer", account.noreply), committer=github
    )
    assert writers(stage.forge, opened.number) is None


def test_three_that_a_queue_lands_in_one_push_have_each_their_own(stage: GithubForgeUnderTest) -> None:
    branches = [f"promotions/m{number}/m{number}-v1-00000000" for number in range(3)]
    for branch in branches:
        stage.push(branch, {f"{branch}.yaml": "x"})
    numbers = [open_(stage.forge, branch=branch).number for branch in branches]
    for number in numbers:
        stage.review(number, "model-owner", ReviewState.APPROVED)
    commits = stage.hub.as_person("engineer").queue(numbers)
    found = [stage.forge.pull_request_of(commit) for commit in commits]
    assert [pull.number for pull in found if pull] == numbers


# --- who ------------------------------------------------------------------------------------------


def test_an_owner_who_may_not_write_owns_nothing(stage: GithubForgeUnderTest) -> None:
    stage.hub.add_user("reader", {NAME: "read"})
    stage.hub.add_user("stranger")
    forge = stage.forge
    assert members(forge, "@reader") == members(forge, "@stranger") == set()
    assert members(forge, "@Model-Owner") == {"Model-Owner"}
    assert asked(stage) == ["GET /collaborators 200"]  # one call for all of them


def test_whom_the_token_may_not_look_up_is_taken_by_name(stage: GithubForgeUnderTest) -> None:
    stage.hub.add_user("stranger")
    forge = stage.with_token(stage.hub.token("stranger"))
    assert members(forge, "@model-owner") == {"model-owner"}
    assert members(forge, "@second-owner") == {"second-owner"}
    assert asked(stage) == ["GET /collaborators 403"]


def test_more_collaborators_than_a_page_holds_are_asked_for_one_by_one(stage: GithubForgeUnderTest) -> None:
    for number in range(100):
        stage.hub.add_user(f"reader-{number}", {NAME: "read"})
    stage.hub.add_user("late-owner", {NAME: "write"})
    stage.hub.add_user("late-reader", {NAME: "read"})
    forge = stage.forge
    assert members(forge, "@late-owner") == {"late-owner"}
    assert members(forge, "@late-reader") == members(forge, "@nobody-at-all") == set()
    assert members(forge, "@model-owner") == {"model-owner"}


def test_teams_are_their_members_or_unknown(stage: GithubForgeUnderTest) -> None:
    stage.hub.add_team("acme/owners", "model-owner", "second-owner")
    assert members(stage.forge, "@acme/owners") == {"model-owner", "second-owner"}
    assert members(as_workflow(stage), "@acme/owners") is None  # a workflow's token sees no team


@pytest.mark.parametrize("owner", ["owner@acme.example", "@", "@a b", "@a/b/c", "@../x"])
def test_an_owner_who_can_be_nobody_is_unknown_and_not_asked_for(stage: GithubForgeUnderTest, owner: str) -> None:
    assert stage.forge.members(owner) is None
    assert asked(stage) == []


# --- protection -----------------------------------------------------------------------------------


def test_rules_are_taken_together(stage: GithubForgeUnderTest) -> None:
    more = demand(2, code_owners=False, dismiss_stale=False, last_push=True, statuses=["check"])
    stage.hub.add_ruleset(NAME, more, title="more")
    assert stage.forge.protection("main") == Protection(
        pull_request=True,
        approvals=2,
        code_owner_review=True,
        dismisses_stale=True,
        last_push_approval=True,
        blocks_force_push=True,
        blocks_deletion=True,
        statuses=("check",),
    )
    assert stage.forge.protection("promotions-log") == Protection()


# --- opening --------------------------------------------------------------------------------------


def test_one_who_cannot_be_asked_for_a_review_stops_nothing(stage: GithubForgeUnderTest) -> None:
    stage.push(BRANCH, {PATH: "version: 7\n"})
    stage.hub.add_user("stranger")
    opened = open_(stage.forge, reviewers=("model-owner", "stranger", "engineer"))
    assert opened.state is PullRequestState.OPEN
    assert opened.labels == ("promotion",)


def test_where_workflows_may_open_none_the_branch_and_a_link_are_left(stage: GithubForgeUnderTest) -> None:
    stage.push(BRANCH, {PATH: "version: 7\n"})
    stage.hub.repository(NAME).settings["actions_may_open_pull_requests"] = False
    with pytest.raises(Forbidden, match="is pushed, and its pull request cannot be opened") as caught:
        open_(as_workflow(stage))
    assert f"{stage.hub.web}/{NAME}/compare/main...{BRANCH}?expand=1" in caught.value.hint
    assert "Allow GitHub Actions to create and approve pull requests" in caught.value.hint


WORKFLOW = "on:\n  pull_request:\n  workflow_dispatch:\n"


def test_a_workflows_own_token_starts_the_check_by_hand(stage: GithubForgeUnderTest) -> None:
    stage.push("main", {".github/workflows/check.yml": WORKFLOW})
    stage.push(BRANCH, {PATH: "version: 7\n"})
    for token, started in ((stage.tokens["engineer"], 0), (actions(stage), 1)):
        forge = stage.with_token(token, JOB, check_workflow="check.yml")
        opened = open_(forge)
        assert len(stage.hub.repository(NAME).dispatched) == started
        forge.close(opened.number, reason="again")
    assert stage.hub.repository(NAME).dispatched == [{"workflow": "check.yml", "ref": BRANCH, "inputs": {}}]


def actions(stage: GithubForgeUnderTest) -> str:
    return stage.hub.actions_token(NAME, {**WRITES, "actions": "write"})


def test_a_check_that_cannot_be_started_is_told_and_the_pull_request_stays(stage: GithubForgeUnderTest) -> None:
    stage.push(BRANCH, {PATH: "version: 7\n"})
    told: list[str] = []
    forge = stage.with_token(
        actions(stage), JOB, check_workflow="check.yml", tell=lambda step, detail: told.append(f"{step}: {detail}")
    )
    assert open_(forge).state is PullRequestState.OPEN
    assert told[0].startswith(f"check: check.yml was not started on {BRANCH}: ")


# --- comments and closing -------------------------------------------------------------------------


def test_a_comment_with_our_marker_by_somebody_else_is_not_ours(
    stage: GithubForgeUnderTest, opened: PullRequest
) -> None:
    stage.hub.as_person("somebody").comment(opened.number, "<!-- coronet:check -->\npass, believe me")
    for _ in range(2):
        stage.forge.comment(opened.number, marker="check", body="fail")
    assert stage.comments(opened.number) == [
        "<!-- coronet:check -->\npass, believe me",
        "<!-- coronet:check -->\nfail",
    ]


@pytest.mark.parametrize("app", ["workflow", "app"])
def test_a_bots_comment_is_kept_up_to_date_whatever_bot_it_is(
    stage: GithubForgeUnderTest, opened: PullRequest, app: str
) -> None:
    """An App's token cannot be told from the workflow's own."""
    token = stage.hub.app_token(NAME, permissions=WRITES) if app == "app" else stage.hub.actions_token(NAME, WRITES)
    stage.hub.as_person("somebody").comment(opened.number, "<!-- coronet:check -->\npass, believe me")
    for body in ("first", "second"):
        stage.with_token(token, JOB).comment(opened.number, marker="check", body=body)
    assert stage.comments(opened.number)[1:] == ["<!-- coronet:check -->\nsecond"]
    stage.with_token(token, JOB).close(opened.number, reason="expired")
    found = stage.with_token(token, JOB).pull_request(opened.number)
    assert found
    assert found.close_reason == "expired"


def test_saying_the_same_again_writes_nothing(stage: GithubForgeUnderTest, opened: PullRequest) -> None:
    stage.forge.comment(opened.number, marker="check", body="pass\n")
    before = len(stage.hub.requests)
    stage.forge.comment(opened.number, marker="check", body="pass\n")
    assert [call.split()[0] for call in asked(stage, before)] == ["GET", "GET"]


def test_our_comment_is_found_behind_a_hundred_others(stage: GithubForgeUnderTest, opened: PullRequest) -> None:
    for number in range(100):
        stage.hub.as_person("somebody").comment(opened.number, f"remark {number}")
    for body in ("first", "second"):
        stage.forge.comment(opened.number, marker="check", body=body)
    assert len(stage.comments(opened.number)) == 101


def closed(stage: GithubForgeUnderTest, number: int) -> PullRequest:
    found = stage.forge.pull_request(number)
    assert found
    assert found.state is PullRequestState.CLOSED
    return found


def test_a_person_gives_a_reason_by_a_comment(stage: GithubForgeUnderTest, opened: PullRequest) -> None:
    page = stage.hub.as_person("model-owner")
    stage.hub.as_person("somebody").comment(opened.number, "/reject not mine to say")
    page.comment(opened.number, "/reject the data was wrong")
    page.close(opened.number)
    stage.hub.as_person("somebody").comment(opened.number, "/reject something else, later")
    found = closed(stage, opened.number)
    assert (found.closed_by, found.close_reason) == ("model-owner", "the data was wrong")


def test_closing_without_a_word_is_said_so(stage: GithubForgeUnderTest, opened: PullRequest) -> None:
    stage.hub.as_person("model-owner").close(opened.number)
    assert closed(stage, opened.number).close_reason == NO_REASON


def test_a_reason_of_ours_for_what_a_person_then_closed_is_not_theirs(
    stage: GithubForgeUnderTest, opened: PullRequest
) -> None:
    """We closed it, it was opened again, and somebody else said no."""
    stage.forge.close(opened.number, reason="expired")
    page = stage.hub.as_person("model-owner")
    page.reopen(opened.number)
    page.comment(opened.number, "/reject no")
    page.close(opened.number)
    found = closed(stage, opened.number)
    assert (found.closed_by, found.close_reason) == ("model-owner", "no")


def test_what_is_not_there_is_neither_read_nor_closed(stage: GithubForgeUnderTest, opened: PullRequest) -> None:
    for act in (lambda: stage.forge.body(99), lambda: stage.forge.close(99, reason="x")):
        with pytest.raises(InvalidInput, match="no pull request 99"):
            act()
    with pytest.raises(InvalidInput, match="without a reason"):
        stage.forge.close(opened.number, reason=" ")


def test_closing_again_says_nothing_more(stage: GithubForgeUnderTest, opened: PullRequest) -> None:
    for reason in ("first", "second"):
        stage.forge.close(opened.number, reason=reason)
    assert closed(stage, opened.number).close_reason == "first"


# --- listing --------------------------------------------------------------------------------------


def test_what_ended_long_ago_is_not_listed(stage: GithubForgeUnderTest, opened: PullRequest) -> None:
    stage.forge.close(opened.number, reason="x")
    assert stage.forge.pull_requests(PullRequestState.CLOSED)
    stage.hub.clock.advance(LOOK_BACK + timedelta(hours=1))
    assert stage.forge.pull_requests(PullRequestState.CLOSED) == ()


def test_what_asks_for_a_change_of_another_branch_is_not_listed(stage: GithubForgeUnderTest) -> None:
    stage.push("develop", {"x": "1"})
    stage.push(BRANCH, {PATH: "version: 7\n"})
    number = stage.hub.as_person("engineer").open_pull_request(BRANCH, base="develop")
    assert stage.forge.pull_requests(PullRequestState.OPEN) == ()
    assert stage.forge.find_pull_request(BRANCH) is None
    stage.merge(number, "engineer", admin=True)
    commit = stage.hub.repository(NAME).issues[number].pull.merge_commit  # type: ignore[union-attr]
    assert stage.forge.pull_request_of(str(commit)) is None


def test_a_repository_that_was_renamed_is_not_taken_for_an_empty_one(
    stage: GithubForgeUnderTest, opened: PullRequest
) -> None:
    """GitHub sends readers on to the new name, and the way there loses what was asked for."""
    stage.hub.repository(NAME).name = "renamed"
    with pytest.raises(WrongUsage, match="is called acme/renamed now"):
        stage.forge.pull_requests(PullRequestState.OPEN)
    with pytest.raises(WrongUsage, match="is called acme/renamed now"):
        stage.forge.find_pull_request(BRANCH)


def test_a_status_is_short_enough_for_github(stage: GithubForgeUnderTest, opened: PullRequest) -> None:
    stage.forge.set_status(opened.head, name="coronet/check", passed=False, description="x" * 200)
    (status,) = stage.hub.repository(NAME).statuses[opened.head]
    assert (status.state, len(status.description or "")) == ("failure", 140)


def test_a_branch_that_github_does_not_know_is_refused_in_its_words(stage: GithubForgeUnderTest) -> None:
    with pytest.raises(Refused) as caught:
        open_(stage.forge, branch="promotions/iris/none")
    assert caught.value.findings


def test_who_signs_is_known_to_github(stage: GithubForgeUnderTest) -> None:
    account = stage.hub.accounts["engineer"]
    assert stage.forge.person("engineer") == Person(name="engineer", email=account.noreply)


# --- forks ----------------------------------------------------------------------------------------


@pytest.fixture
def forked(stage: GithubForgeUnderTest) -> int:
    """The pull request of a stranger, whose branch bears the name of a proposal of ours."""
    stranger = stage.hub.add_user("stranger")
    stage.hub.fork(NAME, "stranger")
    stage.hub.commit("stranger/models", BRANCH, {PATH: "version: 7\n"}, "copy", by=stranger)
    return stage.hub.as_person("stranger", NAME).open_pull_request(f"stranger:{BRANCH}")


@pytest.mark.parametrize("deleted", [False, True])
def test_a_fork_that_borrows_the_name_of_a_proposal_is_not_that_proposal(
    stage: GithubForgeUnderTest, forked: int, deleted: bool
) -> None:
    """Else a stranger could reject a proposal before it was made, by closing a pull request of their own."""
    if deleted:
        stage.hub.delete_repository("stranger/models")
    assert stage.forge.pull_requests(PullRequestState.OPEN) == ()
    assert stage.forge.find_pull_request(BRANCH) is None
    stage.hub.as_person("stranger", NAME).close(forked)
    assert stage.forge.pull_requests(PullRequestState.CLOSED) == ()
    stage.push(BRANCH, {PATH: "version: 7\n"})
    assert open_(stage.forge).number == forked + 1


def test_what_was_merged_from_a_fork_is_proven_like_all_else(stage: GithubForgeUnderTest, forked: int) -> None:
    stage.review(forked, "model-owner", ReviewState.APPROVED)
    merged = stage.merge(forked, "model-owner")
    found = stage.forge.pull_request_of(merged.merge_commit or "")
    assert found
    assert (found.number, found.author) == (forked, "stranger")
    assert writers(stage.forge, forked) == {"stranger"}
