"""Validating a document: every finding, in the file's order, in words for whoever wrote the file."""

from functools import cache
from typing import Any

from coronet.adapters.schemas import load_schema
from coronet.adapters.schemas.dialect import make_validator
from coronet.adapters.schemas.sentences import Complaint, complain
from coronet.core.consistency import find_contradictions
from coronet.core.documents import Document, Path
from coronet.errors import Finding


def validate(document: Document, schema: str) -> tuple[Finding, ...]:
    """What the schema does not allow; where it allows everything, what contradicts itself."""
    said = dict(_complaints(document.value, schema))
    findings = [document.finding(each.message, path, hint=each.hint) for path, each in said.items()]
    return tuple(sorted(findings or find_contradictions(document, schema), key=_order))


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
