"""What a job of GitHub Actions marks in its log, and on the changed files: errors and warnings, a few of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coronet.core.decision import Check, Result
from coronet.core.render.checks import checks_text
from coronet.core.render.markup import plain_text
from coronet.errors import CoronetError, Finding, Location, Severity

# GitHub shows ten of each kind for a step, and drops the others without a word.
SHOWN = 9
_LONGEST = 2000
_LEVELS = {
    Result.FAIL: Severity.ERROR,
    Result.INCONCLUSIVE: Severity.ERROR,
    Result.WARN: Severity.WARNING,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Annotation:
    """`title` in bold above the `message`, which may have several lines."""

    level: Severity
    title: str
    message: str
    location: Location | None = None


def annotate_checks(checks: Iterable[Check], *, title: str, files: Mapping[str, str]) -> tuple[Annotation, ...]:
    """One for each check that did not pass, in the words of the terminal; `files` by the check's name."""
    return tuple(
        Annotation(
            level=_LEVELS[check.result],
            title=title,
            message="\n".join(checks_text([check])),
            location=Location(file=files[check.name]) if check.name in files else None,
        )
        for check in checks
        if check.result in _LEVELS
    )


def annotate_error(error: CoronetError) -> tuple[Annotation, ...]:
    """The error itself, then each of its findings at its place."""
    first = Annotation(
        level=Severity.ERROR,
        title=error.title,
        message="\n".join(filter(None, (error.message, error.hint and f"→ {error.hint}"))),
        location=error.location,
    )
    return (first, *(_annotate_finding(finding, error.title) for finding in error.findings))


def render_annotations(annotations: Sequence[Annotation]) -> list[str]:
    """Lines that GitHub's runner obeys: at most ten of each kind, the tenth telling how many more there are."""
    return [line for level in Severity for line in _of_level(annotations, level)]


def _annotate_finding(finding: Finding, title: str) -> Annotation:
    message = finding.message + (f"\n→ {finding.hint}" if finding.hint else "")
    return Annotation(level=finding.severity, title=title, message=message, location=finding.location)


def _of_level(annotations: Sequence[Annotation], level: Severity) -> list[str]:
    found = [annotation for annotation in annotations if annotation.level is level]
    lines = [_render(annotation) for annotation in found[:SHOWN]]
    if more := len(found) - SHOWN:
        lines += [f"::{level}::and {more} more, in the log and in the summary"] if more > 0 else []
    return lines


def _render(annotation: Annotation) -> str:
    place, text = annotation.location, plain_text(annotation.message)
    said = {
        "title": annotation.title,
        "file": place.file if place else None,
        "line": str(place.line) if place and place.line else None,
        "col": str(place.column) if place and place.column else None,
    }
    properties = ",".join(f"{name}={_in_property(value)}" for name, value in said.items() if value)
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"::{annotation.level} {properties}::{_in_message(short)}"


def _in_message(text: str) -> str:
    """As GitHub's own toolkit writes it: a value holds no line and no escape of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _in_property(text: str) -> str:
    return _in_message(plain_text(text)).replace(":", "%3A").replace(",", "%2C")
