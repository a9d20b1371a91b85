"""`coronet drift`."""

from pathlib import Path

import click

from coronet.cli.output import dry_run_option, emit, format_option, show_progress
from coronet.cli.wiring import Wiring, wired
from coronet.core.drift import DriftLimits, DriftRule
from coronet.ports.columns import ColumnTables


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="MODEL | REFERENCE CURRENT | PROFILE CURRENT")
@click.option("--column", "columns", multiple=True, help="A column to look at.  [default: all]")
@click.option("--leave-out", multiple=True, help="A column not to look at, such as a key.")
@click.option(
    "--rule",
    type=click.Choice([str(rule) for rule in DriftRule]),
    default=str(DriftRule.BOTH),
    show_default=True,
    help="When a column is an alarm: effect and significance; any p-value below the level; the PSI alone.",
)
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="How seldom chance alone shall make an alarm.",
)
@click.option("--psi", type=click.FloatRange(0), default=0.1, show_default=True, help="From where an index matters.")
@click.option(
    "--distance",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="From where the distance of two distributions matters.",
)
@click.option(
    "--shift",
    type=click.FloatRange(0),
    default=0.15,
    show_default=True,
    help="From where a move of numbers matters, in standard deviations.",
)
@click.option(
    "--missing",
    type=click.FloatRange(0, 1),
    default=0.03,
    show_default=True,
    help="From where a change of the share of missing values matters.",
)
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page of it to this file, too.")
@click.option(
    "--issue",
    metavar="MODEL",
    help="Open the issue of MODEL's data on GitHub where a column has drifted, and close it where none has.",
)
@dry_run_option
@format_option
@wired(registry=False)
@click.pass_context
def command(
    ctx: click.Context,
    wiring: Wiring,
    what: tuple[str, ...],
    columns: tuple[str, ...],
    leave_out: tuple[str, ...],
    rule: str,
    level: float,
    psi: float,
    distance: float,
    shift: float,
    missing: float,
    html: Path | None,
    issue: str | None,
    dry_run: bool,
    format_: str,
) -> None:
    """Have the data moved?

    Compares the table CURRENT with REFERENCE (CSV or Parquet, larger than memory if need be), or with a
    PROFILE that `coronet profile` wrote, or the evaluation data of MODEL with its reference, or else with its
    training data. Exits with 4 where a column has drifted.

    By default a column is an alarm where the effect matters (the population stability index, the distance of
    the distributions, or how far numbers have moved) and chance does not explain it, corrected over all
    columns. Missing values, unseen categories and columns that are gone are told apart.
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.tables.column_files import FileColumns
    from coronet.adapters.work_tree import find_root, write_file
    from coronet.commands.drift import detect_drift, tell_drift

    keys: tuple[str, ...]
    limits = DriftLimits(rule=DriftRule(rule), level=level, psi=psi, distance=distance, shift=shift, missing=missing)
    if len(what) > 2:
        raise click.UsageError("give a model, or a reference and what is compared with it")
    teller = wiring.teller if issue else None
    if len(what) == 2:
        tables, keys = FileColumns(), ()
        reference, current = what
    else:
        root = find_root(wiring.settings.folder.resolve())
        tables = FileColumns(root)
        reference, current, keys = _of_model(tables, root, what[0])
    report = detect_drift(
        tables,
        FileDocuments(),
        reference=reference,
        current=current,
        columns=columns,
        leave_out=(*leave_out, *keys),
        limits=limits,
        progress=show_progress,
    )
    if issue and teller:
        report = tell_drift(report, teller, issue, dry_run=dry_run)
    if html and not dry_run:
        write_file(html, report.to_html().encode())
    emit(report, format_)
    ctx.exit(report.exit_code)


def _of_model(tables: ColumnTables, root: Path, model: str) -> tuple[str, str, tuple[str, ...]]:
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.work_tree import WorkTree
    from coronet.commands.drift import model_tables
    from coronet.commands.governed import load_model

    governed = load_model(WorkTree(root), FileDocuments(), model)
    return model_tables(tables, governed)
