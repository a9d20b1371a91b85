"""Rulesets: what they say, where they hold, and what a push meets."""

import pytest

from tests.github import Hub
from tests.github.client import Client
from tests.github.conftest import NAME
from tests.github.owners import fits
from tests.github.rules import demand


def test_the_rules_of_a_branch_name_their_ruleset(hub: Hub, engineer: Client) -> None:
    main = hub.add_ruleset(NAME, demand(2), title="main")
    hub.add_ruleset(NAME, [{"type": "deletion"}], title="log", branches=["promotions-log"])
    found = engineer.get("rules/branches/main").body
    assert [each["type"] for each in found] == ["pull_request", "non_fast_forward", "deletion"]
    assert {each["ruleset_id"] for each in found} == {main["id"]}
    assert found[0]["parameters"]["required_approving_review_count"] == 2
    assert [each["type"] for each in engineer.get("rules/branches/promotions-log").body] == ["deletion"]
    assert engineer.get("rules/branches/not/yet/there").body == []


def test_a_ruleset_that_is_only_evaluated_forbids_nothing(hub: Hub, engineer: Client, opened: int) -> None:
    hub.add_ruleset(NAME, demand(), enforcement="evaluate")
    assert engineer.get("rules/branches/main").body == []
    assert engineer.put(f"pulls/{opened}/merge").status == 200


def test_patterns_choose_branches(hub: Hub, engineer: Client) -> None:
    hub.add_ruleset(NAME, [{"type": "deletion"}], branches=["promotions/*"])
    assert len(engineer.get("rules/branches/promotions/x").body) == 1
    assert engineer.get("rules/branches/other").body == []


def test_who_may_bypass_is_told_to_administrators_alone(hub: Hub, engineer: Client, boss: Client) -> None:
    number = hub.add_ruleset(NAME, demand(), bypass=["admin"])["id"]
    told = boss.get(f"rulesets/{number}").body
    assert [each["actor_type"] for each in told["bypass_actors"]] == ["RepositoryRole"]
    assert told["current_user_can_bypass"] == "always"
    hidden = engineer.get(f"rulesets/{number}").body
    assert "bypass_actors" not in hidden
    assert hidden["current_user_can_bypass"] == "never"
    assert "rules" not in engineer.get("rulesets").body[0]
    assert engineer.get("rulesets/9").status == 404


def test_a_ruleset_is_made_by_administrators_with_a_name_of_its_own(engineer: Client, boss: Client) -> None:
    given = {"name": "main", "enforcement": "active", "rules": demand()}
    assert engineer.ask("POST", "rulesets", given).status == 403
    assert boss.ask("POST", "rulesets", given).status == 201
    assert boss.ask("POST", "rulesets", given).status == 422
    assert len(engineer.get("rules/branches/main").body) == 3


def test_the_actions_app_cannot_be_let_past_a_ruleset(boss: Client) -> None:
    actor = {"actor_type": "Integration", "actor_id": 15368, "bypass_mode": "always"}
    given = {"name": "main", "enforcement": "active", "rules": demand(), "bypass_actors": [actor]}
    assert boss.ask("POST", "rulesets", given).status == 422


def test_a_private_repository_of_the_free_plan_has_no_rules(hub: Hub, boss: Client, guarded: int) -> None:
    hub.repository(NAME).settings["plan"] = "free"
    for path in ("rules/branches/main", "rulesets", "branches/main/protection"):
        got = boss.get(path)
        assert (got.status, got.message.split()[0]) == (403, "Upgrade")
    assert boss.ask("POST", "rulesets", {"name": "x", "enforcement": "active"}).status == 403
    assert boss.put(f"pulls/{guarded}/merge").status == 200


@pytest.mark.parametrize("refused", ["update", "force", "delete"])
def test_a_ref_that_rules_keep_is_not_moved_by_the_api(hub: Hub, engineer: Client, refused: str) -> None:
    main = str(hub.git(NAME).head("main"))
    newer = hub.as_person("engineer").commit("log", {"x": "x"})
    hub.add_ruleset(NAME, demand() if refused == "update" else demand()[1:], branches=["main", "log"])
    got = {
        "update": lambda: engineer.patch("git/refs/heads/main", sha=newer),
        "force": lambda: engineer.patch("git/refs/heads/log", sha=main, force=True),
        "delete": lambda: engineer.delete("git/refs/heads/log"),
    }[refused]()
    assert got.status == 422
    assert "Repository rule violations found" in got.message
    assert (hub.git(NAME).head("main"), hub.git(NAME).head("log")) == (main, newer)


