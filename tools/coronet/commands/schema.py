"""`coronet schema`: which JSON Schemas there are, and each of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from coronet.errors import WrongUsage
from coronet.ports.documents import Schemas

SCHEMA = "coronet/schema/v1"
# Where the first line of a proposal, a policy or a model file looks for its schema.
EDITOR_FOLDER = ".coronet/schemas"
_EDITED = ("model", "policy_cases", "policy_layer", "proposal")


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemaText:
    """One schema, ready to be saved as a file."""

    schema: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return dict(self.schema)

    def to_text(self) -> str:
        return json.dumps(self.schema, indent=2, ensure_ascii=False)

    def to_markdown(self) -> str:
        return f"```json\n{self.to_text()}\n```"


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemaList:
    """(name, title) of every schema."""

    schemas: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        return {"schema": SCHEMA, "schemas": [{"name": name, "title": title} for name, title in self.schemas]}

    def to_text(self) -> str:
        width = max((len(name) for name, _ in self.schemas), default=0)
        return "\n".join(f"{name:{width}}  {title}" for name, title in self.schemas)

    def to_markdown(self) -> str:
        rows = [f"| `{name}` | {title} |" for name, title in self.schemas]
        return "\n".join(["| schema | of |", "| --- | --- |", *rows])


def list_schemas(schemas: Schemas) -> SchemaList:
    return SchemaList(schemas=tuple((name, str(schemas.load(name)["title"])) for name in schemas.names()))


def show_schema(name: str, schemas: Schemas) -> SchemaText:
    """The schema of that name; WrongUsage where there is none."""
    names = schemas.names()
    if name in names:
        return SchemaText(schema=schemas.load(name))
    close = get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(names)}"
    raise WrongUsage(f"there is no schema {name!r}", hint=hint)


def editor_schemas(schemas: Schemas) -> dict[str, bytes]:
    """The schemas of what people write, by the path at which the first lines of these files name them."""
    texts = {f"{EDITOR_FOLDER}/{name}.schema.json": show_schema(name, schemas).to_text() for name in _EDITED}
    return {path: f"{text}\n".encode() for path, text in texts.items()}
