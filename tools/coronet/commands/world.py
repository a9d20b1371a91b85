"""The world that a command acts in: its ports, and the names it goes by."""

from collections.abc import Callable
from dataclasses import dataclass, field

from coronet.ports.clock import Clock, Progress
from coronet.ports.documents import Documents
from coronet.ports.forge import Forge
from coronet.ports.notifier import Nobody, Notifier
from coronet.ports.registry import Registry
from coronet.ports.repository import Person, Repository


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """`main` and `log_branch` are branches of the remote; `actor` is the login that acts, `run_url` its run.

    `person_of` says how a login signs a commit.
    """

    repository: Repository
    forge: Forge
    registry: Registry
    documents: Documents
    clock: Clock
    progress: Progress
    actor: str
    main: str = "main"
    log_branch: str = "promotions-log"
    run_url: str | None = None
    notifier: Notifier = field(default_factory=Nobody)
    person_of: Callable[[str], Person] = Person.of_login

    @property
    def author(self) -> Person:
        """Who signs the commits that this command makes."""
        return self.person_of(self.actor)
