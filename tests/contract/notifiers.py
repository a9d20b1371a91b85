"""The notifiers that the contract is run on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from coronet.adapters.github.address import Address
from coronet.adapters.github.connection import Connection
from coronet.adapters.github.identity import Identity
from coronet.adapters.github.notifier import GithubNotifier
from coronet.ports.notifier import Issue, Notifier
from tests.fakes.memory_notifier import MemoryNotifier
from tests.github import Hub, run_github
from tests.stage.clock import StageClock

NAME = "acme/models"
RIGHTS = {"contents": "write", "issues": "write", "deployments": "write", "pull_requests": "write"}


@dataclass(frozen=True, kw_only=True)
class NotifierSubject:
    """`notifier` makes one that knows nothing yet; the others look at what was told, from outside."""

    notifier: Callable[[], Notifier]
    body: Callable[[Issue], str]
    last_word: Callable[[Issue], str]
    told: Callable[[], list[tuple[str, str]]]
    commit: str


@contextmanager
def memory_subject() -> Iterator[NotifierSubject]:
    memory = MemoryNotifier()
    yield NotifierSubject(
        notifier=lambda: memory,
        body=lambda issue: memory.bodies[issue.key],
        last_word=lambda issue: dict(memory.closed)[issue.key],
        told=lambda: [(change.proposal, change.event) for change in memory.changes],
        commit="c" * 40,
    )


@contextmanager
def github_subject() -> Iterator[NotifierSubject]:
    with run_github() as hub:
        hub.create_repository(NAME, {"README.md": "Models\n"})
        repository = hub.repository(NAME)
        yield NotifierSubject(
            notifier=lambda: github_notifier(hub),
            body=lambda issue: str(repository.issues[issue.number].body),
            last_word=lambda issue: str(repository.issues[issue.number].comments[-1].body),
            told=lambda: [
                (each["client_payload"]["proposal"], each["client_payload"]["event"]) for each in repository.dispatched
            ],
            commit=hub.git(NAME).head("main") or "",
        )
        assert hub.invalid == []
        assert hub.unknown_routes == []


def github_notifier(hub: Hub, token: str | None = None) -> GithubNotifier:
    """As a job of the workflows acts."""
    address = Address(web=hub.web, api=hub.api, owner="acme", name="models")
    connection = Connection(address, token or hub.actions_token(NAME, RIGHTS), pause=lambda seconds: None)
    clock = StageClock(moment=hub.clock.now)
    return GithubNotifier(connection, Identity(connection, {"GITHUB_ACTIONS": "true"}), clock=clock)
