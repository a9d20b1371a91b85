"""Prediction files, measured again."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from coronet.commands.evaluate.again.question import Again, Pins, Question, note_other_programs
from coronet.commands.evaluate.files import evaluate_files
from coronet.commands.evaluate.recipes import describe_custom, recipe_of, request_of
from coronet.commands.evaluate.request import FilesRequest
from coronet.core.evidence import Way
from coronet.errors import InvalidInput, WrongUsage
from coronet.ports.clock import Clock, Progress
from coronet.ports.streams import Streams
from coronet.ports.tables import Tables

if TYPE_CHECKING:
    from coronet.core.statistics.columns import Custom

PLACES = ("candidate", "champion", "data")


def measure_files_again(
    question: Question,
    tables: Tables,
    streams: Streams,
    clock: Clock,
    progress: Progress,
    *,
    computed_with: Mapping[str, str],
    custom: "Sequence[Custom]" = (),
) -> Again:
    """The files that the recipe names, or that `said` names in their place.

    `custom` are the metrics of one's own, which the caller was asked for and trusts.
    Raises `InvalidInput` where a file is not the one that the evidence pins, before anything is measured.
    """
    _require_custom(question, custom)
    request, notes = _ask_again(question)
    request = replace(request, custom=tuple(custom))
    progress("compare", "the digests of the files")
    pins = Pins(question)
    _pin(question, request, tables if not request.streamed else streams, pins)
    inputs = pins.close()
    report = evaluate_files(request, tables, streams, clock, progress, computed_with=computed_with)
    recipe = recipe_of(question.evidence)
    notes = (*notes, *note_other_programs(recipe, computed_with))
    return Again(evidence=report.evidence, recipe=recipe, inputs=inputs, notes=notes)


def _ask_again(question: Question) -> tuple[FilesRequest, tuple[str, ...]]:
    """The request, and what it had to take on trust."""
    evidence, said = question.evidence, question.said
    recipe, has_recipe = recipe_of(evidence), evidence.recipe is not None
    allowed = PLACES if has_recipe else tuple(field.name for field in fields(FilesRequest))
    if wrong := [_flag(name) for name in sorted(said) if name not in allowed]:
        raise WrongUsage(
            f"{', '.join(wrong)}: the evidence says itself how it was asked",
            hint="with --verify say only where files lie now (--candidate, --champion, --data), --exact or --streamed",
        )
    notes = () if has_recipe else ("the evidence has no recipe: its facts and the options told how it was asked",)
    request = request_of(replace(recipe, asked={**recipe.asked, **said}), evidence)
    streamed = recipe.way is Way.STREAMED if question.streamed is None else question.streamed
    return replace(request, streamed=streamed), notes


def _require_custom(question: Question, custom: "Sequence[Custom]") -> None:
    """Whoever measures again says himself whose code is run."""
    wanted = {metric.name: metric for metric in question.evidence.custom_metrics}
    given = {own.described.name: own.described for own in custom}
    if extra := sorted(set(given) - set(wanted)):
        raise WrongUsage(f"the evidence has no metric {', '.join(extra)}", hint="leave --custom-metric out")
    if missing := [describe_custom(wanted[name]) for name in wanted if name not in given]:
        raise WrongUsage(
            f"the evidence was measured with code of one's own: {', '.join(missing)}",
            hint=f"say it again, where you trust that code: --custom-metric {missing[0]}",
        )


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _pin(question: Question, request: FilesRequest, digests: Tables | Streams, pins: Pins) -> None:
    evidence = question.evidence
    champion = evidence.champion.predictions if evidence.champion else None
    wanted = {"candidate": evidence.candidate.predictions, "champion": champion, "data": evidence.data.digest}
    for name in PLACES:
        place = getattr(request, name)
        if place is None:
            if name == "champion" and evidence.champion is not None:
                pins.miss("champion: the evidence does not name its file", hint="name it with --champion FILE")
            continue
        hint = f"bring back the file that was measured, or say where it lies: --{name} FILE"
        try:
            found = f"sha256:{digests.sha256(place)}"
        except InvalidInput as error:
            pins.miss(f"{name}: {error.message}", hint=hint)
        else:
            pins.add(name, place, wanted=wanted[name], found=found, hint=hint)
