"""What a step of GitHub Actions answers the steps after it: names and values, from the report that programs read."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from coronet.core.canonical import canonical_json

_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Lists that a matrix or a script can be made of; all others are for the report's own readers.
_LISTS = frozenset({"closed", "models", "promotions", "proposals", "superseded"})
_OF_CANDIDATE = ("version", "run_id", "digest")
_OF_PROPOSAL = ("expires_at", "valid_until")


def outputs_of(report: Mapping[str, Any]) -> dict[str, str]:
    """The outputs of a report in JSON: every text, number and truth of its first level, in kebab-case.

    null is empty. A proposal is its id, beside its candidate and its dates; a list of `_LISTS` is JSON in
    one line, without what is nested in its items.
    """
    values = dict(_values(report))
    return {name.replace("_", "-"): _say(value) for name, value in values.items() if _NAME.fullmatch(name)}


def render_outputs(outputs: Mapping[str, str], *, delimiter: str) -> str:
    """The lines of GITHUB_OUTPUT. Nobody who writes a value may foresee the delimiter.

    Raises `ValueError` where a value holds it all the same.
    """
    if any(delimiter in value for value in outputs.values()):
        raise ValueError("an output holds its own delimiter")
    return "".join(f"{name}<<{delimiter}\n{value}\n{delimiter}\n" for name, value in outputs.items())


def _values(report: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in report.items():
        match name, value:
            case "schema", _:
                continue
            case "proposal", dict():
                yield name, value["id"]
                yield from _chosen(value["candidate"], _OF_CANDIDATE)
                yield from _chosen(value, _OF_PROPOSAL)
            case "candidate", dict():
                yield from _chosen(value, _OF_CANDIDATE)
            case _, [*items] if name in _LISTS:
                yield name, canonical_json([_flat(item) for item in items]).decode().strip()
            case _, None | str() | bool() | int() | float():
                yield name, value


def _chosen(value: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    return ((name, value.get(name)) for name in names)


def _flat(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {name: value for name, value in item.items() if not isinstance(value, dict | list)}


def _say(value: str | bool | int | float | None) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
