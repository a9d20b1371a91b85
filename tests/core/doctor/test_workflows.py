"""What a repository's own workflows rest on."""

from typing import Any

import pytest

from coronet.core.doctor.finding import Severity
from coronet.core.doctor.workflows import judge_workflow
from coronet.core.documents import Document

SHA = "0123456789abcdef0123456789abcdef01234567"


def judge(value: Any) -> list[tuple[str, Severity, str]]:
    document = Document(file="w.yml", value=value)
    return [(finding.name, finding.severity, finding.saw) for finding in judge_workflow(document)]


def workflow(uses: str = f"actions/checkout@{SHA}", **fields: Any) -> dict[str, Any]:
    jobs = {"a": {"steps": [{"uses": uses}]}, "b": {"uses": f"acme/coronet/.github/workflows/x.yml@{SHA}"}}
    return {"on": "push", "permissions": {}, "jobs": jobs, **fields}


@pytest.mark.parametrize("uses", [f"a/b@{SHA}", "./.github/actions/x", f"docker://alpine@sha256:{'0' * 64}"])
def test_what_nobody_can_move_is_well(uses: str) -> None:
    assert judge(workflow(uses)) == []


@pytest.mark.parametrize(
    "uses", ["a/b@v1", "a/b@main", f"a/b@{SHA[:7]}", "a/b", "docker://alpine:3", f"a/b@{SHA.upper()}", "./../x@y\nz"]
)
def test_what_can_be_moved_is_weak(uses: str) -> None:
    ((name, severity, saw),) = judge(workflow(uses))
    assert (name, severity) == ("workflows.pins", Severity.WEAK)
    assert uses in saw


def test_only_a_plain_name_gets_a_command() -> None:
    def command(uses: str) -> str:
        (finding,) = judge_workflow(Document(file="w", value=workflow(uses)))
        return finding.command

    assert command("acme/tools/sub@v1") == "git ls-remote https://github.com/acme/tools"
    assert command("acme/$(x)@v1") == ""


@pytest.mark.parametrize(
    "on", ["pull_request_target", ["push", "pull_request_target"], {"pull_request_target": {"types": []}}]
)
def test_a_workflow_for_strangers_with_secrets_is_broken(on: Any) -> None:
    assert [(name, severity) for name, severity, _ in judge(workflow(on=on))] == [
        ("workflows.triggers", Severity.BROKEN)
    ]


@pytest.mark.parametrize("on", [None, 7, {"push": None}])
def test_other_triggers_are_well(on: Any) -> None:
    assert judge(workflow(on=on)) == []


@pytest.mark.parametrize("permissions", [None, "write-all"])
def test_permissions_are_said_at_the_top(permissions: Any) -> None:
    assert [name for name, *_ in judge(workflow(permissions=permissions))] == ["workflows.permissions"]


@pytest.mark.parametrize("value", [None, [], "text", {"runs": {"steps": [{"uses": "./x"}]}}])
def test_what_is_no_workflow_has_neither(value: Any) -> None:
    assert judge(value) == []
