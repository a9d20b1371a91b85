"""Opening, finding, reviewing and closing pull requests."""

import pytest

from tests.github import Hub, Refusal
from tests.github.client import Client
from tests.github.conftest import NAME
from tests.github.crowd import add_old_pull_requests


def _errors(got: object) -> str:
    return str(got.body["errors"])  # type: ignore[attr-defined]


def test_a_second_pull_request_of_a_branch_is_refused(engineer: Client, opened: int) -> None:
    got = engineer.post("pulls", title="Again", head="promotions/iris-1", base="main")
    assert got.status == 422
    assert "A pull request already exists for acme:promotions/iris-1." in _errors(got)


def test_a_branch_without_commits_of_its_own_has_nothing_to_propose(hub: Hub, engineer: Client) -> None:
    hub.git(NAME).set_ref("refs/heads/same", hub.git(NAME).head("main"))
    got = engineer.post("pulls", title="T", head="same", base="main")
    assert got.status == 422
    assert "No commits between main and same" in _errors(got)


@pytest.mark.parametrize(("head", "base", "field"), [("none", "main", "head"), ("promotions/iris-1", "none", "base")])
def test_a_branch_that_is_not_there_is_named(engineer: Client, opened: int, head: str, base: str, field: str) -> None:
    got = engineer.post("pulls", title="T", head=head, base=base)
    assert (got.status, got.body["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize(("size", "status"), [(65536, 200), (65537, 422)])
def test_a_body_has_at_most_65536_characters(engineer: Client, opened: int, size: int, status: int) -> None:
    assert engineer.patch(f"pulls/{opened}", body="é" * size).status == status


def test_a_title_has_at_most_256_characters(engineer: Client, opened: int) -> None:
    assert engineer.patch(f"pulls/{opened}", title="x" * 257).status == 422


def test_a_comment_has_at_most_65536_characters(engineer: Client, opened: int) -> None:
    assert engineer.post(f"issues/{opened}/comments", body="x" * 65537).status == 422


def test_a_reader_opens_none_from_a_branch_here(hub: Hub, opened: int) -> None:
    hub.as_person("engineer").commit("second", {"2": "2"})
    assert Client(hub, hub.token("reader")).post("pulls", title="T", head="second", base="main").status == 403


def test_actions_open_none_where_the_repository_does_not_allow_it(hub: Hub, job: Client) -> None:
    hub.as_person("engineer").commit("second", {"2": "2"})
    hub.repository(NAME).settings["actions_may_open_pull_requests"] = False
    got = job.post("pulls", title="T", head="second", base="main")
    assert (got.status, got.message) == (
        403,
        "GitHub Actions is not permitted to create or approve pull requests.",
    )


def test_the_owners_of_what_changes_are_asked_and_the_author_is_not(hub: Hub, engineer: Client, opened: int) -> None:
    assert [each["login"] for each in engineer.get(f"pulls/{opened}").body["requested_reviewers"]] == ["reviewer"]
    person = hub.as_person("reviewer")
    person.commit("own", {"promotions/own.yaml": "x"})
    assert engineer.get(f"pulls/{person.open_pull_request('own')}").body["requested_reviewers"] == []


def test_pull_requests_are_found_by_their_branch_and_state(hub: Hub, engineer: Client, opened: int) -> None:
    hub.as_person("engineer").commit("second", {"2": "2"})
    second = hub.as_person("engineer").open_pull_request("second")
    hub.as_person("engineer").close(second)
    assert [each["number"] for each in engineer.get("pulls").body] == [opened]
    assert [each["number"] for each in engineer.get("pulls?state=all").body] == [second, opened]
    assert [each["number"] for each in engineer.get("pulls?state=closed&head=acme:second").body] == [second]
    assert engineer.get("pulls?head=other:promotions/iris-1").body == []
    assert engineer.get("pulls?base=other").body == []


def test_ten_thousand_old_ones_are_listed_newest_change_first_page_by_page(hub: Hub, engineer: Client) -> None:
    add_old_pull_requests(hub, NAME, 10_000, by="engineer", merged=True, until=hub.clock.now)
    first = engineer.get("pulls?state=closed&sort=updated&direction=desc&per_page=100")
    assert [each["number"] for each in first.body[:2]] == [10_000, 9_999]
    assert first.next is not None
    second = engineer.get(first.next)
    assert second.body[0]["number"] == 9_900
    assert 'rel="last"' in second.headers["link"]
    assert 'rel="prev"' in second.headers["link"]
    assert engineer.get("pulls?state=closed&page=101&per_page=100").body == []


@pytest.mark.parametrize("event", ["APPROVE", "REQUEST_CHANGES"])
def test_nobody_judges_their_own(hub: Hub, engineer: Client, opened: int, event: str) -> None:
    got = engineer.post(f"pulls/{opened}/reviews", event=event, body="Fine")
    assert (got.status, got.message) == (422, "Unprocessable Entity")
    assert "your own pull request" in _errors(got)
    assert engineer.post(f"pulls/{opened}/reviews", event="COMMENT", body="Hm").status == 200
    with pytest.raises(Refusal, match="Unprocessable"):
        hub.as_person("engineer").approve(opened)


def test_the_actions_token_approves_nothing(job: Client, opened: int) -> None:
    assert job.post(f"pulls/{opened}/reviews", event="APPROVE").status == 422


def test_a_reader_may_approve_and_it_does_not_count(hub: Hub, guarded: int) -> None:
    hub.as_person("reader").approve(guarded)
    with pytest.raises(Refusal, match="At least 1 approving review"):
        hub.as_person("boss").merge(guarded)


def test_a_review_belongs_to_the_commit_it_was_given_for(hub: Hub, reviewer: Client, opened: int) -> None:
    first = hub.git(NAME).head("promotions/iris-1")
    hub.as_person("engineer").commit("promotions/iris-1", {"x": "x"})
    old = reviewer.post(f"pulls/{opened}/reviews", event="APPROVE", commit_id=first).body
    new = reviewer.post(f"pulls/{opened}/reviews", event="APPROVE").body
    assert (old["commit_id"], new["commit_id"]) == (first, hub.git(NAME).head("promotions/iris-1"))
    main = hub.git(NAME).head("main")
    assert reviewer.post(f"pulls/{opened}/reviews", event="APPROVE", commit_id=main).status == 422


def test_a_review_of_somebody_who_is_gone_names_nobody(hub: Hub, engineer: Client, guarded: int) -> None:
    hub.as_person("reviewer").approve(guarded)
    hub.delete_user("reviewer")
    assert engineer.get(f"pulls/{guarded}/reviews").body[0]["user"] is None
    assert engineer.get("/users/reviewer").status == 404
    assert "At least 1 approving review" in engineer.put(f"pulls/{guarded}/merge").message


def test_one_can_approve_after_the_merge(hub: Hub, reviewer: Client, opened: int) -> None:
    hub.as_person("boss").merge(opened)
    assert reviewer.post(f"pulls/{opened}/reviews", event="APPROVE").status == 200
    states = [(each["state"], each["submitted_at"]) for each in reviewer.get(f"pulls/{opened}/reviews").body]
    assert states[0][1] > reviewer.get(f"pulls/{opened}").body["merged_at"]


@pytest.mark.parametrize("login", ["engineer", "stranger", "ghost"])
def test_a_review_is_asked_of_collaborators_that_are_not_the_author(engineer: Client, opened: int, login: str) -> None:
    assert engineer.post(f"pulls/{opened}/requested_reviewers", reviewers=["boss", login]).status == 422
    asked = engineer.get(f"pulls/{opened}/requested_reviewers").body["users"]
    assert [each["login"] for each in asked] == ["reviewer"]


def test_closing_says_who_did_it(hub: Hub, engineer: Client, opened: int) -> None:
    hub.as_person("reviewer").close(opened, "/reject Too risky")
    assert engineer.get(f"pulls/{opened}").body["merged_at"] is None
    assert engineer.get(f"issues/{opened}").body["closed_by"]["login"] == "reviewer"
    assert engineer.get(f"issues/{opened}/comments").body[0]["body"] == "/reject Too risky"
    assert "closed_by" not in engineer.get("issues?state=closed").body[0]


def test_a_pull_request_closes_with_its_branch_and_keeps_its_head(hub: Hub, engineer: Client, opened: int) -> None:
    head = hub.git(NAME).head("promotions/iris-1")
    hub.as_person("engineer").delete_branch("promotions/iris-1")
    assert engineer.get(f"pulls/{opened}").body["state"] == "closed"
    assert hub.git(NAME).head(f"refs/pull/{opened}/head") == head
    with pytest.raises(Refusal):
        hub.as_person("engineer").reopen(opened)


def test_an_open_pull_request_names_a_trial_merge_that_is_on_no_branch(hub: Hub, engineer: Client, opened: int) -> None:
    body = engineer.get(f"pulls/{opened}").body
    assert (body["merged"], body["mergeable"]) == (False, True)
    assert hub.git(NAME).head(f"refs/pull/{opened}/merge") == body["merge_commit_sha"]
    assert not hub.git(NAME).is_ancestor(body["merge_commit_sha"], "main")


def test_a_pull_request_from_a_fork_has_its_own_owner(hub: Hub, engineer: Client, opened: int) -> None:
    fork = hub.fork(NAME, "reader")
    hub.as_person("reader", "reader/models").commit("promotions/iris-1", {"promotions/iris/1.yaml": "id: evil\n"})
    reader = Client(hub, hub.token("reader"))
    number = reader.post("pulls", title="Mine", head="reader:promotions/iris-1", base="main").body["number"]
    assert [each["number"] for each in engineer.get("pulls?head=acme:promotions/iris-1").body] == [opened]
    head = engineer.get(f"pulls/{number}").body["head"]
    assert (head["repo"]["full_name"], head["label"]) == ("reader/models", "reader:promotions/iris-1")
    newer = hub.as_person("reader", "reader/models").commit("promotions/iris-1", {"y": "y"})
    assert engineer.get(f"pulls/{number}").body["head"]["sha"] == newer
    assert engineer.get(f"pulls/{opened}").body["head"]["sha"] != newer
    assert hub.git(NAME).head(f"refs/pull/{number}/head") == newer
    hub.delete_repository(fork.full_name)
    assert engineer.get(f"pulls/{number}").body["head"]["repo"] is None


def test_a_pull_request_is_an_issue_too(engineer: Client, opened: int) -> None:
    engineer.post(f"issues/{opened}/labels", labels=["coronet"])
    created = engineer.post("issues", title="T", labels=["coronet"]).body["number"]
    assert created == opened + 1
    both = engineer.get("issues?labels=coronet").body
    assert [("pull_request" in each, each["number"]) for each in both] == [(False, created), (True, opened)]


def test_only_the_writer_of_a_comment_or_who_may_write_changes_it(hub: Hub, engineer: Client, opened: int) -> None:
    number = engineer.post(f"issues/{opened}/comments", body="Mine").body["id"]
    reader = Client(hub, hub.token("reader"))
    assert reader.patch(f"issues/comments/{number}", body="Not").status == 403
    got = engineer.patch(f"issues/comments/{number}", body="Still mine").body
    assert got["updated_at"] > got["created_at"]


def test_the_pull_request_of_a_commit_is_the_one_that_brought_it(hub: Hub, engineer: Client, opened: int) -> None:
    head = hub.git(NAME).head("promotions/iris-1")
    assert [each["number"] for each in engineer.get(f"commits/{head}/pulls").body] == [opened]
    commit = hub.as_person("boss").merge(opened, "squash")
    assert [each["number"] for each in engineer.get(f"commits/{commit}/pulls").body] == [opened]
    straight = hub.commit(NAME, "main", {"z": "z"}, "Straight", by=hub.accounts["boss"])
    assert engineer.get(f"commits/{straight}/pulls").body == []
    assert engineer.get("commits/nothing/pulls").status == 422
