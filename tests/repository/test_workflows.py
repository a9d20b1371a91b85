"""What the workflows ask for, as text: what no runner of ours enforces is read here."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from coronet.core.render.outputs import outputs_of
from tests.cli.cases import GOLDEN
from tests.repository.workflows import ACTIONS, ROOT, WORKFLOWS, describe, expressions, jobs, load, steps

ASKED = {
    "check": """\
on pull_request, merge_group, workflow_dispatch
group check-${{ github.event.pull_request.number || github.ref }}, cancels ${{ github.event_name == 'pull_request' }}
check: 15 minutes, may contents read, pull-requests write, statuses write""",
    "ci": """\
on push main, pull_request, workflow_dispatch
group ci-${{ github.ref }}, cancels ${{ github.event_name == 'pull_request' }}
test: 60 minutes, may contents read""",
    "promote": """\
on push main, schedule 17 * * * *, repository_dispatch coronet-promote, workflow_dispatch
group coronet-promote, queue max
promote: 20 minutes, in registry, may contents write, pull-requests write, issues write, deployments write""",
    "release": """\
on repository_dispatch coronet-champion-changed, workflow_dispatch, workflow_call
group release-${{ inputs.model || github.event.client_payload.model }}, queue max
gate: 10 minutes, may contents read
deploy: 30 minutes, in production, may contents read
rollback: ./.github/workflows/rollback.yml, may contents write, pull-requests write, issues write, \
deployments write, actions write""",
    "rollback": """\
on workflow_dispatch, workflow_call
group rollback-${{ inputs.model }}, queue max
rollback: 10 minutes, in registry, may contents write, pull-requests write, issues write, deployments write, \
actions write""",
    "sweep": """\
on schedule 43 4 * * *, workflow_dispatch
group coronet-promote, queue max
sweep: 20 minutes, in registry, may contents write, pull-requests write""",
    "train": """\
