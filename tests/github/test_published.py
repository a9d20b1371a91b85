"""Everything that the stand-in answers is what GitHub publishes for the operation."""

import base64

import pytest

import tests.github.routes  # noqa: F401  # registers them
from tests.github import Hub, published
from tests.github.client import Client
from tests.github.conftest import NAME
from tests.github.routing import ROUTES, find_route
from tests.github.rules import demand

HEAD = "{head}"
_UNPUBLISHED = {"/meta"}

# Who asks what, in an order in which everything is answered with success.
TOUR: list[tuple[str, str, str, object]] = [
    ("engineer", "GET", "/user", None),
    ("engineer", "GET", "/users/reviewer", None),
    ("engineer", "GET", "/meta", None),
    ("engineer", "GET", "/rate_limit", None),
    ("boss", "GET", "/orgs/acme/teams/owners/members", None),
    ("engineer", "GET", "", None),
    ("engineer", "GET", "collaborators", None),
    ("engineer", "GET", "collaborators/reader/permission", None),
    ("engineer", "GET", "pulls?state=all&head=acme:promotions/iris-1&sort=updated&direction=desc", None),
    ("engineer", "GET", "pulls/1", None),
    ("engineer", "PATCH", "pulls/1", {"title": "Another", "body": "Words"}),
    ("engineer", "GET", "pulls/1/commits", None),
    ("engineer", "GET", "pulls/1/files", None),
    ("reviewer", "POST", "pulls/1/reviews", {"event": "COMMENT", "body": "Hm"}),
    ("reviewer", "POST", "pulls/1/reviews", {"event": "APPROVE", "commit_id": HEAD}),
    ("engineer", "GET", "pulls/1/reviews", None),
    ("engineer", "GET", "pulls/1/reviews/{review}", None),
    ("boss", "PUT", "pulls/1/reviews/{review}/dismissals", {"message": "Old"}),
    ("engineer", "POST", "pulls/1/requested_reviewers", {"reviewers": ["boss"]}),
    ("engineer", "POST", "pulls/1/requested_reviewers", {"team_reviewers": ["owners"]}),
    ("engineer", "GET", "pulls/1/requested_reviewers", None),
    ("engineer", "DELETE", "pulls/1/requested_reviewers", {"reviewers": ["boss"]}),
    ("engineer", "POST", "issues/1/labels", {"labels": ["coronet"]}),
    ("engineer", "PUT", "issues/1/labels", {"labels": ["coronet", "iris"]}),
    ("engineer", "GET", "issues/1/labels", None),
    ("engineer", "DELETE", "issues/1/labels/iris", None),
    ("engineer", "POST", "labels", {"name": "held", "color": "ff0000", "description": "Not now"}),
    ("engineer", "GET", "labels", None),
    ("engineer", "GET", "labels/held", None),
    ("engineer", "POST", "issues", {"title": "Trouble", "body": "Words", "labels": ["held"]}),
    ("engineer", "GET", "issues?labels=held&state=open&creator=engineer", None),
    ("engineer", "POST", "issues/2/comments", {"body": "More"}),
    ("engineer", "GET", "issues/2/comments", None),
    ("engineer", "GET", "issues/comments/{comment}", None),
    ("engineer", "PATCH", "issues/comments/{comment}", {"body": "Better"}),
    ("engineer", "DELETE", "issues/comments/{comment}", None),
    ("engineer", "PATCH", "issues/2", {"state": "closed", "state_reason": "completed", "labels": ["held"]}),
    ("engineer", "GET", "issues/2", None),
    ("engineer", "GET", "commits/main", None),
    ("engineer", "GET", "commits?sha=main&path=README.md", None),
    ("engineer", "GET", "commits/{head}/pulls", None),
    ("engineer", "GET", "compare/main...promotions/iris-1", None),
    (
        "engineer",
        "POST",
        "statuses/{head}",
        {"state": "success", "context": "coronet/check", "description": "pass", "target_url": "https://example.org"},
    ),
    ("engineer", "GET", "commits/{head}/status", None),
    ("engineer", "GET", "commits/{head}/statuses", None),
    ("job", "POST", "check-runs", {"name": "check", "head_sha": HEAD, "status": "completed", "conclusion": "success"}),
    ("engineer", "GET", "commits/{head}/check-runs?check_name=check", None),
    ("engineer", "GET", "check-runs/{run}", None),
    ("engineer", "GET", "commits/{head}/check-suites", None),
    (
        "boss",
        "POST",
        "rulesets",
        {"name": "main", "enforcement": "active", "rules": demand(statuses=["coronet/check"])},
    ),
    ("engineer", "GET", "rulesets", None),
    ("boss", "GET", "rulesets/{ruleset}", None),
    ("boss", "PUT", "rulesets/{ruleset}", {"enforcement": "evaluate"}),
    ("engineer", "GET", "rules/branches/main", None),
    ("boss", "DELETE", "rulesets/{ruleset}", None),
    ("engineer", "GET", "branches", None),
    ("engineer", "GET", "branches/promotions/iris-1", None),
    ("boss", "GET", "branches/main/protection", None),
    ("engineer", "GET", "codeowners/errors?ref=main", None),
    ("engineer", "GET", "contents/README.md?ref=main", None),
    ("engineer", "GET", "contents/policy", None),
    (
        "engineer",
        "PUT",
        "contents/notes/a%20b.md",
        {"message": "Note", "content": base64.b64encode(b"x").decode(), "branch": "promotions/iris-1"},
    ),
    ("engineer", "GET", "git/ref/heads/promotions/iris-1", None),
    ("engineer", "GET", "git/matching-refs/heads/promotions", None),
    ("engineer", "GET", "git/commits/{main}", None),
    ("engineer", "POST", "git/blobs", {"content": "words", "encoding": "utf-8"}),
    ("engineer", "GET", "git/blobs/{blob}", None),
    ("engineer", "POST", "git/commits", {"message": "More", "tree": "{tree}", "parents": ["{main}"]}),
    ("engineer", "POST", "git/refs", {"ref": "refs/heads/log", "sha": "{main}"}),
    ("engineer", "PATCH", "git/refs/heads/log", {"sha": "{commit}", "force": False}),
    ("engineer", "DELETE", "git/refs/heads/log", None),
    ("engineer", "POST", "dispatches", {"event_type": "champion-changed", "client_payload": {"model": "iris"}}),
    ("engineer", "POST", "actions/workflows/check.yml/dispatches", {"ref": "main", "inputs": {"a": "b"}}),
    ("engineer", "GET", "actions/workflows", None),
    ("engineer", "GET", "actions/secrets", None),
    ("boss", "GET", "actions/permissions", None),
    ("boss", "GET", "actions/permissions/workflow", None),
    ("engineer", "GET", "activity?ref=main&activity_type=push", None),
    (
        "engineer",
        "POST",
        "deployments",
        {
            "ref": "main",
            "environment": "iris@champion",
            "auto_merge": False,
            "required_contexts": [],
            "payload": {"v": 1},
        },
    ),
    ("engineer", "GET", "deployments?environment=iris@champion", None),
    ("engineer", "GET", "deployments/{deployment}", None),
    ("engineer", "POST", "deployments/{deployment}/statuses", {"state": "success", "description": "It is"}),
    ("engineer", "GET", "deployments/{deployment}/statuses", None),
    (
        "boss",
        "PUT",
        "environments/registry",
        {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}},
    ),
    ("boss", "POST", "environments/registry/deployment-branch-policies", {"name": "main"}),
    ("engineer", "GET", "environments", None),
    ("engineer", "GET", "environments/registry", None),
    ("engineer", "GET", "environments/registry/deployment-branch-policies", None),
    ("engineer", "PUT", "pulls/1/update-branch", {}),
    ("engineer", "PUT", "pulls/1/merge", {"merge_method": "squash"}),
    ("engineer", "GET", "pulls/1/merge", None),
    ("engineer", "POST", "pulls", {"title": "Second", "head": "second", "base": "main", "body": "b", "draft": False}),
]


