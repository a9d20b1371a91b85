"""What the doctor says: findings by how bad they are, each with why it matters and how to mend it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from coronet.core.doctor.finding import Finding, Severity
from coronet.core.render.markup import escape_markdown, plain_line, plain_text
from coronet.errors import Refused

SCHEMA = "coronet/doctor/v1"

_SIGNS = {
    Severity.BROKEN: "✗",
    Severity.WEAK: "!",
    Severity.UNKNOWN: "?",
    Severity.ADVICE: "·",
    Severity.WELL: "✓",
}
_TITLES = {
    Severity.BROKEN: "Broken: a guard is missing",
    Severity.WEAK: "Weak: it can be walked around",
    Severity.UNKNOWN: "Unknown: this token or this machine cannot tell",
    Severity.ADVICE: "Advice",
    Severity.WELL: "Well",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DoctorReport:
    """`strict`: what is weak or unknown refuses, too."""

    findings: tuple[Finding, ...]
    strict: bool = False

    @property
    def exit_code(self) -> int:
        refusing = {Severity.BROKEN, *((Severity.WEAK, Severity.UNKNOWN) if self.strict else ())}
        return Refused.exit_code if any(finding.severity in refusing for finding in self.findings) else 0

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "well": self.exit_code == 0,
            "counts": {str(severity): self._count(severity) for severity in Severity},
            "findings": [finding.to_json() for _, found in self._groups() for finding in found],
        }

    def to_text(self) -> str:
        lines = [self._headline()]
        for severity, found in self._groups():
            lines += ["", _TITLES[severity]]
            for finding in found:
                lines.append(f"{_SIGNS[severity]} {plain_line(finding.name)}: {plain_line(finding.saw)}")
                lines += [f"    {line}" for line in _advice(finding)]
        return "\n".join(lines)

    def to_markdown(self) -> str:
        lines = [f"**{escape_markdown(self._headline())}**"]
        for severity, found in self._groups():
            lines += ["", f"### {_TITLES[severity]}", ""]
            for finding in found:
                lines.append(
                    f"- {_SIGNS[severity]} **{escape_markdown(finding.name)}**: {escape_markdown(finding.saw)}"
                )
                lines += list(_markdown_advice(finding))
        return "\n".join(lines)

    def _headline(self) -> str:
        counted = [f"{self._count(severity)} {severity}" for severity in Severity if self._count(severity)]
        word = "All guards are there" if self.exit_code == 0 else "Something must be mended"
        return f"{word}: {', '.join(counted) or 'nothing was looked at'}."

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    def _groups(self) -> Iterator[tuple[Severity, tuple[Finding, ...]]]:
        for severity in Severity:
            if found := tuple(finding for finding in self.findings if finding.severity is severity):
                yield severity, found


def _advice(finding: Finding) -> Iterator[str]:
    if finding.why:
        yield f"why: {plain_line(finding.why)}"
    if finding.click:
        yield f"→ {plain_line(finding.click)}"
    if finding.command:
        yield from (f"$ {line}" if at == 0 else line for at, line in enumerate(plain_text(finding.command).split("\n")))


def _markdown_advice(finding: Finding) -> Iterator[str]:
    if finding.why:
        yield f"  - why: {escape_markdown(finding.why)}"
    if finding.click:
        yield f"  - → {escape_markdown(finding.click)}"
    if finding.command:
        yield from ("", "  ```sh", *(f"  {line}" for line in plain_text(finding.command).split("\n")), "  ```")
