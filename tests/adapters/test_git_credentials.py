"""How git is let in: the token by the environment, or what a credential helper knows."""

from pathlib import Path

from coronet.adapters.git.credentials import ask_helpers, remote_url, with_token
from coronet.adapters.git.process import Git
from tests.contract.remotes import isolated_environment

WEB = "https://git.acme.example"
HELPER = "!f() { test \"$1\" = get && sed 's/^/asked-/' >asked && echo username=x && echo password=kept; }; f"


def configured(folder: Path, **settings: str) -> dict[str, str]:
    """A repository with these settings."""
    environment = isolated_environment(folder)
    git = Git(folder=folder, environment=environment)
    git.require("init", "--quiet")
    for name, value in settings.items():
        git.require("config", "--add", name.replace("__", "."), value)
    return environment


def test_a_helper_tells_the_password_that_it_knows(tmp_path: Path) -> None:
    environment = configured(tmp_path, credential__helper=HELPER, credential__useHttpPath="true")
    assert ask_helpers(tmp_path, environment, WEB, "acme/models.git") == "kept"
    asked = (tmp_path / "asked").read_text()
    assert "asked-host=git.acme.example\n" in asked
    assert "asked-path=acme/models.git\n" in asked


def test_without_a_helper_nobody_is_asked(tmp_path: Path) -> None:
    ask = tmp_path / "ask"
    ask.write_text("#!/bin/sh\ntouch asked; echo secret\n")
    ask.chmod(0o755)
    environment = configured(tmp_path, core__askPass=str(ask))
    assert ask_helpers(tmp_path, {**environment, "GIT_ASKPASS": str(ask)}, WEB, "a/b.git") is None
    assert not (tmp_path / "asked").exists()


def test_a_header_that_a_checkout_left_is_put_aside(tmp_path: Path) -> None:
    """GitHub refuses a request with two of them."""
    left = {f"http.{WEB}/.extraheader": "AUTHORIZATION: basic left"}
    environment = with_token(configured(tmp_path, **left), WEB, "token")
    answer = Git(folder=tmp_path, environment=environment).run("config", "--get-all", f"http.{WEB}/.extraheader")
    *before, reset, ours = answer.out.decode().splitlines()
    assert (before, reset) == (["AUTHORIZATION: basic left"], "")
    assert ours.startswith("AUTHORIZATION: basic ")
    assert "left" not in ours


def test_the_address_of_a_remote_or_itself(tmp_path: Path) -> None:
    environment = configured(tmp_path, remote__origin__url="git@github.com:acme/models.git")
    assert remote_url(tmp_path, environment, "origin") == "git@github.com:acme/models.git"
    assert remote_url(tmp_path, environment, "https://github.com/a/b") == "https://github.com/a/b"
    assert remote_url(tmp_path / "gone", environment, "origin") == "origin"
