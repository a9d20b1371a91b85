"""The three methods, the queue, and what refuses a merge."""

import pytest

from tests.github import Hub, Refusal
from tests.github.client import Client
from tests.github.conftest import NAME
from tests.github.rules import demand

PROPOSAL = "promotions/iris/1.yaml"


def _log(hub: Hub, *, form: str = "%an|%cn|%s", count: int = 1) -> list[str]:
    return hub.git(NAME)("log", f"-{count}", f"--format={form}", "main").splitlines()


def test_a_merge_has_two_parents_and_is_signed_by_github(hub: Hub, engineer: Client, opened: int) -> None:
    main, head = hub.git(NAME).head("main"), hub.git(NAME).head("promotions/iris-1")
    commit = engineer.put(f"pulls/{opened}/merge").body["sha"]
    assert _log(hub, form="%P") == [f"{main} {head}"]
    assert _log(hub) == [f"engineer|GitHub|Merge pull request #{opened} from acme/promotions/iris-1"]
    shown = engineer.get(f"commits/{commit}").body
    assert shown["commit"]["verification"]["verified"]
    assert (shown["author"]["login"], shown["committer"]["login"]) == ("engineer", "web-flow")


def test_a_squash_is_one_commit_in_the_name_of_who_opened_it(hub: Hub, opened: int) -> None:
    main = hub.git(NAME).head("main")
    hub.as_person("engineer").commit("promotions/iris-1", {"more": "x"})
    hub.as_person("boss").merge(opened, "squash")
    assert _log(hub, form="%P") == [main]
    assert _log(hub) == [f"engineer|GitHub|Promote iris 1 (#{opened})"]


def test_a_rebase_replays_each_commit_unsigned(hub: Hub, engineer: Client, opened: int) -> None:
    hub.as_person("engineer").commit("promotions/iris-1", {"more": "x"}, "Second")
    hub.commit(NAME, "main", {"other": "y"}, "Meanwhile", by=hub.accounts["boss"])
    commit = hub.as_person("boss").merge(opened, "rebase")
    assert _log(hub, count=3) == ["engineer|boss|Second", "engineer|boss|Propose iris 1", "boss|boss|Meanwhile"]
    assert hub.git(NAME).file("main", PROPOSAL) == b"id: iris-1\n"
    shown = engineer.get(f"commits/{commit}").body
    assert not shown["commit"]["verification"]["verified"]
    numbers = [each["number"] for each in engineer.get("commits/main~1/pulls").body]
    assert numbers == [opened]


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_what_was_merged_says_so(hub: Hub, engineer: Client, opened: int, method: str) -> None:
    commit = hub.as_person("boss").merge(opened, method)
    body = engineer.get(f"pulls/{opened}").body
    assert (body["merged"], body["state"], body["merge_commit_sha"]) == (True, "closed", commit)
    assert body["merged_by"]["login"] == "boss"
    assert body["merged_at"] == body["closed_at"]
    assert body["changed_files"] == 1
    assert hub.git(NAME).head("main") == commit
    assert engineer.get(f"pulls/{opened}/files").body[0]["filename"] == PROPOSAL


def test_a_queue_lands_several_in_one_push(hub: Hub, engineer: Client) -> None:
    person = hub.as_person("engineer")
    numbers = []
    for name in ("a", "b", "c"):
        person.commit(f"promotions/{name}", {f"promotions/{name}.yaml": name})
        numbers.append(person.open_pull_request(f"promotions/{name}"))
    before, pushes = hub.git(NAME).head("main"), sum(event.name == "push" for event in hub.events)
    commits = hub.as_person("boss").queue(numbers, "squash")
    assert sum(event.name == "push" for event in hub.events) == pushes + 1
    assert hub.git(NAME).commits(str(before), "main") == commits
    assert [engineer.get(f"pulls/{number}").body["merge_commit_sha"] for number in numbers] == commits
    assert [engineer.get(f"commits/{each}/pulls").body[0]["number"] for each in commits] == numbers


