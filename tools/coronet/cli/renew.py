"""`coronet renew`."""

from pathlib import Path
from typing import Any

import click

from coronet.cli.asking import asking, request_of
from coronet.cli.output import dry_run_option, emit, format_option
from coronet.cli.propose import read_evidence
from coronet.cli.wiring import Wiring, wired


@click.command()
@click.argument("model")
@click.option(
    "--evidence",
    "file",
    type=click.Path(path_type=Path),
    required=True,
    help="Fresh evidence about the champion, as `coronet evaluate` writes it.",
)
@asking
@dry_run_option
@format_option
@wired()
def command(wiring: Wiring, model: str, file: Path, asked: dict[str, Any], dry_run: bool, format_: str) -> None:
    """Propose that releases may rest on MODEL's champion for longer.

    The fresh evidence must satisfy today's policy by the champion's own values; nothing is compared.
    """
    from coronet.commands.renew import renew

    evidence = read_evidence(wiring, file)
    emit(renew(wiring.world(), model, request_of(wiring, asked), evidence, dry_run=dry_run), format_)
