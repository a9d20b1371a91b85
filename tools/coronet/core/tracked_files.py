"""What a training elsewhere left behind: its metrics as JSON, its scorecard as CSV."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coronet.core.documents import Document, Path
from coronet.errors import Finding, InvalidInput, Location

# What MLflow allows in the name of a metric, / aside, which parts the levels.
_NOT_IN_NAMES = re.compile(r"[^\w. :-]+")
_LONGEST_NAME = 250
# The level of the file that is about all rows; its metrics keep their own names.
_ALL_ROWS = "overall"
_ABOUT = "metadata"


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackedMetrics:
    """`metrics` by name; `about` is what the file says of itself that is no measurement."""

    metrics: Mapping[str, float]
    about: Mapping[str, str]


def read_metrics(document: Document) -> TrackedMetrics:
    """The numbers of a metrics file, flat or nested as in `{"overall": …, "per_segment": …, "metadata": …}`.

    Levels are joined by `/`; those of `overall` need no level. Whatever is no number is not a metric, and
    nothing below `metadata` is. Raises `InvalidInput` for a file without numbers, and with every name that
    two numbers have.
    """
    if not isinstance(document.value, dict):
        raise InvalidInput("the metrics are no mapping", location=document.locate())
    metrics: dict[str, float] = {}
    about: dict[str, str] = {}
    findings: list[Finding] = []
    for path, value in _leaves(document.value):
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and path[0] != _ABOUT
        if not is_number:
            about[_name(path[1:] if path[0] == _ABOUT else path)] = str(value)
            continue
        name = _name(path[1:] if path[0] == _ALL_ROWS else path)
        if name in metrics or len(name) > _LONGEST_NAME or abs(value) > 1e308:
            findings.append(document.finding(f"the metric {name!r} cannot be recorded: {_why(name, metrics)}", path))
        else:
            metrics[name] = float(value)
    if findings or not metrics:
        raise InvalidInput(
            f"{document.file} is no metrics file" if findings else f"there is no number in {document.file}",
            hint='write numbers by name, as in {"overall": {"mdape": 0.21}}',
            findings=tuple(findings),
        )
    return TrackedMetrics(metrics=metrics, about=about)


def read_scorecard(data: bytes, *, file: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a CSV file, its header first; `InvalidInput` where there is none or a row has another length."""
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(data.decode("utf-8-sig")), strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{file} is no CSV file: {error}") from None
    if not rows:
        raise InvalidInput(f"{file} is empty", hint="write a header and one row for each segment")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise InvalidInput(
                f"row {number} has {len(row)} fields, and the header has {len(rows[0])}",
                location=Location(file=file, line=number),
            )
    return tuple(rows)


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path, value


def _name(path: Path) -> str:
    return "/".join(_NOT_IN_NAMES.sub("_", str(part)).strip(".") or "_" for part in path)


def _why(name: str, metrics: Mapping[str, float]) -> str:
    if name in metrics:
        return "another number has this name already"
    return f"its name is longer than {_LONGEST_NAME}" if len(name) > _LONGEST_NAME else "it is too large"
