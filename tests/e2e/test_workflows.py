"""The workflow files of this repository, executed: from a push that trains to a rollback, against a real registry.

What the runner does not do (filters of paths in checks, concurrency, environments, the rights of each job by
itself) is held as text by tests/repository/test_workflows.py.
"""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from coronet.adapters.registry import open_registry
from tests.e2e.acme import MODEL, PATH, SECRET, Acme, Files, acme, governed_files, listed
from tests.repository.workflows import ROOT
from tests.runner import Run
from tests.servers import RunningServer

pytestmark = [pytest.mark.mlflow, pytest.mark.server, pytest.mark.slow]

ROAD, SHOP = "workflows-road", "workflows-shop"


def well(runs: list[Run], *workflows: str) -> list[Run]:
    """These workflows ran, in this order, and each of them ended well."""
    for run in runs:
        assert run.succeeded, f"{run.workflow} on {run.event} failed:\n{run.log[-6000:]}"
    assert [run.workflow for run in runs] == list(workflows), "\n".join(run.log[-1500:] for run in runs)
    return runs


def failed(runs: list[Run], workflow: str) -> Run:
    [run] = runs
    assert run.workflow == workflow
    assert not run.succeeded, run.log[-3000:]
    return run


def champion(server: RunningServer, registered: str) -> str | None:
    model = open_registry(server.url, {}).model(registered)
    return model.aliases.get("champion") if model else None


def test_from_a_push_to_a_release_and_back(mlflow_server: RunningServer, tmp_path: Path) -> None:
    with acme(tmp_path, mlflow_server, governed_files(ROAD)) as company:
        hostile = 'Try "$(touch ~/canary)" `touch ~/canary`; touch ~/canary ##[error]no @engineer ::error::no'
        well(company.try_setting("0.1", f"{hostile}\n\n$(touch ~/canary)"), "promote", "train", "check")
        assert company.author(1) == "github-actions[bot]"
        assert 'Try "$(touch ~/canary)" `touch ~/canary`; touch ~/canary' in company.title(1)
        assert "approves and merges" in company.comments(1)[0]

        promoted, released = well(company.approve_and_merge(1), "promote", "release")
        assert "1 applied" in promoted.summary
        assert champion(mlflow_server, ROAD) == "1"
        assert "version 1) may be released" in released.summary
        assert f"would deploy models:/{ROAD}/1, whose files have the digest sha256:" in released.log

        well([company.runner.schedule("sweep")], "sweep")
        company.install_app()
        well(company.try_setting("0.5", "The right amount of regularisation"), "promote", "train", "check")
        assert company.author(2) == "coronet-app[bot]"
        assert company.runner.runs[-1].event == "pull_request"

        company.break_service()
        runs = company.approve_and_merge(2)
        assert [run.workflow for run in runs] == ["promote", "release", "check", "release"], runs[-1].log[-3000:]
        promoted, released, checked, again = runs
        well([promoted, checked], "promote", "check")
        ended = [released.jobs[name] for name in ("gate", "deploy", "rollback")]
        assert ended == ["success", "failure", "success"], released.log[-3000:]
        assert champion(mlflow_server, ROAD) == "1"
        assert (again.jobs["gate"], again.jobs["deploy"]) == ("success", "failure")
        assert again.jobs.get("rollback", "skipped") == "skipped", "a rollback that fails is for people"
        nothing_leaked(company)


HOSTILE = "x$(touch ~/canary)`touch ~/canary`;touch ~/canary #'\"|touch ~/canary"


def test_hostile_words_reach_no_shell_and_a_failing_step_says_what_is_wrong(
    mlflow_server: RunningServer, tmp_path: Path
) -> None:
    with acme(tmp_path, mlflow_server, governed_files("workflows-hostile")) as company:
        inputs = {"model": HOSTILE, "reason": HOSTILE, "to": HOSTILE}
        told = failed(company.runner.dispatch("rollback", by="engineer", **inputs), "rollback")
        shows(told, "invalid input", "cannot name a model", "→ a model's name is")
        told = failed(company.runner.dispatch("train", by="engineer", model=HOSTILE, summary=HOSTILE), "train")
        shows(told, "invalid input", "cannot name a model", "→ a model's name is")
        assert told.jobs["plan"] == "failure"
        told = failed(company.runner.dispatch("promote", by="engineer", models=f"--heal {HOSTILE}"), "promote")
        shows(told, "invalid input", "no model ", "→ models that are there: breast-cancer")
        told = failed(company.runner.dispatch("release", by="engineer", model="--help"), "release")
        shows(told, "invalid input", "'--help' cannot name a model", "→ a model's name is")
        assert "deploy" not in told.jobs

        [checked] = company.open_pull_request(
            "feature/$(touch${IFS}$HOME/canary)`touch${IFS}$HOME/canary`",
            {"promotions/breast-cancer/breast-cancer-v1-00000000.yaml": f"schema: {json.dumps(HOSTILE)}\n"},
            title=f"{HOSTILE}\n::set-output name=verdict::pass",
        )
        told = failed([checked], "check")
        assert "must not be merged" in told.summary
        assert told.outputs["verdict"] == "fail"
        [marked, *_] = [each for each in told.annotations if "file" in each.properties]
        assert marked.properties["file"] == "promotions/breast-cancer/breast-cancer-v1-00000000.yaml"
        nothing_leaked(company)