def test_a_head_that_moved_is_a_conflict(hub: Hub, engineer: Client, opened: int) -> None:
    old = hub.git(NAME).head("promotions/iris-1")
    hub.as_person("engineer").commit("promotions/iris-1", {"x": "x"})
    assert engineer.put(f"pulls/{opened}/merge", sha=old).status == 409
    assert engineer.put(f"pulls/{opened}/merge", sha=hub.git(NAME).head("promotions/iris-1")).status == 200
    assert engineer.put(f"pulls/{opened}/merge").status == 405


def test_what_conflicts_cannot_be_merged(hub: Hub, engineer: Client, opened: int) -> None:
    hub.commit(NAME, "main", {PROPOSAL: "id: other\n"}, "Meanwhile", by=hub.accounts["boss"])
    body = engineer.get(f"pulls/{opened}").body
    assert (body["mergeable"], body["mergeable_state"], body["merge_commit_sha"]) == (False, "dirty", None)
    assert engineer.put(f"pulls/{opened}/merge").status == 405
    with pytest.raises(Refusal):
        hub.as_person("engineer").update_branch(opened)


@pytest.mark.parametrize(("login", "status"), [("stranger", 404), ("reader", 403), ("engineer", 200)])
def test_merging_is_for_who_may_write(hub: Hub, opened: int, login: str, status: int) -> None:
    assert Client(hub, hub.token(login)).put(f"pulls/{opened}/merge").status == status


def test_a_job_needs_contents_to_merge(hub: Hub, opened: int) -> None:
    assert Client(hub, hub.actions_token(NAME, {"pull_requests": "write"})).put(f"pulls/{opened}/merge").status == 403


def test_a_method_that_is_switched_off_is_refused(hub: Hub, engineer: Client, opened: int) -> None:
    hub.repository(NAME).settings["methods"] = ["squash"]
    assert engineer.put(f"pulls/{opened}/merge", merge_method="rebase").status == 405
    assert engineer.get("").body["allow_rebase_merge"] is False


def test_a_draft_is_not_merged(hub: Hub, engineer: Client) -> None:
    person = hub.as_person("engineer")
    person.commit("second", {"2": "2"})
    number = person.open_pull_request("second", draft=True)
    got = engineer.put(f"pulls/{number}/merge")
    assert (got.status, got.message) == (405, "Pull Request is still a draft")


def test_a_rule_wants_an_owner(hub: Hub, engineer: Client, guarded: int) -> None:
    got = engineer.put(f"pulls/{guarded}/merge")
    assert got.status == 405
    assert "At least 1 approving review" in got.message
    assert engineer.get(f"pulls/{guarded}").body["mergeable_state"] == "blocked"
    hub.as_person("boss").approve(guarded)
    assert "Waiting on code owner review" in engineer.put(f"pulls/{guarded}/merge").message
    hub.as_person("reviewer").approve(guarded)
    assert engineer.put(f"pulls/{guarded}/merge").status == 200


def test_a_request_for_changes_blocks_until_it_is_dismissed(hub: Hub, engineer: Client, guarded: int) -> None:
    hub.as_person("reviewer").approve(guarded)
    review = hub.as_person("boss").review(guarded, "changes_requested")
    assert "Changes have been requested." in engineer.put(f"pulls/{guarded}/merge").message
    hub.as_person("engineer").dismiss(guarded, review)
    assert engineer.put(f"pulls/{guarded}/merge").status == 200


def test_a_push_that_changes_something_dismisses_approvals(hub: Hub, engineer: Client, guarded: int) -> None:
    hub.as_person("reviewer").approve(guarded)
    hub.commit(NAME, "main", {"other": "y"}, "Meanwhile", by=hub.accounts["boss"])
    hub.as_person("engineer").update_branch(guarded)
    assert [each["state"] for each in engineer.get(f"pulls/{guarded}/reviews").body] == ["APPROVED"]
    hub.as_person("engineer").commit("promotions/iris-1", {PROPOSAL: "id: worse\n"})
    assert [each["state"] for each in engineer.get(f"pulls/{guarded}/reviews").body] == ["DISMISSED"]
    assert engineer.put(f"pulls/{guarded}/merge").status == 405


