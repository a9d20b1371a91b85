"""What only GitHub has: markers that anybody may copy, answers that get lost, deployments, and rights."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from coronet.adapters.github.answers import Forbidden
from coronet.adapters.github.notifier import EVENT, LABEL
from tests.contract.notifiers import NAME, RIGHTS, github_notifier
from tests.contract.test_notifier import change
from tests.github import Hub, run_github
from tests.github.client import Client

KEY = "diverged-churn"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with run_github() as hub:
        hub.create_repository(NAME, {"README.md": "Models\n"})
        hub.add_user("engineer", {NAME: "write"})
        yield hub
        assert hub.invalid == []
        assert hub.unknown_routes == []


def head(hub: Hub) -> str:
    return hub.git(NAME).head("main") or ""


def asked(hub: Hub, act: Any) -> list[str]:
    """The API calls that `act` makes."""
    before = len(hub.requests)
    act()
    return [f"{each.method} {each.path.removeprefix(f'/repos/{NAME}')}" for each in hub.requests[before:]]


# --- issues ----------------------------------------------------------------------------------------


def test_an_issue_bears_its_marker_and_the_label(hub: Hub) -> None:
    issue = github_notifier(hub).raise_issue(KEY, title="Moved", body="By whom?", labels=("churn",))
    there = hub.repository(NAME).issues[issue.number]
    assert there.body == "<!-- coronet:diverged-churn -->\nBy whom?"
    assert list(there.labels) == [LABEL, "churn"]
    assert there.account.login == "github-actions[bot]"


def test_an_issue_of_somebody_who_copied_the_marker_is_not_ours(hub: Hub) -> None:
    engineer = Client(hub, hub.token("engineer"))
    engineer.post("issues", title="Mine", body=f"<!-- coronet:{KEY} -->\n", labels=[LABEL])
    engineer.post("issues", title="Mine", body="no marker", labels=[LABEL])
    notifier = github_notifier(hub)
    assert notifier.issues() == ()
    notifier.settle_issue(KEY, reason="not ours")
    assert notifier.raise_issue(KEY, title="Moved", body="").number == 3


def test_a_pull_request_is_no_issue(hub: Hub) -> None:
    token = hub.actions_token(NAME, RIGHTS)
    hub.as_person("engineer").commit("other", {"a": "b"})
    bot = Client(hub, token)
    hub.repository(NAME).settings["can_approve_pull_request_reviews"] = True
    made = bot.post("pulls", head="other", base="main", title="x", body=f"<!-- coronet:{KEY} -->")
    if made.status == 201:
        bot.post(f"issues/{made.body['number']}/labels", labels=[LABEL])
    assert github_notifier(hub).issues() == ()


@pytest.mark.parametrize("kind", ["lost", "garbled", "timeout", "bad_gateway"])
def test_an_answer_that_was_lost_opens_no_second_issue(hub: Hub, kind: str) -> None:
    hub.faults.add("POST", "/issues$", kind=kind)
    issue = github_notifier(hub).raise_issue(KEY, title="Moved", body="By whom?")
    assert [each.number for each in hub.repository(NAME).issues.values()] == [issue.number]


def test_looking_at_the_issues_is_one_call(hub: Hub) -> None:
    github_notifier(hub).raise_issue(KEY, title="Moved", body="By whom?")
    notifier = github_notifier(hub)

    def look_twice() -> None:
        notifier.issues()
        notifier.raise_issue(KEY, title="Moved", body="By whom?")

    assert asked(hub, look_twice) == ["GET /issues"]


# --- champions -------------------------------------------------------------------------------------


def test_a_change_is_a_deployment_that_leads_back_to_the_run(hub: Hub) -> None:
    told = replace(change(commit=head(hub)), url="https://forge.example/runs/1")
    calls = asked(hub, lambda: github_notifier(hub).champion_changed(told))
    (deployment,) = hub.repository(NAME).deployments
    assert deployment["environment"] == "churn@champion"
    assert deployment["sha"] == head(hub)
    assert (deployment["payload"]["run_id"], deployment["payload"]["version"]) == ("run2", "2")
    (status,) = deployment["statuses"]
    assert (status["state"], status["log_url"]) == ("success", "https://forge.example/runs/1")
    number = deployment["id"]
    assert calls == [
        "GET /deployments",
        "POST /dispatches",
        "POST /deployments",
        f"POST /deployments/{number}/statuses",
    ]


def test_of_what_happened_just_now_nobody_is_asked_whether_it_was_told(hub: Hub) -> None:
    notifier = github_notifier(hub)
    calls = asked(hub, lambda: notifier.champion_changed(change(commit=head(hub)), fresh=True))
    assert [call.split()[0] for call in calls] == ["POST", "POST", "POST"]
    notifier.champion_changed(change(commit=head(hub)))
    assert len(hub.repository(NAME).deployments) == 1


def test_a_change_starts_the_workflows_that_wait_for_it(hub: Hub) -> None:
    github_notifier(hub).champion_changed(change(commit=head(hub)))
    (sent,) = hub.repository(NAME).dispatched
    assert sent["event_type"] == EVENT
    assert sent["client_payload"] == {
        "model": "churn",
        "registered_model": "churn-classifier",
        "alias": "champion",
        "version": "2",
        "run_id": "run2",
        "digest": f"sha256:{'a' * 64}",
        "proposal": "churn-v2-00000000",
        "event": "promoted",
        "previous_version": "1",
        "commit": head(hub),
    }


def test_the_deployment_before_is_inactive(hub: Hub) -> None:
    github_notifier(hub).champion_changed(change(commit=head(hub)))
    github_notifier(hub).champion_changed(change("churn-v3-00000000", commit=head(hub)))
    first, second = hub.repository(NAME).deployments
    assert (first["statuses"][-1]["state"], second["statuses"][-1]["state"]) == ("inactive", "success")


def test_a_red_status_of_the_commit_stops_no_deployment(hub: Hub) -> None:
    Client(hub, hub.token("engineer")).post(f"statuses/{head(hub)}", state="failure", context="ci")
    github_notifier(hub).champion_changed(change(commit=head(hub)))
    assert len(hub.repository(NAME).deployments) == 1


@pytest.mark.parametrize("kind", ["lost", "garbled", "bad_gateway"])
def test_an_answer_that_was_lost_makes_no_second_deployment(hub: Hub, kind: str) -> None:
    hub.faults.add("POST", "/deployments$", kind=kind)
    github_notifier(hub).champion_changed(change(commit=head(hub)))
    assert len(hub.repository(NAME).deployments) == 1


def test_a_run_that_was_killed_before_the_deployment_tells_again(hub: Hub) -> None:
    """Rather twice than never: whoever listens knows the proposal."""
    hub.faults.add("POST", "/deployments$", kind="status", status=400)
    with pytest.raises(Exception, match="400"):
        github_notifier(hub).champion_changed(change(commit=head(hub)))
    github_notifier(hub).champion_changed(change(commit=head(hub)))
    assert len(hub.repository(NAME).deployments) == 1
    assert len(hub.repository(NAME).dispatched) == 2


def test_only_recent_deployments_are_looked_through(hub: Hub) -> None:
    for number in range(101):
        github_notifier(hub).champion_changed(change(f"churn-v{number + 1}-00000000", commit=head(hub)))
    hub.clock.now = hub.clock.now.replace(year=hub.clock.now.year + 1)
    calls = asked(hub, lambda: github_notifier(hub).champion_changed(change("churn-v7-11111111", commit=head(hub))))
    assert calls.count("GET /deployments") == 1


def test_without_the_right_nothing_is_sent_and_the_right_is_named(hub: Hub) -> None:
    hub.repository(NAME).private = True
    token = hub.actions_token(NAME, {"contents": "write"})
    with pytest.raises(Forbidden, match="deployments"):
        github_notifier(hub, token).champion_changed(change(commit=head(hub)))
    assert hub.repository(NAME).dispatched == []
