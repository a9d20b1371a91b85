"""`coronet report`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from coronet.cli.output import dry_run_option, emit, format_option
from coronet.errors import InvalidInput

if TYPE_CHECKING:
    from coronet.commands.report import EvaluationReport


@click.command()
@click.argument("evidence", type=click.Path(path_type=Path))
@click.option(
    "--output",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/evaluation"),
    show_default=True,
    help="Where the files go.",
)
@dry_run_option
@format_option
def command(evidence: Path, folder: Path, dry_run: bool, format_: str) -> None:
    """Show EVIDENCE as a page with drawings.

    Writes evaluation.html (ROC, precision and recall, calibration, gain, lift, residuals, confusion matrices, every
    segment's difference with its interval, the rows that moved farthest) and the numbers behind it as CSV. Needs the
    file of evidence and nothing else: the page asks nothing of any other place.
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.work_tree import read_file
    from coronet.commands.report import report_evidence

    documents = FileDocuments()
    document = documents.parse(read_file(evidence), file=str(evidence))
    report = report_evidence(document, documents, folder=str(folder), dry_run=dry_run)
    if not dry_run:
        save_files(report)
    emit(report, format_)


def save_files(report: "EvaluationReport") -> None:
    """Write every file of the report into its folder."""
    from coronet.adapters.work_tree import write_file

    make_folder(Path(report.folder))
    for name, content in report.files.items():
        write_file(Path(report.folder) / name, content)


def make_folder(folder: Path) -> None:
    """InvalidInput where it is not there and cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"{folder} cannot be made: {error.strerror}", hint="name another folder") from error