def test_a_fork_is_checked_without_secrets_and_a_merge_queue_without_a_pull_request(
    mlflow_server: RunningServer, tmp_path: Path
) -> None:
    with acme(tmp_path, mlflow_server, governed_files("workflows-fork")) as company:
        well(company.open_pull_request("words", {"README.md": "hello\n"}, title="Say hello"), "check")
        [ours] = company.comments(1)
        opened = [event for event in company.hub.events if event.name == "pull_request"][-1]
        fork = json.loads(json.dumps(opened.payload))
        fork["pull_request"]["head"]["repo"]["fork"] = True
        [run] = well(company.runner.meet(replace(opened, payload=fork)), "check")
        assert "nothing to judge" in run.summary
        assert company.comments(1) == [ours]

        queued = {
            "action": "checks_requested",
            "merge_group": {"head_sha": opened.payload["pull_request"]["head"]["sha"]},
        }
        queue = "refs/heads/gh-readonly-queue/main/pr-1"
        [run] = well(company.runner.meet(replace(opened, name="merge_group", payload=queued, ref=queue)), "check")
        assert company.comments(1) == [ours]


def test_an_adopter_calls_the_actions_from_a_repository_of_its_own(
    mlflow_server: RunningServer, tmp_path: Path
) -> None:
    with acme(tmp_path, mlflow_server, adopted_files(tmp_path), repository="acme/shop") as company:
        assert "./.github/actions" not in company.file(".github/workflows/coronet-promote.yml")
        export(tmp_path / "coronet")
        company.runner.replaced = company.runner.replaced.also({"acme/coronet@v1": tmp_path / "coronet"})

        well(company.try_setting("0.1", "The first one"), "coronet-promote", "coronet-train", "coronet-check")
        _, released = well(company.approve_and_merge(1), "coronet-promote", "coronet-release")
        assert champion(mlflow_server, SHOP) == "1"
        assert f"would deploy models:/{SHOP}/1" in released.log


def shows(run: Run, title: str, message: str, hint: str) -> None:
    """What somebody sees on the page of a run that failed: an annotation, and the same in the summary."""
    [first, *_] = [each for each in run.annotations if each.level == "error"]
    assert first.properties["title"] == title
    assert message in first.message
    assert hint in first.message
    assert f"❌ **{title}: " in run.summary


def adopted_files(folder: Path) -> Files:
    """A repository with a model of its own, after `coronet init`."""
    shop = folder / "shop"
    files = {path: (ROOT / path).read_bytes() for path in listed(f"models/{MODEL}", "policy")}
    text = (ROOT / PATH).read_text().replace("owner: ", f"registered_model: {SHOP}\nowner: ", 1)
    for path, data in {**files, PATH: text.encode(), "tools/readme": b"their own\n"}.items():
        (shop / path).parent.mkdir(parents=True, exist_ok=True)
        (shop / path).write_bytes(data)
    subprocess.run(["git", "init", "--quiet", str(shop)], check=True)
    program = str(Path(sys.executable).parent / "coronet")
    words = ["init", "--owner", "@model-owner", "--source", "acme/coronet", "--ref", "v1", "--yes"]
    subprocess.run([program, *words], cwd=shop, check=True, capture_output=True)
    written = [file for file in shop.rglob("*") if file.is_file() and ".git" not in file.relative_to(shop).parts[:1]]
    return {str(file.relative_to(shop)): file.read_bytes() for file in written}


def export(folder: Path) -> None:
    """coronet's own repository, as far as its actions need it."""
    for path in listed(".github/actions", "requirements", "tools/coronet/__init__.py"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes((ROOT / path).read_bytes())


def nothing_leaked(company: Acme) -> None:
    """No text from outside was run, and neither logs nor what the forge was told hold a password or a token."""
    assert not list(company.runner.folder.rglob("canary"))
    issues = company.hub.repository(company.runner.repository).issues.values()
    written = [text or "" for issue in issues for text in (issue.title, issue.body, *company.comments(issue.number))]
    for text in (*written, *(run.log + run.summary for run in company.runner.runs)):
        assert SECRET not in text
        assert not any(token in text for token in company.hub.tokens)
