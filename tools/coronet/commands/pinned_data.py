"""The data of a model, read after it was proven to be what the model file pins."""

from dataclasses import dataclass
from typing import Any

from coronet.core.evidence import Task
from coronet.core.model_file import DataFile, ModelFile, locate_beside, model_path
from coronet.errors import InvalidInput, Location
from coronet.ports.tables import Digests, Tables


@dataclass(frozen=True, kw_only=True, slots=True)
class Pinned:
    """A data file where it is; `sha256`, in hexadecimal, is the model file's and the file's own."""

    location: str
    sha256: str


def locate_data(model: ModelFile, data: DataFile) -> str:
    """Where the file is; InvalidInput for a path that leads out of the repository."""
    location = locate_beside(model.name, data.path)
    if location is None:
        raise InvalidInput(
            f"{data.path} leads out of the repository",
            hint="name a file of the repository, or a URL",
            location=Location(file=model_path(model.name)),
        )
    return location


def verify_pin(tables: Digests, model: ModelFile, data: DataFile) -> Pinned:
    """InvalidInput where the file is not pinned, or is not the one that was."""
    location, pin = locate_data(model, data), f"coronet data pin {model.name}"
    if data.sha256 is None:
        raise InvalidInput(
            f"{data.path} is not pinned", hint=f"pin it: {pin}", location=Location(file=model_path(model.name))
        )
    sha256 = tables.sha256(location)
    if sha256 != data.sha256:
        raise InvalidInput(
            f"{location} has the SHA-256 {sha256}, and {model_path(model.name)} pins {data.sha256}",
            hint=f"bring back the file that was pinned, or pin this one in the same pull request: {pin}",
        )
    return Pinned(location=location, sha256=sha256)


def read_pinned(tables: Tables, model: ModelFile, pinned: Pinned) -> Any:
    """The frame of a pinned file, class labels as text; InvalidInput where it lacks a column of the model file's."""
    data, columns = model.data, tables.columns(pinned.location)
    named = (data.label, data.key, data.time, data.weight, data.cluster, *data.segments, *(data.features or ()))
    if missing := [name for name in dict.fromkeys(named) if name and name not in columns]:
        raise InvalidInput(
            f"{pinned.location} has no column {', '.join(missing)}",
            hint=f"{model_path(model.name)} names it; the file has {', '.join(columns)}",
        )
    is_number = model.task is Task.REGRESSION
    return tables.read(
        pinned.location,
        text=() if is_number else (data.label,),
        numbers=tuple(name for name in (data.weight, data.label if is_number else None) if name),
    )
