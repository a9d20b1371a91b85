"""What governs a model, from the work tree or from a commit: its model file (and see `policies`)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from coronet.core.documents import Document
from coronet.core.model_file import ModelFile, model_from_json, model_path
from coronet.core.names import NAME_RULE, is_name
from coronet.core.policy import DEFAULT_PATH
from coronet.errors import Finding, InvalidInput
from coronet.ports.documents import Documents, Files
from coronet.ports.repository import Repository

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class AtCommit:
    """The files of one commit."""

    repository: Repository
    commit: str

    def read(self, path: str) -> bytes | None:
        return self.repository.read(self.commit, path)

    def paths(self, folder: str) -> tuple[str, ...]:
        return self.repository.paths(self.commit, folder)


def require_name(model: str) -> str:
    """`model`, where it may name a folder; InvalidInput for anything that could climb out of it."""
    if model == "default":
        raise InvalidInput("no model may be called 'default'", hint=f"{DEFAULT_PATH} holds the rules of all models")
    if not is_name(model):
        raise InvalidInput(f"{model!r} cannot name a model", hint=f"a model's name is {NAME_RULE}")
    return model


def governed_models(files: Files) -> tuple[str, ...]:
    """The names of the models that have a model file."""
    found = (path.split("/") for path in files.paths("models"))
    return tuple(sorted({parts[1] for parts in found if len(parts) == 3 and parts[2] == "model.yaml"}))


def load_model(files: Files, documents: Documents, model: str, *, validated: bool = True) -> ModelFile:
    """The model file of `model`; InvalidInput with every finding where it is missing or wrong.

    Commands that only need its names, and must start quickly, say `validated=False`: the schema is then
    asked only where the file cannot be decoded.
    """
    path = model_path(require_name(model))
    data = files.read(path)
    if data is None:
        known = ", ".join(governed_models(files)) or "none"
        raise InvalidInput(f"no model file {path}", hint=f"models that have one: {known}")
    document = documents.parse(data, file=path)
    if not validated:
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            return model_from_json(document.value, name=model)
    return decode(document, documents, "model", lambda value: model_from_json(value, name=model))


def require_sole(files: Files, documents: Documents, model: ModelFile) -> None:
    """InvalidInput where another model's file names the same alias of the same registered model.

    Each would undo what was approved for the other.
    """
    found = governing(files, documents, model.registered_model, model.champion_alias)
    if len(found) > 1:
        named = f"{model.registered_model}@{model.champion_alias}"
        raise InvalidInput(
            f"{named} is governed by {len(found)} models",
            hint="give each model an alias of its own (`aliases: {champion: …}`), or remove one of the files",
            findings=tuple(_naming(document, named) for document in found),
        )


def governing(files: Files, documents: Documents, registered_model: str, alias: str) -> tuple[Document, ...]:
    """The model files that name this alias of this registered model; files that cannot be read name nothing."""
    found = []
    for name in governed_models(files):
        data = files.read(model_path(name)) or b""
        if name != registered_model and registered_model.encode() not in data:
            continue  # with thousands of models, only those that may be meant are parsed
        with suppress(InvalidInput, KeyError, TypeError, ValueError, AttributeError):
            document = documents.parse(data, file=model_path(name))
            model = model_from_json(document.value, name=name)
            if (model.registered_model, model.champion_alias) == (registered_model, alias):
                found.append(document)
    return tuple(found)


def _naming(document: Document, named: str) -> Finding:
    path = ("registered_model",) if "registered_model" in document.value else ()
    return document.finding(f"this file governs {named}", path)


def champion_alias(files: Files, documents: Documents, model: str) -> str:
    """The alias that `model` is governed by; the usual one where its model file cannot say."""
    with suppress(InvalidInput):
        return load_model(files, documents, model, validated=False).champion_alias
    return "champion"


def decode(document: Document, documents: Documents, schema: str, read: Callable[[Mapping[str, Any]], T]) -> T:
    """`read` of the document's value, after the schema found nothing against it."""
    raise_findings(documents.validate(document, schema), f"{document.file} is not a valid {schema} file")
    return read(document.value)


def raise_findings(findings: Sequence[Finding], message: str) -> None:
    if findings:
        raise InvalidInput(
            f"{message}: {len(findings)} finding{'s' if len(findings) > 1 else ''}", findings=tuple(findings)
        )
