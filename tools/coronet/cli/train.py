"""`coronet train`."""

import json
import os
from pathlib import Path
from typing import Any

import click

from coronet.cli.making import making, provenance_of
from coronet.cli.output import dry_run_option, emit, format_option, show_progress


def _read_assignments(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    """KEY=VALUE by key, the value as JSON where it is JSON, else as text; the last one of a key counts."""
    pairs = [value.partition("=") for value in values]
    for value, (key, equals, _) in zip(values, pairs, strict=True):
        if not (key and equals):
            raise click.BadParameter(f"{value!r} has no KEY= before its value, as in max_depth=2", ctx, param)
    return {key: _read_value(text) for key, _, text in pairs}


def _read_value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except ValueError:
        return text


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


@click.command()
@click.argument("model")
@click.option(
    "--set",
    "overrides",
    metavar="KEY=VALUE",
    multiple=True,
    callback=_read_assignments,
    help="A hyperparameter for this run, before the model file's; again for another.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="The random seed.  [default: the model file's]")
@click.option(
    "--alias",
    type=click.Choice(["candidate", "none"]),
    default="candidate",
    show_default=True,
    help="The alias that the new version gets.",
)
@making
@dry_run_option
@format_option
def command(
    model: str,
    overrides: dict[str, Any],
    seed: int | None,
    alias: str,
    asked: dict[str, Any],
    registry: str | None,
    dry_run: bool,
    format_: str,
) -> None:
    """Train MODEL from its model.yaml, measure it, and register the version.

    The data must be the ones that models/MODEL/model.yaml pins. A dry run trains and measures, and records
    nothing.
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.tables import FileTables
    from coronet.adapters.training import EstimatorTrainer
    from coronet.adapters.work_tree import WorkTree, find_root
    from coronet.cli.making import open_desk
    from coronet.cli.wiring import Settings, Wiring
    from coronet.commands.provenance import AliasChoice
    from coronet.commands.train import TrainRequest, Workshop, train

    root = find_root(Path.cwd())
    workshop = Workshop(
        files=WorkTree(root),
        documents=FileDocuments(),
        tables=FileTables(root),
        trainer=EstimatorTrainer(),
        clock=Wiring(Settings(environment=os.environ)).clock,
        progress=show_progress,
    )
    request = TrainRequest(
        model=model,
        provenance=provenance_of(asked, root),
        overrides=overrides,
        seed=seed,
        alias=AliasChoice(alias),
    )
    emit(train(request, workshop, None if dry_run else open_desk(registry)), format_)
