"""Semantic versions of models, computed from what their callers see: the schema."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from coronet.core.canonical import digest_json

_WRITTEN = re.compile(r"v(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class SemanticVersion:
    major: int
    minor: int = 0
    patch: int = 0

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}.{self.patch}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The version that `v1.2.3` names; None for anything else."""
        found = _WRITTEN.fullmatch(text)
        return cls(major=int(found[1]), minor=int(found[2]), patch=int(found[3])) if found else None


FIRST = SemanticVersion(major=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """`type` is MLflow's word: double, long, string, boolean, …"""

    name: str
    type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    """What callers give a model and get from it, in order."""

    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]

    def to_json(self) -> dict[str, Any]:
        return {"inputs": _columns_json(self.inputs), "outputs": _columns_json(self.outputs)}

    @property
    def digest(self) -> str:
        return digest_json(self.to_json())


def schema_from_json(value: Mapping[str, Any]) -> Schema:
    """The schema that `to_json` wrote; KeyError or TypeError for anything else."""
    return Schema(inputs=_columns(value["inputs"]), outputs=_columns(value["outputs"]))


def next_version(newest: SemanticVersion | None, *, before: Schema | None, after: Schema) -> SemanticVersion:
    """The version of a model with schema `after`, made when `newest` with schema `before` was the newest.

    - patch: the schema is the same;
    - minor: the outputs are the same, and every input is still there, with its type, in its order;
    - major: anything else, and a `before` that nobody knows any more, since nothing shows that it fits.
    """
    if newest is None:
        return FIRST
    if before == after:
        return SemanticVersion(major=newest.major, minor=newest.minor, patch=newest.patch + 1)
    if before and before.outputs == after.outputs and _is_subsequence(before.inputs, after.inputs):
        return SemanticVersion(major=newest.major, minor=newest.minor + 1)
    return SemanticVersion(major=newest.major + 1)


def _is_subsequence(part: Sequence[Column], whole: Iterable[Column]) -> bool:
    rest = iter(whole)
    return all(column in rest for column in part)


def _columns_json(columns: tuple[Column, ...]) -> list[dict[str, str]]:
    return [{"name": column.name, "type": column.type} for column in columns]


def _columns(columns: Iterable[Mapping[str, str]]) -> tuple[Column, ...]:
    return tuple(Column(name=column["name"], type=column["type"]) for column in columns)
