"""`coronet evaluate`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from coronet.cli.measuring import measure_files, measure_models, split_names
from coronet.cli.output import dry_run_option, emit, format_option
from coronet.errors import WrongUsage

if TYPE_CHECKING:
    from coronet.commands.evaluate.report import EvaluateReport

_FROM_FILES = (
    click.option("--task", type=click.Choice(["binary", "multiclass", "regression"]), help="What the model answers."),
    click.option(
        "--data", metavar="FILE", help="The true answers, weights and segments, where they lie in a file of their own."
    ),
    click.option("--key", metavar="COLUMN", help="The column that names a row: rows of two files are joined on it."),
    click.option("--label", metavar="COLUMN", help="The column with the true answer."),
    click.option("--prediction", metavar="COLUMN", help="The column with the predicted number or class."),
    click.option("--score", metavar="COLUMN", help="Binary: the column with the positive class's probability."),
    click.option("--scores", metavar="A,B,C", help="Multiclass: columns of probabilities, each named for its class."),
    click.option("--score-prefix", metavar="TEXT", help="Multiclass: what stands before the class in those columns."),
    click.option("--weight", metavar="COLUMN", help="The column that says what a row counts."),
    click.option(
        "--cluster", metavar="COLUMN", help="The column that says which rows belong together, as those of a customer."
    ),
    click.option(
        "--custom-metric",
        "custom",
        metavar="NAME:DIRECTION=FUNCTION",
        multiple=True,
        help="A metric of your own, as in profit:higher=metrics.py:profit; it runs that code.",
    ),
    click.option("--threshold", type=float, help="Binary: the score from which a row is positive.  [default: 0.5]"),
    click.option("--positive", metavar="LABEL", help="Binary: the positive label.  [default: 1, True or yes]"),
    click.option("--moved-by", type=float, help="How far a prediction moves to count.  [default: 0.1, or 10 %]"),
    click.option(
        "--show-keys",
        is_flag=True,
        default=None,
        help="Name the rows that moved farthest by their keys.  [default: hidden]",
    ),
    click.option("--model", "name", metavar="NAME", help="The model's name in the evidence.  [default: unnamed]"),
    click.option("--data-name", metavar="TEXT", help="The data's name in the evidence.  [default: the file's]"),
    click.option("--look", type=int, help="Which look at these data it is, where the policy shares a chance by looks."),
    click.option(
        "--streamed/--exact",
        "streamed",
        default=None,
        help="Read rows in batches, or hold all in memory.  [default: in batches from a million rows]",
    ),
    click.option(
        "--engine",
        type=click.Choice(["local", "spark", "dask"]),
        help="What reads, joins and measures the rows: this process, or workers of Spark or Dask.  [default: local]",
    ),
    click.option(
        "--master",
        metavar="URL",
        help="Where the engine's workers are: local[4], spark://…, sc://….  [default: SPARK_MASTER, or Spark's own]",
    ),
)
_FILE_NAMES = (
    "task",
    "data",
    "key",
    "label",
    "prediction",
    "score",
    "scores",
    "score_prefix",
    "weight",
    "cluster",
    "custom",
    "threshold",
    "positive",
    "moved_by",
    "show_keys",
    "name",
    "data_name",
    "look",
    "streamed",
    "engine",
    "master",
)


@click.command()
@click.argument("model", required=False)
@click.option(
    "--candidate",
    metavar="FILE|VERSION",
    help="What is measured: a file of predictions, or a version of MODEL.  [default: the candidate alias]",
)
@click.option(
    "--champion",
    metavar="FILE|VERSION|none",
    help="What it is compared with, or none.  [default: the champion alias]",
)
@click.option("--metric", "metrics", metavar="NAME", multiple=True, help="A metric; again for another.")
@click.option("--segment", "segments", metavar="COLUMN", multiple=True, help="Measure each of its values by itself.")
@click.option("--confidence", type=float, help="Of the intervals.  [default: the policy's, or 0.95]")
@click.option(
    "--also",
    type=click.Choice(["costs", "drift", "leakage"]),
    multiple=True,
    help="With MODEL: measure this, too, where no gate of the policy asks for it; again for another.",
)
@click.option("--output", metavar="FILE", help="Write the evidence there; - prints it and nothing else.")
@click.option("--reports", metavar="FOLDER", help="Write a page with drawings, and CSV, there; see `coronet report`.")
@click.option("--predictions", metavar="FOLDER", help="With MODEL: keep what each version predicts, as Parquet.")
@click.option(
    "--registry",
    "--tracking-uri",
    "registry",
    metavar="URI",
    help="With MODEL: the registry, http(s)://… or sqlite:///FILE.  [default: MLFLOW_TRACKING_URI]",
)
@click.option(
    "--verify",
    metavar="EVIDENCE",
    help="Measure again what a file of evidence, or of a proposal's id, says, and tell what differs.",
)
@dry_run_option
@format_option
def command(
    model: str | None,
    output: str | None,
    predictions: str | None,
    reports: str | None,
    registry: str | None,
    verify: str | None,
    dry_run: bool,
    format_: str,
    **asked: Any,
) -> None:
    """Measure a candidate beside the champion, on the same rows: evidence.

    With MODEL, both versions are loaded from the registry and predict the data that models/MODEL/model.yaml
    pins; the evidence is kept with the candidate's run, too. Loading a model runs its code, and so does measuring
    a metric of your own: do it where no credentials lie.

    Without MODEL, two files of predictions (CSV or Parquet) are compared, and nothing else is needed. A folder
    or a pattern of Parquet files does as well, and a table: FILE.duckdb::TABLE, or table:NAME for Spark.

    \b
      coronet evaluate --task regression --champion A.parquet --candidate B.parquet --key id \\
        --label price --prediction predicted --segment kind --output evidence.json

    With --verify, evidence is measured again the way its recipe says, from the inputs that it pins: the same
    files (--candidate, --champion and --data say where they lie now), or the same versions of the registry.
    Exits with 4 where something differs, and writes nothing.
    """
    if verify is not None:
        _refuse({"MODEL": model, "--output": output, "--predictions": predictions}, "has no use with --verify")
        _verify(verify, asked, registry, format_)
    if model is None:
        given = {"--predictions": predictions, "--registry": registry, "--also": asked["also"] or None}
        _refuse(given, "needs the name of a model to load")
        report = measure_files(asked)
    else:
        _refuse({_flag(name): asked[name] for name in _FILE_NAMES}, f"is what models/{model}/model.yaml says")
        report = measure_models(model, asked, registry, dry_run=dry_run)
        if predictions and not dry_run:
            _save_predictions(report, predictions)
    if reports:
        report = _save_reports(report, reports, dry_run=dry_run)
    _finish(report, output, format_, dry_run=dry_run)


for _option in _FROM_FILES:
    command = _option(command)


def _flag(name: str) -> str:
    named = {"name": "--model", "custom": "--custom-metric"}
    return named[name] if name in named else f"--{name.replace('_', '-')}"


def _refuse(options: dict[str, Any], why: str) -> None:
    if given := [flag for flag, value in options.items() if value not in (None, ())]:
        raise WrongUsage(f"{', '.join(given)} {why}", hint="`coronet evaluate --help` shows both ways in")


def _verify(evidence: str, asked: dict[str, Any], registry: str | None, format_: str) -> NoReturn:
    from coronet.cli.verifying import Means, verify_evidence

    said = {**asked, "scores": split_names(asked["scores"]), "model": asked["name"]}
    names = ("streamed", "engine", "master", "custom")
    means = Means(registry=registry, **{name: said.pop(name) for name in names})
    del said["name"]
    report = verify_evidence(evidence, said, means)
    emit(report, format_)
    click.get_current_context().exit(report.exit_code)


def _save_predictions(report: "EvaluateReport", folder: str) -> None:
    from coronet.adapters.work_tree import WorkTree
    from coronet.cli.report import make_folder

    make_folder(Path(folder))
    for version, content in report.predictions.items():
        WorkTree(Path(folder)).write(f"{report.evidence.model}-v{version}.parquet", content)


def _save_reports(report: "EvaluateReport", folder: str, *, dry_run: bool) -> "EvaluateReport":
    from coronet.cli.report import save_files
    from coronet.commands.report import PAGE, make_report

    made = make_report(report.evidence, folder=folder, dry_run=dry_run)
    if not dry_run:
        save_files(made)
    return replace(report, drawn=str(Path(folder) / PAGE), dry_run=dry_run)


def _finish(report: "EvaluateReport", output: str | None, format_: str, *, dry_run: bool) -> None:
    """Write the evidence where it is wanted, then print the report, or only the evidence for `-`."""
    from coronet.adapters.work_tree import write_file

    if output == "-":
        click.echo(report.evidence.to_bytes(), nl=False)
        return
    if output:
        report = replace(report, saved=(output, *report.saved), dry_run=dry_run)
        if not dry_run:
            write_file(Path(output), report.evidence.to_bytes())
    emit(report, format_)
