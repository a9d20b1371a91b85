"""What a job of GitHub Actions is told, beside what every terminal is told: a summary, outputs, annotations."""

import secrets
from collections.abc import Mapping
from pathlib import Path

import click

from coronet.cli.output import Report
from coronet.core.render.annotations import annotate_checks, annotate_error, render_annotations
from coronet.core.render.markup import escape_markdown
from coronet.core.render.outputs import outputs_of, render_outputs
from coronet.errors import CoronetError, Unavailable

# GitHub drops the whole summary of a step that has more than a mebibyte.
_LONGEST_SUMMARY = 200_000
_CUT = "\n\n… cut here: the rest is in the log.\n"


def tell_report(report: Report, environment: Mapping[str, str]) -> None:
    told = report.to_json()
    title = " ".join(str(told.get("schema", "coronet")).split("/")[:2])
    checks, files = getattr(report, "checks", ()), getattr(report, "places", {})
    _append(environment, "GITHUB_STEP_SUMMARY", _section(report.to_markdown()))
    _append_outputs(environment, outputs_of(told))
    _say(render_annotations(annotate_checks(checks, title=title, files=files)))


def tell_error(error: CoronetError, environment: Mapping[str, str]) -> None:
    _append(environment, "GITHUB_STEP_SUMMARY", _section(_error_markdown(error)))
    _append_outputs(environment, {"error": error.title.replace(" ", "-")})
    _say(render_annotations(annotate_error(error)))


def _error_markdown(error: CoronetError) -> str:
    where = f"{error.location}: " if error.location else ""
    lines = [f"❌ **{escape_markdown(f'{error.title}: {where}{error.message}')}**", ""]
    lines += [f"- {escape_markdown(str(finding))}" for finding in error.findings]
    lines += ["", f"→ {escape_markdown(error.hint)}"] if error.hint else []
    return "\n".join(lines)


def _section(text: str) -> str:
    short = text if len(text) <= _LONGEST_SUMMARY else text[:_LONGEST_SUMMARY].rpartition("\n")[0] + _CUT
    return f"{short.rstrip()}\n\n"


def _append_outputs(environment: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    _append(environment, "GITHUB_OUTPUT", render_outputs(outputs, delimiter=f"coronet-{secrets.token_hex(16)}"))


def _append(environment: Mapping[str, str], name: str, text: str) -> None:
    """Add to the file that the runner named; nothing where it named none."""
    if not (file := environment.get(name)):
        return
    try:
        with Path(file).open("a", encoding="utf-8", errors="replace", newline="") as out:
            out.write(text)
    except OSError as error:
        raise Unavailable(
            f"{name} names {file}, which cannot be written: {error.strerror}",
            hint="the runner gives this file to each step; outside of a job, unset GITHUB_ACTIONS",
        ) from error


def _say(lines: list[str]) -> None:
    """On standard error, which the runner reads as well: standard output stays the result."""
    for line in lines:
        click.echo(line, err=True)
