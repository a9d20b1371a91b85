"""What workflows may do, and who gets at the registry's credentials."""

from dataclasses import replace

import pytest

from coronet.core.doctor.facts import ActionsSettings, Answer, Environment, Unknown
from coronet.core.doctor.finding import Severity
from coronet.core.doctor.workflow_rights import judge_actions, judge_environment, judge_token
from tests.core.doctor.examples import settings

HIDDEN = Unknown("GET /actions/permissions/workflow answered 403")


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (ActionsSettings(writes_by_default=False, may_open_pull_requests=True), [Severity.WELL, Severity.WELL]),
        (ActionsSettings(writes_by_default=True, may_open_pull_requests=True), [Severity.WEAK, Severity.WELL]),
        (ActionsSettings(writes_by_default=False, may_open_pull_requests=False), [Severity.WELL, Severity.ADVICE]),
        (HIDDEN, [Severity.UNKNOWN]),
    ],
)
def test_the_workflows_own_token(found: Answer[ActionsSettings], wanted: list[Severity]) -> None:
    findings = list(judge_actions(replace(settings(), actions=found)))
    assert [finding.severity for finding in findings] == wanted
    for finding in findings:
        if finding.severity in (Severity.WEAK, Severity.ADVICE):
            assert "repos/acme/models/actions/permissions/workflow" in finding.command


@pytest.mark.parametrize(
    ("found", "severity", "said"),
    [
        (Environment(name="e", branches=("main",)), Severity.WELL, "for main alone"),
        (Environment(name="e", branches=None), Severity.BROKEN, "open to every branch"),
        (Environment(name="e", branches=("main", "dev/*")), Severity.BROKEN, "open to main, dev/*"),
        (Environment(name="e", branches=(), protected_only=True), Severity.BROKEN, "every protected branch"),
        (None, Severity.WEAK, "there is no environment"),
        (HIDDEN, Severity.UNKNOWN, "answered 403"),
    ],
)
def test_the_environment_is_for_main_alone(found: Answer[Environment | None], severity: Severity, said: str) -> None:
    first, *_ = judge_environment(replace(settings(), environment=found), "model-registry")
    assert first.severity is severity
    assert said in first.saw
    if severity in (Severity.BROKEN, Severity.WEAK):
        assert first.command.count("gh api") == 2


def test_credentials_belong_to_the_environment() -> None:
    wide = replace(settings(), repository_secrets=("MLFLOW_TRACKING_TOKEN", "OTHER"))
    _, finding = judge_environment(wide, "model-registry")
    assert finding.severity is Severity.ADVICE
    assert finding.command == "gh secret set MLFLOW_TRACKING_TOKEN --env model-registry"
    _, well = judge_environment(settings(), "model-registry")
    assert well.severity is Severity.WELL
    _, hidden = judge_environment(replace(settings(), repository_secrets=HIDDEN), "model-registry")
    assert hidden.severity is Severity.UNKNOWN


def test_what_a_token_may_not_ask_is_told() -> None:
    assert judge_token(settings()).severity is Severity.WELL
    found = judge_token(replace(settings(), refused=("GET /a answered 403", "GET /b answered 404")))
    assert found.severity is Severity.ADVICE
    assert "GET /a answered 403; GET /b answered 404" in found.saw
