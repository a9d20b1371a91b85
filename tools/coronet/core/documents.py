"""A parsed file that still knows where each of its values stood."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coronet.errors import Finding, Location, Severity

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """`value` is plain JSON data; `positions` maps a path of keys and indexes to (line, column) from 1.

    A member of a mapping stands where its key stands. `below` is the wider document that this one was
    laid over, where `value` is what the two make together.
    """

    file: str
    value: Any
    positions: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    below: "Document | None" = None

    def locate(self, path: Path = ()) -> Location:
        """Where the value at `path` stands, or the nearest value around it; the narrowest document first."""
        for length in range(len(path), -1, -1):
            for document in self._layers():
                if found := document.positions.get(path[:length]):
                    return Location(file=document.file, line=found[0], column=found[1])
        return Location(file=self.file)

    def finding(self, message: str, path: Path = (), *, hint: str = "") -> Finding:
        return Finding(message=message, hint=hint, location=self.locate(path), severity=Severity.ERROR)

    def _layers(self) -> Iterator["Document"]:
        document: Document | None = self
        while document is not None:
            yield document
            document = document.below


def lay_over(layers: Sequence[Document], value: Any) -> Document:
    """The document of `value`, which was merged from `layers` (widest first, at least one)."""
    below: Document | None = None
    for layer in layers:
        below = Document(file=layer.file, value=value, positions=layer.positions, below=below)
    if below is None:
        raise ValueError("nothing to lay over nothing")
    return below
