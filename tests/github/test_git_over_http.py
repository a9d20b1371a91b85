"""git itself as a client: rights, rules, and what follows a push."""

import base64
import os
import subprocess
from pathlib import Path

import pytest

from tests.github import Hub
from tests.github.client import Client
from tests.github.conftest import NAME
from tests.github.rules import demand


class Clone:
    """A work tree that speaks to the stand-in with a token, given as Actions gives it: in a header."""

    def __init__(self, folder: Path, hub: Hub, token: str | None, name: str = NAME) -> None:
        self.folder = folder
        self.url = hub.repository(name).git_url
        self._env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "E",
            "GIT_AUTHOR_EMAIL": "e@example.org",
            "GIT_COMMITTER_NAME": "E",
            "GIT_COMMITTER_EMAIL": "e@example.org",
            "LC_ALL": "C",
        }
        if token:
            basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
            self._env |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{hub.web}/.extraheader",
                "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {basic}",
            }

    def git(self, *words: str) -> "subprocess.CompletedProcess[str]":
        self.folder.mkdir(exist_ok=True)
        return subprocess.run(
            ["git", *words], cwd=self.folder, env=self._env, capture_output=True, text=True, check=False
        )

    def begin(self) -> "Clone":
        done = self.git("clone", "--quiet", self.url, ".")
        assert done.returncode == 0, done.stderr
        return self

    def commit(self, path: str, text: str) -> str:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.git("add", "-A")
        assert self.git("commit", "--quiet", "-m", f"Write {path}").returncode == 0
        return self.git("rev-parse", "HEAD").stdout.strip()


@pytest.fixture
def clone(tmp_path: Path, hub: Hub) -> Clone:
    return Clone(tmp_path / "clone", hub, hub.token("engineer")).begin()


def test_a_push_gives_a_pull_request_its_new_head(hub: Hub, engineer: Client, opened: int, clone: Clone) -> None:
    clone.git("checkout", "--quiet", "promotions/iris-1")
    commit = clone.commit("promotions/iris/1.yaml", "id: iris-1b\n")
    assert clone.git("push", "--quiet").returncode == 0
    assert engineer.get(f"pulls/{opened}").body["head"]["sha"] == commit
    assert clone.git("ls-remote", "origin", f"refs/pull/{opened}/head").stdout.split()[0] == commit
    last = hub.events[-1]
    assert (last.name, last.actor, last.payload["after"]) == ("push", "engineer", commit)


def test_a_push_dismisses_approvals_as_the_rule_says(hub: Hub, engineer: Client, guarded: int, clone: Clone) -> None:
    hub.as_person("reviewer").approve(guarded)
    clone.git("checkout", "--quiet", "promotions/iris-1")
    clone.commit("promotions/iris/1.yaml", "id: worse\n")
    clone.git("push", "--quiet")
    assert [each["state"] for each in engineer.get(f"pulls/{guarded}/reviews").body] == ["DISMISSED"]


def test_any_commit_can_be_fetched_by_its_id(hub: Hub, clone: Clone) -> None:
    old = hub.as_person("engineer").commit("gone", {"x": "x"})
    hub.as_person("engineer").open_pull_request("gone")
    hub.as_person("engineer").delete_branch("gone")
    assert clone.git("fetch", "--quiet", "--depth=1", "origin", old).returncode == 0
    assert clone.git("cat-file", "-t", old).stdout.strip() == "commit"


@pytest.mark.parametrize(
    ("login", "reads", "writes", "words"),
    [
        ("engineer", True, True, ""),
        ("reader", True, False, "403"),
        ("stranger", False, False, "not found"),
        (None, False, False, "could not read Username"),
    ],
)
def test_reading_and_writing_need_rights(
    hub: Hub, tmp_path: Path, clone: Clone, login: str | None, reads: bool, writes: bool, words: str
) -> None:
    other = Clone(clone.folder, hub, hub.token(login) if login else None)
    assert (other.git("ls-remote", "origin").returncode == 0) is reads
    clone.commit("x", "x")
    pushed = other.git("push", "--quiet", "origin", "HEAD:refs/heads/mine")
    assert (pushed.returncode == 0) is writes
    assert words in pushed.stderr
    assert (hub.git(NAME).head("mine") is not None) is writes


@pytest.mark.parametrize(("permission", "pushed"), [("write", True), ("read", False)])
def test_a_job_pushes_with_contents_write(hub: Hub, clone: Clone, permission: str, pushed: bool) -> None:
    job = Clone(clone.folder, hub, hub.actions_token(NAME, {"contents": permission}))
    commit = clone.commit("x", "x")
    assert (job.git("push", "--quiet", "origin", "HEAD:refs/heads/mine").returncode == 0) is pushed
    assert hub.git(NAME).head("mine") == (commit if pushed else None)
    assert hub.events[-1].starts_workflows is False or not pushed


@pytest.mark.parametrize("how", ["straight", "force", "delete"])
def test_a_branch_that_rules_keep_refuses_pushes(hub: Hub, clone: Clone, how: str) -> None:
    log = hub.as_person("engineer").commit("log", {"x": "x"})
    hub.add_ruleset(NAME, demand()[1:], branches=["log"])
    hub.add_ruleset(NAME, demand(), title="main")
    clone.commit("y", "y")
    words = {"straight": ["HEAD:main"], "force": ["--force", "HEAD:log"], "delete": ["--delete", "log"]}[how]
    done = clone.git("push", "origin", *words)
    assert done.returncode != 0
    assert "GH013: Repository rule violations found" in done.stderr
    assert hub.git(NAME).head("log") == log


def test_a_log_that_may_only_grow_takes_what_comes_on_top(hub: Hub, clone: Clone) -> None:
    hub.as_person("engineer").commit("log", {"x": "x"})
    hub.add_ruleset(NAME, demand()[1:], branches=["log"])
    clone.git("fetch", "--quiet")
    clone.git("checkout", "--quiet", "log")
    commit = clone.commit("x", "xx")
    assert clone.git("push", "--quiet").returncode == 0
    assert hub.git(NAME).head("log") == commit


def test_two_pushes_at_once_cannot_both_win(hub: Hub, clone: Clone) -> None:
    hub.faults.add(
        "POST",
        "git-receive-pack$",
        kind="run",
        run=lambda: hub.commit(NAME, "main", {"other": hub.stamp()}, "Meanwhile", by=hub.accounts["boss"]),
    )
    clone.commit("mine", "mine")
    assert clone.git("push", "origin", "HEAD:main").returncode != 0
    assert hub.git(NAME)("log", "--format=%s", "-1", "main") == "Meanwhile"
    clone.git("pull", "--quiet", "--rebase", "origin", "main")
    assert clone.git("push", "--quiet", "origin", "HEAD:main").returncode == 0


def test_refs_of_pull_requests_are_not_for_pushes(hub: Hub, opened: int, clone: Clone) -> None:
    clone.commit("x", "x")
    assert clone.git("push", "origin", f"HEAD:refs/pull/{opened}/head").returncode != 0


def test_a_large_push_arrives(hub: Hub, clone: Clone) -> None:
    commit = clone.commit("large", os.urandom(2_000_000).hex())
    assert clone.git("push", "--quiet", "origin", "HEAD:large").returncode == 0
    assert hub.git(NAME).head("large") == commit


def test_git_and_the_api_are_counted_apart(hub: Hub, clone: Clone) -> None:
    assert hub.calls() == []
    assert f"GET /{NAME}.git/info/refs 200" in hub.calls("git")
