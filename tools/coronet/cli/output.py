"""Printing a report: text for people, Markdown for pages, canonical JSON for programs."""

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

import click

from coronet.core.canonical import canonical_json


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class Report(Protocol):
    """What a command answers: data for programs, and the same said for people."""

    def to_json(self) -> dict[str, Any]: ...

    def to_text(self) -> str: ...

    def to_markdown(self) -> str: ...


format_option = click.option(
    "--format",
    "format_",
    type=click.Choice([str(form) for form in Format]),
    default=str(Format.TEXT),
    show_default=True,
    help="How the result is printed on standard output.",
)

dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would be done, and do none of it.")


def emit(report: Report, form: str) -> None:
    """Print the report; a job of GitHub Actions is told its summary, outputs and annotations as well."""
    in_job = is_job(os.environ)
    match Format(form):
        case Format.JSON:
            text = canonical_json(report.to_json())
            click.echo(_without_commands(text) if in_job else text, nl=False)
        case Format.MARKDOWN:
            click.echo(report.to_markdown())
        case Format.TEXT:
            click.echo(report.to_text())
    if in_job:
        from coronet.cli.job import tell_report

        tell_report(report, os.environ)


def is_job(environment: Mapping[str, str]) -> bool:
    """Whether this is a step of GitHub Actions, or of a runner that takes its place."""
    return environment.get("GITHUB_ACTIONS") == "true"


def _without_commands(text: bytes) -> bytes:
    """JSON of the same value, in which GitHub's runner finds no command: it looks for `##[` within lines, too."""
    return text.replace(b"##[", rb"#\u0023[")


def show_progress(step: str, detail: str = "") -> None:
    """Progress for people, on standard error, so that standard output stays the result."""
    from coronet.core.render.markup import plain_line

    click.echo(plain_line(f"· {step} {detail}"), err=True)