on push main models/**, schedule 0 2 * * 0, repository_dispatch coronet-train, workflow_dispatch
group train-${{ github.ref }}, queue max
plan: 10 minutes, may contents read
model: ./.github/workflows/train-model.yml, may contents write, pull-requests write, actions write""",
    "train-model": """\
on workflow_call
group train-model-${{ inputs.model }}, queue max
train: 350 minutes, in training, may contents read
evaluate: 120 minutes, in training, may contents read
propose: 15 minutes, in training, may contents write, pull-requests write, actions write""",
}

# Looked up in the actions' own repositories. Whoever changes one looks it up there again.
PINS = {
    "actions/checkout": "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "actions/setup-python": "5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0",
    "actions/create-github-app-token": "1b10c78c7865c340bc4f6099eb2f838309f1e8c3 # v3.1.1",
    "actions/upload-artifact": "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
}
# A golden case of each action's verb, whose report says which outputs there are.
VERBS = {"check": "check-passes", "gate": "gate-passes", "promote": "promote-moves", "propose": "propose-opens"}

workflows = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
actions = pytest.mark.parametrize("path", ACTIONS, ids=lambda path: path.parent.name)
files = pytest.mark.parametrize("path", [*WORKFLOWS, *ACTIONS], ids=lambda path: str(path.relative_to(ROOT)))


def test_every_workflow_stands_in_the_table() -> None:
    assert {path.stem for path in WORKFLOWS} == set(ASKED)


@workflows
def test_a_workflow_asks_for_what_the_table_says(path: Path) -> None:
    assert describe(path) == ASKED[path.stem]


@workflows
def test_nobody_has_a_right_that_no_job_asked_for(path: Path) -> None:
    assert load(path)["permissions"] == {}


@workflows
def test_every_right_says_why(path: Path) -> None:
    for line in path.read_text().splitlines():
        if re.match(r"\s+[a-z-]+: (read|write)\b", line) and "permission-" not in line:
            assert re.search(r" # \w+", line), line


@workflows
def test_nothing_runs_with_secrets_on_code_of_a_fork(path: Path) -> None:
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(load(path)["on"])


@files
def test_what_others_wrote_is_pinned_to_a_commit_that_was_looked_up(path: Path) -> None:
    for line in path.read_text().splitlines():
        if found := re.match(r"\s+(?:- )?uses: (.+)", line):
            name, _, pin = found[1].partition("@")
            assert name.startswith("./.github/") or PINS[name] == pin, line


@files
def test_no_expression_is_pasted_into_a_shell(path: Path) -> None:
    for step in steps(path):
        assert not expressions(step.get("run", "")), step


@files
def test_no_checkout_leaves_its_token_behind(path: Path) -> None:
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@files
def test_nothing_is_cached_where_another_run_could_have_poisoned_it(path: Path) -> None:
    assert "cache" not in {key for step in steps(path) for key in step.get("with", {})}


@workflows
def test_training_code_and_models_never_meet_a_token_that_writes_or_moves_aliases(path: Path) -> None:
    for name, job in jobs(path).items():
        loads = any(step.get("with", {}).get("libraries") == "models" for step in job.get("steps", ()))
        if loads:
            assert set(job["permissions"].values()) == {"read"}, name
            assert job["environment"]["name"] == "training", name
            assert "CORONET_APP_PRIVATE_KEY" not in str(job), name


@workflows
def test_who_promotes_rolls_back_or_sweeps_does_so_in_the_environment_of_main(path: Path) -> None:
    for job in jobs(path).values():
        moves = re.search(r"actions/promote|coronet (rollback|sweep)", str(job.get("steps", "")))
        assert bool(moves) == ("registry" in str(job.get("environment", "")))


@workflows
def test_a_token_of_the_app_has_only_rights_that_the_job_names(path: Path) -> None:
    for job in jobs(path).values():
        for step in job.get("steps", ()):
            if "create-github-app-token" in step.get("uses", ""):
                asked = {key.removeprefix("permission-") for key in step["with"] if key.startswith("permission-")}
                assert asked
                assert asked - {"members"} <= set(job["permissions"])
                assert step["if"] == "vars.CORONET_APP_ID != ''"


def test_the_required_check_always_runs_under_the_name_that_is_required() -> None:
    [check] = [path for path in WORKFLOWS if path.stem == "check"]
    assert load(check)["on"]["pull_request"] is None
    assert load(check)["on"]["merge_group"] is None
    assert [job["name"] for job in jobs(check).values()] == ["check"]


def test_a_fork_gets_neither_registry_nor_comment() -> None:
    [check] = [path for path in WORKFLOWS if path.stem == "check"]
    [step] = [step for step in steps(check) if step.get("uses") == "./.github/actions/check"]
    ours = "${{ !github.event.pull_request.head.repo.fork && github.actor != 'dependabot[bot]' }}"
    assert step["with"]["registry"] == step["with"]["comment"] == ours


@actions
def test_whoever_calls_an_action_finds_every_input_and_output_described(path: Path) -> None:
    action = load(path)
    for name, told in [*action["inputs"].items(), *action["outputs"].items()]:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name), name
        assert told["description"].strip().endswith("."), name
    assert action["description"]
    assert action["name"]


@actions
def test_every_input_of_an_action_is_used(path: Path) -> None:
    text = path.read_text()
    for name in load(path)["inputs"]:
        assert f"inputs.{name}" in text, name


@pytest.mark.parametrize("name", VERBS)
def test_an_action_answers_what_its_verb_reports(name: str) -> None:
    [path] = [path for path in ACTIONS if path.parent.name == name]
    report = json.loads((GOLDEN / VERBS[name] / "out.json").read_text())
    there = {*outputs_of(report), "error"}
    for output, told in load(path)["outputs"].items():
        assert output in there
        assert told["value"] == f"${{{{ steps.{name}.outputs.{output} }}}}"


def test_scripts_can_be_executed() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--stage", "--", ".github/**/*.sh"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    modes = {line.split()[0] for line in listed.stdout.splitlines()}
    assert modes == {"100755"}
