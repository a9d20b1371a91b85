"""`coronet data pin`: write down which bytes a model's data are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coronet.commands.governed import load_model
from coronet.commands.pinned_data import locate_data
from coronet.core.model_file import DataFile, ModelFile, model_path
from coronet.core.pinning import PARTS, pin_digests
from coronet.core.render.markup import escape_markdown, markdown_table, text_table
from coronet.errors import InvalidInput
from coronet.ports.documents import Documents, EditableFiles
from coronet.ports.tables import Tables

SCHEMA = "coronet/pin/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """One data file: `before` is the digest that the model file named, `sha256` that of the bytes."""

    part: str
    path: str
    before: str | None
    sha256: str
    rows: int

    @property
    def changed(self) -> bool:
        return self.before != self.sha256

    def to_json(self) -> dict[str, Any]:
        return {"part": self.part, "path": self.path, "before": self.before, "sha256": self.sha256, "rows": self.rows}


@dataclass(frozen=True, kw_only=True, slots=True)
class PinReport:
    """`written` says whether the model file was changed."""

    model: str
    file: str
    pins: tuple[Pin, ...]
    written: bool

    @property
    def changed(self) -> bool:
        return any(pin.changed for pin in self.pins)

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "model": self.model,
            "file": self.file,
            "pins": [pin.to_json() for pin in self.pins],
            "changed": self.changed,
            "written": self.written,
        }

    def to_text(self) -> str:
        rows = [(pin.part, pin.sha256, f"{pin.rows} rows", pin.path, _said(pin)) for pin in self.pins]
        return f"{text_table(rows)}\n{self._outcome}"

    def to_markdown(self) -> str:
        header = ("Data", "SHA-256", "Rows", "Path", "")
        rows = [
            (pin.part, f"`{pin.sha256}`", str(pin.rows), escape_markdown(pin.path), escape_markdown(_said(pin)))
            for pin in self.pins
        ]
        return f"{markdown_table(header, rows)}\n\n{escape_markdown(self._outcome)}"

    @property
    def _outcome(self) -> str:
        if not self.changed:
            return f"{self.file} names these bytes"
        return f"{self.file} {'was written' if self.written else 'names other bytes, and was left as it is'}"


def _said(pin: Pin) -> str:
    if not pin.changed:
        return "as pinned"
    return "was not pinned" if pin.before is None else f"was {pin.before[:12]}…"


def pin_data(files: EditableFiles, documents: Documents, tables: Tables, model: str, *, write: bool) -> PinReport:
    """The digests of the model's data as they are now, written into its model file where `write` says so."""
    model_file = load_model(files, documents, model)
    parts = {part: getattr(model_file.data, part) for part in PARTS}
    pins = tuple(_pin(tables, model_file, part, data) for part, data in parts.items() if data)
    changes = {pin.part: pin.sha256 for pin in pins if pin.changed}
    if write and changes:
        _write(files, documents, model_path(model), changes)
    return PinReport(model=model, file=model_path(model), pins=pins, written=bool(write and changes))


def _pin(tables: Tables, model: ModelFile, part: str, data: DataFile) -> Pin:
    location = locate_data(model, data)
    sha256 = tables.sha256(location)
    return Pin(part=part, path=data.path, before=data.sha256, sha256=sha256, rows=len(tables.read(location)))


def _write(files: EditableFiles, documents: Documents, path: str, digests: Mapping[str, str]) -> None:
    before = files.read(path) or b""
    document = documents.parse(before, file=path)
    after = pin_digests(before.decode(), document, digests).encode()
    data = document.value["data"]
    wanted = {**data, **{part: {**data[part], "sha256": sha256} for part, sha256 in digests.items()}}
    if documents.parse(after, file=path).value != {**document.value, "data": wanted}:
        raise InvalidInput(
            f"the digests cannot be written into {path}: it is laid out in a way that only a person can change",
            hint="write " + ", ".join(f"data.{part}.sha256: {sha256}" for part, sha256 in digests.items()),
        )
    files.write(path, after)
