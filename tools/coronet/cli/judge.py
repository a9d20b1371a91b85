"""`coronet judge`."""

import os
from datetime import datetime
from pathlib import Path

import click

from coronet.cli.clock import find_clock, say_fixed_time
from coronet.cli.output import emit, format_option
from coronet.core.proposal import Kind
from coronet.ports.clock import Clock


@click.command()
@click.argument("evidence", type=click.Path(path_type=Path))
@click.option(
    "--policy",
    "policies",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="A policy file; given several times, each changes the ones before it key by key.",
)
@click.option(
    "--kind",
    type=click.Choice([str(kind) for kind in Kind]),
    default=str(Kind.PROMOTION),
    show_default=True,
    help="What the evidence is for: a rollback or a renewal is not compared with a champion.",
)
@click.option("--at", metavar="TIME", help="Judge as of this moment (as in 2026-11-20T21:05:00Z) instead of now.")
@format_option
@click.pass_context
def command(
    ctx: click.Context, evidence: Path, policies: tuple[Path, ...], kind: str, at: str | None, format_: str
) -> None:
    """Does EVIDENCE satisfy a policy?

    Needs two files and nothing else: no registry, no forge, no git. Exits with 0 on a pass, with 4 on a
    fail or where the evidence is inconclusive.
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.work_tree import read_file
    from coronet.commands.judge import judge

    documents = FileDocuments()
    report = judge(
        documents.parse(read_file(evidence), file=str(evidence)),
        [documents.parse(read_file(path), file=str(path)) for path in policies],
        documents,
        now=parse_moment(at) if at else _clock().now(),
        kind=Kind(kind),
    )
    emit(report, format_)
    ctx.exit(report.exit_code)


def _clock() -> Clock:
    environment = dict(os.environ)
    say_fixed_time(environment)
    return find_clock(environment)


def parse_moment(text: str) -> datetime:
    """A moment of the command line; a wrong one is a wrong command line."""
    from coronet.core.timestamps import parse_time

    try:
        return parse_time(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no moment ({error})") from None
