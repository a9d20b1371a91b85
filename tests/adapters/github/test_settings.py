"""The live settings of a repository, read from a GitHub of our own."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from coronet.adapters.github.address import Address
from coronet.adapters.github.branch_settings import read_bypasses, read_classic
from coronet.adapters.github.connection import Connection
from coronet.adapters.github.settings import GithubSettings
from coronet.core.doctor.branches import judge_log, judge_main
from coronet.core.doctor.facts import (
    ActionsSettings,
    BranchRules,
    Bypass,
    Environment,
    ForgeSettings,
    OwnersError,
    RequiredStatus,
    Unknown,
)
from coronet.core.doctor.finding import Severity
from coronet.core.doctor.workflow_rights import judge_environment
from tests.adapters.github.conftest import connect
from tests.fakes.http_server import Asked, Reply, StubServer, json_reply
from tests.github import Hub, run_github
from tests.github.rules import demand

NAME = "acme/models"
FILES = {"CODEOWNERS": "* @ann\n/policy/ @gone\n"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with run_github(tmp_path) as found:
        found.create_repository(NAME, FILES)
        found.add_user("ann", {NAME: "admin"})
        found.add_user("bob", {NAME: "write"})
        yield found
    assert not found.invalid
    assert not found.unknown_routes
    assert not found.failures


def read(hub: Hub, token: str) -> ForgeSettings:
    owner, name = NAME.split("/")
    connection = Connection(Address(web=hub.web, api=hub.api, owner=owner, name=name), token)
    try:
        return GithubSettings(connection).read(main="main", log_branch="promotions-log", environment="registry")
    finally:
        connection.close()


def test_a_repository_as_it_was_made(hub: Hub) -> None:
    found = read(hub, hub.token("ann"))
    assert (found.main.rules, found.main.classic, found.main.bypasses) == (BranchRules(), None, ())
    assert isinstance(found.actions, ActionsSettings)
    assert (found.environment, found.repository_secrets, found.refused) == (None, (), ())
    assert found.owners_errors == (
        OwnersError(line=2, message="Unknown owner on line 2: make sure @gone exists and has write access"),
    )
    assert found.page == f"{hub.web}/{NAME}"


def test_rules_and_who_may_bypass_them(hub: Hub) -> None:
    hub.add_ruleset(NAME, demand(2, last_push=True, statuses=("check",)), title="main", bypass=("admin",))
    hub.add_ruleset(NAME, [{"type": "update"}, {"type": "deletion"}], branches=("promotions-log",), title="log")
    found = read(hub, hub.token("ann"))
    assert found.main.rules == BranchRules(
        pull_request=True,
        approvals=2,
        code_owner_review=True,
        dismisses_stale=True,
        last_push_approval=True,
        blocks_force_push=True,
        blocks_deletion=True,
        statuses=(RequiredStatus(name="check"),),
    )
    assert found.main.bypasses == (Bypass(ruleset="main", who="repository administrators", mode="always"),)
    assert found.log.rules == BranchRules(blocks_deletion=True, restricts_updates=True)
    assert sorted(found.rulesets) == ["log", "main"]


@pytest.mark.parametrize("who", ["bob", "workflow"])
def test_what_a_token_may_not_read_is_unknown_and_told(hub: Hub, who: str) -> None:
    hub.add_ruleset(NAME, demand(), title="main")
    hub.repository(NAME).protections["main"] = {"enforce_admins": {"enabled": True}}
    token = hub.actions_token(NAME, {"contents": "read"}) if who == "workflow" else hub.token("bob")
    found = read(hub, token)
    assert isinstance(found.main.rules, BranchRules)
    for hidden in (found.main.classic, found.main.bypasses, found.actions):
        assert isinstance(hidden, Unknown)
    assert "GET …/actions/permissions/workflow" in found.refused
    assert found.environment is None


def test_environments_and_secrets(hub: Hub) -> None:
    hub.repository(NAME).settings["secrets"] = ["MLFLOW_TRACKING_TOKEN"]
    connection = Connection(Address(web=hub.web, api=hub.api, owner="acme", name="models"), hub.token("ann"))
    root = f"/repos/{NAME}/environments/registry"
    connection.send("PUT", root, {"deployment_branch_policy": None})
    assert read(hub, hub.token("ann")).environment == Environment(name="registry", branches=None)
    protected = {"protected_branches": True, "custom_branch_policies": False}
    connection.send("PUT", root, {"deployment_branch_policy": protected})
    only = read(hub, hub.token("ann")).environment
    assert only == Environment(name="registry", branches=(), protected_only=True)
    assert read(hub, hub.token("ann")).repository_secrets == ("MLFLOW_TRACKING_TOKEN",)
    connection.close()


def test_what_the_doctor_says_to_do_mends_it(hub: Hub) -> None:
    """Its very commands, sent as `gh api` would send them."""
    connection = Connection(Address(web=hub.web, api=hub.api, owner="acme", name="models"), hub.token("ann"))
    before = read(hub, hub.token("ann"))
    findings = [
        *judge_main(before, approvals=1, check="check"),
        *judge_log(before),
        *judge_environment(before, "registry"),
    ]
    for command in dict.fromkeys(finding.command for finding in findings if finding.command):
        for method, path, body in re.findall(
            r"gh api --hostname \S+ --method (\w+) (\S+) --input - <<'JSON'\n(.*?)\nJSON", command, re.DOTALL
        ):
            connection.send(method, f"/{path}", json.loads(body))
    connection.close()
    after = read(hub, hub.token("ann"))
    left = [*judge_main(after, approvals=1, check="check"), *judge_log(after), *judge_environment(after, "registry")]
    said = {finding.name: finding.severity for finding in left if finding.severity is not Severity.WELL}
    # On a server of one's own the id of the app behind workflows is not known: anybody may report the check.
    assert said == {"main.required_check": Severity.WEAK, "log.writers": Severity.ADVICE}
    assert sorted(after.rulesets) == ["coronet: change log", "coronet: main"]


def test_a_private_repository_whose_plan_has_no_rulesets(stub: StubServer) -> None:
    def answer(asked: Asked) -> Reply:
        path = asked.path.partition("/repos/acme/models")[2]
        if path == "":
            return json_reply({"private": True, "permissions": {"admin": True}})
        if path.startswith("/rules/"):
            return json_reply({"message": "Upgrade to GitHub Pro or make this repository public to enable this."}, 403)
        return json_reply({"message": "Not Found"}, 404)

    stub.answer = answer
    line = connect(stub)
    found = GithubSettings(line.connection).read(main="main", log_branch="log", environment="registry")
    line.connection.close()
    assert (found.private, found.has_rulesets) == (True, False)
    assert isinstance(found.owners_errors, Unknown)


def test_classic_protection() -> None:
    assert read_classic({}) == (
        BranchRules(blocks_force_push=True, blocks_deletion=True),
        (Bypass(ruleset="classic protection", who="repository administrators", mode="always"),),
    )
    reviews = {
        "required_approving_review_count": 2,
        "require_code_owner_reviews": True,
        "dismiss_stale_reviews": True,
        "require_last_push_approval": True,
    }
    checks = [{"context": "check", "app_id": 15368}, {"context": "lint", "app_id": -1}]
    data = {
        "required_pull_request_reviews": reviews,
        "required_status_checks": {"checks": checks},
        "enforce_admins": {"enabled": True},
        "allow_force_pushes": {"enabled": True},
        "allow_deletions": {"enabled": False},
        "restrictions": {"users": []},
    }
    rules, bypasses = read_classic(data)
    assert bypasses == ()
    assert rules.statuses == (RequiredStatus(name="check", app=15368), RequiredStatus(name="lint"))
    assert (rules.approvals, rules.blocks_force_push, rules.restricts_updates) == (2, False, True)


def test_everybody_who_may_bypass_has_a_name() -> None:
    actors = [
        {"actor_type": "OrganizationAdmin", "actor_id": 1, "bypass_mode": "exempt"},
        {"actor_type": "Team", "actor_id": 7, "bypass_mode": "pull_request"},
        {"actor_type": "DeployKey", "actor_id": None},
        {"actor_type": "RepositoryRole", "actor_id": 99},
        {"actor_type": "Something", "actor_id": 3},
    ]
    found = read_bypasses({"name": "r", "bypass_actors": actors})
    assert [(each.who, each.mode) for each in found] == [
        ("owners of the organization", "exempt"),
        ("team 7", "pull_request"),
        ("deploy keys", "always"),
        ("those with the role 99", "always"),
        ("Something 3", "always"),
    ]
