"""What guards a repository on its forge."""

from typing import Protocol

from coronet.core.doctor.facts import ForgeSettings


class RepositorySettings(Protocol):
    """The live settings of a forge, read and never written."""

    def read(self, *, main: str, log_branch: str, environment: str) -> ForgeSettings:
        """Everything that this token may ask; what it may not is `Unknown` with the answer it got."""
        ...
