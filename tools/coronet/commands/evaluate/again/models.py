"""Registered versions, loaded and measured again on the data that was pinned then."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from coronet.commands.evaluate.again.question import Again, Pins, Question, note_other_programs
from coronet.commands.evaluate.asking import Section
from coronet.commands.evaluate.models import ModelsRequest, evaluate_models
from coronet.commands.evaluate.recipes import recipe_of
from coronet.commands.evaluate.sides import Laboratory
from coronet.commands.governed import AtCommit, load_model
from coronet.commands.pinned_data import locate_data
from coronet.core.canonical import digest_bytes
from coronet.core.evidence import Evidence, Recipe, Subject
from coronet.core.model_file import DataFile, ModelFile, model_path
from coronet.core.statistics.columns import DRAWS, SEED
from coronet.errors import Conflict, InvalidInput, WrongUsage
from coronet.ports.documents import Files
from coronet.ports.registry import Registry
from coronet.ports.repository import Repository
from coronet.ports.tables import Tables

_BYTES = "sha256:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What the clone remembers: its history up to the commit `head`."""

    repository: Repository
    head: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Governing:
    """The model file by which it was measured; `commit` where only the past has it."""

    model: ModelFile
    files: Files
    commit: str | None = None


def measure_models_again(
    question: Question, laboratory: Laboratory, past: Past | None, tables_with: Callable[[Mapping[str, bytes]], Tables]
) -> Again:
    """Both versions predict the pinned data again; nothing is kept with their runs.

    The model file, and data that git has, are looked for in the work tree and then in the `past`;
    `tables_with` makes tables in which files of the past lie at their places. Raises `InvalidInput` where an
    input is not the one that the evidence pins, before a model is loaded.
    """
    evidence, recipe = question.evidence, recipe_of(question.evidence)
    if question.said or question.streamed is not None:
        raise WrongUsage(
            "evidence of registered models says itself how it was asked",
            hint="with --verify say only where the registry is: --registry URI",
        )
    governing = _find_model_file(question, recipe, laboratory, past)
    tables = _restore_data(governing, laboratory.tables, past, tables_with)
    pins = Pins(question)
    _pin_data(question, governing, tables, pins)
    sides = {"candidate": evidence.candidate, **({"champion": evidence.champion} if evidence.champion else {})}
    for name, side in sides.items():
        _pin_version(name, side, governing.model, laboratory.registry, pins)
    inputs = pins.close()
    laboratory = replace(laboratory, files=governing.files, tables=tables)
    report = evaluate_models(_ask_again(question, recipe), laboratory)
    notes = (*_notes(question, governing), *note_other_programs(recipe, laboratory.computed_with))
    return Again(evidence=report.evidence, recipe=recipe, inputs=inputs, notes=notes)


def _ask_again(question: Question, recipe: Recipe) -> ModelsRequest:
    evidence, asked = question.evidence, recipe.asked
    return ModelsRequest(
        model=evidence.model,
        candidate=evidence.candidate.version,
        champion=evidence.champion.version if evidence.champion else None,
        alone=evidence.champion is None,
        metrics=tuple(asked.get("metrics", ())),
        segments=tuple(asked.get("segments", ())),
        confidence=asked.get("confidence"),
        draws=asked.get("draws", DRAWS),
        seed=asked.get("seed", SEED),
        sections=frozenset(_sections(evidence)),
        checks=frozenset(check.name for check in evidence.checks),
        dry_run=True,
    )


def _sections(evidence: Evidence) -> Iterator[Section]:
    """Those that the evidence has, whatever the policy asks today: one that it lacks lets nothing pass.

    Times are not taken again, since no two measurements of a time agree.
    """
    has = {Section.COSTS: evidence.costs, Section.DRIFT: evidence.drift, Section.LEAKAGE: evidence.leakage}
    yield from (section for section, found in has.items() if found is not None)


