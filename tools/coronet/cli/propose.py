"""`coronet propose`."""

from pathlib import Path
from typing import Any

import click

from coronet.cli.asking import asking, request_of
from coronet.cli.output import dry_run_option, emit, format_option
from coronet.cli.wiring import Wiring, wired
from coronet.core.evidence import Evidence, evidence_from_json


@click.command()
@click.argument("model")
@click.option("--candidate", metavar="VERSION", help="Judge this version alone.")
@click.option(
    "--evidence",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Evidence to judge by.  [default: what `coronet evaluate` logged to each candidate's run]",
)
@asking
@dry_run_option
@format_option
@wired()
@click.pass_context
def command(
    ctx: click.Context,
    wiring: Wiring,
    model: str,
    candidate: str | None,
    files: tuple[Path, ...],
    asked: dict[str, Any],
    dry_run: bool,
    format_: str,
) -> None:
    """Rank the candidates of MODEL and open the pull request of the best.

    Judges the newest eligible versions by their evidence against today's champion, under the policy of the
    main branch. Opens nothing where none satisfies it (exit 4), and nothing twice.
    """
    from coronet.commands.propose import propose

    report = propose(
        wiring.world(),
        model,
        request_of(wiring, asked),
        given=[read_evidence(wiring, file) for file in files],
        candidate=candidate,
        dry_run=dry_run,
    )
    emit(report, format_)
    ctx.exit(report.exit_code)


def read_evidence(wiring: Wiring, file: Path) -> Evidence:
    from coronet.adapters.work_tree import read_file
    from coronet.commands.governed import decode

    document = wiring.documents.parse(read_file(file), file=str(file))
    return decode(document, wiring.documents, "evidence", evidence_from_json)
