"""Draft 2020-12 as we mean it: a few keywords stricter, and errors that know more about where they are.

An `if` is always about a mapping, names under `required` the keys that make the case, and has no `else`.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from coronet.core.timestamps import parse_time

FORBIDDEN = "forbidden"  # stands for the keyword of a property whose schema is `false`
Errors = Iterator[ValidationError]


def _is_integer(_: object, instance: object) -> bool:
    """Unlike in the standard, 1.0 is none: it would be written, digested and counted with as a fraction."""
    return isinstance(instance, int) and not isinstance(instance, bool)


def _check_pattern(_: Any, pattern: str, instance: Any, __: Any) -> Errors:
    """Of the whole text: Python's `$` alone would let a final line break pass."""
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _check_properties(validator: Any, properties: Mapping[str, Any], instance: Any, _: Any) -> Errors:
    """As in the standard, but jsonschema forgets the name of a property whose schema is `false`."""
    if not isinstance(instance, dict):
        return
    for name, part in properties.items():
        if name in instance and part is False:
            yield ValidationError(f"{name!r} is forbidden", validator=FORBIDDEN, path=(name,), instance=instance[name])
        elif name in instance:
            yield from validator.descend(instance[name], part, path=name, schema_path=name)


def _check_names(validator: Any, names: Any, instance: Any, _: Any) -> Errors:
    """As in the standard, but the errors of a name stand where the name stands."""
    for name in instance if isinstance(instance, dict) else ():
        for error in validator.descend(name, names):
            error.path.appendleft(name)
            yield error


def _check_condition(validator: Any, condition: Mapping[str, Any], instance: Any, schema: Mapping[str, Any]) -> Errors:
    """As in the standard (without `else`), but the errors of `then` carry, as a note, which case it is."""
    if not isinstance(instance, dict) or not validator.evolve(schema=condition).is_valid(instance):
        return
    case = ", ".join(f"`{name}: {instance[name]}`" for name in condition["required"])
    for error in validator.descend(instance, schema["then"], schema_path="then"):
        error.add_note(case)
        yield error


_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_time(instance: object) -> bool:
    return not isinstance(instance, str) or bool(parse_time(instance))


@_FORMATS.checks("date", raises=ValueError)
def _is_date(instance: object) -> bool:
    return not isinstance(instance, str) or bool(date.fromisoformat(instance))


@_FORMATS.checks("zone")
def _is_zone(instance: object) -> bool:
    if not isinstance(instance, str):
        return True
    with suppress(ValueError, OSError, KeyError):  # an unknown zone is a KeyError, a folder an OSError
        return bool(ZoneInfo(instance))
    return False


def known(form: str) -> list[str]:
    """Every value of a format that has a known number of them, sorted."""
    return sorted(available_timezones()) if form == "zone" else []


_Extended: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    validators={
        "pattern": _check_pattern,
        "properties": _check_properties,
        "propertyNames": _check_names,
        "if": _check_condition,
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


def make_validator(schema: Mapping[str, Any]) -> Any:
    """A validator of `schema` in this dialect; its `iter_errors` is lazy."""
    return _Extended(schema, format_checker=_FORMATS)
