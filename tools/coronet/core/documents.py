"""A parsed file that still knows where each of its values stood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coronet.errors import Finding, Location, Severity

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """`value` is plain JSON data; `positions` maps a path of keys and indexes to (line, column) from 1."""

    file: str
    value: Any
    positions: Mapping[Path, tuple[int, int]] = field(default_factory=dict)

    def locate(self, path: Path = ()) -> Location:
        """Where the value at `path` stands, or the nearest value around it."""
        for length in range(len(path), -1, -1):
            if found := self.positions.get(path[:length]):
                return Location(file=self.file, line=found[0], column=found[1])
        return Location(file=self.file)

    def finding(self, message: str, path: Path = (), *, hint: str = "") -> Finding:
        return Finding(message=message, hint=hint, location=self.locate(path), severity=Severity.ERROR)
