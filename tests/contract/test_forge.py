"""What everybody may rely on of a `Forge`, whoever runs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coronet.errors import InvalidInput, Refused
from coronet.ports.forge import Forge, Protection, PullRequest, PullRequestState, ReviewState
from coronet.ports.repository import MergeMethod, Person
from tests.contract.forges import CODEOWNERS, ForgeUnderTest, local_forge
from tests.contract.github_forges import github_forge

BRANCH = "promotions/iris/iris-v7-7c2f9a41"
PATH = "promotions/iris/iris-v7-7c2f9a41.yaml"


@pytest.fixture(params=["local, in memory", "local, in git", "github, on the stand-in"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ForgeUnderTest]:
    if "github" in request.param:
        with github_forge(tmp_path, CODEOWNERS) as on_github:
            yield on_github
    else:
        with local_forge("memory" if "memory" in request.param else "git", tmp_path) as found:
            yield found


@pytest.fixture
def opened(stage: ForgeUnderTest) -> PullRequest:
    """A pull request of the engineer's that nobody has looked at."""
    stage.push(BRANCH, {PATH: "version: 7\n"})
    return open_(stage.forge, BRANCH)


@pytest.fixture
def approved(stage: ForgeUnderTest, opened: PullRequest) -> PullRequest:
    stage.review(opened.number, "model-owner", ReviewState.APPROVED)
    return opened


def open_(forge: Forge, branch: str, *, title: str = "Promote iris to version 7") -> PullRequest:
    return forge.open_pull_request(
        branch=branch, title=title, body="**why**\n\nbecause", labels=["promotion", "iris"], reviewers=["model-owner"]
    )


# --- opening and finding --------------------------------------------------------------------------


def test_an_opened_pull_request_says_what_it_is(stage: ForgeUnderTest, opened: PullRequest) -> None:
    assert opened.state is PullRequestState.OPEN
    assert opened.title == "Promote iris to version 7"
    assert opened.branch == BRANCH
    assert opened.head == stage.clone().head(BRANCH)
    assert opened.author == stage.forge.login() == "engineer"
    assert set(opened.labels) == {"promotion", "iris"}
    assert "model-owner" in opened.reviewers  # a forge may ask the other owners by itself
    assert (opened.merged_at, opened.merge_commit, opened.closed_at, opened.closed_by) == (None, None, None, None)
    assert stage.forge.body(opened.number) == "**why**\n\nbecause"
    assert stage.forge.pull_request(opened.number) == stage.forge.find_pull_request(BRANCH) == opened


def test_opening_it_again_answers_the_one_that_is_open(stage: ForgeUnderTest, opened: PullRequest) -> None:
    assert open_(stage.forge, BRANCH, title="other") == opened
    assert stage.forge.pull_requests(PullRequestState.OPEN) == (opened,)


def test_after_one_was_closed_another_can_be_opened(stage: ForgeUnderTest, opened: PullRequest) -> None:
    stage.forge.close(opened.number, reason="again, please")
    second = open_(stage.forge, BRANCH)
    assert second.number > opened.number
    assert stage.forge.find_pull_request(BRANCH) == second


def test_there_is_nothing_to_open_without_a_branch_or_a_change(stage: ForgeUnderTest) -> None:
    with pytest.raises(Refused):
        open_(stage.forge, "promotions/iris/nothing")
    with pytest.raises(Refused):
        open_(stage.forge, "main")


def test_a_branch_with_a_history_of_its_own_is_not_merged(stage: ForgeUnderTest, approved: PullRequest) -> None:
    """Whether it had one from the beginning, or was given one after it was approved."""
    stage.push("stranger", {"a": "1"}, alone=True)
    with pytest.raises((Refused, InvalidInput)):
        open_(stage.forge, "stranger")
    stage.push(BRANCH, {PATH: "version: 7\n"}, alone=True)
    with pytest.raises(Refused):
        stage.merge(approved.number, "engineer", admin=True)


