"""GitHub, as the contract of `Forge` is run on it: the stand-in, and a team's people on its pages."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from coronet.adapters.clock import local_date
from coronet.adapters.git.credentials import with_token
from coronet.adapters.git.process import Git
from coronet.adapters.git.repository import GitRepository
from coronet.adapters.github.address import Address
from coronet.adapters.github.connection import Connection, quiet
from coronet.adapters.github.forge import GithubForge
from coronet.adapters.github.identity import Identity
from coronet.errors import Refused
from coronet.ports.forge import PullRequest, ReviewState
from coronet.ports.repository import MergeMethod, Person
from tests.contract.remotes import isolated_environment
from tests.github import Hub, Refusal, run_github
from tests.github.rules import demand

NAME = "acme/models"
PEOPLE = ("engineer", "model-owner", "second-owner", "somebody", "crony")
BOT = "helper[bot]"


class HubTime:
    """The port `Clock` by the stand-in's clock."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def now(self) -> datetime:
        return self._hub.clock.now

    def date_in(self, zone: str) -> date:
        return local_date(self.now(), zone)


class GithubForgeUnderTest:
    """A repository whose main branch asks for what the contract says; writers may pass over it, as administrators."""

    def __init__(self, hub: Hub, folder: Path, codeowners: str) -> None:
        self.hub = hub
        self.folder = folder
        self.environment = isolated_environment(folder)
        self._clones = 0
        repository = hub.create_repository(NAME, {"CODEOWNERS": codeowners})
        repository.settings["delete_branch_on_merge"] = True
        for login in PEOPLE:
            hub.add_user(login, {NAME: "write"})
        hub.app_token(NAME, "helper")
        hub.add_ruleset(NAME, demand(1), bypass=["write"])
        self.tokens = {login: hub.token(login) for login in PEOPLE}

    @property
    def address(self) -> Address:
        return Address(web=self.hub.web, api=self.hub.api, owner="acme", name="models")

    @property
    def forge(self) -> GithubForge:
        return self.as_login("engineer")

    def as_login(self, login: str) -> GithubForge:
        return self.with_token(self.tokens[login])

    def with_token(
        self,
        token: str,
        environment: Mapping[str, str] | None = None,
        *,
        check_workflow: str | None = None,
        tell: Callable[[str, str], None] = quiet,
    ) -> GithubForge:
        connection = Connection(self.address, token, timeout=5, pause=no_pause, jitter=no_jitter)
        return GithubForge(
            connection,
            Identity(connection, environment or {}),
            clock=HubTime(self.hub),
            check_workflow=check_workflow,
            tell=tell,
        )

    def clone(self) -> GitRepository:
        self._clones += 1
        folder = self.folder / f"clone-{self._clones}"
        environment = with_token(self.environment, self.hub.web, self.tokens["engineer"])
        Git(folder=self.folder, environment=environment).require("clone", "--quiet", self.url, str(folder))
        return GitRepository(folder, environment=environment)

    @property
    def url(self) -> str:
        return f"{self.hub.web}/{NAME}.git"

    def push(self, branch: str, files: Mapping[str, str], *, author: Person | None = None, alone: bool = False) -> str:
        page = self.hub.as_person("engineer")
        signed = self._signature(author or Person.of_login("engineer"))
        if not alone:
            return page.commit(branch, files, "change", author=signed)
        git = self.hub.git(NAME)
        tree = git.write_tree(None, files)
        commit = git.commit_tree(tree, [], "change", author=signed, committer=signed, at=self.hub.clock.now)
        page.force(branch, commit)
        return commit

    def review(self, number: int, login: str, state: ReviewState) -> None:
        with refusing():
            self.hub.as_person(login).review(number, str(state))

    def merge(
        self, number: int, login: str, *, method: MergeMethod = MergeMethod.MERGE, admin: bool = False
    ) -> PullRequest:
        with refusing():
            self.hub.as_person(login).merge(number, str(method), admin=admin)
        merged = self.forge.pull_request(number)
        assert merged is not None
        return merged

    def comments(self, number: int) -> list[str]:
        return [comment.body for comment in self.hub.repository(NAME).issues[number].comments]

    def require_status(self, name: str) -> None:
        self.hub.add_ruleset(NAME, demand(0, code_owners=False, statuses=[name])[1:2], title="checks")

    def _signature(self, person: Person) -> tuple[str, str]:
        """With the address by which GitHub knows somebody, where it does."""
        account = self.hub.accounts.get(person.name.lower())
        return person.name, account.noreply if account else person.email


def no_pause(seconds: float) -> None:
    """Wait for nobody."""


def no_jitter() -> float:
    return 0.5


@contextmanager
def refusing() -> Iterator[None]:
    """What a page refuses, as the contract calls it."""
    try:
        yield
    except Refusal as refusal:
        raise Refused(str(refusal)) from refusal


@contextmanager
def github_forge(folder: Path, codeowners: str) -> Iterator[GithubForgeUnderTest]:
    with run_github(folder / "hub") as hub:
        yield GithubForgeUnderTest(hub, folder, codeowners)
