"""What options and the environment mean."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
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


def test_a_forge_of_a_later_release(remote: OnDisk, wire: Wire) -> None:
    wiring = wire(Settings(folder=remote.clone_folder(), environment=remote.environment, forge="github"))
    with pytest.raises(WrongUsage, match="not in this release"):
        _ = wiring.forge
    with pytest.raises(WrongUsage, match="for the local forge"):
        _ = wiring.desk


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
    heavy = "{'mlflow', 'pandas', 'sklearn', 'scipy', 'numpy', 'pyarrow', 'jsonschema', 'yaml', 'zoneinfo', 'http'}"
    code = f"import sys, coronet.cli.wiring, coronet.cli.pr; assert not {heavy} & set(sys.modules), sys.modules.keys()"
    environment = {**os.environ, "PYTHONPATH": str(Path("tools").resolve())}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
