"""Evidence from registered models: both load, both predict the same pinned data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from coronet.commands.evaluate.asking import Section, asked_sections
from coronet.commands.evaluate.custom import load_custom
from coronet.commands.evaluate.looks import count_look
from coronet.commands.evaluate.reading import read_keys
from coronet.commands.evaluate.recipes import recipe_of_models
from coronet.commands.evaluate.report import EvaluateReport
from coronet.commands.evaluate.sections import Bench, Measured, measure_sections
from coronet.commands.evaluate.showing import choose_keys, put_sections
from coronet.commands.evaluate.training_labels import find_training_constants
from coronet.commands.evaluate.versions import find_candidate, find_champion
from coronet.commands.governed import load_model
from coronet.commands.pinned_data import Pinned, read_pinned, verify_pin
from coronet.commands.policies import load_policy
from coronet.commands.report import METRICS, make_report
from coronet.commands.scoring import THRESHOLD, Scored, require_metrics, score
from coronet.core.canonical import digest_bytes
from coronet.core.catalogue import default_metrics, examine_metric
from coronet.core.evidence import Contract, EvaluationData, Evidence, Keys, Recipe, Subject, Task, run_file
from coronet.core.evidence.contract import contract_of
from coronet.core.model_file import ModelFile, model_path
from coronet.core.policy import DEFAULT_PATH, Mode, Policy, policy_path
from coronet.core.render.comparison import comparison_csv
from coronet.core.statistics import Specification, measure
from coronet.core.statistics.columns import DRAWS, SEED, Custom, Pictures
from coronet.core.statistics.pairing import Paired, pair
from coronet.core.statistics.streaming.pictures.sections import describe_columns
from coronet.core.statistics.tables import Answers, Said
from coronet.errors import CoronetError, InvalidInput, Location
from coronet.ports.checks import CheckRunner
from coronet.ports.clock import Clock, Progress
from coronet.ports.columns import ColumnTables
from coronet.ports.custom_metrics import CustomMetrics
from coronet.ports.documents import Documents, Files
from coronet.ports.machine import Machine
from coronet.ports.models import ModelStore, Predictor
from coronet.ports.registry import ModelVersion, Registry
from coronet.ports.tables import Tables

_PREFIX = "score_"
_MOST_SAID = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelsRequest:
    """Which versions of which model; None for those under the model's aliases.

    `alone` leaves the champion out. `metrics`, `segments` (None: not said) and `confidence` go before what the
    model file and the policy say. `also` are sections to measure that no gate of the policy asks for;
    `sections` are all of them, whatever the policy asks, and of its own checks only `checks` are run.
    Resampling makes `draws` draws from `seed`.
    """

    model: str
    candidate: str | None = None
    champion: str | None = None
    alone: bool = False
    metrics: tuple[str, ...] = ()
    segments: tuple[str, ...] | None = None
    confidence: float | None = None
    draws: int = DRAWS
    seed: int = SEED
    also: tuple[str, ...] = ()
    sections: frozenset[Section] | None = None
    checks: frozenset[str] | None = None
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Laboratory:
    """What measuring models needs of the world; without `custom_metrics` only the catalogue's are measured.

    `computed_with` are the versions of the programs that do it.
    """

    files: Files
    documents: Documents
    tables: Tables
    columns: ColumnTables
    registry: Registry
    store: ModelStore
    machine: Machine
    runner: CheckRunner
    clock: Clock
    progress: Progress
    custom_metrics: CustomMetrics | None = None
    computed_with: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Side:
    """One version, and what it says of the labelled rows of the evaluation data."""

    version: ModelVersion
    predictor: Predictor
    scored: Scored
    predictions: bytes

    def subject(self, registry: Registry) -> Subject:
        return Subject(
            version=self.version.version,
            run_id=self.version.run_id,
            digest=registry.artifact_digest(self.version),
            predictions=digest_bytes(self.predictions),
        )


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Data:
    """The evaluation data: `frame` as models see it, and the true answers of the same rows."""

    pinned: Pinned
    frame: Any
    answers: Answers


def evaluate_models(request: ModelsRequest, laboratory: Laboratory) -> EvaluateReport:
    """Measure the candidate beside the champion, and keep the evidence with the candidate's run.

    Everything that can be wrong with names and data is looked at before a model is loaded.
    """
    model = load_model(laboratory.files, laboratory.documents, request.model)
    require_metrics(model, (*request.metrics, *model.metrics))
    policy = _find_policy(laboratory, model)
    candidate = find_candidate(laboratory.registry, model, request.candidate)
    champion = None if request.alone else find_champion(laboratory.registry, model, request.champion, candidate)
    custom = load_custom(model, laboratory.files, laboratory.custom_metrics) if laboratory.custom_metrics else ()
    segments = _segments(request, model, policy, laboratory.tables)
    data = _read_data(model, segments, laboratory)
    sides = [_predict(model, version, data, laboratory) for version in (candidate, champion) if version]
    _require_one_threshold(model, sides)
    paired = _pair(model, data, sides)
    laboratory.progress("measure", f"{paired.counts.paired} rows")
    specification = Specification(
        task=model.task,
        metrics=_metrics(request, model, policy, sides, custom),
        classes=paired.classes.names,
        segments=segments,
        confidence=request.confidence or (policy.confidence if policy else 0.95),
        draws=request.draws,
        seed=request.seed,
        cluster=model.data.cluster,
        custom=custom,
        pictures=Pictures(
            movers=model.showing.movers,
            moved_by=model.showing.moved_by,
            constants=find_training_constants(model, laboratory.tables, paired.classes.names),
        ),
    )
    evidence = put_sections(
        _describe(model, data, sides, paired, specification, laboratory),
        describe_columns(paired.columns, specification),
        choose_keys(model.data.key, shown=model.showing.keys is Keys.SHOWN),
    )
    bench = _bench(model, policy, data, sides, specification.confidence, laboratory)
    asked = asked_sections(policy, request.also) if request.sections is None else request.sections
    evidence = replace(evidence, **measure_sections(bench, asked, checks=request.checks))
    if not request.alone:
        evidence = count_look(evidence, candidate, policy, laboratory.registry, dry_run=request.dry_run)
    return EvaluateReport(
        evidence=evidence,
        predictions={side.version.version: side.predictions for side in sides},
        saved=_keep(evidence, laboratory.registry, dry_run=request.dry_run),
        dry_run=request.dry_run,
    )


# --- what is asked --------------------------------------------------------------------------------


def _find_policy(laboratory: Laboratory, model: ModelFile) -> Policy | None:
    """The effective policy, where there is one: what it will ask for is measured, too."""
    if all(laboratory.files.read(path) is None for path in (DEFAULT_PATH, policy_path(model.name))):
        return None
    return load_policy(laboratory.files, laboratory.documents, model.name)


def _metrics(
    request: ModelsRequest,
    model: ModelFile,
    policy: Policy | None,
    sides: Sequence[_Side],
    custom: Sequence[Custom],
) -> tuple[str, ...]:
    """Those asked for; else the model file's, or the task's, its own, and those that the policy judges by."""
    if request.metrics:
        return tuple(dict.fromkeys(request.metrics))
    has_scores = all(side.scored.columns.candidate.scores is not None for side in sides)
    own = model.metrics or default_metrics(model.task, scores=has_scores)
    described = tuple(each.described.name for each in custom)
    judged = (name for name, _ in _judged_by(policy) if name and examine_metric(name, model.task, described) is None)
    return tuple(dict.fromkeys((*own, *described, *judged)))


def _segments(request: ModelsRequest, model: ModelFile, policy: Policy | None, tables: Tables) -> tuple[str, ...]:
    """Those asked for; else the model file's, and those of the policy that the data have."""
    if request.segments is not None:
        return tuple(dict.fromkeys(request.segments))
    there = tables.columns(verify_pin(tables, model, model.data.evaluation).location)
    judged = (column for _, by in _judged_by(policy) for column in by if column in there)
    return tuple(dict.fromkeys((*model.data.segments, *judged)))


