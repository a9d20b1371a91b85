"""A company whose models are governed on the stand-in: its repository, its people, its rules, and its runner."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.github import Hub, run_github
from tests.github.rules import demand
from tests.repository.test_workflows import PINS
from tests.repository.workflows import ROOT
from tests.runner import Replaced, Run, Runner
from tests.servers import RunningServer

REPOSITORY = "acme/models"
MODEL = "breast-cancer"
PATH = f"models/{MODEL}/model.yaml"
PEOPLE = {"maintainer": "admin", "model-owner": "write", "second-owner": "write", "engineer": "write"}
SECRET = "the-password-of-the-registry"
APP_RIGHTS = ("contents", "pull_requests", "issues", "deployments")
_GOVERNED = (".github", f"models/{MODEL}", "policy", "CODEOWNERS", "tools/coronet/__init__.py")

Files = dict[str, str | bytes | None]


@dataclass(frozen=True, kw_only=True)
class Acme:
    hub: Hub
    runner: Runner

    def push(self, files: Mapping[str, str | bytes | None], message: str, *, by: str = "engineer") -> list[Run]:
        """Somebody commits to main; what follows runs by itself."""
        self.hub.as_person(by, self.runner.repository).commit("main", files, message)
        return self.runner.drain()

    def try_setting(self, setting: str, message: str) -> list[Run]:
        text = self.file(PATH).splitlines()
        changed = [f"  C: {setting}" if line.startswith("  C: ") else line for line in text]
        return self.push({PATH: "\n".join(changed) + "\n"}, message)

    def approve_and_merge(self, number: int) -> list[Run]:
        owner = self.hub.as_person("model-owner", self.runner.repository)
        owner.approve(number)
        owner.merge(number)
        return self.runner.drain()

    def break_service(self) -> None:
        """From now on what is deployed fails its smoke test; the push itself starts nothing here."""
        self.hub.as_person("engineer", self.runner.repository).commit(
            "main", {".github/release/smoke.sh": "echo it does not answer\nexit 1\n"}, "Break the service"
        )
        self.runner.ignore()

    def open_pull_request(self, branch: str, files: Mapping[str, str | bytes | None], *, title: str) -> list[Run]:
        engineer = self.hub.as_person("engineer", self.runner.repository)
        engineer.commit(branch, files, title)
        engineer.open_pull_request(branch, title)
        return self.runner.drain()

    def file(self, path: str) -> str:
        found = self.hub.git(self.runner.repository).file("main", path)
        assert found is not None
        return found.decode()

    def title(self, number: int) -> str:
        return self.hub.repository(self.runner.repository).issues[number].title

    def author(self, number: int) -> str:
        return self.hub.repository(self.runner.repository).issues[number].account.login

    def comments(self, number: int) -> list[str]:
        return [comment.body for comment in self.hub.repository(self.runner.repository).issues[number].comments]

    def install_app(self) -> None:
        """From now on the repository's variables and secrets name a GitHub App."""
        key = self.hub.app_token(self.runner.repository, permissions=dict.fromkeys(APP_RIGHTS, "write"))
        self.runner.variables = {**self.runner.variables, "CORONET_APP_ID": "4711"}
        self.runner.secrets = {**self.runner.secrets, "CORONET_APP_PRIVATE_KEY": key}


@contextmanager
def acme(folder: Path, server: RunningServer, files: Files, *, repository: str = REPOSITORY) -> Iterator[Acme]:
    """`files` are what the main branch of `repository` begins with."""
    with run_github(folder / "github") as hub:
        hub.create_repository(repository, files, private=True)
        for login, right in PEOPLE.items():
            hub.add_user(login, {repository: right})
        hub.add_ruleset(repository, demand(statuses=["check"]), bypass=["write"])
        hub.tell_listeners()  # nobody hears how the repository came to be
        (folder / "runs").mkdir()
        yield Acme(hub=hub, runner=_runner(hub, repository, folder / "runs", server))


def _runner(hub: Hub, repository: str, folder: Path, server: RunningServer) -> Runner:
    return Runner(
        hub=hub,
        repository=repository,
        folder=folder,
        replaced=Replaced.of_pins(PINS),
        variables={"MLFLOW_TRACKING_URI": server.url},
        secrets={"MLFLOW_TRACKING_USERNAME": "robot", "MLFLOW_TRACKING_PASSWORD": SECRET},
        environment={"CORONET_INSTALLED": "true"},
    )


def governed_files(registered: str) -> Files:
    """The files of this very repository, with the model under another name in the registry."""
    files: Files = {path: (ROOT / path).read_bytes() for path in listed(*_GOVERNED)}
    del files[".github/workflows/ci.yml"]  # it runs the tests of this repository, of which this is one
    files[PATH] = (ROOT / PATH).read_text().replace("owner: ", f"registered_model: {registered}\nowner: ", 1)
    policy = (ROOT / "policy/default.yaml").read_text()
    files["policy/default.yaml"] = policy.replace(
        "rollback:\n", "rollback:\n  who: [engineer, 'github-actions[bot]', 'coronet-app[bot]']\n"
    )
    return files


def listed(*paths: str) -> list[str]:
    """The files of this repository below `paths`."""
    command = ["git", "ls-files", "--", *paths]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
