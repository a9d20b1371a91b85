"""What the doctor says: how bad it is, why it matters, and the exact way to mend it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """`broken`: a guard is missing; `weak`: it can be walked around; `unknown`: nobody here can tell."""

    BROKEN = "broken"
    WEAK = "weak"
    UNKNOWN = "unknown"
    ADVICE = "advice"
    WELL = "well"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One answer. `click` is a path through the forge's pages, `command` what does the same in a shell."""

    name: str
    severity: Severity
    saw: str
    why: str = ""
    click: str = ""
    command: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "severity": str(self.severity),
            "saw": self.saw,
            "why": self.why,
            "click": self.click,
            "command": self.command,
        }


def well(name: str, saw: str) -> Finding:
    return Finding(name=name, severity=Severity.WELL, saw=saw)


def unknown(name: str, saw: str, *, why: str, click: str = "", command: str = "") -> Finding:
    return Finding(name=name, severity=Severity.UNKNOWN, saw=saw, why=why, click=click, command=command)
