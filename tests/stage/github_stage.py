"""The stage on GitHub: the stand-in's repository, a real clone of it by https or http, and people on its pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from coronet.adapters.documents import FileDocuments
from coronet.adapters.git.credentials import with_token
from coronet.adapters.git.repository import GitRepository
from coronet.adapters.github.address import Address
from coronet.adapters.github.connection import Connection
from coronet.adapters.github.forge import GithubForge
from coronet.adapters.github.identity import Identity
from coronet.commands.world import World
from coronet.ports.forge import PullRequest
from tests.cli.typing_in import CliStage, Typed, type_in
from tests.github import Hub
from tests.github.rules import demand
from tests.stage.clock import StageClock
from tests.stage.stage import MODEL, PEOPLE, isolated_environment

NAME = "acme/models"
PROMOTER = "github-actions[bot]"
PERMISSIONS = {
    "contents": "write",
    "pull_requests": "write",
    "issues": "write",
    "statuses": "write",
    "actions": "write",
    "deployments": "write",
    "metadata": "read",
}


class HubStageClock(StageClock):
    """The stand-in's time is everybody's."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub

    def now(self) -> datetime:
        return self._hub.clock.now

    def pass_by(self, **span: float) -> None:
        self._hub.clock.advance(timedelta(**span))


@dataclass
class GithubStage(CliStage):
    """`engineer`, `model-owner` and `second-owner` may write; `promoter` is the workflow's own token."""

    hub: Hub = None  # type: ignore[assignment]
    timeout: int = 5

    def __post_init__(self) -> None:
        self.clock = HubStageClock(self.hub)
        repository = self.hub.create_repository(NAME, dict(self.files))
        repository.settings["delete_branch_on_merge"] = True
        for login in PEOPLE:
            self.hub.add_user(login, {NAME: "write"})
        self.hub.add_ruleset(NAME, demand(1), bypass=["write"])
        self.hub.add_ruleset(
            NAME, [{"type": "non_fast_forward"}, {"type": "deletion"}], branches=["promotions-log"], title="log"
        )
        self.tokens = {login: self.hub.token(login) for login in PEOPLE}
        self.tokens["promoter"] = self.hub.actions_token(NAME, PERMISSIONS)
        self.environment = with_token(isolated_environment(self.folder), self.hub.web, self.tokens["engineer"])
        self.git("clone", "--quiet", f"{self.hub.web}/{NAME}.git", str(self.work))
        self.registry.add_model(MODEL)

    def push(self, files: Mapping[str, str | None], *, message: str, branch: str = "main", by: str = "engineer") -> str:
        return self.hub.as_person(by).commit(branch, files, message)

    def show(self, name: str) -> str:
        branch, path = name.split(":")
        git = self.hub.git(NAME)
        data = git.file(git.head(branch) or "", path)
        assert data is not None, f"no {name}"
        return data.decode()

    # --- the world, as somebody ---

    def repository(self, actor: str = "engineer") -> GitRepository:
        environment = with_token(isolated_environment(self.folder), self.hub.web, self.tokens[actor])
        return GitRepository(self.work, environment=environment, timeout=20)

    def connection(self, actor: str) -> Connection:
        address = Address(web=self.hub.web, api=self.hub.api, owner="acme", name="models")
        return Connection(
            address, self.tokens[actor], timeout=self.timeout, pause=lambda seconds: None, jitter=lambda: 0.5
        )

    def job(self, actor: str) -> dict[str, str]:
        """What the environment says where the workflow's own token acts."""
        return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "schedule"} if actor == "promoter" else {}

    def world(self, actor: str = "promoter") -> World:
        connection = self.connection(actor)
        identity = Identity(connection, self.job(actor))
        return World(
            repository=self.repository(actor),
            forge=GithubForge(connection, identity, clock=self.clock),
            registry=self.registry,
            documents=FileDocuments(),
            clock=self.clock,
            progress=self.note,
            actor=identity.actor(),
            person_of=identity.person,
        )

    # --- what people do ---

    def approve(self, pull_request: PullRequest | None, *, by: str = "model-owner") -> None:
        assert pull_request is not None
        self.clock.pass_by(minutes=1)
        self.hub.as_person(by).approve(pull_request.number)

    def merge(
        self, pull_request: PullRequest | None, *, by: str = "model-owner", method: str = "merge", admin: bool = False
    ) -> None:
        assert pull_request is not None
        self.clock.pass_by(minutes=1)
        self.hub.as_person(by).merge(pull_request.number, method, admin=admin)
        self.clock.pass_by(minutes=1)

    def type(self, *arguments: str, by: str = "engineer", **environment: str) -> Typed:
        """`coronet ARGUMENTS` on somebody's machine, whose token it is."""
        variables = {
            "GITHUB_API_URL": self.hub.api,
            "GITHUB_TOKEN": self.tokens[by],
            "CORONET_ACTOR": "",
            "GIT_CONFIG_COUNT": "",
        }
        return type_in(self, *arguments, **{**variables, **environment})

    def in_job(self, *arguments: str, started_by: str | None = "engineer", **environment: str) -> Typed:
        """The same as a step of a workflow that somebody, or a schedule (None), started."""
        job = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_SERVER_URL": self.hub.web,
            "GITHUB_REPOSITORY": NAME,
            "GITHUB_RUN_ID": "7",
            "GITHUB_EVENT_NAME": "workflow_dispatch" if started_by else "schedule",
            "GITHUB_ACTOR": started_by or PROMOTER,
            "GITHUB_TRIGGERING_ACTOR": started_by or PROMOTER,
            "GITHUB_ACTOR_ID": str(self.hub.accounts[started_by or PROMOTER].id),
        }
        return self.type(*arguments, by="promoter", **{**job, **environment})

    # --- what was asked of the stand-in ---

    def calls(self, since: int = 0) -> list[str]:
        return self.hub.calls(since=since)

    @property
    def asked(self) -> int:
        return len(self.hub.requests)
