"""`coronet abtest`."""

from contextlib import suppress
from math import inf
from pathlib import Path

import click

from coronet.cli.output import emit, format_option, show_progress


class _Margin(click.ParamType[tuple[str, float]]):
    """COLUMN=MARGIN."""

    name = "COLUMN=MARGIN"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        column, _, text = value.rpartition("=")
        with suppress(ValueError):
            if column and 0 <= (margin := float(text)) < inf:
                return column, margin
        raise click.BadParameter(f"{value!r} is no column with a margin, as in refunds=0.01", ctx=ctx, param=param)


@click.command()
@click.argument("outcomes", metavar="OUTCOMES")
@click.option("--arm", required=True, metavar="COLUMN", help="The column that says which version a row met.")
@click.option("--champion", required=True, metavar="VALUE", help="What that column says of the champion.")
@click.option("--candidate", required=True, metavar="VALUE", help="What that column says of the candidate.")
@click.option("--superior", multiple=True, metavar="COLUMN", help="An outcome that must be better.")
@click.option("--non-inferior", multiple=True, type=_Margin(), help="An outcome that may be worse by at most so much.")
@click.option("--outcome", multiple=True, metavar="COLUMN", help="An outcome that is only looked at.")
@click.option(
    "--lower-is-better", multiple=True, metavar="COLUMN", help="An outcome of which less is better.  [default: more is]"
)
@click.option(
    "--unit",
    metavar="COLUMN",
    help="The column of who met it (a customer, a session): its rows belong together.  [default: each row is one]",
)
@click.option("--segment", "segments", multiple=True, metavar="COLUMN", help="Look at each of its values, too.")
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="What part of the units was to meet the candidate: the test is void where another part did.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 1, max_open=True),
    default=0.95,
    show_default=True,
    help="Of the intervals, at all looks together.",
)
@click.option(
    "--looks",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How often the test will be looked at in all: more looks, wider intervals.",
)
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    outcomes: str,
    arm: str,
    champion: str,
    candidate: str,
    superior: tuple[str, ...],
    non_inferior: tuple[tuple[str, float], ...],
    outcome: tuple[str, ...],
    lower_is_better: tuple[str, ...],
    unit: str | None,
    segments: tuple[str, ...],
    share: float | None,
    confidence: float,
    looks: int,
    format_: str,
) -> None:
    """Which of two versions in use does better?

    OUTCOMES is a table with a row for each answer, or each day of a customer, and what came of it: numbers, or
    truths (a CSV or Parquet file, a folder or pattern of Parquet files, or FILE.duckdb::TABLE; larger than memory
    if need be). Who meets which version is decided before, by chance: coronet.abtest.assign_arm does it.

      coronet abtest outcomes.parquet --arm version --champion 5 --candidate 7 --unit customer \\
        --superior bought --non-inferior refunds=0.01 --lower-is-better refunds --share 0.1

    Exits with 4 where what is asked for is not so, or not certain.
    """
    from coronet.adapters.tables.outcomes import FileOutcomes
    from coronet.commands.abtest import Question, look_at_test
    from coronet.core.abtest.judging import Demand
    from coronet.ports.outcomes import Asked

    asked = tuple(dict.fromkeys((*superior, *(column for column, _ in non_inferior), *outcome)))
    if not asked:
        raise click.UsageError("name an outcome: --superior, --non-inferior or --outcome")
    if unknown := [column for column in lower_is_better if column not in asked]:
        raise click.UsageError(f"--lower-is-better {unknown[0]} is none of the outcomes {', '.join(asked)}")
    if champion == candidate:
        raise click.UsageError("champion and candidate are the same arm")
    demands = (
        *(Demand(outcome=column, lower_is_better=column in lower_is_better) for column in superior),
        *(
            Demand(outcome=column, lower_is_better=column in lower_is_better, margin=margin)
            for column, margin in non_inferior
        ),
    )
    question = Question(
        asked=Asked(arm=arm, champion=champion, candidate=candidate, outcomes=asked, unit=unit, segments=segments),
        demands=demands,
        share=share,
        confidence=confidence,
        looks=looks,
    )
    report = look_at_test(FileOutcomes(Path.cwd()), outcomes, question, progress=show_progress)
    emit(report, format_)
    ctx.exit(report.exit_code)
