"""Validating a document: every finding, in the file's order, in words for whoever wrote the file."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from coronet.adapters.schemas import load_schema
from coronet.adapters.schemas.dialect import make_validator
from coronet.adapters.schemas.sentences import Complaint, complain
from coronet.core.consistency import find_contradictions
from coronet.core.documents import Document, Path
from coronet.errors import Finding, InvalidInput


def validate(document: Document, schema: str) -> tuple[Finding, ...]:
    """What the schema does not allow; where it allows everything, what contradicts itself."""
    said = dict(_complaints(document.value, schema))
    findings = [document.finding(each.message, path, hint=each.hint) for path, each in said.items()]
    return tuple(sorted(findings or find_contradictions(document, schema), key=_order))


def validate_by(value: Any, schema: Mapping[str, Any]) -> str:
    """The first thing in `value` that a schema of somebody's own does not allow, in one sentence; "" for none.

    InvalidInput where it is no schema of draft 2020-12, or borrows from elsewhere: nothing is fetched for it.
    """
    from jsonschema import Draft202012Validator, SchemaError
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        Draft202012Validator.check_schema(schema)
        errors = Draft202012Validator(schema, registry=Registry()).iter_errors(value)
        found = next(iter(sorted(errors, key=lambda error: str(error.json_path))), None)
    except SchemaError as error:
        raise InvalidInput(f"it is no JSON Schema: {error.message}") from None
    except (Unresolvable, RecursionError) as error:
        raise InvalidInput(f"the JSON Schema cannot be followed: {error}") from None
    return f"{found.json_path}: {found.message}" if found else ""


def _complaints(value: Any, schema: str) -> list[tuple[Path, Complaint]]:
    """What is wrong and where, the more telling later, so that of two about one value it stays."""
    found = [said for error in _validator(schema).iter_errors(value) for said in complain(error)]
    return sorted(found, key=lambda said: said[1].rank, reverse=True)


def _order(finding: Finding) -> tuple[str, int, int, str]:
    where = finding.location
    return (where.file, where.line or 0, where.column or 0, finding.message) if where else ("", 0, 0, finding.message)


@cache
def _validator(schema: str) -> Any:
    return make_validator(load_schema(schema))
