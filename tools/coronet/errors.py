"""Every way a command can end badly: class, exit code, title.

An error says what was found and what was wanted (`message`), what to do next (`hint`), and where
(`location`). Exit code 1 is kept for bugs: nothing here carries it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """A place in a file; lines and columns count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing wrong with an input, one sentence; a parser returns all of them, never only the first."""

    message: str
    hint: str = ""
    location: Location | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        return f"{where}{self.message}" + (f" ({self.hint})" if self.hint else "")


class CoronetError(Exception):
    """What a user can act on: never a bug, never shown with a traceback."""

    exit_code = 1
    title = "error"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        location: Location | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location
        self.findings = findings


class WrongUsage(CoronetError):
    """The command line asks for something that cannot be done as written."""

    exit_code = 2
    title = "wrong command line"


class InvalidInput(CoronetError):
    """A proposal, policy, model file, CODEOWNERS or data set is not what it must be."""

    exit_code = 3
    title = "invalid input"


class Refused(CoronetError):
    """Everything was evaluated, and the answer is no."""

    exit_code = 4
    title = "refused"


class Conflict(CoronetError):
    """The world moved: what the proposal rests on is no longer so."""

    exit_code = 5
    title = "conflict"


class Unavailable(CoronetError):
    """The registry, the forge or git did not answer; repeating the command is safe."""

    exit_code = 6
    title = "unavailable"
