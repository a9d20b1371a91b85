"""The files that people and programs write."""

from collections.abc import Mapping
from typing import Any, Protocol

from coronet.core.documents import Document
from coronet.errors import Finding


class Documents(Protocol):
    """YAML and JSON files with the places of their values, and the schemas they must satisfy."""

    def parse(self, data: bytes, *, file: str) -> Document:
        """The document in `data`, as JSON or YAML by the ending of `file`, else by how it begins.

        Raises `InvalidInput` with every finding for what is not UTF-8, too large, not well-formed, has a
        key twice, an alias or anchor, a tag, NaN or an infinity.
        """
        ...

    def validate(self, document: Document, schema: str) -> tuple[Finding, ...]:
        """Everything in `document` that the schema of that name does not allow, in the file's order."""
        ...

    def render(self, value: Mapping[str, Any]) -> bytes:
        """YAML that people like to read and that `parse` reads back as the same value; keys keep their order."""
        ...


class Schemas(Protocol):
    """The JSON Schemas of files and reports, by name."""

    def names(self) -> tuple[str, ...]:
        """Sorted."""
        ...

    def load(self, name: str) -> Mapping[str, Any]:
        """The schema of that name (one of `names`) as one document that stands alone."""
        ...


class Files(Protocol):
    """The files of a work tree, or of one commit; paths are relative to the repository, with `/`."""

    def read(self, path: str) -> bytes | None: ...

    def paths(self, folder: str) -> tuple[str, ...]:
        """Every file below `folder`, sorted."""
        ...


class EditableFiles(Files, Protocol):
    """The files of a work tree."""

    def write(self, path: str, data: bytes) -> None:
        """Replace the file at `path`, or make it; whoever reads meanwhile sees the old file or the new one."""
        ...


class Templates(Protocol):
    """Texts that files begin with, by their path in the package."""

    def read(self, name: str) -> str: ...

    def names(self, folder: str) -> tuple[str, ...]:
        """The paths of the texts in a folder, sorted."""
        ...