def test_what_is_not_there_is_not_found(stage: ForgeUnderTest) -> None:
    assert stage.forge.pull_request(999) is None
    assert stage.forge.find_pull_request("promotions/iris/nothing") is None
    assert stage.forge.pull_request_of("1" * 40) is None
    assert stage.forge.pull_requests(PullRequestState.OPEN) == ()


def test_those_that_carry_proposals_are_listed_by_state_oldest_first(stage: ForgeUnderTest) -> None:
    branches = [f"promotions/iris/iris-v{number}-7c2f9a41" for number in (9, 8, 7)]
    for branch in (*branches, "feature"):
        stage.push(branch, {f"{branch}.yaml": "x"})
    pulls = [open_(stage.forge, branch) for branch in (*branches, "feature")]
    stage.forge.close(pulls[1].number, reason="superseded")
    assert [p.number for p in stage.forge.pull_requests(PullRequestState.OPEN)] == [pulls[0].number, pulls[2].number]
    assert [p.number for p in stage.forge.pull_requests(PullRequestState.CLOSED)] == [pulls[1].number]
    assert stage.forge.pull_requests(PullRequestState.MERGED) == ()


def test_the_head_follows_the_branch(stage: ForgeUnderTest, opened: PullRequest) -> None:
    head = stage.push(BRANCH, {PATH: "version: 8\n"})
    found = stage.forge.pull_request(opened.number)
    assert found is not None
    assert found.head == head != opened.head


def test_the_comment_of_a_marker_is_rewritten(stage: ForgeUnderTest, opened: PullRequest) -> None:
    stage.forge.comment(opened.number, marker="check", body="first")
    stage.forge.comment(opened.number, marker="other", body="another")
    stage.forge.comment(opened.number, marker="check", body="second")
    comments = stage.comments(opened.number)
    assert len(comments) == 2
    assert "second" in comments[0]
    assert "another" in comments[1]


def test_what_protects_the_main_branch_is_known(stage: ForgeUnderTest) -> None:
    assert isinstance(stage.forge.protection("main"), Protection)


# --- reviews --------------------------------------------------------------------------------------


def test_every_review_is_kept_with_its_commit_and_time(stage: ForgeUnderTest, opened: PullRequest) -> None:
    stage.review(opened.number, "model-owner", ReviewState.CHANGES_REQUESTED)
    head = stage.push(BRANCH, {PATH: "version: 8\n"})
    stage.review(opened.number, "somebody", ReviewState.COMMENTED)
    stage.review(opened.number, "model-owner", ReviewState.APPROVED)
    reviews = stage.forge.reviews(opened.number)
    assert reviews is not None
    assert [(r.login, r.state, r.commit) for r in reviews] == [
        ("model-owner", ReviewState.CHANGES_REQUESTED, opened.head),
        ("somebody", ReviewState.COMMENTED, head),
        ("model-owner", ReviewState.APPROVED, head),
    ]
    assert [r.at for r in reviews] == sorted(r.at for r in reviews)
    assert len({r.id for r in reviews}) == 3
    assert not any(r.is_bot for r in reviews)


def test_a_bot_is_known_as_one(stage: ForgeUnderTest, opened: PullRequest) -> None:
    stage.review(opened.number, "helper[bot]", ReviewState.APPROVED)
    reviews = stage.forge.reviews(opened.number)
    assert reviews
    assert reviews[0].is_bot


@pytest.mark.parametrize("state", [ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED])
def test_nobody_judges_their_own(stage: ForgeUnderTest, opened: PullRequest, state: ReviewState) -> None:
    with pytest.raises(Refused):
        stage.review(opened.number, "engineer", state)
    stage.review(opened.number, "engineer", ReviewState.COMMENTED)
    reviews = stage.forge.reviews(opened.number)
    assert reviews
    assert [r.state for r in reviews] == [ReviewState.COMMENTED]


