"""Evidence from registered models: both load, both predict the same pinned data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coronet.commands.evaluate.asking import Section, asked_sections
from coronet.commands.evaluate.custom import load_custom
from coronet.commands.evaluate.looks import count_look
from coronet.commands.evaluate.recipes import recipe_of_models
from coronet.commands.evaluate.report import EvaluateReport
from coronet.commands.evaluate.sections import Bench, Measured, measure_sections
from coronet.commands.evaluate.showing import choose_keys, put_sections
from coronet.commands.evaluate.sides import (
    Data,
    Laboratory,
    Side,
    pair_sides,
    predict,
    read_data,
    require_one_threshold,
)
from coronet.commands.evaluate.training_labels import find_training_constants
from coronet.commands.evaluate.versions import find_candidate, find_champion
from coronet.commands.governed import load_model
from coronet.commands.pinned_data import verify_pin
from coronet.commands.policies import load_policy
from coronet.commands.report import METRICS, make_report
from coronet.commands.scoring import THRESHOLD, require_metrics
from coronet.core.catalogue import default_metrics, examine_metric
from coronet.core.evidence import Contract, EvaluationData, Evidence, Keys, Recipe, Task, run_file
from coronet.core.evidence.contract import contract_of
from coronet.core.model_file import ModelFile, model_path
from coronet.core.policy import DEFAULT_PATH, Mode, Policy, policy_path
from coronet.core.render.comparison import comparison_csv
from coronet.core.statistics import Specification, measure
from coronet.core.statistics.columns import DRAWS, SEED, Custom, Pictures
from coronet.core.statistics.pairing import Paired
from coronet.core.statistics.streaming.pictures.sections import describe_columns
from coronet.ports.models import ModelStore
from coronet.ports.registry import Registry
from coronet.ports.tables import Tables


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
    data = read_data(model, segments, laboratory)
    sides = [predict(model, version, data, laboratory) for version in (candidate, champion) if version]
    require_one_threshold(model, sides)
    paired = pair_sides(model, data, sides)
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
    sides: Sequence[Side],
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


# --- evidence -------------------------------------------------------------------------------------


def _describe(
    model: ModelFile,
    data: Data,
    sides: Sequence[Side],
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


def _contract(sides: Sequence[Side], store: ModelStore) -> Contract:
    candidate, champion = (side.version for side in sides)
    digests = (store.contract(candidate), store.contract(champion))
    return contract_of(*digests, store.schema(champion), store.schema(candidate))


def _bench(
    model: ModelFile,
    policy: Policy | None,
    data: Data,
    sides: Sequence[Side],
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


def _threshold(model: ModelFile, sides: Sequence[Side]) -> float | None:
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
