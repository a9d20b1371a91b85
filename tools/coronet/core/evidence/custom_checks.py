"""What the checks of one's own answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Answered(StrEnum):
    """`error`: the check could not tell, took too long, or answered in a way that nobody can read."""

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomCheck:
    """`name` is the gate's, `digest` that of what it asked to run, `files` the digests of the files that ran.

    `seconds` is how long it took; None where that is not known.
    """

    name: str
    digest: str
    result: Answered
    saw: str
    files: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    seconds: float | None = None


def check_json(check: CustomCheck, *, timings: bool = True) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": check.name,
        "digest": check.digest,
        "result": str(check.result),
        "saw": check.saw,
        "files": dict(check.files),
        "numbers": dict(check.numbers),
    }
    return {**fields, "seconds": check.seconds} if timings and check.seconds is not None else fields


def check_from_json(value: Mapping[str, Any]) -> CustomCheck:
    return CustomCheck(
        name=value["name"],
        digest=value["digest"],
        result=Answered(value["result"]),
        saw=value["saw"],
        files=value.get("files", {}),
        numbers=value.get("numbers", {}),
        seconds=value.get("seconds"),
    )
