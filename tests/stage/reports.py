"""What every report must keep, whatever it says; tests tell their reports through here."""

import json
import re
from functools import cache
from typing import Any, Protocol, TypeVar

from jsonschema import Draft202012Validator

from coronet.adapters.schemas import load_schema
from coronet.core.canonical import canonical_json
from coronet.core.render.paged import Paged
from tests.same import assert_same

SEEN: set[str] = set()
_HIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)


class Report(Protocol):
    def to_json(self) -> dict[str, Any]: ...
    def to_text(self) -> str: ...
    def to_markdown(self) -> str: ...


R = TypeVar("R", bound=Report)


def told(report: R) -> R:
    """The same report: its JSON satisfies its schema and is canonical, its words act on nothing."""
    value = report.to_json()
    name = schema_of(value)
    SEEN.add(name)
    _validator(name).validate(value)
    assert json.loads(canonical_json(value)) == value
    for form in (report.to_text(), report.to_markdown()):
        assert form.strip()
        assert not _HIDDEN.search(form), repr(_HIDDEN.search(form))
        assert not _COMMAND.search(form), form
    if isinstance(report, Paged):
        assert_same(report)
    return report


def schema_of(value: dict[str, Any]) -> str:
    """The name under which `coronet schema` prints the schema of a report."""
    found = re.fullmatch(r"coronet/([a-z-]+)/v1", value["schema"])
    assert found is not None
    return found[1]


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(load_schema(name))
