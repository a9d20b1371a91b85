"""Who one is, and what one may do."""

import pytest

from tests.github import Hub
from tests.github.client import Client
from tests.github.conftest import NAME


def test_a_person_is_who_the_token_says(engineer: Client) -> None:
    assert engineer.get("/user").body["login"] == "engineer"


def test_a_job_is_the_bot_that_starts_it_and_no_user(job: Client, hub: Hub, opened: int) -> None:
    got = job.get("/user")
    assert (got.status, got.message) == (403, "Resource not accessible by integration")
    author = job.post(f"issues/{opened}/comments", body="Checked").body["user"]
    assert (author["login"], author["type"]) == ("github-actions[bot]", "Bot")


def test_an_app_is_its_own_bot_with_the_permissions_it_was_given(hub: Hub, opened: int) -> None:
    app = Client(hub, hub.app_token(NAME, permissions={"pull_requests": "write"}))
    assert app.get("/user").status == 403
    assert app.patch(f"pulls/{opened}", title="New").status == 200
    assert app.get("commits/main").status == 403
    assert hub.repository(NAME).issues[opened].title == "New"


@pytest.mark.parametrize(
    ("permissions", "method", "path", "given"),
    [
        ({"contents": "read"}, "POST", "dispatches", {"event_type": "x"}),
        ({"contents": "write"}, "POST", "pulls", {"title": "T", "head": "second", "base": "main"}),
        ({"pull_requests": "read"}, "PATCH", "pulls/1", {"title": "T"}),
        ({"contents": "write"}, "POST", "issues", {"title": "T"}),
        ({}, "GET", "pulls", None),
        ({"actions": "read"}, "GET", "branches/main/protection", None),
    ],
)
def test_a_token_without_the_permission_is_refused(
    hub: Hub, opened: int, permissions: dict[str, str], method: str, path: str, given: object
) -> None:
    got = Client(hub, hub.actions_token(NAME, permissions)).ask(method, path, given)
    assert (got.status, got.message) == (403, "Resource not accessible by integration")
    assert got.headers["x-accepted-github-permissions"]


def test_a_comment_on_a_pull_request_needs_one_of_two_permissions(hub: Hub, opened: int) -> None:
    for name in ("issues", "pull_requests"):
        assert Client(hub, hub.actions_token(NAME, {name: "write"})).post("issues/1/comments", body="x").status == 201


def test_a_private_repository_is_not_there_for_strangers(hub: Hub, engineer: Client) -> None:
    assert Client(hub, hub.token("stranger")).get("").status == 404
    assert Client(hub, None).get("").status == 404
    assert engineer.get("").status == 200


def test_a_public_repository_is_read_by_all_and_written_by_few(hub: Hub) -> None:
    hub.create_repository("acme/open", {"README.md": "x"})
    stranger = Client(hub, hub.token("stranger"), "acme/open")
    assert Client(hub, None, "acme/open").get("pulls").status == 200
    assert stranger.get("commits/main").status == 200
    assert stranger.post("git/refs", ref="refs/heads/x", sha="0" * 40).status == 403
    assert Client(hub, None, "acme/open").post("issues", title="T").status == 401


def test_a_job_of_another_repository_sees_nothing_here(hub: Hub) -> None:
    hub.create_repository("acme/other", {"README.md": "x"})
    assert Client(hub, hub.actions_token("acme/other", {"contents": "write"})).get("").status == 404


def test_a_token_that_nobody_gave_is_bad_credentials(hub: Hub) -> None:
    got = Client(hub, "ghp_nobody").get("")
    assert (got.status, got.message) == (401, "Bad credentials")


@pytest.mark.parametrize(
    ("login", "permission", "role"),
    [
        ("boss", "admin", "admin"),
        ("engineer", "write", "write"),
        ("keeper", "write", "maintain"),
        ("reader", "read", "read"),
        ("stranger", "none", "none"),
    ],
)
def test_a_right_has_a_word_of_four_and_a_role(
    hub: Hub, engineer: Client, login: str, permission: str, role: str
) -> None:
    hub.add_user("keeper", {NAME: "maintain"})
    body = engineer.get(f"collaborators/{login}/permission").body
    assert (body["permission"], body["role_name"]) == (permission, role)


def test_the_right_of_nobody_is_not_found(engineer: Client) -> None:
    assert engineer.get("collaborators/ghost/permission").status == 404


def test_members_of_a_team_are_hidden_from_a_job(hub: Hub, boss: Client, job: Client) -> None:
    assert [each["login"] for each in boss.get("/orgs/acme/teams/owners/members").body] == ["reviewer", "boss"]
    assert job.get("/orgs/acme/teams/owners/members").status == 404
    app = hub.app_token(NAME, permissions={"members": "read"})
    assert Client(hub, app).get("/orgs/acme/teams/owners/members").status == 200


def test_settings_are_for_administrators(engineer: Client, boss: Client) -> None:
    assert engineer.get("actions/permissions").status == 403
    assert boss.get("actions/permissions/workflow").body["default_workflow_permissions"] == "read"


def test_calls_are_counted_for_each_token_up_to_its_limit(hub: Hub) -> None:
    token = hub.actions_token(NAME, {"contents": "read"})
    job = Client(hub, token)
    assert job.get("").headers["x-ratelimit-remaining"] == "999"
    hub.tokens[token].used = 1000
    got = job.get("")
    assert (got.status, got.headers["x-ratelimit-remaining"]) == (403, "0")
    assert "rate limit exceeded" in got.message
    assert job.get("/rate_limit").body["resources"]["core"]["remaining"] == 0


def test_a_request_without_a_user_agent_or_of_another_version_is_refused(engineer: Client) -> None:
    assert engineer.ask("GET", "", **{"User-Agent": ""}).status == 403
    assert engineer.ask("GET", "", **{"X-GitHub-Api-Version": "2026-03-10"}).status == 400
    assert engineer.ask("GET", "", **{"X-GitHub-Api-Version": "2022-11-28"}).status == 200


def test_each_request_takes_a_second_and_is_remembered(hub: Hub, engineer: Client) -> None:
    before = hub.clock.now
    engineer.get("pulls")
    engineer.get("issues/9")
    assert (hub.clock.now - before).seconds == 2
    assert hub.calls() == [f"GET /repos/{NAME}/pulls 200", f"GET /repos/{NAME}/issues/9 404"]
    assert hub.requests[0].login == "engineer"
