"""Printing a report: text for people, Markdown for pages, canonical JSON for programs."""

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
    match Format(form):
        case Format.JSON:
            click.echo(canonical_json(report.to_json()), nl=False)
        case Format.MARKDOWN:
            click.echo(report.to_markdown())
        case Format.TEXT:
            click.echo(report.to_text())


def show_progress(step: str, detail: str = "") -> None:
    """Progress for people, on standard error, so that standard output stays the result."""
    from coronet.core.render.markup import plain_line

    click.echo(plain_line(f"· {step} {detail}"), err=True)
