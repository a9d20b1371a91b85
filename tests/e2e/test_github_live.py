"""One walk through everything that the forge does, on the stand-in, and on a real repository where one is given.

CORONET_TEST_GITHUB_REPOSITORY (owner/name) and CORONET_TEST_GITHUB_TOKEN name it; GITHUB_API_URL and
GITHUB_SERVER_URL where it is on a server of one's own. It opens one pull request, closes it and deletes
its branch; the default branch is left alone.
"""

import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from coronet.adapters.clock import SystemClock
from coronet.adapters.git.credentials import with_token
from coronet.adapters.git.process import Git
from coronet.adapters.git.repository import GitRepository
from coronet.adapters.github.address import Address, find_address
from coronet.adapters.github.connection import Connection
from coronet.adapters.github.forge import GithubForge
from coronet.adapters.github.identity import Identity
from coronet.errors import Refused
from coronet.ports.clock import Clock
from coronet.ports.forge import PullRequestState
from tests.contract.forges import CODEOWNERS
from tests.contract.github_forges import HubTime, github_forge
from tests.contract.remotes import isolated_environment

NAMES = ("CORONET_TEST_GITHUB_REPOSITORY", "CORONET_TEST_GITHUB_TOKEN")
MISSING = [name for name in NAMES if not os.environ.get(name)]


@dataclass
class Walk:
    """A clone of the repository, and the forge as the token's user."""

    address: Address
    token: str
    clock: Clock
    folder: Path

    def __post_init__(self) -> None:
        connection = Connection(self.address, self.token)
        identity = Identity(connection, {})
        self.login = identity.token_login()
        self.main = str(connection.get(f"/repos/{self.address.repository}")["default_branch"])
        self.forge = GithubForge(connection, identity, clock=self.clock, main=self.main)
        self.environment = with_token(isolated_environment(self.folder), self.address.web, self.token)
        url = f"{self.address.page}.git"
        Git(folder=self.folder, environment=self.environment).require("clone", "--quiet", url, str(self.work))
        self.repository = GitRepository(self.work, environment=self.environment, watched=(self.main,))

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def push(self, branch: str, files: Mapping[str, bytes]) -> str:
        head = self.repository.head(branch)
        return self.repository.publish(
            branch,
            expected=head,
            parent=head or self.repository.head(self.main),
            files=files,
            message="Try coronet",
            author=self.forge.person(self.login),
            at=self.clock.now(),
        )

    def delete(self, branch: str) -> None:
        Git(folder=self.work, environment=self.environment).require("push", "--quiet", "origin", f":{branch}")


@pytest.fixture(params=["the stand-in", pytest.param("a real repository", marks=pytest.mark.live)])
def walk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Walk]:
    if request.param == "the stand-in":
        with github_forge(tmp_path, CODEOWNERS) as hosted:
            yield Walk(hosted.address, hosted.tokens["engineer"], HubTime(hosted.hub), tmp_path)
        return
    if MISSING:
        pytest.skip(f"no repository to try: set {' and '.join(MISSING)}")
    repository, token = (os.environ[name] for name in NAMES)
    address = find_address({**os.environ, "GITHUB_REPOSITORY": repository}, None)
    yield Walk(address, token, SystemClock(), tmp_path)


def test_a_pull_request_from_its_branch_to_its_end(walk: Walk) -> None:
    name = f"coronet-try-v1-{uuid.uuid4().hex[:8]}"
    branch, path = f"promotions/coronet-try/{name}", f"promotions/coronet-try/{name}.yaml"
    head = walk.push(branch, {path: b"try: 1\n"})
    try:
        opened = walk.forge.open_pull_request(
            branch=branch,
            title="Try coronet",
            body="It closes by itself.",
            labels=["promotion"],
            reviewers=[walk.login],
        )
        number = opened.number
        assert (opened.state, opened.head, opened.author) == (PullRequestState.OPEN, head, walk.login)
        assert walk.forge.open_pull_request(branch=branch, title="x", body="", labels=[], reviewers=[]).number == number
        assert number in [pull.number for pull in walk.forge.pull_requests(PullRequestState.OPEN)]
        for body in ("first", "second"):
            walk.forge.comment(number, marker="check", body=body)
        walk.forge.set_status(head, name="coronet/try", passed=True, description="tried")
        assert walk.forge.reviews(number) == ()
        assert walk.forge.commit_logins(number) == frozenset({walk.login})
        assert walk.forge.members(f"@{walk.login}") == frozenset({walk.login})
        assert walk.forge.protection(walk.main) is not None
        assert walk.forge.pull_request_of(head) is None
        walk.forge.close(number, reason="superseded by coronet-try-v2-00000000 (pull request 1)")
        closed = walk.forge.pull_request(number)
        assert closed
        assert (closed.state, closed.closed_by) == (PullRequestState.CLOSED, walk.login)
        assert closed.close_reason == "superseded by coronet-try-v2-00000000 (pull request 1)"
        with pytest.raises(Refused):
            walk.forge.open_pull_request(branch="promotions/none", title="x", body="", labels=[], reviewers=[])
    finally:
        walk.delete(branch)
