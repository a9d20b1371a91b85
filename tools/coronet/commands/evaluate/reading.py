"""The columns of an evaluation, read from tables."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

import numpy as np

from coronet.commands.evaluate.request import FilesRequest
from coronet.core.evidence import Task
from coronet.core.statistics.tables import Answers, Said, is_missing
from coronet.errors import InvalidInput, WrongUsage
from coronet.ports.tables import Tables

_SHOWN = 5


class Named(Protocol):
    """Tables that know the names of their columns."""

    def columns(self, location: str) -> tuple[str, ...]: ...


def read_answers(request: FilesRequest, tables: Tables, location: str, *, optional: bool = False) -> Answers:
    """The true answers in a file; with `optional` it may lack the weight, the cluster and the segments."""
    there = tables.columns(location)
    groups = [name for name in request.segments if not optional or name in there]
    weight = request.weight if not optional or request.weight in there else None
    cluster = request.cluster if not optional or request.cluster in there else None
    texts, numbers = ({*groups, cluster} if cluster else groups), ({weight} if weight else set())
    frame, key = _read(request, tables, location, typed=request.label, text=texts, numbers=numbers)
    return Answers(
        source=location,
        key=key,
        label=frame[request.label].to_numpy(),
        weight=frame[weight].to_numpy() if weight else None,
        segments={name: frame[name].to_numpy() for name in groups},
        cluster=frame[cluster].to_numpy() if cluster else None,
    )


def read_said(request: FilesRequest, tables: Tables, location: str) -> Said:
    """What a model says in a file."""
    scores = find_score_columns(request, tables, location)
    frame, key = _read(request, tables, location, typed=request.prediction, text=(), numbers=scores.values())
    predicted = frame[request.prediction].to_numpy() if request.prediction else None
    is_number = request.task is Task.REGRESSION
    probabilities = {name: frame[column].to_numpy() for name, column in scores.items()}
    return Said(
        source=location,
        key=key,
        values=predicted if is_number else None,
        classes=None if is_number else predicted,
        score=probabilities[request.score] if request.score else None,
        probabilities=probabilities if probabilities and not request.score else None,
    )


def read_keys(frame: Any, column: str | None, location: str) -> list[str]:
    """Each row's key, which `frame` has as text; without a key column its place, counted from 1."""
    if column is None:
        return [str(place) for place in range(1, len(frame) + 1)]
    texts = frame[column].to_numpy()
    if missing := (np.flatnonzero(is_missing(texts)) + 1).tolist():
        shown = ", ".join(map(str, missing[:_SHOWN])) + (" …" if len(missing) > _SHOWN else "")
        raise InvalidInput(
            f"{location} has rows without {column}, {len(missing)} of them: rows {shown}", hint="give every row its key"
        )
    keys: list[str] = texts.tolist()
    return keys


def _read(
    request: FilesRequest,
    tables: Tables,
    location: str,
    *,
    typed: str | None,
    text: Collection[str],
    numbers: Collection[str],
) -> tuple[Any, list[str]]:
    """The columns, and each row's key; `typed` is a number in a regression, else text."""
    of_task = {typed} if typed else set()
    is_number = request.task is Task.REGRESSION
    texts = {*text, *(() if is_number else of_task), *((request.key,) if request.key else ())}
    figures = {*numbers, *(of_task if is_number else ())}
    if both := sorted(texts & figures):
        raise WrongUsage(f"the column {both[0]!r} cannot be both text and number", hint="name another column")
    frame = tables.read(location, columns=sorted(texts | figures), text=texts, numbers=figures)
    return frame, read_keys(frame, request.key, location)


def find_score_columns(request: FilesRequest, tables: Named, location: str) -> Mapping[str, str]:
    """Column by class; of one score by its own name."""
    if request.score_prefix is None:
        return {name: name for name in (*request.scores, *((request.score,) if request.score else ()))}
    prefix, there = request.score_prefix, tables.columns(location)
    found = {name.removeprefix(prefix): name for name in there if name.startswith(prefix) and name != prefix}
    if not found:
        raise InvalidInput(
            f"{location} has no column that begins with {prefix!r}", hint=f"its columns are {', '.join(there)}"
        )
    return found
