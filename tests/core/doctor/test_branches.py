"""What guards the main branch and the log branch; one row a setting."""

import json
import re
import shlex
from dataclasses import replace
from typing import Any

import pytest

from coronet.core.doctor.branches import judge_log, judge_main
from coronet.core.doctor.facts import BranchRules, Bypass, ForgeSettings, RequiredStatus, Unknown
from coronet.core.doctor.finding import Finding, Severity
from tests.core.doctor.examples import GUARDED, settings

HIDDEN = Unknown("GET /branches/main/protection answered 403")


def main_findings(found: ForgeSettings, approvals: int = 1) -> dict[str, Finding]:
    return {finding.name: finding for finding in judge_main(found, approvals=approvals, check="check")}


def with_main(**fields: Any) -> ForgeSettings:
    good = settings()
    return replace(good, main=replace(good.main, **fields))


def test_a_guarded_branch_is_well() -> None:
    for finding in (*judge_main(settings(), approvals=1, check="check"), *judge_log(settings())):
        assert finding.severity is Severity.WELL, finding


@pytest.mark.parametrize(
    ("name", "lacking", "severity"),
    [
        ("main.pull_request", {"pull_request": False}, Severity.BROKEN),
        ("main.approvals", {"approvals": 0}, Severity.WEAK),
        ("main.code_owner_review", {"code_owner_review": False}, Severity.BROKEN),
        ("main.stale_reviews", {"dismisses_stale": False}, Severity.WEAK),
        ("main.last_push", {"last_push_approval": False}, Severity.WEAK),
        ("main.history", {"blocks_force_push": False}, Severity.WEAK),
        ("main.history", {"blocks_deletion": False}, Severity.WEAK),
        ("main.required_check", {"statuses": ()}, Severity.WEAK),
        ("main.required_check", {"statuses": (RequiredStatus(name="check"),)}, Severity.WEAK),
        ("main.required_check", {"statuses": (RequiredStatus(name="lint", app=1),)}, Severity.WEAK),
    ],
)
def test_a_guard_that_is_missing(name: str, lacking: dict[str, Any], severity: Severity) -> None:
    found = main_findings(with_main(rules=replace(GUARDED, **lacking)))
    assert found.pop(name).severity is severity
    assert all(finding.severity in (Severity.WELL, Severity.ADVICE) for finding in found.values())


@pytest.mark.parametrize(
    ("name", "lacking"),
    [("main.pull_request", {"pull_request": False}), ("main.required_check", {"statuses": ()})],
)
def test_what_classic_protection_may_hold_is_unknown_and_not_broken(name: str, lacking: dict[str, Any]) -> None:
    found = main_findings(with_main(rules=replace(GUARDED, **lacking), classic=HIDDEN))
    assert found[name].severity is Severity.UNKNOWN
    assert found[name].saw == HIDDEN.why
    assert found["main.code_owner_review"].severity is Severity.WELL


def test_classic_protection_counts_and_is_told() -> None:
    found = main_findings(with_main(rules=BranchRules(), classic=GUARDED))
    assert found.pop("main.classic").severity is Severity.ADVICE
    assert all(finding.severity is Severity.WELL for finding in found.values())


def test_rules_that_cannot_be_read_are_unknown() -> None:
    found = main_findings(with_main(rules=HIDDEN))
    assert found["main.pull_request"].severity is Severity.UNKNOWN


def test_a_private_repository_without_rulesets_is_told_loudly_and_once() -> None:
    plain = replace(settings(), has_rulesets=False, private=True)
    (finding,) = judge_main(plain, approvals=1, check="check")
    assert finding.severity is Severity.BROKEN
    assert "ONLY control" in finding.why
    assert list(judge_log(plain)) == []


@pytest.mark.parametrize(
    ("mode", "severity"),
    [("always", Severity.WEAK), ("exempt", Severity.WEAK), ("pull_request", Severity.ADVICE)],
)
def test_who_may_bypass_is_named(mode: str, severity: Severity) -> None:
    bypass = Bypass(ruleset="main", who="repository administrators", mode=mode)
    found = main_findings(with_main(bypasses=(bypass,)))["main.bypass"]
    assert found.severity is severity
    assert "repository administrators" in found.saw
    assert main_findings(with_main(bypasses=HIDDEN))["main.bypass"].severity is Severity.UNKNOWN


def test_as_many_approvals_as_the_policy_asks_for() -> None:
    found = main_findings(settings(), approvals=2)["main.approvals"]
    assert found.severity is Severity.WEAK
    assert json.loads(body_of(found.command))["rules"][2]["parameters"]["required_approving_review_count"] == 2


def test_the_log_may_only_grow() -> None:
    good = settings()
    open_log = replace(good, log=replace(good.log, rules=BranchRules()))
    found = {finding.name: finding for finding in judge_log(open_log)}
    assert found["log.history"].severity is Severity.BROKEN
    assert found["log.writers"].severity is Severity.ADVICE
    hidden = replace(good, log=replace(good.log, rules=HIDDEN))
    assert {finding.severity for finding in judge_log(hidden)} == {Severity.UNKNOWN, Severity.ADVICE, Severity.WELL}


def body_of(command: str) -> str:
    found = re.search(r"<<'JSON'\n(.*)\nJSON\Z", command, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_fix_makes_what_is_missing_and_replaces_only_its_own() -> None:
    bare = with_main(rules=BranchRules())
    made = main_findings(bare)["main.pull_request"].command
    assert made.startswith("gh api --method POST repos/acme/models/rulesets --input -")
    body = json.loads(body_of(made))
    assert body["conditions"]["ref_name"]["include"] == ["refs/heads/main"]
    assert body["rules"][3]["parameters"]["required_status_checks"] == [{"context": "check", "integration_id": 15368}]
    again = main_findings(replace(bare, rulesets={"coronet: main": 7}))["main.pull_request"].command
    assert again.startswith("gh api --method PUT repos/acme/models/rulesets/7 --input -")
    anybody = main_findings(replace(bare, actions_app=None))["main.pull_request"].command
    assert "integration_id" not in anybody


def test_an_enterprise_server_is_named() -> None:
    elsewhere = replace(with_main(rules=BranchRules()), page="https://git.acme.example/acme/models")
    assert " --hostname git.acme.example " in main_findings(elsewhere)["main.pull_request"].command


def test_no_name_of_a_branch_reaches_the_shell() -> None:
    name = "main'$(touch pwned)`x`\nJSON\nrm -rf ."
    hostile = with_main(rules=BranchRules(), name=name)
    command = main_findings(hostile)["main.pull_request"].command
    first, *rest = command.split("\n")
    assert shlex.split(first.partition(" --input")[0])[-1] == "repos/acme/models/rulesets"
    assert rest.count("JSON") == 1
    assert json.loads(body_of(command))["conditions"]["ref_name"]["include"] == [f"refs/heads/{name}"]
