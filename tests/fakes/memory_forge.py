"""The local forge over a repository in memory: the real rules of pull requests, without git."""

from coronet.adapters.local_forge.forge import LocalForge
from coronet.ports.clock import Clock
from tests.fakes.memory_repository import MemoryRepository


def memory_forge(repository: MemoryRepository, *, actor: str | None, clock: Clock) -> LocalForge:
    """The forge as `actor` uses it; forges of other actors on the same repository are the same forge."""
    return LocalForge(repository, actor=actor, clock=clock, pause=no_pause)


def no_pause(number: int) -> None:
    """Writers in memory do not meet again."""
