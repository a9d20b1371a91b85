"""What starts workflows, and what whoever listens is told."""

import pytest

from tests.github import Hub
from tests.github.client import Client
from tests.github.conftest import NAME
from tests.github.events import Event


def _last(hub: Hub, name: str) -> Event:
    return [event for event in hub.events if event.name == name][-1]


def test_what_a_person_or_an_app_does_starts_workflows(hub: Hub, opened: int) -> None:
    assert _last(hub, "pull_request").starts_workflows
    app = Client(hub, hub.app_token(NAME, permissions={"pull_requests": "write"}))
    app.patch(f"pulls/{opened}", state="closed")
    assert (_last(hub, "pull_request").action, _last(hub, "pull_request").starts_workflows) == ("closed", True)


def test_what_the_actions_token_does_starts_none_but_the_two_dispatches(hub: Hub, job: Client) -> None:
    hub.as_person("engineer").commit("second", {"2": "2"})
    job.post("pulls", title="T", head="second", base="main")
    assert not _last(hub, "pull_request").starts_workflows
    job.put("pulls/1/merge")
    assert not _last(hub, "push").starts_workflows
    job.post("dispatches", event_type="champion-changed", client_payload={"model": "iris"})
    job.post("actions/workflows/check.yml/dispatches", ref="main", inputs={"a": "b"})
    assert _last(hub, "repository_dispatch").starts_workflows
    assert _last(hub, "workflow_dispatch").starts_workflows


def test_a_commit_can_ask_for_silence(hub: Hub, opened: int) -> None:
    hub.repository(NAME).issues[opened].title = "Promote iris 1 [skip ci]"
    hub.as_person("boss").merge(opened, "squash")
    assert not _last(hub, "push").starts_workflows
    assert _last(hub, "pull_request").starts_workflows


def test_a_listener_hears_each_event_once_and_in_order(hub: Hub, engineer: Client) -> None:
    heard: list[Event] = []
    hub.listen(heard.append)
    hub.as_person("engineer").commit("second", {"2": "2"})
    hub.as_person("engineer").open_pull_request("second")
    hub.as_person("boss").merge(1)
    assert [(event.name, event.action) for event in heard] == [
        ("push", None),
        ("pull_request", "opened"),
        ("pull_request", "closed"),
        ("push", None),
    ]
    assert heard[1].ref == "refs/pull/1/merge"
    assert heard[3].ref == "refs/heads/main"
    assert heard[3].sha == hub.git(NAME).head("main")


@pytest.mark.parametrize(
    ("workflow", "ref", "status"),
    [("check.yml", "main", 204), ("none.yml", "main", 404), ("check.yml", "none", 422), ("ci.yml", "main", 422)],
)
def test_a_workflow_is_started_where_it_takes_a_dispatch(
    hub: Hub, job: Client, workflow: str, ref: str, status: int
) -> None:
    assert job.post(f"actions/workflows/{workflow}/dispatches", ref=ref, inputs={"a": "b"}).status == status
    assert hub.repository(NAME).dispatched == (
        [{"workflow": "check.yml", "ref": "main", "inputs": {"a": "b"}}] if status == 204 else []
    )


def test_a_dispatch_carries_at_most_ten_properties(engineer: Client) -> None:
    payload = {str(number): number for number in range(11)}
    assert engineer.post("dispatches", event_type="x", client_payload=payload).status == 422


def test_a_new_success_ends_the_deployment_before_it(hub: Hub, job: Client) -> None:
    numbers = []
    for _ in range(2):
        deployment = job.post("deployments", ref="main", environment="iris@champion", required_contexts=[]).body
        numbers.append(deployment["id"])
        job.post(f"deployments/{deployment['id']}/statuses", state="success")
    states = [job.get(f"deployments/{number}/statuses").body[0]["state"] for number in numbers]
    assert states == ["inactive", "success"]
    assert [each["id"] for each in job.get("deployments?environment=iris@champion").body] == numbers[::-1]


def test_a_deployment_waits_for_its_checks(hub: Hub, engineer: Client) -> None:
    engineer.post(f"statuses/{hub.git(NAME).head('main')}", state="failure", context="ci")
    assert engineer.post("deployments", ref="main").status == 409
    assert engineer.post("deployments", ref="main", required_contexts=[]).status == 201


def test_the_last_status_of_each_name_counts(hub: Hub, engineer: Client) -> None:
    main = hub.git(NAME).head("main")
    for context, state in (("a", "failure"), ("a", "success"), ("b", "pending")):
        engineer.post(f"statuses/{main}", state=state, context=context)
    body = engineer.get("commits/main/status").body
    assert (body["state"], body["total_count"]) == ("pending", 2)
    assert len(engineer.get("commits/main/statuses").body) == 3
    assert engineer.post(f"statuses/{'0' * 40}", state="success").status == 422
    assert engineer.post(f"statuses/{main}", state="success", description="x" * 141).status == 422


def test_the_list_of_activity_says_who_moved_what(hub: Hub, engineer: Client, opened: int) -> None:
    hub.as_person("boss").merge(opened)
    merge, begin = engineer.get("activity?ref=refs/heads/main").body
    assert (merge["activity_type"], merge["actor"]["login"]) == ("pr_merge", "boss")
    assert (begin["activity_type"], merge["before"]) == ("branch_creation", begin["after"])
