"""`coronet policy`."""

import re
from contextlib import suppress
from datetime import datetime
from math import inf, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coronet.cli.output import emit, format_option, show_progress
from coronet.cli.wiring import Wiring, wired
from coronet.core.catalogue import find_metric
from coronet.errors import WrongUsage

if TYPE_CHECKING:
    from coronet.commands.policy.power import PowerReport
    from coronet.ports.documents import Documents


@click.group()
def command() -> None:
    """Policy as something to read, to test and to replay."""


@command.command()
@click.argument("model")
@format_option
def show(model: str, format_: str) -> None:
    """Print the effective policy of MODEL, and which file each value comes from.

    Reads policy/default.yaml and policy/MODEL.yaml of the work tree.
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.work_tree import WorkTree, find_root
    from coronet.commands.policy.show import show_policy

    emit(show_policy(WorkTree(find_root(Path.cwd())), FileDocuments(), model), format_)


@command.command()
@click.argument("models", nargs=-1)
@click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    help="Count the rows of segments in this.  [default: in the evaluation data of the repository]",
)
@format_option
@click.pass_context
def lint(ctx: click.Context, models: tuple[str, ...], evidence: Path | None, format_: str) -> None:
    """Say what is odd about the policies of MODELS, or of all.

    Rules that can never fail or never pass, unknown metrics, segments with too few rows, gates that
    contradict each other, missing baselines. Exits with 3 where there is an error; a warning may be meant.
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.tables import FileTables
    from coronet.adapters.tables.streamed import FileStreams
    from coronet.adapters.work_tree import WorkTree, find_root, read_file
    from coronet.commands.policy.counting import DataCounter
    from coronet.commands.policy.lint import lint_policies

    root, documents = find_root(Path.cwd()), FileDocuments()
    report = lint_policies(
        WorkTree(root),
        documents,
        models,
        counter=DataCounter(tables=FileTables(root), streams=FileStreams(root)),
        evidence=documents.parse(read_file(evidence), file=str(evidence)) if evidence else None,
    )
    emit(report, format_)
    ctx.exit(report.exit_code)


