"""`coronet train`: fit a model as its model file says, measure it, and register the version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from coronet.commands.governed import load_model
from coronet.commands.pinned_data import Pinned, read_pinned, verify_pin
from coronet.commands.profile import ProfileReport
from coronet.commands.provenance import AliasChoice, Provenance, check_against, choose_alias, name_run
from coronet.commands.recording import Desk, Recording, record
from coronet.commands.run_report import RunReport
from coronet.commands.scoring import Scored, measure_alone, require_metrics, score
from coronet.core.canonical import canonical_json, digest_bytes
from coronet.core.model_file import ModelFile, locate_beside, model_path
from coronet.core.recorded_run import RecordedData, RecordedRun
from coronet.core.statistics.drift import profile_columns
from coronet.errors import InvalidInput, Location
from coronet.ports.clock import Clock, Progress
from coronet.ports.documents import Documents, Files
from coronet.ports.models import FittedModel, OpenRun, Trainer, TrainerCode, Training
from coronet.ports.tables import Tables

PREDICTIONS_FILE = "predictions.parquet"
IMPORTANCES_FILE = "feature_importance.json"
PROFILE_FILE, PREDICTIONS_PROFILE_FILE = "profile.json", "predictions.profile.json"
_EXAMPLE_ROWS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainRequest:
    """`overrides` go before the model file's hyperparameters, `seed` before its seed."""

    model: str
    provenance: Provenance
    overrides: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    alias: AliasChoice = AliasChoice.CANDIDATE


@dataclass(frozen=True, kw_only=True, slots=True)
class Workshop:
    """What training needs of the world."""

    files: Files
    documents: Documents
    tables: Tables
    trainer: Trainer
    clock: Clock
    progress: Progress


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Made:
    """A fitted model with what it was made of and what it says of the evaluation data."""

    fitted: FittedModel
    code: TrainerCode | None
    data: tuple[RecordedData, ...]
    example: Any
    metrics: Mapping[str, float]
    problems: Mapping[str, str]
    predictions: bytes
    profiles: Mapping[str, bytes]


def train(request: TrainRequest, workshop: Workshop, desk: Desk | None) -> RunReport:
    """Fit and measure; record and register at `desk`, or, without one, say what would be recorded.

    The digests of the data, and everything else that can be wrong, are looked at before the first fit.
    """
    model = _apply(load_model(workshop.files, workshop.documents, request.model), request)
    asked = check_against(model, request.provenance)
    alias = _choose_alias(model, request.alias, desk)
    made = _make(model, workshop)
    run = _describe(model, request, asked, made, workshop.clock)
    if desk:
        recording = _recording(model, run, made, alias)
        run = record(recording, desk, workshop.progress)
    following = f"coronet evaluate {model.name}, then coronet propose {model.name}"
    return RunReport(verb="train", run=run, dry_run=desk is None, next=following)


def _apply(model: ModelFile, request: TrainRequest) -> ModelFile:
    return replace(
        model,
        hyperparameters={**model.hyperparameters, **request.overrides},
        seed=model.seed if request.seed is None else request.seed,
    )


def _choose_alias(model: ModelFile, choice: AliasChoice, desk: Desk | None) -> str | None:
    if desk is None:
        return None
    names = {"candidate": model.candidate_alias, "champion": model.champion_alias}
    return choose_alias(choice, desk.registry, model.registered_model, **names)


# --- making a model -------------------------------------------------------------------------------


def _make(model: ModelFile, workshop: Workshop) -> _Made:
    require_metrics(model, model.metrics)
    trainer = _find_trainer(model, workshop.files)
    workshop.progress("data", model.data.name)
    pins = {
        "training": verify_pin(workshop.tables, model, model.data.train),
        "evaluation": verify_pin(workshop.tables, model, model.data.evaluation),
    }
    frames = {context: read_pinned(workshop.tables, model, pinned) for context, pinned in pins.items()}
    workshop.progress("fit", str(model.trainer))
    fitted = workshop.trainer.fit(_training(model, trainer, frames["training"]))
    workshop.progress("measure")
    scored = {context: score(model, fitted, frame) for context, frame in frames.items()}
    metrics, problems = _measure(model, scored)
    predictions = workshop.tables.to_parquet(scored["evaluation"].table)
    return _Made(
        fitted=fitted,
        code=trainer if isinstance(trainer, TrainerCode) else None,
        data=tuple(_recorded(model, context, pins[context], frame) for context, frame in frames.items()),
        example=frames["training"].head(_EXAMPLE_ROWS),
        metrics=metrics,
        problems=problems,
        predictions=predictions,
        profiles={
            PROFILE_FILE: _profile_training(model, pins["training"], frames["training"]),
            PREDICTIONS_PROFILE_FILE: _profile_predictions(model, scored["evaluation"].table, predictions),
        },
    )