def test_each_route_answers_what_github_publishes(
    hub: Hub, opened: int, engineer: Client, reviewer: Client, boss: Client, job: Client
) -> None:
    people = {"engineer": engineer, "reviewer": reviewer, "boss": boss, "job": job}
    hub.repository(NAME).protections["main"] = {"enforce_admins": {"url": hub.api, "enabled": True}}
    person = hub.as_person("engineer")
    person.commit("second", {"second.md": "2"})
    git = hub.git(NAME)
    known = {
        "head": git.head("promotions/iris-1"),
        "main": git.head("main"),
        "tree": git("rev-parse", "main^{tree}"),
    }
    seen = set()
    for who, method, path, given in TOUR:
        place = str(_filled(path, known))
        got = people[who].ask(method, place, _filled(given, known))
        assert got.status < 400, f"{method} {place}: {got.raw.decode()} {hub.invalid}"
        _remember(known, place, got.body if got.raw else None)
        found = find_route(method, place.split("?")[0] if place.startswith("/") else _whole(place))
        assert found is not None
        seen.add((method, found[0].template))
    assert {(each.method, each.template) for each in ROUTES} == seen


def _whole(path: str) -> str:
    return f"/repos/{NAME}/{path}".split("?")[0].rstrip("/")


def _filled(value: object, known: dict[str, str | None]) -> object:
    """What is named in braces, from earlier answers."""
    if isinstance(value, str):
        for name, each in known.items():
            value = value.replace(f"{{{name}}}", str(each))
        return value
    if isinstance(value, dict):
        return {name: _filled(each, known) for name, each in value.items()}
    return [_filled(each, known) for each in value] if isinstance(value, list) else value


