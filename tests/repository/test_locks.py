"""The locks hold what pyproject.toml asks for, by digest, and name no host."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("base", "github", "models", "test", "dev", "go", "bench")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)(?: ; (.+?))? \\$", re.MULTILINE)


def asked(*, extras: tuple[str, ...] = (), groups: tuple[str, ...] = (), project: bool = True) -> list[Requirement]:
    texts = list(PROJECT["project"]["dependencies"]) if project else []
    for extra in extras:
        texts += PROJECT["project"]["optional-dependencies"][extra]
    for group in groups:
        texts += members(group)
    return [Requirement(text) for text in texts]


def members(group: str) -> Iterator[str]:
    for item in PROJECT["dependency-groups"][group]:
        if isinstance(item, str):
            yield item
        else:
            yield from members(item["include-group"])


ASKED = {
    "base": asked(),
    "github": asked(extras=("github",)),
    "models": asked(extras=("models",), groups=("build",)),
    "test": asked(groups=("test",)),
    "dev": asked(extras=("models", "github"), groups=("dev",)),
    "go": asked(groups=("go",), project=False),
    "bench": asked(groups=("bench",), project=False),
}


def text_of(lock: str) -> str:
    return (ROOT / f"requirements/{lock}.txt").read_text()


def pins(lock: str) -> dict[str, set[Version]]:
    found: dict[str, set[Version]] = {}
    for name, version, _ in PIN.findall(text_of(lock)):
        found.setdefault(normal(name), set()).add(Version(version))
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_within_its_bounds(lock: str) -> None:
    pinned = pins(lock)
    for requirement in ASKED[lock]:
        versions = pinned.get(normal(requirement.name), set())
        assert versions, f"requirements/{lock}.txt lacks {requirement}: make lock"
        assert all(version in requirement.specifier for version in versions), (
            f"{requirement} is at {versions}: make lock"
        )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_digests(lock: str) -> None:
    lines = text_of(lock).splitlines()
    tops = [line for line in lines if line and line[0] not in " #"]
    assert tops
    assert all(PIN.match(line) for line in tops)
    assert text_of(lock).count("--hash=sha256:") >= len(tops)


@pytest.mark.parametrize("lock", LOCKS)
def test_no_host_is_named(lock: str) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|^-i ", text_of(lock), re.MULTILINE)


@pytest.mark.parametrize("lock", ["base", "github", "models", "test"])
def test_the_locks_agree(lock: str) -> None:
    dev = pins("dev")
    assert {name: dev.get(name) for name in pins(lock)} == pins(lock)


INSTALLERS = ("Makefile", ".ci/go-tools", ".github/actions/setup/install.sh")


@pytest.mark.parametrize("file", INSTALLERS)
def test_what_a_lock_does_not_name_is_not_looked_for(file: str) -> None:
    """pip 23 looks for the newest release of what is asked for with an extra, and refuses it: it has no digest."""
    installs = [line for line in (ROOT / file).read_text().splitlines() if "--require-hashes" in line]
    assert installs
    assert all("--no-deps" in line for line in installs)


def test_the_locks_are_whole() -> None:
    """What is installed by them lacks nothing."""
    subprocess.run([sys.executable, "-m", "pip", "check"], check=True, capture_output=True)


def test_what_is_held_back_is_held() -> None:
    assert pins("models")["mlflow"] == {Version("3.17.2")}