def _profile_training(model: ModelFile, pinned: Pinned, frame: Any) -> bytes:
    columns = [*model.data.features_among(tuple(frame.columns)), model.data.label]
    return _profile(frame, columns, pinned.location, f"sha256:{pinned.sha256}")


def _profile_predictions(model: ModelFile, table: Any, written: bytes) -> bytes:
    columns = [name for name in table.columns if name != model.data.key]
    return _profile(table, columns, PREDICTIONS_FILE, digest_bytes(written))


def _profile(frame: Any, columns: Sequence[str], source: str, digest: str) -> bytes:
    """What drift is measured against later, as `coronet profile` writes it."""
    profiles = profile_columns({name: frame[name] for name in columns})
    report = ProfileReport(source=source, digest=digest, rows=len(frame), profiles=profiles)
    return canonical_json(report.to_json())


def _find_trainer(model: ModelFile, files: Files) -> str | TrainerCode:
    """The trainer that the model file names; InvalidInput where its code is not in the model's folder."""
    where = Location(file=model_path(model.name))
    if model.trainer is None:
        raise InvalidInput(
            f"{model.name} has no trainer",
            hint="name one in the model file, or record a model trained elsewhere: coronet track",
            location=where,
        )
    path, colon, function = model.trainer.rpartition(":")
    if not colon:
        return model.trainer
    file = locate_beside(model.name, path)
    if file is None or not file.startswith(f"models/{model.name}/"):
        raise InvalidInput(
            f"the trainer {path} is not in the model's folder", hint="move the code beside model.yaml", location=where
        )
    source = files.read(file)
    if source is None:
        raise InvalidInput(f"there is no file {file}", hint="write the trainer, or correct its name", location=where)
    return TrainerCode(file=file, source=source, function=function)


def _training(model: ModelFile, trainer: str | TrainerCode, frame: Any) -> Training:
    return Training(
        trainer=trainer,
        frame=frame,
        features=model.data.features_among(tuple(frame.columns)),
        label=model.data.label,
        weight=model.data.weight,
        task=model.task,
        hyperparameters=model.hyperparameters,
        seed=model.seed,
    )


def _measure(model: ModelFile, scored: Mapping[str, Scored]) -> tuple[dict[str, float], dict[str, str]]:
    """Values and problems by name: `train_` and `test_` before the metric."""
    metrics: dict[str, float] = {}
    problems: dict[str, str] = {}
    for prefix, context in (("train", "training"), ("test", "evaluation")):
        values, missing = measure_alone(model, scored[context])
        metrics |= {f"{prefix}_{name}": value for name, value in values.items()}
        problems |= {f"{prefix}_{name}": problem for name, problem in missing.items()}
    return metrics, problems


def _recorded(model: ModelFile, context: str, pinned: Pinned, frame: Any) -> RecordedData:
    return RecordedData(
        name=model.data.name,
        context=context,
        location=pinned.location,
        sha256=pinned.sha256,
        rows=len(frame),
        columns=tuple(str(name) for name in frame.columns),
    )


# --- recording it ---------------------------------------------------------------------------------


def _describe(model: ModelFile, request: TrainRequest, asked: Provenance, made: _Made, clock: Clock) -> RecordedRun:
    at = clock.now()
    seed = {} if request.seed is None else {"seed": request.seed}
    return RecordedRun(
        model=model.name,
        registered_model=model.registered_model,
        run_id="",
        name=name_run(model.name, asked, at),
        kind=asked.run_kind,
        at=at,
        model_type=made.fitted.kind,
        params={"trainer": model.trainer, "seed": model.seed, **model.hyperparameters},
        overrides={**seed, **request.overrides},
        metrics=made.metrics,
        problems=made.problems,
        why=asked.why,
        checkout=asked.checkout,
        requester=asked.requester,
        environment=asked.environment,
        dataset_version=asked.dataset_version,
        data=made.data,
        inputs={"predictions": digest_bytes(made.predictions)},
        importances=made.fitted.importances or {},
    )


def _recording(model: ModelFile, run: RecordedRun, made: _Made, alias: str | None) -> Recording:
    def save(opened: OpenRun) -> str:
        return opened.save_model(made.fitted, example=made.example, code=made.code)

    files = {PREDICTIONS_FILE: made.predictions, **made.profiles}
    if run.importances:
        files[IMPORTANCES_FILE] = canonical_json(dict(run.importances))
    if made.code:
        files[f"code/{made.code.file.rpartition('/')[2]}"] = made.code.source
    return Recording(
        run=run,
        experiment=model.experiment,
        stage="train",
        files=files,
        save=save,
        schema=made.fitted.schema,
        alias=alias,
    )