def test_an_approval_after_the_merge_is_kept_with_its_time(stage: ForgeUnderTest, opened: PullRequest) -> None:
    merged = stage.merge(opened.number, "model-owner", admin=True)
    stage.review(opened.number, "model-owner", ReviewState.APPROVED)
    reviews = stage.forge.reviews(opened.number)
    assert reviews
    assert merged.merged_at is not None
    assert reviews[0].at > merged.merged_at
    assert reviews[0].commit == opened.head


def test_what_was_reviewed_can_be_read_when_the_branch_is_gone(stage: ForgeUnderTest, approved: PullRequest) -> None:
    """The proof of an approval compares the file that was reviewed with the file that was merged."""
    merged = stage.merge(approved.number, "engineer", method=MergeMethod.SQUASH)
    reviews = stage.forge.reviews(approved.number)
    assert reviews
    assert merged.merge_commit
    fresh = stage.clone()
    seen, final = fresh.blob_ids([(reviews[0].commit, PATH), (merged.merge_commit, PATH)])
    assert seen is not None
    assert seen == final


# --- merging and closing --------------------------------------------------------------------------


@pytest.mark.parametrize("method", list(MergeMethod))
def test_a_merge_brings_the_change_to_main(stage: ForgeUnderTest, approved: PullRequest, method: MergeMethod) -> None:
    stage.push("main", {"unrelated": "1"})
    merged = stage.merge(approved.number, "engineer", method=method)
    assert stage.forge.pull_request(approved.number) == merged
    assert merged.state is PullRequestState.MERGED
    assert merged.head == approved.head
    assert merged.merged_at is not None
    fresh = stage.clone()
    main = fresh.head("main")
    assert main is not None
    assert main == merged.merge_commit
    assert fresh.head(BRANCH) is None
    assert fresh.read(main, PATH) == b"version: 7\n"
    assert fresh.read(main, "unrelated") == b"1"
    assert fresh.landings(main, [PATH])[PATH].commit == main
    assert stage.forge.pull_request_of(main) == merged
    assert stage.forge.pull_requests(PullRequestState.MERGED) == (merged,)
    assert stage.forge.pull_requests(PullRequestState.OPEN) == ()


def test_a_commit_that_no_pull_request_brought_has_none(stage: ForgeUnderTest, approved: PullRequest) -> None:
    pushed = stage.push("main", {PATH: "by hand"})
    assert stage.forge.pull_request_of(pushed) is None
    assert stage.forge.pull_request_of(approved.head) is None


def test_nothing_is_merged_without_the_approval_of_an_owner(stage: ForgeUnderTest, opened: PullRequest) -> None:
    with pytest.raises(Refused):
        stage.merge(opened.number, "engineer")
    stage.review(opened.number, "somebody", ReviewState.APPROVED)
    with pytest.raises(Refused):
        stage.merge(opened.number, "engineer")
    stage.review(opened.number, "Second-Owner", ReviewState.APPROVED)
    assert stage.merge(opened.number, "engineer").state is PullRequestState.MERGED


def test_an_approval_of_what_was_there_before_is_stale(stage: ForgeUnderTest, approved: PullRequest) -> None:
    stage.push(BRANCH, {PATH: "version: 8\n"})
    with pytest.raises(Refused):
        stage.merge(approved.number, "engineer")


def test_an_owner_who_requests_changes_stops_it_until_they_approve(
    stage: ForgeUnderTest, approved: PullRequest
) -> None:
    stage.review(approved.number, "second-owner", ReviewState.CHANGES_REQUESTED)
    with pytest.raises(Refused):
        stage.merge(approved.number, "engineer")
    stage.review(approved.number, "second-owner", ReviewState.COMMENTED)
    with pytest.raises(Refused):
        stage.merge(approved.number, "engineer")
    stage.review(approved.number, "second-owner", ReviewState.APPROVED)
    assert stage.merge(approved.number, "engineer").state is PullRequestState.MERGED


def test_a_branch_cannot_make_its_own_owners(stage: ForgeUnderTest) -> None:
    stage.push(BRANCH, {PATH: "version: 7\n", "CODEOWNERS": "* @crony\n"})
    opened = open_(stage.forge, BRANCH)
    stage.review(opened.number, "crony", ReviewState.APPROVED)
    with pytest.raises(Refused):
        stage.merge(opened.number, "engineer")


