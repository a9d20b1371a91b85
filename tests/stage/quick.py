"""The same stage on a remote in memory, for tests that walk long ways."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coronet.adapters.local_forge.forge import LocalForge
from coronet.ports.repository import Person
from tests.fakes.memory_forge import memory_forge
from tests.fakes.memory_repository import MemoryRemote, MemoryRepository
from tests.stage.stage import MODEL, Stage


@dataclass
class QuickStage(Stage):
    """`Stage` without git processes: the fakes pass the contract suites that the real ones pass."""

    remote: MemoryRemote = field(default_factory=MemoryRemote)

    def __post_init__(self) -> None:
        self.push(self.files, message="govern churn")
        self.registry.add_model(MODEL)

    def push(self, files: Mapping[str, str | None], *, message: str, branch: str = "main", by: str = "engineer") -> str:
        changed = {path: None if text is None else text.encode() for path, text in files.items()}
        author = Person.of_login(by)
        return self.remote.edit(branch, changed, message=message, author=author, at=self.clock.now())

    def show(self, name: str) -> str:
        branch, path = name.split(":")
        repository = self.remote.clone()
        data = repository.read(repository.head(branch) or "", path)
        assert data is not None, f"no {name}"
        return data.decode()

    def repository(self) -> MemoryRepository:  # type: ignore[override]
        return self.remote.clone()

    def forge(self, actor: str, repository: MemoryRepository | None = None) -> LocalForge:  # type: ignore[override]
        return memory_forge(repository or self.repository(), actor=actor, clock=self.clock)
