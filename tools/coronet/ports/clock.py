"""Time, and telling what is done."""

from datetime import date, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...

    def date_in(self, zone: str) -> date:
        """Today's date in a zone of the IANA database; InvalidInput for a zone it does not have."""
        ...


class Progress(Protocol):
    """Told of each step before it is taken; what a user sees on long work, and where tests cut the power."""

    def __call__(self, step: str, detail: str = "") -> None: ...