def test_a_ref_only_moves_forward_unless_it_is_forced(hub: Hub, engineer: Client) -> None:
    main = str(hub.git(NAME).head("main"))
    one = hub.as_person("engineer").commit("log", {"1": "1"})
    other = engineer.post(
        "git/commits", message="Other", tree=hub.git(NAME)("rev-parse", f"{main}^{{tree}}"), parents=[main]
    )
    got = engineer.patch("git/refs/heads/log", sha=other.body["sha"], force=False)
    assert (got.status, got.message) == (422, "Update is not a fast forward")
    assert hub.git(NAME).head("log") == one
    assert engineer.patch("git/refs/heads/log", sha=other.body["sha"], force=True).status == 200
    assert engineer.post("git/refs", ref="refs/heads/log", sha=main).status == 422
    assert engineer.patch("git/refs/heads/none", sha=main).status == 422


def test_an_app_in_the_bypass_list_passes_and_the_actions_app_does_not(hub: Hub, job: Client) -> None:
    app = Client(hub, hub.app_token(NAME, permissions={"contents": "write"}))
    hub.add_ruleset(NAME, demand(), bypass=["coronet-app[bot]"])
    newer = hub.as_person("engineer").commit("next", {"x": "x"})
    assert job.patch("git/refs/heads/main", sha=newer).status == 422
    assert app.patch("git/refs/heads/main", sha=newer).status == 200


def test_classic_protection_is_for_administrators_and_knows_no_rulesets(
    hub: Hub, engineer: Client, boss: Client
) -> None:
    hub.add_ruleset(NAME, demand())
    assert engineer.get("branches/main/protection").status == 403
    got = boss.get("branches/main/protection")
    assert (got.status, got.message) == (404, "Branch not protected")
    assert engineer.get("branches/main").body["protected"] is True
    assert engineer.get("branches/none").status == 404


def test_owners_that_cannot_own_are_told(hub: Hub, engineer: Client) -> None:
    lines = "*.md @ghost\n/policy/ @reader @boss\n/promotions/ @acme/owners @acme/none # @not\n/x/ boss\n"
    hub.as_person("engineer").commit("edit", {"CODEOWNERS": lines})
    errors = engineer.get("codeowners/errors?ref=edit").body["errors"]
    assert [(each["line"], each["column"], each["kind"]) for each in errors] == [
        (1, 6, "Unknown owner"),
        (2, 10, "Unknown owner"),
        (3, 27, "Unknown owner"),
        (4, 5, "Invalid owner"),
    ]
    assert engineer.get("codeowners/errors").body["errors"] == []


def test_without_the_file_there_are_no_errors_to_list(hub: Hub, engineer: Client) -> None:
    hub.as_person("engineer").commit("without", {"CODEOWNERS": None})
    assert engineer.get("codeowners/errors?ref=without").status == 404


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*", "a/b", True),
        ("*.yaml", "a/b.yaml", True),
        ("/docs/", "docs/a/b", True),
        ("/docs/", "x/docs/a", False),
        ("docs/", "x/docs/a", True),
        ("docs/*", "docs/a", True),
        ("docs/*", "docs/a/b", False),
        ("/a/**/z", "a/b/c/z", True),
        ("/a/**", "a/b/c", True),
        ("/policy", "policy/x.yaml", True),
    ],
)
def test_the_stand_in_reads_patterns_of_its_own(pattern: str, path: str, expected: bool) -> None:
    assert fits(pattern, path) is expected


@pytest.mark.parametrize(("who", "verified"), [("engineer", False), ("job", True)])
def test_a_file_written_over_the_api_is_signed_for_bots_alone(
    hub: Hub, engineer: Client, job: Client, who: str, verified: bool
) -> None:
    client = {"engineer": engineer, "job": job}[who]
    got = client.put("contents/note.md", message="Note", content="eA==")
    assert got.status == 201
    assert got.body["commit"]["verification"]["verified"] is verified
    assert client.put("contents/note.md", message="Note", content="eQ==").status == 422
    assert client.put("contents/note.md", message="Note", content="eQ==", sha="0" * 40).status == 409
    blob = engineer.get("contents/note.md").body["sha"]
    assert client.put("contents/note.md", message="Note", content="eQ==", sha=blob).status == 200
