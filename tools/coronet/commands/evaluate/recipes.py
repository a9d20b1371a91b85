"""From what was asked to the recipe that evidence keeps, and back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from coronet.commands.evaluate.request import FilesRequest
from coronet.core.canonical import digest_bytes
from coronet.core.catalogue import CUSTOM
from coronet.core.evidence import CustomMetric, Evidence, Recipe, Source, Task, Way
from coronet.core.model_file import ModelFile, model_path
from coronet.core.statistics import Specification
from coronet.errors import Finding, InvalidInput

# The evidence itself says these, or the recipe's `way` does.
SAID_ELSEWHERE = frozenset({"model", "data_name", "streamed"})
_LOCATIONS = ("candidate", "champion", "data")
_SECRET = re.compile(r"(?<=://)[^/@]*@|\?.*$", re.DOTALL)


def recipe_of_files(request: FilesRequest, *, way: Way, engine: str | None, computed_with: Mapping[str, str]) -> Recipe:
    """The request as it was understood: which metrics, which way, and by which engine."""
    parts = {field.name: getattr(request, field.name) for field in fields(request) if field.name not in SAID_ELSEWHERE}
    asked = {name: _plain(value) for name, value in parts.items() if value not in (None, ())}
    places = {name: _without_secrets(asked[name]) for name in _LOCATIONS if name in asked}
    own = {"custom": [describe_custom(each.described) for each in request.custom]} if request.custom else {}
    metrics = [name for name in request.wanted_metrics if name not in request.own_metrics]
    return Recipe(
        source=Source.FILES,
        asked={**asked, **places, **own, "metrics": metrics},
        way=way,
        engine=engine,
        computed_with=computed_with,
    )


def describe_custom(metric: CustomMetric) -> str:
    """As the option says it that `parse_custom` reads."""
    direction = "higher" if metric.higher_is_better else "lower"
    return f"{metric.name.removeprefix(CUSTOM)}:{direction}={metric.meaning}"


def recipe_of_models(
    model: ModelFile, model_file: bytes, specification: Specification, computed_with: Mapping[str, str]
) -> Recipe:
    """Which versions it was, and on which data, the evidence says itself."""
    asked = {
        "metrics": list(specification.metrics),
        "segments": list(specification.segments),
        "confidence": specification.confidence,
        "draws": specification.draws,
        "seed": specification.seed,
        "model_file": {"path": model_path(model.name), "digest": digest_bytes(model_file)},
    }
    asked = {name: value for name, value in asked.items() if value != []}
    return Recipe(source=Source.MODELS, asked=asked, computed_with=computed_with)


def recipe_of(evidence: Evidence) -> Recipe:
    """The evidence's own; without one, as much of it as the facts tell."""
    if evidence.recipe is not None:
        return evidence.recipe
    streamed = any(fact.method.endswith("streamed") for fact in evidence.metrics)
    return Recipe(
        source=Source.MODELS if evidence.candidate.version else Source.FILES,
        asked=dict(_told_by_the_facts(evidence)),
        way=Way.STREAMED if streamed else Way.EXACT,
    )


def _told_by_the_facts(evidence: Evidence) -> Iterator[tuple[str, Any]]:
    own = {metric.name for metric in evidence.custom_metrics} if not evidence.candidate.version else set()
    yield "metrics", [name for name in dict.fromkeys(fact.metric for fact in evidence.metrics) if name not in own]
    yield "segments", list(dict.fromkeys(column for fact in evidence.metrics for column in fact.segment))
    yield "confidence", evidence.confidence
    if not evidence.candidate.version:
        yield from (("task", str(evidence.task)), ("label", evidence.data.label))
        yield from [("key", evidence.data.key)] if evidence.data.key else []
        yield from [("threshold", evidence.threshold)] if evidence.threshold is not None else []


def request_of(recipe: Recipe, evidence: Evidence) -> FilesRequest:
    """The request that the recipe of prediction files keeps; InvalidInput where it lacks what every request has."""
    known = {field.name for field in fields(FilesRequest)} - {"custom"}  # code is not run because a file says so
    asked = {name: _frozen(value) for name, value in recipe.asked.items() if name in known}
    if missing := [name for name in ("task", "candidate", "label") if name not in asked]:
        raise InvalidInput(
            f"the evidence does not say how it was asked: {', '.join(missing)}",
            hint="say it by options, as `coronet evaluate` was told it",
            findings=tuple(_pinned(evidence)),
        )
    asked["task"] = Task(asked["task"])
    way = recipe.way is Way.STREAMED
    return FilesRequest(**{**asked, "model": evidence.model, "data_name": evidence.data.name, "streamed": way})


def _pinned(evidence: Evidence) -> Iterator[Finding]:
    """What the files can be known by."""
    sides = {"candidate": evidence.candidate, "champion": evidence.champion}
    for name, side in sides.items():
        if side is not None and side.predictions:
            yield Finding(message=f"--{name} is the file with the digest {side.predictions}")


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _without_secrets(location: str) -> str:
    """A URL without the name and password in it, and without a query, which may be a key."""
    return _SECRET.sub("", location) if "://" in location else location