@command.command("test")
@click.argument("models", nargs=-1)
@format_option
@click.pass_context
def run_tests(ctx: click.Context, models: tuple[str, ...], format_: str) -> None:
    """Run the cases of MODELS, or of all: evidence in, verdict out.

    The cases of a model stand in policy/MODEL.cases.yaml (`coronet schema policy_cases`). Exits with 4
    where the policy answers otherwise than a case expects.
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.work_tree import WorkTree, find_root
    from coronet.commands.policy.cases import run_cases

    report = run_cases(WorkTree(find_root(Path.cwd())), FileDocuments(), models)
    emit(report, format_)
    ctx.exit(report.exit_code)


@command.command()
@click.argument("model")
@click.option("--evidence", type=click.Path(path_type=Path), help="Evidence on rows like those to come.")
@click.option("--effect", type=float, help="The true improvement to ask about.  [default: what was measured]")
@click.option(
    "--power",
    type=click.FloatRange(0.5, 1, max_open=True),
    default=0.8,
    show_default=True,
    help="How often a gate shall pass that ought to.",
)
@click.option("--assume", "values", metavar="METRIC=NUMBER", multiple=True, help="Without evidence: about its value.")
@click.option(
    "--deviation",
    "deviations",
    metavar="METRIC=NUMBER",
    multiple=True,
    help="Without evidence: the standard deviation of a row's loss (mae, mape, log_loss, brier).",
)
@click.option(
    "--positive",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Without evidence: the share of positive rows (roc_auc, gini, recall).",
)
@click.option(
    "--correlation",
    type=click.FloatRange(-1, 1, max_open=True),
    help="Without evidence: how alike both models err, row by row.  [default: 0.5]",
)
@format_option
def power(
    model: str,
    evidence: Path | None,
    effect: float | None,
    power: float,
    format_: str,
    **assumed: Any,
) -> None:
    """How many rows the evaluation data needs for the policy of MODEL.

    Says for each gate and segment which values it can tell from its bar with the rows of the evidence, and
    how many rows would do. Without --effect a non_inferior gate is asked about a candidate exactly as good.

    Without evidence it says the same by what you assume, on the rows of the evaluation data:

    \b
      coronet policy power churn --assume roc_auc=0.8 --positive 0.2 --effect 0.01
    """
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.work_tree import WorkTree, find_root

    root, documents = find_root(Path.cwd()), FileDocuments()
    if evidence is None:
        emit(_power_by_assumptions(root, documents, model, power, effect, assumed), format_)
        return
    from coronet.adapters.work_tree import read_file
    from coronet.commands.policy.power import power_of_policy

    if given := sorted(f"--{name}" for name in _said(assumed)):
        raise WrongUsage(f"{', '.join(given)}: evidence tells it", hint="leave it out, or leave --evidence out")
    document = documents.parse(read_file(evidence), file=str(evidence))
    emit(power_of_policy(WorkTree(root), documents, model, document, power=power, effect=effect), format_)


def _said(assumed: dict[str, Any]) -> list[str]:
    names = {"values": "assume", "deviations": "deviation"}
    return [names.get(name, name) for name, value in assumed.items() if value not in (None, ())]


def _power_by_assumptions(
    root: Path, documents: "Documents", model: str, power: float, effect: float | None, assumed: dict[str, Any]
) -> "PowerReport":
    from coronet.adapters.tables import FileTables
    from coronet.adapters.tables.streamed import FileStreams
    from coronet.adapters.work_tree import WorkTree
    from coronet.commands.policy.counting import DataCounter
    from coronet.commands.policy.power import power_by_assumptions
    from coronet.core.assumed_power import Assumptions

    if not _said(assumed):
        raise WrongUsage(
            "there is neither evidence nor anything assumed",
            hint="name evidence on rows like those to come with --evidence, or say what you --assume",
        )
    assumptions = Assumptions(
        values=_parse_numbers(assumed["values"], "--assume"),
        deviations=_parse_numbers(assumed["deviations"], "--deviation", above=0.0),
        positive=assumed["positive"],
        correlation=0.5 if assumed["correlation"] is None else assumed["correlation"],
        effect=effect,
    )
    counter = DataCounter(tables=FileTables(root), streams=FileStreams(root))
    return power_by_assumptions(WorkTree(root), documents, model, assumptions, power=power, counter=counter)


def _parse_numbers(texts: tuple[str, ...], option: str, *, above: float = -inf) -> dict[str, float]:
    found = {}
    for text in texts:
        metric, _, number = text.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = nan
        if find_metric(metric) is None or not above < value < inf:
            raise click.BadParameter(f"{text!r} is no metric with its number: write it as in mae=12", param_hint=option)
        found[metric] = value
    return found


@command.command()
@click.argument("models", nargs=-1)
@click.option(
    "--since",
    metavar="TIME",
    help="Leave out what ended before: a day (2026-11-20), a moment (2026-11-20T21:05:00Z), or how long ago (90d).",
)
@click.option("--closed", is_flag=True, help="Also those whose pull request was closed; the forge is asked for them.")
@format_option
@wired(registry=False)
def backtest(wiring: Wiring, models: tuple[str, ...], since: str | None, closed: bool, format_: str) -> None:
    """Judge every past proposal under the policy of the work tree.

    Shows which decisions would flip, because of which gates, and what became of those champions. Change a
    policy, run this, then open the pull request.
    """
    from coronet.adapters.work_tree import WorkTree, find_root
    from coronet.commands.policy.backtest import backtest as replay

    report = replay(
        wiring.repository,
        WorkTree(find_root(Path.cwd())),
        wiring.documents,
        main=wiring.settings.main,
        log_branch=wiring.settings.log_branch,
        models=models,
        since=parse_since(since, wiring) if since else None,
        progress=show_progress,
        forge=wiring.forge if closed else None,
    )
    emit(report, format_)


def parse_since(text: str, wiring: Wiring) -> datetime:
    """A moment, the beginning of a day in UTC, or so long before now."""
    from coronet.core.timestamps import parse_duration, parse_time

    with suppress(ValueError, OverflowError):
        return wiring.clock.now() - parse_duration(text)
    with suppress(ValueError):
        return parse_time(f"{text}T00:00:00Z" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text)
    raise click.BadParameter(
        f"{text!r} is no day, moment or length of time: write it as in 2026-11-20, 2026-11-20T21:05:00Z or 90d",
        param_hint="'--since'",
    )
