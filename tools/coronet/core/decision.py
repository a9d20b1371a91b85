"""A decision is a tree of named checks: what each saw, what it wanted, and the one word they make."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """What one check says. `warn` never moves a verdict; `off` means that the check does not apply."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    WARN = "warn"
    OFF = "off"


class Verdict(StrEnum):
    """The tree's one word."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One named question with its answer; `parts` are the answers it was made of (a gate's segments)."""

    name: str
    result: Result
    saw: str
    wanted: str
    hint: str = ""
    parts: tuple["Check", ...] = ()

    def to_json(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "name": self.name,
            "result": str(self.result),
            "saw": self.saw,
            "wanted": self.wanted,
            "hint": self.hint,
        }
        if self.parts:
            fields["checks"] = [part.to_json() for part in self.parts]
        return fields


def passed(name: str, *, saw: str, wanted: str) -> Check:
    return Check(name=name, result=Result.PASS, saw=saw, wanted=wanted)


def failed(name: str, *, saw: str, wanted: str, hint: str = "") -> Check:
    return Check(name=name, result=Result.FAIL, saw=saw, wanted=wanted, hint=hint)


def off(name: str, *, saw: str, wanted: str) -> Check:
    return Check(name=name, result=Result.OFF, saw=saw, wanted=wanted)


def demand(name: str, holds: bool, *, saw: str, wanted: str, hint: str = "") -> Check:
    """`passed` where the demand holds, else `failed` with its hint."""
    return passed(name, saw=saw, wanted=wanted) if holds else failed(name, saw=saw, wanted=wanted, hint=hint)


def worst(results: Iterable[Result]) -> Result:
    """fail before inconclusive before pass; warnings and what is off do not count."""
    seen = set(results)
    if Result.FAIL in seen:
        return Result.FAIL
    return Result.INCONCLUSIVE if Result.INCONCLUSIVE in seen else Result.PASS


def combine(checks: Iterable[Check]) -> Verdict:
    """The verdict over `checks`; nothing checked is nothing proven, so a decision without a check that counts fails."""
    results = [check.result for check in checks if check.result not in (Result.WARN, Result.OFF)]
    return Verdict(worst(results)) if results else Verdict.FAIL
