"""What options and the environment mean."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from coronet.adapters.clock import FixedClock, SystemClock
from coronet.cli.wiring import Settings, Wiring, wired
from coronet.errors import WrongUsage
from tests.contract.remotes import OnDisk, isolated_environment, on_disk

Wire = Callable[..., Wiring]


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[OnDisk]:
    with on_disk(tmp_path) as found:
        yield found


@pytest.fixture
def wire(remote: OnDisk) -> Iterator[Wire]:
    """Wirings in a clone of an empty remote; keywords are variables of the environment."""
    made = []

    def wire_(settings: Settings | None = None, **environment: str) -> Wiring:
        all_ = {**remote.environment, **environment}
        made.append(Wiring(settings or Settings(folder=remote.clone_folder(), environment=all_)))
        return made[-1]

    yield wire_
    for wiring in made:
        wiring.close()


def test_the_time(wire: Wire) -> None:
    assert isinstance(wire().clock, SystemClock)
    assert wire(CORONET_NOW="2026-11-20T13:00:00+01:00").clock == FixedClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    for text in ("now", "2026-11-20T12:00:00"):
        with pytest.raises(WrongUsage, match="no moment"):
            _ = wire(CORONET_NOW=text).clock


def test_who_acts(remote: OnDisk, wire: Wire) -> None:
    nobody = wire()
    assert nobody.actor is None
    with pytest.raises(WrongUsage, match="who acts is not known"):
        nobody.forge.login()
    remote.git("config", "user.email", "Engineer@example.com", folder=nobody.settings.folder)
    by_git = wire(Settings(folder=nobody.settings.folder, environment=remote.environment))
    assert by_git.forge.login() == "engineer"
    claimed = Settings(folder=nobody.settings.folder, environment=remote.environment, actor="model-owner")
    assert wire(claimed).forge.login() == "model-owner"


def test_a_world_of_somebody_who_only_reads_needs_nobody(wire: Wire) -> None:
    wiring = wire(MLFLOW_TRACKING_URI="http://127.0.0.1:1")
    assert wiring.world(acts=False).actor == ""
    with pytest.raises(WrongUsage, match="who acts is not known"):
        wiring.world()


def test_the_page_of_the_run(wire: Wire) -> None:
    assert wire().run_url is None
    run = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7"}
    assert wire(**run).run_url == "https://github.com/o/r/actions/runs/7"
    assert wire(GITHUB_SERVER_URL="https://github.com", GITHUB_RUN_ID="7").run_url is None


def on_github(remote: OnDisk, url: str = "https://github.com/acme/models.git", **environment: str) -> Settings:
    """A clone whose remote is on GitHub."""
    folder = remote.clone_folder()
    remote.git("remote", "set-url", "origin", url, folder=folder)
    return Settings(folder=folder, environment={**remote.environment, **environment})


def test_the_forge_is_where_the_remote_is(remote: OnDisk, wire: Wire) -> None:
    for url in ("https://github.com/acme/models", "git@github.com:acme/models.git", "https://acme.ghe.com/a/m"):
        assert wire(on_github(remote, url)).place.is_github
    assert not wire().place.is_github
    assert not wire(on_github(remote, "https://git.acme.example/acme/models.git")).place.is_github
    named = {"GH_HOST": "git.acme.example"}
    assert wire(on_github(remote, "https://git.acme.example/acme/models.git", **named)).place.is_github
    job = {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://git.acme.example"}
    assert wire(on_github(remote, "https://git.acme.example/acme/models.git", **job)).place.is_github
    assert not wire(**job).place.is_github  # a workflow that plays with a folder, as the demo does


def test_a_claim_is_refused_on_github(remote: OnDisk, wire: Wire) -> None:
    settings = replace(on_github(remote, GITHUB_TOKEN="t"), actor="model-owner")
    with pytest.raises(WrongUsage, match="GitHub knows who acts"):
        _ = wire(settings).forge
    with pytest.raises(WrongUsage, match="GitHub knows who acts"):
        _ = wire(settings).actor


def test_verbs_of_the_local_forge_send_people_to_the_pages_of_github(remote: OnDisk, wire: Wire) -> None:
    with pytest.raises(WrongUsage, match="on GitHub people review and merge on its pages"):
        _ = wire(on_github(remote)).desk


def test_a_repository_on_github_that_nobody_named(remote: OnDisk, wire: Wire) -> None:
    settings = Settings(folder=remote.clone_folder(), environment=remote.environment, forge="github")
    with pytest.raises(WrongUsage, match="which repository on GitHub"):
        _ = wire(settings).forge


def test_github_without_a_token(remote: OnDisk, wire: Wire) -> None:
    with pytest.raises(WrongUsage, match=r"there is no token for github\.com"):
        _ = wire(on_github(remote)).forge


def test_git_is_given_the_token_for_its_server_and_for_no_other(remote: OnDisk, wire: Wire) -> None:
    own = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "x"}
    given = wire(on_github(remote, GITHUB_TOKEN="secret", **own)).place.git_environment
    assert (given["GIT_CONFIG_COUNT"], given["GIT_CONFIG_KEY_0"]) == ("3", "user.name")
    assert given["GIT_CONFIG_KEY_1"] == given["GIT_CONFIG_KEY_2"] == "http.https://github.com/.extraheader"
    assert given["GIT_CONFIG_VALUE_1"] == ""  # what a checkout left is put aside: two headers are refused
    assert given["GIT_CONFIG_VALUE_2"].startswith("AUTHORIZATION: basic ")
    by_ssh = wire(on_github(remote, "git@github.com:acme/models.git", GITHUB_TOKEN="secret")).place
    assert "GIT_CONFIG_COUNT" not in by_ssh.git_environment
    elsewhere = replace(on_github(remote, "https://git.other.example/a/m.git", GITHUB_TOKEN="secret"), forge="github")
    assert "GIT_CONFIG_COUNT" not in wire(elsewhere).place.git_environment


@pytest.mark.parametrize("text", ["soon", "0", "-1", "1.5", "9999"])
def test_a_patience_with_github_that_is_no_number(remote: OnDisk, wire: Wire, text: str) -> None:
    with pytest.raises(WrongUsage, match="CORONET_GITHUB_TIMEOUT"):
        _ = wire(on_github(remote, GITHUB_TOKEN="t", CORONET_GITHUB_TIMEOUT=text)).forge


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf"])
def test_a_patience_that_is_no_number(wire: Wire, text: str) -> None:
    with pytest.raises(WrongUsage, match="CORONET_GIT_TIMEOUT"):
        _ = wire(CORONET_GIT_TIMEOUT=text).repository


def test_a_repository_that_was_never_asked_for_is_not_closed(wire: Wire) -> None:
    wiring = wire()
    wiring.close()
    assert "repository" not in wiring.__dict__


@pytest.mark.parametrize("kind", ["option", "variable"])
def test_each_setting_is_an_option_and_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    for name, value in isolated_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    seen: list[Settings] = []

    @click.command()
    @click.option("--own")
    @wired()
    def command(wiring: Wiring, own: str) -> None:
        seen.append(wiring.settings)
        assert own == "x"

    wanted = {
        "repository": "/r",
        "remote": "upstream",
        "branch": "trunk",
        "log-branch": "log",
        "forge": "github",
        "as": "me",
    }
    arguments = ["--own", "x"]
    if kind == "option":
        arguments += [part for name, value in wanted.items() for part in (f"--{name}", value)]
    else:
        names = {"as": "ACTOR"}
        for name, value in wanted.items():
            monkeypatch.setenv(f"CORONET_{names.get(name, name.replace('-', '_').upper())}", value)
    result = CliRunner().invoke(command, [*arguments, "--registry", "http://r"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    (settings,) = seen
    assert (settings.folder, settings.remote, settings.main) == (Path("/r"), "upstream", "trunk")
    assert (settings.log_branch, settings.forge, settings.actor) == ("log", "github", "me")
    assert settings.registry == "http://r"


def test_the_wiring_imports_nothing_heavy() -> None:
    heavy = "mlflow pandas sklearn scipy numpy pyarrow jsonschema yaml zoneinfo http github requests"
    check = f"assert not set({heavy.split()}) & set(sys.modules), sys.modules.keys()"
    code = f"import sys, coronet.cli.wiring, coronet.cli.pr; {check}"
    environment = {**os.environ, "PYTHONPATH": str(Path("tools").resolve())}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
