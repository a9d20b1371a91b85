"""From what jsonschema reports to one sentence: what was found, what is wanted, and what to do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from coronet.adapters.schemas import dialect
from coronet.core.documents import Path

Error = Any  # jsonschema.ValidationError; its stubs allow for errors that were never raised by a keyword

_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "text of length {} or more",
    "maxLength": "text of length {} at most",
    "minItems": "a list of {} or more",
    "maxItems": "a list of {} at most",
    "minProperties": "{} or more of its keys",
}
_FEW = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """`rank` says which of two about the same value tells more: the lower."""

    message: str
    hint: str = ""
    rank: int = 1


def complain(error: Error) -> Iterator[tuple[Path, Complaint]]:
    """The complaints that one error makes, each with the path of the value or key it is about."""
    path: Path = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            known = tuple(error.schema.get("properties", ()))
            for key in [key for key in error.instance if key not in known]:
                yield (*path, key), _about_unknown(key, known, path)
        case "required":
            for key in [key for key in error.validator_value if key not in error.instance]:
                yield (*path, key), _about_missing(key, path, _case(error))
        case "dependentRequired":
            for key in [key for key in error.validator_value if key in error.instance]:
                for other in [other for other in error.validator_value[key] if other not in error.instance]:
                    yield (*path, other), _about_missing(other, path, f"`{key}`")
        case "anyOf" | "oneOf" if error.context:
            yield from complain(max(error.context, key=lambda cause: len(cause.relative_path)))
        case _:
            yield path, _about_value(error, path)


def _about_unknown(key: str, known: Sequence[str], path: Path) -> Complaint:
    message = f"unknown key {_show(key)}{_inside(path)}"
    if close := get_close_matches(key, known, n=1):
        return Complaint(message=f"{message}; did you mean '{close[0]}'?", rank=0)
    return Complaint(message=message, hint=f"known here: {', '.join(known)}", rank=0)


def _about_missing(key: str, path: Path, needed_by: str) -> Complaint:
    why = f": {needed_by} needs it" if needed_by else ""
    return Complaint(message=f"`{key}` is missing{_inside(path)}{why}", rank=0)


def _about_value(error: Error, path: Path) -> Complaint:
    found = _show(error.instance)
    subject = f"`{_name(path)}`" if path else "the file"
    if "propertyNames" in error.schema_path:
        return Complaint(message=f"the key {found}{_inside(path[:-1])} is not {_say_pattern(error)}", rank=0)
    match error.validator:
        case "type":
            kinds = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
            said = " or ".join(_KINDS[kind] for kind in kinds)
            hint = _hint_of_kind(error.instance, kinds)
            return Complaint(message=f"{subject} is {found}, wanted {said}", hint=hint, rank=0)
        case dialect.FORBIDDEN:
            return Complaint(message=f"`{path[-1]}`{_inside(path[:-1])} does not go with {_case(error)}", rank=0)
        case "format":
            title = error.schema.get("title", error.validator_value).lower()
            close = get_close_matches(error.instance, dialect.known(error.validator_value), n=1, cutoff=0.8)
            hint = f"did you mean '{close[0]}'?" if close else ""
            return Complaint(message=f"{subject} is {found}, which is no {title} that there is", hint=hint, rank=2)
        case "uniqueItems":
            return Complaint(message=f"{subject} has {_show(_repeated(error.instance))} more than once")
        case _:
            return Complaint(message=f"{subject} is {found}, wanted {_wanted(error)}")


def _wanted(error: Error) -> str:
    wanted = error.validator_value
    match error.validator:
        case "enum":
            return _say_choice(error.instance, wanted)
        case "const":
            return _show(wanted)
        case "pattern":
            return _say_pattern(error)
        case "minItems" | "maxItems" if error.schema.get("minItems") == error.schema.get("maxItems"):
            return f"a list of {wanted}"
        case keyword:
            return _BOUNDS.get(str(keyword), "what the schema says of {}").format(wanted)


def _case(error: Error) -> str:
    return ", ".join(getattr(error, "__notes__", ()))


def _say_pattern(error: Error) -> str:
    return str(error.schema.get("patternErrorMessage", f"text like {error.validator_value}"))


def _say_choice(found: Any, choices: Sequence[Any]) -> str:
    """The choices where they are few; of many, the one that was probably meant, or how they look."""
    names = [str(choice) for choice in choices]
    close = get_close_matches(found, names, n=1) if isinstance(found, str) else []
    if len(names) > _FEW and close:
        return f"another word; did you mean '{close[0]}'?"
    said = f"one of {', '.join(names[:_FEW])}{', …' if len(names) > _FEW else ''}" if len(names) > 1 else names[0]
    return f"{said}; did you mean '{close[0]}'?" if close else said


def _hint_of_kind(found: Any, kinds: Sequence[str]) -> str:
    if "string" in kinds and isinstance(found, (bool, int, float)):
        return f'put it in quotes: "{str(found).lower()}"'
    if isinstance(found, str) and {"number", "integer"} & set(kinds) and re.fullmatch(r"[-+]?[0-9.]+", found):
        return "write it without quotes"
    if isinstance(found, str) and "boolean" in kinds:
        return "write true or false, in small letters and without quotes"
    return "a value is missing after the colon" if found is None else ""


def _repeated(items: Sequence[Any]) -> Any:
    return next((item for index, item in enumerate(items) if item in items[:index]), None)


def _show(value: Any) -> str:
    """A value as its author would recognise it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return repr(value) if len(value) <= 80 else repr(value[:80]) + "…"
        case dict():
            return "a mapping" if value else "an empty mapping"
        case list():
            return f"a list of {len(value)}"
        case _:
            return str(value)


def _name(path: Path) -> str:
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return name.removeprefix(".")


def _inside(path: Path) -> str:
    return f" in `{_name(path)}`" if path else ""
