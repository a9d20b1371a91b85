"""A team takes coronet up on GitHub as docs/adopter.md says: from nothing to a champion that may be released."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from coronet.adapters.github.address import Address
from coronet.adapters.github.connection import Connection
from tests.cli.typing_in import CliStage, Typed, type_in
from tests.github import Hub, run_github
from tests.stage.stage import DATA, MODEL

NAME = "acme/models"
PIN = "--source acme/coronet --ref 0123456789abcdef0123456789abcdef01234567"


@dataclass
class Team:
    """A repository on GitHub with a life of its own, its people, and a clone of it in `stage.work`."""

    hub: Hub
    stage: CliStage

    def type(self, line: str, *, by: str) -> Typed:
        """Type `coronet LINE` in the clone, at GitHub's time and with somebody's token."""
        self.hub.clock.advance(timedelta(minutes=1))
        self.stage.clock.moment = self.hub.clock.now
        token = self.hub.actions_token(NAME, WRITES) if by == "workflow" else self.hub.token(by)
        where = {"GITHUB_API_URL": self.hub.api, "GITHUB_REPOSITORY": NAME, "GITHUB_TOKEN": token}
        if by == "workflow":
            where |= {"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "ann", "GITHUB_EVENT_NAME": "push"}
        return type_in(self.stage, *line.split(), actor="", **where)

    def push(self, message: str) -> None:
        git, work = self.stage.git, self.stage.work
        git("add", "--all", folder=work)
        git("commit", "--quiet", "-m", message, folder=work)
        address = self.hub.web.replace("://", f"://ann:{self.hub.token('ann')}@")
        git("push", "--quiet", f"{address}/{NAME}.git", "HEAD:refs/heads/main", folder=work)

    def connection(self, login: str) -> Connection:
        return Connection(
            Address(web=self.hub.web, api=self.hub.api, owner="acme", name="models"), self.hub.token(login)
        )


WRITES = {"contents": "write", "pull_requests": "write", "issues": "write", "deployments": "write", "statuses": "write"}


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    with run_github(tmp_path / "hub") as hub:
        hub.create_repository(NAME, {"README.md": "# Models\n", "CODEOWNERS": "* @ann\n"})
        hub.add_user("ann", {NAME: "admin"})
        hub.add_user("bob", {NAME: "write"})
        hub.add_user("eve", {NAME: "write"})
        (tmp_path / "stage").mkdir()
        stage = CliStage(tmp_path / "stage")
        stage.git("remote", "set-url", "origin", f"{hub.web}/{NAME}.git", folder=stage.work)
        stage.git("fetch", "--quiet", "origin", folder=stage.work)
        stage.git("reset", "--quiet", "--hard", "origin/main", folder=stage.work)
        yield Team(hub, stage)


def fill_in(team: Team) -> None:
    """What a person does after init; the data are pinned by hand, for nothing is trained here."""
    file = team.stage.work / "models/churn/model.yaml"
    text = file.read_text().replace("label: label", "label: left")
    for part in ("train", "evaluation"):
        text = text.replace(f"path: data/{part}.csv", f"path: data/{part}.csv\n    sha256: {DATA}")
    file.write_text(text)


def mend(team: Team, report: dict[str, list[dict[str, str]]]) -> None:
    """Every command that the doctor says, as `gh` would send it."""
    connection = team.connection("ann")
    commands = dict.fromkeys(found["command"] for found in report["findings"] if found["command"].startswith("gh api"))
    for command in commands:
        for method, path, body in re.findall(
            r"--method (\w+) (\S+) --input - <<'JSON'\n(.*?)\nJSON", command, re.DOTALL
        ):
            connection.send(method, f"/{path}", json.loads(body))
    connection.close()


def test_from_nothing_to_a_champion(team: Team) -> None:
    stage = team.stage
    shown = team.type(f"init --owner @ann --owner @bob --model churn --task binary {PIN} --dry-run", by="ann")
    assert shown.code == 0, shown.err
    done = team.type(f"init --owner @ann --owner @bob --model churn --task binary {PIN} --yes", by="ann")
    assert done.code == 0, done.err
    fill_in(team)
    assert team.type("policy show churn", by="ann").code == 0
    team.push("Adopt coronet")

    ill = team.type("doctor --format json", by="ann")
    assert ill.code == 4, ill.err
    mend(team, json.loads(ill.out))
    well = team.type("doctor", by="ann")
    assert well.code == 0, well.out
    assert "Broken" not in well.out

    version = stage.train(summary="the first")
    stage.evaluate(version, guessed=0.5)
    proposed = team.type("propose churn --format json", by="eve")
    assert proposed.code == 0, proposed.err
    number = json.loads(proposed.out)["pull_request"]
    checked = team.type(f"check {number} --comment", by="workflow")
    assert checked.code == 0, checked.out + checked.err
    report_check(team, number)

    team.hub.as_person("bob").approve(number)
    team.hub.as_person("ann").merge(number)
    promoted = team.type("promote", by="workflow")
    assert promoted.code == 0, promoted.out + promoted.err
    assert stage.champion == version.version
    released = team.type(f"gate {MODEL}", by="eve")
    assert released.code == 0, released.out
    assert team.type("doctor", by="ann").code == 0


def report_check(team: Team, number: int) -> None:
    """What Actions reports of the job `check`."""
    connection = team.connection("ann")
    head = connection.get(f"/repos/{NAME}/pulls/{number}")["head"]["sha"]
    connection.send("POST", f"/repos/{NAME}/statuses/{head}", {"state": "success", "context": "check"})
    connection.close()


def test_a_second_init_after_the_merge_has_nothing_to_do(team: Team) -> None:
    assert team.type(f"init --owner @ann --model churn --task binary {PIN} --yes", by="ann").code == 0
    fill_in(team)
    team.push("Adopt coronet")
    again = team.type("init --yes", by="ann")
    assert (again.code, again.out) == (0, "Nothing to do: everything is there.\n")
