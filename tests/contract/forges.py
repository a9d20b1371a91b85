"""Forges that the contract of `Forge` is run on, and the people on their pages."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from coronet.adapters.clock import local_date
from coronet.adapters.git.store import RefStore
from coronet.adapters.local_forge.forge import LocalForge
from coronet.ports.forge import Forge, PullRequest, ReviewState
from coronet.ports.repository import MergeMethod, Person, Repository
from tests.contract.remotes import InMemory, RemoteUnderTest, on_disk
from tests.fakes.memory_forge import no_pause

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class ForgeUnderTest(Protocol):
    """A forge, its repository, and what people do on its pages; each in the name of a login.

    The main branch has a CODEOWNERS that gives `promotions/` to `model-owner` and `second-owner`, asks for
    an owner's approval of the head as it is, and dismisses approvals when the head moves.
    """

    @property
    def forge(self) -> Forge:
        """As the program uses it, which acts as `engineer`."""
        ...

    def clone(self) -> Repository:
        """The repository as a fresh clone sees it."""
        ...

    def push(self, branch: str, files: Mapping[str, str], *, author: Person | None = None, alone: bool = False) -> str:
        """Commit on a branch that begins at main; `alone` gives it a history of its own."""
        ...

    def review(self, number: int, login: str, state: ReviewState) -> None: ...

    def merge(
        self, number: int, login: str, *, method: MergeMethod = MergeMethod.MERGE, admin: bool = False
    ) -> PullRequest: ...

    def comments(self, number: int) -> list[str]: ...

    def require_status(self, name: str) -> None:
        """From now on a merge needs this check to have passed."""
        ...


@dataclass
class TickingClock:
    """A second passes each time somebody looks."""

    moment: datetime = START

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def date_in(self, zone: str) -> date:
        return local_date(self.moment, zone)


CODEOWNERS = "* @somebody\npromotions/ @model-owner @second-owner\n"


class LocalForgeUnderTest:
    """`main` None leaves the remote as it is."""

    def __init__(
        self,
        remote: RemoteUnderTest,
        *,
        main: Mapping[str, str] | None = MappingProxyType({"CODEOWNERS": CODEOWNERS}),
        clock: TickingClock | None = None,
    ) -> None:
        self.remote = remote
        self.clock = clock or TickingClock()
        self.store: RefStore = remote.clone()
        if main is not None:
            self.push("main", main)

    def another(self) -> "LocalForgeUnderTest":
        """The same forge as somebody else's clone sees it."""
        return LocalForgeUnderTest(self.remote, main=None, clock=self.clock)

    @property
    def forge(self) -> LocalForge:
        return self.as_login("engineer")

    def as_login(self, login: str | None) -> LocalForge:
        return LocalForge(self.store, actor=login, clock=self.clock, pause=no_pause)

    def clone(self) -> RefStore:
        return self.remote.clone()

    def push(self, branch: str, files: Mapping[str, str], *, author: Person | None = None, alone: bool = False) -> str:
        there, main = self.store.head(branch), self.store.head("main")
        return self.store.publish(
            branch,
            expected=there,
            parent=None if alone else there or main,
            files={path: text.encode() for path, text in files.items()},
            message="change",
            author=author or Person.of_login("engineer"),
            at=self.clock.now(),
        )

    def review(self, number: int, login: str, state: ReviewState) -> None:
        self.as_login(login).review(number, state=state)

    def merge(
        self, number: int, login: str, *, method: MergeMethod = MergeMethod.MERGE, admin: bool = False
    ) -> PullRequest:
        return self.as_login(login).merge(number, method=method, admin=admin)

    def comments(self, number: int) -> list[str]:
        return [comment.body for comment in self.forge.comments(number)]

    def require_status(self, name: str) -> None:
        rules = self.forge.merge_rules()
        self.forge.set_merge_rules(type(rules)(teams=rules.teams, statuses=(*rules.statuses, name)))


@contextmanager
def local_forge(kind: str, folder: Path) -> Iterator[LocalForgeUnderTest]:
    if kind == "memory":
        yield LocalForgeUnderTest(InMemory())
    else:
        with on_disk(folder) as remote:
            yield LocalForgeUnderTest(remote)
