"""What a check answered, made of how its process ended and what it printed."""

from collections.abc import Mapping
from typing import Any

from coronet.adapters.checks.process import Ended
from coronet.adapters.documents import FileDocuments
from coronet.adapters.schemas.validation import validate_by
from coronet.core.evidence.custom_checks import Answered
from coronet.core.render.markup import plain_line
from coronet.errors import CoronetError

MOST_SAID = 500
_RESULTS = {0: Answered.PASS, 1: Answered.FAIL}


class Unreadable(Exception):
    """Why what a check printed is no answer."""


def read_answer(
    ended: Ended, *, schema: Mapping[str, Any] | None, must_answer: bool
) -> tuple[Answered, str, dict[str, float]]:
    """(result, what it saw, numbers). With `must_answer` an exit code alone is not enough.

    The exit code says pass (0) or fail (1); where what is printed says the other, it is a fail. Everything else
    is an error: the check could not tell.
    """
    if ended.why:
        return Answered.ERROR, _line(f"{ended.why}{_last_words(ended)}"), {}
    result = _RESULTS.get(-1 if ended.code is None else ended.code)
    if result is None:
        how = "the function gave no answer" if must_answer else f"it ended with the exit code {ended.code}"
        return Answered.ERROR, _line(f"{how}{_last_words(ended)}"), {}
    try:
        printed = _read(bytes(ended.out), schema)
    except Unreadable as reason:
        return Answered.ERROR, _line(str(reason)), {}
    if must_answer and "result" not in printed:
        return Answered.ERROR, _line(f"the function gave no answer{_last_words(ended)}"), {}
    if printed.get("result") == "fail":
        result = Answered.FAIL
    numbers = {name: float(value) for name, value in printed.get("numbers", {}).items()}
    saw = printed.get("saw", "") or (_last_words(ended).removeprefix(": ") if result is Answered.FAIL else "")
    return result, _line(saw), numbers


def _read(printed: bytes, schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """The JSON object in `printed`; nothing where nothing was printed and no schema asks for anything."""
    if not printed.strip() and schema is None:
        return {}
    documents = FileDocuments()
    try:
        document = documents.parse(printed, file="answer.json")
    except CoronetError as error:
        said = error.findings[0].message if error.findings else str(error)
        raise Unreadable(
            f"what it printed on standard output is no JSON ({said}): print other words on standard error"
        ) from None
    if findings := documents.validate(document, "check_answer"):
        raise Unreadable(f"its answer is not what `coronet schema check_answer` asks for: {findings[0].message}")
    if schema is not None and (said := validate_by(document.value, schema)):
        raise Unreadable(f"its answer does not satisfy the policy's schema: {said}")
    answer: dict[str, Any] = document.value
    return answer


def _last_words(ended: Ended) -> str:
    """The end of what it said on standard error, which is what matters of a traceback."""
    lines = [line.strip() for line in bytes(ended.words).decode(errors="replace").splitlines() if line.strip()]
    return f": {lines[-1]}" if lines else ""


def _line(text: str) -> str:
    return plain_line(text)[:MOST_SAID]
