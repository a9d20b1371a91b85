"""`coronet track`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coronet.cli.making import making, provenance_of
from coronet.cli.output import dry_run_option, emit, format_option, show_progress
from coronet.errors import WrongUsage

if TYPE_CHECKING:
    from coronet.commands.track import GivenFile

_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--metrics-json", type=_FILE, help="Metrics by name, flat or nested.")
@click.option("--model-artifact", type=_FILE, help="The model: any file, or a folder, such as an MLflow model's.")
@click.option("--scorecard-csv", type=_FILE, help="Metrics by segment, as a table.")
@click.option("--predictions-csv", type=_FILE, help="What the model predicts of the evaluation data.")
@click.option("--predictions-parquet", type=_FILE, help="The same as a Parquet file.")
@click.option("--register-model", is_flag=True, help="Make the model a version of the registered model.")
@click.option("--registered-model-name", help="The registered model's name.")
@click.option("--experiment-name", help="The experiment of the run.  [default: the model file's]")
@click.option(
    "--alias",
    type=click.Choice(["candidate", "champion", "none"]),
    default="candidate",
    show_default=True,
    help="The alias of the version; with champion, refused where there is one, it becomes a candidate.",
)
@making
@dry_run_option
@format_option
def command(
    metrics_json: Path | None,
    model_artifact: Path | None,
    scorecard_csv: Path | None,
    predictions_csv: Path | None,
    predictions_parquet: Path | None,
    register_model: bool,
    registered_model_name: str | None,
    experiment_name: str | None,
    alias: str,
    asked: dict[str, Any],
    registry: str | None,
    dry_run: bool,
    format_: str,
) -> None:
    """Record a run that was made elsewhere, and register its model.

    Files are recorded as they are, with their digests. The first champion comes about by a proposal, like
    every other.
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.work_tree import WorkTree, find_root
    from coronet.cli.making import open_desk
    from coronet.cli.wiring import Settings, Wiring
    from coronet.commands.provenance import AliasChoice
    from coronet.commands.track import TrackPorts, TrackRequest, track

    if predictions_csv and predictions_parquet:
        raise WrongUsage("predictions are given twice", hint="give --predictions-csv or --predictions-parquet")
    root = find_root(Path.cwd())
    request = TrackRequest(
        provenance=provenance_of(asked, root),
        metrics=_given(metrics_json),
        scorecard=_given(scorecard_csv),
        predictions=_given(predictions_csv or predictions_parquet),
        artifact=str(model_artifact) if model_artifact else None,
        register=register_model,
        registered_model=registered_model_name,
        experiment=experiment_name,
        alias=AliasChoice(alias),
        dry_run=dry_run,
    )
    ports = TrackPorts(
        files=WorkTree(root),
        documents=FileDocuments(),
        desk=open_desk(registry),
        clock=Wiring(Settings(environment=os.environ)).clock,
        progress=show_progress,
    )
    emit(track(request, ports), format_)


def _given(path: Path | None) -> "GivenFile | None":
    from coronet.adapters.work_tree import read_file
    from coronet.commands.track import GivenFile

    return GivenFile(name=str(path), data=read_file(path)) if path else None
