"""The JSON Schemas of this package: which there are, and each as one document that stands alone.

A schema borrows from its siblings by a relative `$ref`, so that editors follow it in the folder; what
is printed or validated with has the borrowed definitions copied in. A definition's name is its own
across all of them.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

_ENDING = ".schema.json"


class PackageSchemas:
    """The port `Schemas`, by the files in the package's folder `schemas`."""

    def names(self) -> tuple[str, ...]:
        found = (entry.name for entry in (files("coronet") / "schemas").iterdir())
        return tuple(sorted(name.removesuffix(_ENDING) for name in found if name.endswith(_ENDING)))

    def load(self, name: str) -> dict[str, Any]:
        return load_schema(name)


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The schema of that name, self-contained; FileNotFoundError where the package has none."""
    return _Bundle(f"{name}{_ENDING}").schema


class _Bundle:
    """Copies every definition that a schema reaches into its own `$defs`."""

    def __init__(self, file: str) -> None:
        self._definitions: dict[str, Any] = {}
        root = {key: part for key, part in _read(file).items() if key != "$defs"}
        self.schema: dict[str, Any] = self._localise(root, file)
        if self._definitions:
            self.schema["$defs"] = dict(sorted(self._definitions.items()))

    def _localise(self, part: Any, file: str) -> Any:
        if isinstance(part, list):
            return [self._localise(item, file) for item in part]
        if not isinstance(part, dict):
            return part
        return {
            key: self._borrow(item, file) if key == "$ref" else self._localise(item, file) for key, item in part.items()
        }

    def _borrow(self, reference: str, file: str) -> str:
        """The reference as it reads inside the bundle, after what it points at was copied in."""
        elsewhere, _, pointer = reference.partition("#")
        source, name = elsewhere or file, pointer.removeprefix("/$defs/")
        if name not in self._definitions:
            self._definitions[name] = {}  # a definition may speak of itself
            self._definitions[name] = self._localise(_read(source)["$defs"][name], source)
        return f"#/$defs/{name}"


@cache
def _read(file: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((files("coronet") / "schemas" / file).read_text(encoding="utf-8"))
    return content
