"""`coronet profile`."""

from pathlib import Path

import click

from coronet.cli.output import emit, format_option, show_progress


@click.command()
@click.argument("data", metavar="DATA")
@click.option("--column", "columns", multiple=True, help="A column to profile.  [default: all]")
@click.option("--leave-out", multiple=True, help="A column not to profile, such as a key.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the profile, as JSON, to this file."
)
@format_option
def command(data: str, columns: tuple[str, ...], leave_out: tuple[str, ...], output: Path | None, format_: str) -> None:
    """Write down what drift is measured against later.

    A profile of the table DATA (CSV or Parquet): of numbers the mean, deviation, quantiles and distribution,
    of categories their shares, of all how many values are missing. It is a small JSON file that stands in
    for the data: `coronet drift PROFILE CURRENT`. Keep one for each version, of its training data and of its
    predictions.

    It holds the names of categories and the least and greatest numbers as they are: leave out what is
    nobody's business.
    """
    from coronet.adapters.tables.column_files import FileColumns
    from coronet.adapters.work_tree import write_file
    from coronet.commands.profile import make_profile
    from coronet.core.canonical import canonical_json

    report = make_profile(FileColumns(), data, columns=columns, leave_out=leave_out, progress=show_progress)
    if output:
        write_file(output, canonical_json(report.to_json()))
    emit(report, format_)