def test_what_conflicts_is_not_merged(stage: ForgeUnderTest, approved: PullRequest) -> None:
    main = stage.push("main", {PATH: "by hand\n"})
    for admin in (False, True):
        with pytest.raises(Refused):
            stage.merge(approved.number, "engineer", admin=admin)
    assert stage.clone().head("main") == main


def test_a_check_that_is_required_must_have_passed_on_the_head(stage: ForgeUnderTest, approved: PullRequest) -> None:
    stage.require_status("coronet")
    with pytest.raises(Refused):
        stage.merge(approved.number, "engineer")
    stage.forge.set_status(approved.head, name="coronet", passed=False, description="a gate failed")
    with pytest.raises(Refused):
        stage.merge(approved.number, "engineer")
    stage.forge.set_status(approved.head, name="coronet", passed=True, description="all gates pass")
    assert stage.merge(approved.number, "engineer").state is PullRequestState.MERGED


def test_what_was_merged_is_merged_once(stage: ForgeUnderTest, approved: PullRequest) -> None:
    merged = stage.merge(approved.number, "engineer")
    for admin in (False, True):
        with pytest.raises(Refused):
            stage.merge(approved.number, "engineer", admin=admin)
    with pytest.raises(Refused):
        stage.forge.close(approved.number, reason="too late")
    assert stage.clone().head("main") == merged.merge_commit


def test_closing_says_who_and_why_and_merges_nothing(stage: ForgeUnderTest, approved: PullRequest) -> None:
    main = stage.clone().head("main")
    stage.forge.close(approved.number, reason="the data was wrong")
    closed = stage.forge.pull_request(approved.number)
    assert closed is not None
    assert closed.state is PullRequestState.CLOSED
    assert closed.closed_by == "engineer"
    assert closed.close_reason == "the data was wrong"
    assert closed.closed_at is not None
    assert (closed.merged_at, closed.merge_commit) == (None, None)
    assert stage.clone().head("main") == main
    # Who closed it, and why, is told of each alone.
    assert [pull.number for pull in stage.forge.pull_requests(PullRequestState.CLOSED)] == [approved.number]
    with pytest.raises(Refused):
        stage.merge(approved.number, "engineer", admin=True)


# --- who ------------------------------------------------------------------------------------------


def test_the_logins_of_commits_are_those_of_authors_and_committers(stage: ForgeUnderTest, opened: PullRequest) -> None:
    assert stage.forge.commit_logins(opened.number) == frozenset({"engineer"})
    stage.push(BRANCH, {PATH: "version: 8\n"}, author=Person.of_login("model-owner"))
    assert stage.forge.commit_logins(opened.number) == frozenset({"engineer", "model-owner"})
    stage.push("main", {"unrelated": "1"}, author=Person.of_login("somebody"))
    assert stage.forge.commit_logins(opened.number) == frozenset({"engineer", "model-owner"})


@pytest.mark.parametrize("method", list(MergeMethod))
def test_they_are_known_after_the_merge_as_well(
    stage: ForgeUnderTest, approved: PullRequest, method: MergeMethod
) -> None:
    stage.merge(approved.number, "model-owner", method=method)
    stage.push("main", {"later": "1"}, author=Person.of_login("somebody"))
    assert stage.forge.commit_logins(approved.number) == frozenset({"engineer"})


def test_an_author_whom_nobody_knows_makes_them_unknown(stage: ForgeUnderTest, opened: PullRequest) -> None:
    stage.push(BRANCH, {PATH: "version: 8\n"}, author=Person(name="who", email="nobody at all"))
    assert stage.forge.commit_logins(opened.number) is None


def test_owners_stand_for_people(stage: ForgeUnderTest) -> None:
    assert stage.forge.members("@model-owner") == frozenset({"model-owner"})
    assert stage.forge.members("@organization/unheard-of") is None