def _judged_by(policy: Policy | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(metric, segment columns) of everything that the policy judges or ranks by."""
    if policy is None:
        return
    yield from ((gate.metric, gate.by) for gate in policy.gates if gate.mode is not Mode.OFF)
    yield from ((term.metric, term.by) for term in policy.ranking.score)
    yield from ((tie.metric, tie.by) for tie in policy.ranking.tie_breaks)


# --- rows -----------------------------------------------------------------------------------------


def _read_data(model: ModelFile, segments: tuple[str, ...], laboratory: Laboratory) -> _Data:
    tables, data = laboratory.tables, model.data
    laboratory.progress("data", data.name)
    pinned = verify_pin(tables, model, data.evaluation)
    frame = read_pinned(tables, model, pinned)
    names = tuple(dict.fromkeys(name for name in (data.key, data.cluster, *segments) if name))
    texts = tables.read(pinned.location, columns=names, text=names) if names else frame
    answers = Answers(
        source=pinned.location,
        key=read_keys(texts, data.key, pinned.location),
        label=frame[data.label].to_numpy(),
        weight=frame[data.weight].to_numpy() if data.weight else None,
        segments={name: texts[name].to_numpy() for name in segments},
        cluster=texts[data.cluster].to_numpy() if data.cluster else None,
    )
    return _Data(pinned=pinned, frame=frame, answers=answers)


def _predict(model: ModelFile, version: ModelVersion, data: _Data, laboratory: Laboratory) -> _Side:
    laboratory.progress("predict", f"version {version.version}")
    predictor = laboratory.store.load(version)
    try:
        scored = score(model, predictor, data.frame)
    except CoronetError:
        raise
    except Exception as error:
        # A model is code of its own, and fails as it likes on data that it was not made for.
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise InvalidInput(
            f"version {version.version} cannot predict {data.pinned.location}: {said[:_MOST_SAID]}",
            hint="see whether the data still have what the version was trained on",
        ) from error
    return _Side(
        version=version, predictor=predictor, scored=scored, predictions=laboratory.tables.to_parquet(scored.table)
    )


def _require_one_threshold(model: ModelFile, sides: Sequence[_Side]) -> None:
    """InvalidInput where the model file's threshold would make the classes of one version and not of the other."""
    without = [side.version.version for side in sides if side.scored.columns.candidate.scores is None]
    if model.threshold is not None and without:
        raise InvalidInput(
            f"version {without[0]} gives no probabilities, and the threshold {model.threshold} makes classes of them",
            hint="register a model with probabilities, or leave `threshold` out of the model file",
            location=Location(file=model_path(model.name)),
        )


def _pair(model: ModelFile, data: _Data, sides: Sequence[_Side]) -> Paired:
    labelled = data.frame[model.data.label].notna().to_numpy().tolist()
    keys = [key for key, has_label in zip(data.answers.key, labelled, strict=True) if has_label]
    said = [_said(model, side, keys) for side in sides]
    return pair(
        data.answers,
        said[0],
        said[1] if len(said) > 1 else None,
        task=model.task,
        positive=_positive(model, sides[0]),
        complete=True,
    )


def _positive(model: ModelFile, side: _Side) -> str | None:
    return side.scored.classes[1] if model.task is Task.BINARY else None


def _said(model: ModelFile, side: _Side, keys: list[str]) -> Said:
    """What a version says, by the columns of its table of predictions."""
    source, table = f"version {side.version.version}", side.scored.table
    predicted = table["prediction"].to_numpy()
    if model.task is Task.REGRESSION:
        return Said(source=source, key=keys, values=predicted)
    classes = [name for name in side.scored.classes if f"{_PREFIX}{name}" in table.columns]
    probabilities = {name: table[f"{_PREFIX}{name}"].to_numpy() for name in classes}
    return Said(
        source=source,
        key=keys,
        classes=predicted.astype(object),
        score=table["score"].to_numpy() if model.task is Task.BINARY and "score" in table.columns else None,
        probabilities=probabilities if model.task is Task.MULTICLASS and probabilities else None,
    )


# --- evidence -------------------------------------------------------------------------------------


def _describe(
    model: ModelFile,
    data: _Data,
    sides: Sequence[_Side],
    paired: Paired,
    specification: Specification,
    laboratory: Laboratory,
) -> Evidence:
    subjects = [side.subject(laboratory.registry) for side in sides]
    return Evidence(
        model=model.name,
        task=model.task,
        created_at=laboratory.clock.now(),
        candidate=subjects[0],
        champion=subjects[1] if len(subjects) > 1 else None,
        data=EvaluationData(
            name=model.data.name,
            digest=f"sha256:{data.pinned.sha256}",
            rows=len(data.answers.key),
            label=model.data.label,
            key=model.data.key,
            cluster=model.data.cluster,
        ),
        rows=paired.counts,
        confidence=specification.confidence,
        metrics=measure(paired.columns, specification),
        threshold=_threshold(model, sides),
        recipe=_describe_recipe(model, specification, laboratory),
        contract=_contract(sides, laboratory.store) if len(sides) > 1 else None,
        custom_metrics=tuple(
            own.described for own in specification.custom if own.described.name in specification.metrics
        ),
    )


def _contract(sides: Sequence[_Side], store: ModelStore) -> Contract:
    candidate, champion = (side.version for side in sides)
    digests = (store.contract(candidate), store.contract(champion))
    return contract_of(*digests, store.schema(champion), store.schema(candidate))


def _bench(
    model: ModelFile,
    policy: Policy | None,
    data: _Data,
    sides: Sequence[_Side],
    confidence: float,
    laboratory: Laboratory,
) -> Bench:
    return Bench(
        model=model,
        policy=policy,
        sides=[Measured(version=s.version, predictor=s.predictor, predictions=s.predictions) for s in sides],
        frame=data.frame,
        pinned=data.pinned,
        confidence=confidence,
        tables=laboratory.tables,
        columns=laboratory.columns,
        documents=laboratory.documents,
        store=laboratory.store,
        machine=laboratory.machine,
        runner=laboratory.runner,
        progress=laboratory.progress,
    )


def _describe_recipe(model: ModelFile, specification: Specification, laboratory: Laboratory) -> Recipe:
    model_file = laboratory.files.read(model_path(model.name)) or b""
    return recipe_of_models(model, model_file, specification, laboratory.computed_with)


def _threshold(model: ModelFile, sides: Sequence[_Side]) -> float | None:
    """What made classes of scores; None where a model names the classes itself."""
    decides = model.task is Task.BINARY and all(side.scored.columns.candidate.scores is not None for side in sides)
    return (THRESHOLD if model.threshold is None else model.threshold) if decides else None


def _keep(evidence: Evidence, registry: Registry, *, dry_run: bool) -> tuple[str, ...]:
    """Save the evidence with the candidate's run, where `propose` looks for it, and beside it what people look at."""
    run_id = evidence.candidate.run_id
    if not run_id:
        return ()
    path = run_file(evidence.champion.version if evidence.champion else None)
    files = {path: evidence.to_bytes(), f"{path.removesuffix('.json')}.csv": comparison_csv(evidence).encode()}
    folder = path.removesuffix(".json").replace("evidence/", "evaluation/", 1)
    drawn = make_report(evidence, folder=folder).files
    files |= {f"{folder}/{name}": content for name, content in drawn.items() if name != METRICS}
    if not dry_run:
        for name, content in files.items():
            registry.save_run_file(run_id, name, content)
    return tuple(f"{name} of run {run_id}" for name in files)
