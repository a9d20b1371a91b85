"""YAML and JSON files: what people and programs write, with the place of every value."""

from collections.abc import Mapping
from typing import Any

from coronet.adapters.documents.json_text import read_json
from coronet.core.documents import Document
from coronet.errors import Finding, InvalidInput


class FileDocuments:
    """The port `Documents`, by PyYAML, the json module and the schemas of this package.

    PyYAML and jsonschema are imported when the first YAML is read and the first document validated.
    """

    def parse(self, data: bytes, *, file: str) -> Document:
        if _is_json(data, file):
            return read_json(data, file=file)
        from coronet.adapters.documents.yaml_text import read_yaml

        return read_yaml(data, file=file)

    def validate(self, document: Document, schema: str) -> tuple[Finding, ...]:
        from coronet.adapters.schemas.validation import validate

        return validate(document, schema)

    def render(self, value: Mapping[str, Any]) -> bytes:
        """YAML in the one layout of `coronet.adapters.documents.layout`.

        Raises `InvalidInput` where `parse` would refuse what was written, such as text with control
        characters, so that nothing is ever written that cannot be read back.
        """
        from coronet.adapters.documents.layout import lay_out

        data = lay_out(value).encode()
        try:
            read_back = self.parse(data, file="what would be written.yaml")
        except InvalidInput as error:
            message = "the values cannot be written, since nobody could read them back"
            raise InvalidInput(message, findings=error.findings) from None
        if read_back.value != value:
            raise ValueError("the value is not made of text keys and plain JSON values")
        return data


def _is_json(data: bytes, file: str) -> bool:
    """By the file's ending; without one that is known (a pipe has none) by how it begins."""
    if file.endswith((".json", ".yaml", ".yml")):
        return file.endswith(".json")
    return data.lstrip()[:1] == b"{"