def _remember(known: dict[str, str | None], path: str, body: object) -> None:
    last = path.split("?")[0].rsplit("/", 1)[-1]
    names = {"reviews": "review", "comments": "comment", "check-runs": "run", "rulesets": "ruleset"}
    fields = {"deployments": ("deployment", "id"), "blobs": ("blob", "sha"), "commits": ("commit", "sha")}
    name, field = (names[last], "id") if last in names else fields.get(last, ("", ""))
    if name and isinstance(body, dict) and field in body:
        known[name] = str(body[field])


def test_each_route_is_an_operation_of_the_reference() -> None:
    unknown = [
        f"{each.method} {each.template}"
        for each in ROUTES
        if each.template not in _UNPUBLISHED and published.operation(each.method, each.template) is None
    ]
    assert ROUTES
    assert unknown == []


@pytest.mark.parametrize("template", sorted({each.template for each in ROUTES} - _UNPUBLISHED))
def test_the_types_of_each_operation_can_be_read(template: str) -> None:
    for method in [each.method for each in ROUTES if each.template == template]:
        known = published.operation(method, template)
        assert known is not None
        assert published.answer_problems(known, 200, "no such answer") != []
        for status in known.errors:
            assert published.answer_problems(known, int(status), {"message": "No", "documentation_url": "x"}) == []


def test_an_answer_that_github_does_not_publish_ends_as_a_server_error(hub: Hub, engineer: Client) -> None:
    hub.repository(NAME).labels["bad"] = {"id": "no number", "name": "bad", "color": "red"}
    assert engineer.get("labels").status == 500
    assert "labels" in hub.invalid.pop()


@pytest.mark.parametrize(
    ("path", "given", "problem"),
    [
        ("issues", {"title": "T", "lables": ["x"]}, "unknown key 'lables'"),
        ("issues", {"body": "no title"}, "title"),
        ("pulls", {"title": "T", "head": ["list"], "base": "main"}, "head"),
        ("issues?creator=x", {"title": "T"}, "unknown query parameter 'creator'"),
    ],
)
def test_a_request_that_github_does_not_publish_is_refused_and_kept(
    hub: Hub, engineer: Client, path: str, given: dict[str, object], problem: str
) -> None:
    assert engineer.ask("POST", path, given).status == 422
    assert problem in hub.invalid.pop()
    assert hub.invalid == []


def test_a_route_that_the_stand_in_lacks_is_kept(hub: Hub, engineer: Client) -> None:
    assert engineer.get("/gists").status == 404
    assert hub.unknown_routes.pop() == "GET /gists"


def test_each_event_is_what_github_publishes(hub: Hub, guarded: int, engineer: Client) -> None:
    reviewer, boss = hub.as_person("reviewer"), hub.as_person("boss")
    engineer.post("issues", title="Trouble")
    reviewer.comment(2, "Seen")
    reviewer.dismiss(guarded, reviewer.approve(guarded))
    hub.as_person("engineer").commit("promotions/iris-1", {"promotions/iris/1.yaml": "id: iris-1b\n"})
    boss.merge(guarded, "squash", admin=True)
    boss.close(2)
    boss.reopen(2)
    engineer.post("statuses/" + str(hub.git(NAME).head("main")), state="success", context="coronet/check")
    engineer.post("dispatches", event_type="champion-changed", client_payload={})
    engineer.post("actions/workflows/check.yml/dispatches", ref="main")
    engineer.post("deployments", ref="main", required_contexts=[])
    told = {event.name for event in hub.events}
    assert told == {
        "push",
        "pull_request",
        "pull_request_review",
        "issues",
        "issue_comment",
        "status",
        "repository_dispatch",
        "workflow_dispatch",
        "deployment",
    }
    problems = [published.event_problems(event.name, event.payload) for event in hub.events]
    assert problems == [[]] * len(hub.events)
