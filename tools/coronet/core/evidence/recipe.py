"""How evidence was asked for, so that anybody can ask the same again.

It is no fact: what was measured does not change with the name of a file or the version of a library.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Source(StrEnum):
    FILES = "files"
    MODELS = "models"


class Way(StrEnum):
    """Whether all rows were held in memory, or streamed."""

    EXACT = "exact"
    STREAMED = "streamed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """`asked` is the question by the names of its parts, as JSON has it: files as they were named, columns, metrics.

    `engine` is what streamed the rows, None for the embedded one; `computed_with` are versions of programs.
    """

    source: Source
    asked: Mapping[str, Any]
    way: Way = Way.EXACT
    engine: str | None = None
    computed_with: Mapping[str, str] = field(default_factory=dict)


def recipe_json(recipe: Recipe) -> dict[str, Any]:
    fields: dict[str, Any] = {"source": str(recipe.source), "way": str(recipe.way), "asked": dict(recipe.asked)}
    if recipe.engine is not None:
        fields["engine"] = recipe.engine
    if recipe.computed_with:
        fields["computed_with"] = dict(recipe.computed_with)
    return fields


def recipe_from_json(value: Mapping[str, Any]) -> Recipe:
    return Recipe(
        source=Source(value["source"]),
        asked=value["asked"],
        way=Way(value["way"]),
        engine=value.get("engine"),
        computed_with=value.get("computed_with", {}),
    )