def test_without_the_rule_an_approval_outlives_a_push(hub: Hub, engineer: Client, opened: int) -> None:
    hub.add_ruleset(NAME, demand(dismiss_stale=False))
    hub.as_person("reviewer").approve(opened)
    hub.as_person("engineer").commit("promotions/iris-1", {PROPOSAL: "id: worse\n"})
    assert engineer.put(f"pulls/{opened}/merge").status == 200


def test_the_last_pusher_does_not_count_where_a_rule_says_so(hub: Hub, engineer: Client, opened: int) -> None:
    hub.add_ruleset(NAME, demand(last_push=True, dismiss_stale=False))
    hub.as_person("reviewer").commit("promotions/iris-1", {PROPOSAL: "id: mine\n"})
    hub.as_person("reviewer").approve(opened)
    assert "last pusher" in engineer.put(f"pulls/{opened}/merge").message


def test_a_check_must_have_passed_on_the_head(hub: Hub, engineer: Client, opened: int) -> None:
    hub.add_ruleset(NAME, demand(0, code_owners=False, statuses=["coronet/check"]))
    assert '"coronet/check"' in engineer.put(f"pulls/{opened}/merge").message
    head = hub.git(NAME).head("promotions/iris-1")
    for state, status in (("failure", 405), ("success", 200)):
        engineer.post(f"statuses/{head}", state=state, context="coronet/check")
        assert engineer.put(f"pulls/{opened}/merge").status == status


@pytest.mark.parametrize("kind", ["status", "check run"])
def test_a_check_can_be_expected_of_one_app(hub: Hub, engineer: Client, job: Client, opened: int, kind: str) -> None:
    rule = demand(0, code_owners=False, statuses=["check"])[1]
    rule["parameters"]["required_status_checks"][0]["integration_id"] = 15368
    hub.add_ruleset(NAME, [rule])
    head = hub.git(NAME).head("promotions/iris-1")
    engineer.post(f"statuses/{head}", state="success", context="check")
    assert engineer.put(f"pulls/{opened}/merge").status == 405
    if kind == "status":
        job.post(f"statuses/{head}", state="success", context="check")
    else:
        job.post("check-runs", name="check", head_sha=head, status="completed", conclusion="success")
    assert engineer.put(f"pulls/{opened}/merge").status == 200


def test_an_administrator_passes_over_rules_that_let_them(hub: Hub, guarded: int) -> None:
    with pytest.raises(Refusal, match="rule violations"):
        hub.as_person("boss").merge(guarded)
    with pytest.raises(Refusal, match="rule violations"):
        hub.as_person("engineer").merge(guarded, admin=True)
    assert hub.as_person("boss").merge(guarded, admin=True)


def test_nobody_passes_over_rules_without_a_bypass(hub: Hub, opened: int) -> None:
    hub.add_ruleset(NAME, demand())
    with pytest.raises(Refusal):
        hub.as_person("boss").merge(opened, admin=True)


def test_a_branch_can_go_with_its_merge(hub: Hub, engineer: Client, opened: int) -> None:
    hub.repository(NAME).settings["delete_branch_on_merge"] = True
    hub.as_person("boss").merge(opened)
    assert engineer.get("git/ref/heads/promotions/iris-1").status == 404
    assert engineer.get(f"pulls/{opened}").body["merged"]


def test_a_head_that_reached_the_base_by_a_push_counts_as_merged(hub: Hub, engineer: Client, opened: int) -> None:
    hub.as_person("boss").force("main", str(hub.git(NAME).head("promotions/iris-1")))
    body = engineer.get(f"pulls/{opened}").body
    assert (body["merged"], body["merge_commit_sha"]) == (True, hub.git(NAME).head("main"))
