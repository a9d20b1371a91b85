"""What `setup` and the other actions run before their first command; `python -m tests.bench cold` installs for real."""

import os
import subprocess
from pathlib import Path

import pytest

from coronet import __version__
from tests.repository.workflows import ROOT

SCRIPT = ROOT / ".github/actions/setup/install.sh"


@pytest.fixture
def job(tmp_path: Path) -> dict[str, str]:
    """The environment of a step, on a runner that has no coronet."""
    (tmp_path / "bin").mkdir()
    return {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}/usr/bin:/bin",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_PATH": str(tmp_path / "path"),
    }


def install(job: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["bash", str(SCRIPT), *arguments], env=job, capture_output=True, text=True, check=False)


def bring(job: dict[str, str], version: str) -> None:
    """The runner's image has this coronet on its PATH, and says so."""
    program = Path(job["RUNNER_TEMP"]) / "bin/coronet"
    program.write_text(f"#!/bin/sh\necho 'coronet, version {version}'\n")
    program.chmod(0o755)
    job["CORONET_INSTALLED"] = "true"


def test_a_runner_that_brings_this_version_installs_nothing(job: dict[str, str]) -> None:
    bring(job, __version__)
    done = install(job, "base")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert Path(job["GITHUB_OUTPUT"]).read_text() == f"version={__version__}\n"
    assert not Path(job["GITHUB_PATH"]).exists()


def test_a_runner_that_brings_another_version_is_refused(job: dict[str, str]) -> None:
    bring(job, "9.9.9")
    done = install(job, "base")
    assert done.returncode == 2
    assert done.stdout == (
        f"::error title=setup of coronet::this runner brings coronet 9.9.9, and the action is of {__version__}\n"
    )


def test_a_runner_that_says_it_brings_coronet_and_does_not_is_refused(job: dict[str, str]) -> None:
    done = install({**job, "CORONET_INSTALLED": "true"}, "base")
    assert done.returncode == 2
    assert "there is no coronet on the PATH" in done.stdout


@pytest.mark.parametrize("libraries", ["", "everything", "base github", "../base", "$(touch x)"])
def test_libraries_that_there_are_not_are_refused(job: dict[str, str], libraries: str) -> None:
    done = install(job, libraries)
    assert done.returncode == 2
    assert done.stdout == "::error title=setup of coronet::libraries is none of base, github, models\n"
    assert [path.name for path in Path(job["RUNNER_TEMP"]).iterdir()] == ["bin"]
