"""GitHub's own command line client as a second client of the stand-in, over https."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.github import Hub, run_github
from tests.github.certificate import make_certificate
from tests.github.conftest import FILES, NAME

GH = Path(sys.executable).parent / "gh"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    written = datetime.fromtimestamp((tmp_path).stat().st_mtime, UTC)  # now, as the file system has it
    return make_certificate(tmp_path / "certificate.pem", now=written)


@pytest.fixture
def secure_hub(certificate: Path) -> Iterator[Hub]:
    with run_github(certificate=certificate) as hub:
        hub.create_repository(NAME, FILES, private=True)
        hub.add_user("engineer", {NAME: "write"})
        hub.add_user("reviewer", {NAME: "write"})
        yield hub


class Gh:
    """`gh` in the name of somebody, with nothing of this machine's settings."""

    def __init__(self, hub: Hub, certificate: Path, folder: Path, token: str) -> None:
        self.env = {
            "PATH": f"{GH.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "GH_CONFIG_DIR": str(folder / "gh"),
            "GH_HOST": hub.web.removeprefix("https://"),
            "GH_ENTERPRISE_TOKEN": token,
            "GH_PROMPT_DISABLED": "1",
            "GH_NO_UPDATE_NOTIFIER": "1",
            "SSL_CERT_FILE": str(certificate),
            "GIT_SSL_CAINFO": str(certificate),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "NO_PROXY": "127.0.0.1",
        }

    def __call__(self, *words: str, given: object = None) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(GH), *words],
            env=self.env,
            input=json.dumps(given) if given is not None else "",
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def api(self, *words: str, given: object = None) -> object:
        done = self("api", *words, *(["--input", "-"] if given is not None else []), given=given)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def gh(secure_hub: Hub, certificate: Path, tmp_path: Path) -> Gh:
    return Gh(secure_hub, certificate, tmp_path, secure_hub.token("engineer"))


def test_gh_opens_a_pull_request_and_finds_it(secure_hub: Hub, gh: Gh) -> None:
    secure_hub.as_person("engineer").commit("promotions/iris-1", {"promotions/iris.yaml": "x"})
    given = {"title": "Promote", "head": "promotions/iris-1", "base": "main", "body": "Words"}
    opened = gh.api(f"repos/{NAME}/pulls", given=given)
    assert isinstance(opened, dict)
    found = gh.api(f"repos/{NAME}/pulls?head=acme:promotions/iris-1")
    assert isinstance(found, list)
    assert [each["number"] for each in found] == [opened["number"]]
    assert secure_hub.repository(NAME).issues[1].account.login == "engineer"


def test_gh_follows_the_pages_to_the_end(secure_hub: Hub, gh: Gh) -> None:
    for number in range(7):
        secure_hub.repository(NAME).labels[str(number)] = {"id": number, "name": str(number)}
    labels = gh.api("--paginate", f"repos/{NAME}/labels?per_page=3")
    assert isinstance(labels, list)
    assert [each["name"] for each in labels] == [str(number) for number in range(7)]
    assert len(secure_hub.calls()) == 3


def test_gh_reads_an_error_as_it_reads_github(secure_hub: Hub, gh: Gh) -> None:
    done = gh("api", f"repos/{NAME}/pulls", "-f", "title=T", "-f", "head=none", "-f", "base=main")
    assert done.returncode == 1
    assert "Validation Failed (HTTP 422)" in done.stderr


def test_gh_gives_git_its_token(secure_hub: Hub, gh: Gh, tmp_path: Path) -> None:
    folder = tmp_path / "clone"
    helper = f"credential.helper=!{GH} auth git-credential"
    done = subprocess.run(
        ["git", "-c", "credential.helper=", "-c", helper, "clone", "-q", secure_hub.repository(NAME).git_url, folder],
        env=gh.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "README.md").read_text() == FILES["README.md"]