def _notes(question: Question, governing: _Governing) -> Iterator[str]:
    if question.evidence.recipe is None:
        yield "the evidence has no recipe: metrics and segments are those of its facts, the model file pins its data"
    if governing.commit:
        yield f"the model file, and data that changed since, are those of commit {governing.commit[:12]}"


# --- the model file -------------------------------------------------------------------------------


def _find_model_file(question: Question, recipe: Recipe, laboratory: Laboratory, past: Past | None) -> _Governing:
    name = question.evidence.model
    places: list[tuple[Files, str | None]] = [(laboratory.files, None)]
    wanted: str | None = recipe.asked.get("model_file", {}).get("digest")
    for files, commit in (*places, *_commits(question, past, model_path(name))):
        data = files.read(model_path(name))
        if data is None or (wanted is not None and digest_bytes(data) != wanted):
            continue
        with suppress(InvalidInput):
            model = load_model(files, laboratory.documents, name)
            if wanted is not None or _pins(model, question.evidence.data.digest):
                return _Governing(model=model, files=files, commit=commit)
    pinned = f"with the digest {wanted}" if wanted else f"that pins the data {question.evidence.data.digest}"
    raise InvalidInput(
        f"neither the work tree nor git's history has a {model_path(name)} {pinned}",
        hint="check out the commit at which it was measured (`code.commit` of the proposal), or fetch its history",
    )


def _commits(question: Question, past: Past | None, path: str) -> Iterator[tuple[Files, str]]:
    """Where else the model file may be: in the history, newest first, and at the proposal's commit."""
    if past is None:
        return
    for commit in past.repository.history(past.head, path):
        yield AtCommit(repository=past.repository, commit=commit), commit
    if question.proposal and (commit := question.proposal.code.commit or ""):
        yield AtCommit(repository=past.repository, commit=commit), commit


def _pins(model: ModelFile, digest: str) -> bool:
    return f"{_BYTES}{model.data.evaluation.sha256}" == digest


# --- data and versions ----------------------------------------------------------------------------


def _restore_data(
    governing: _Governing, tables: Tables, past: Past | None, tables_with: Callable[[Mapping[str, bytes]], Tables]
) -> Tables:
    """Tables in which data that changed since lies as it was, where git has it."""
    if governing.commit is None or past is None:
        return tables
    data = governing.model.data
    files = [file for file in (data.train, data.evaluation, data.reference) if file is not None and file.sha256]
    restored = {}
    for file in files:
        location = locate_data(governing.model, file)
        kept = None if _is_there(tables, location, file) else past.repository.read(governing.commit, location)
        if kept is not None and digest_bytes(kept) == f"{_BYTES}{file.sha256}":
            restored[location] = kept
    return tables_with(restored) if restored else tables


def _is_there(tables: Tables, location: str, file: DataFile) -> bool:
    with suppress(InvalidInput):
        return "://" in location or tables.sha256(location) == file.sha256
    return False


def _pin_data(question: Question, governing: _Governing, tables: Tables, pins: Pins) -> None:
    place = locate_data(governing.model, governing.model.data.evaluation)
    hint = "bring back the file that was measured, or check out the commit that has it"
    try:
        found = f"{_BYTES}{tables.sha256(place)}"
    except InvalidInput as error:
        pins.miss(f"data: {error.message}", hint=hint)
    else:
        pins.add("data", place, wanted=question.evidence.data.digest, found=found, hint=hint)


def _pin_version(name: str, side: Subject, model: ModelFile, registry: Registry, pins: Pins) -> None:
    """The files of the version as the registry has them now."""
    place = f"{model.registered_model} version {side.version}"
    hint = "see whether --registry names the registry in which it was measured; if it does, somebody changed it"
    version = registry.version(model.registered_model, side.version or "")
    if version is None:
        pins.miss(f"{name}: the registry has no {place}", hint=hint)
        return
    try:
        found = registry.artifact_digest(version)
    except Conflict as error:
        pins.miss(f"{name}: {error.message}", hint=hint)
    else:
        pins.add(name, place, wanted=side.digest, found=found, hint=hint)
