"""The machine on which something is timed."""

from typing import Protocol


class Machine(Protocol):
    def seconds(self) -> float:
        """Seconds since some moment; only differences mean something."""
        ...

    def describe(self) -> str:
        """System, processor and Python, on one line: times of another machine cannot be compared."""
        ...
