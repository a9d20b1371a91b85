"""`coronet track`: record a run that was made elsewhere, and register its model."""

from collections.abc import Callable
from dataclasses import dataclass

from coronet.commands.governed import governed_models, load_model
from coronet.commands.provenance import AliasChoice, Provenance, check_against, choose_alias, name_run
from coronet.commands.recording import Desk, Recording, record
from coronet.commands.run_report import RunReport
from coronet.core.canonical import digest_bytes
from coronet.core.model_file import ModelFile
from coronet.core.recorded_run import RecordedRun
from coronet.core.tracked_files import TrackedMetrics, read_metrics, read_scorecard
from coronet.errors import WrongUsage
from coronet.ports.clock import Clock, Progress
from coronet.ports.documents import Documents, Files
from coronet.ports.models import ModelArtifact, OpenRun
from coronet.ports.registry import Registry


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenFile:
    """A file that was handed in: its name as given, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackRequest:
    """`artifact` is where the model is; `register` says that it becomes a version of `registered_model`."""

    provenance: Provenance
    metrics: GivenFile | None = None
    scorecard: GivenFile | None = None
    predictions: GivenFile | None = None
    artifact: str | None = None
    register: bool = False
    registered_model: str | None = None
    experiment: str | None = None
    alias: AliasChoice = AliasChoice.CANDIDATE
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackPorts:
    files: Files
    documents: Documents
    desk: Desk
    clock: Clock
    progress: Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class _Subject:
    """What the run is about; `model` is None where no model file governs it."""

    name: str
    registered_model: str
    experiment: str
    model: ModelFile | None


def track(request: TrackRequest, ports: TrackPorts) -> RunReport:
    """Record what was handed in as a run, after all of it was read and found right."""
    subject = _find_subject(request, ports)
    asked = check_against(subject.model, request.provenance) if subject.model else request.provenance
    artifact = ports.desk.tracker.describe(request.artifact) if request.artifact else None
    run = _describe(request, subject, asked, artifact, ports)
    alias = _alias(request, subject, ports.desk.registry)
    if not request.dry_run:
        recording = Recording(
            run=run,
            experiment=subject.experiment,
            stage="track",
            files=_files(request),
            save=_saving(request.artifact) if request.artifact else None,
            register=request.register,
            schema=artifact.schema if artifact else None,
            alias=alias,
        )
        run = record(recording, ports.desk, ports.progress)
    return RunReport(verb="track", run=run, dry_run=request.dry_run, next=_next(request, subject))


def _find_subject(request: TrackRequest, ports: TrackPorts) -> _Subject:
    registered, experiment = request.registered_model, request.experiment
    if request.register and not (registered and request.artifact):
        raise WrongUsage(
            "--register-model needs a name and a model", hint="add --registered-model-name and --model-artifact"
        )
    model = _find_model(registered, ports) if registered else None
    place = experiment or (model.experiment if model else registered)
    if place is None:
        raise WrongUsage("nothing says where the run belongs", hint="add --registered-model-name, or --experiment-name")
    return _Subject(
        name=model.name if model else registered or place,
        registered_model=registered or "",
        experiment=place,
        model=model,
    )


def _find_model(registered: str, ports: TrackPorts) -> ModelFile | None:
    """The model file that governs a registered model: in the folder of its name, else the one that names it."""
    folders = sorted(governed_models(ports.files), key=lambda name: name != registered)
    models = (load_model(ports.files, ports.documents, name) for name in folders)
    return next((model for model in models if model.registered_model == registered), None)


def _describe(
    request: TrackRequest, subject: _Subject, asked: Provenance, artifact: ModelArtifact | None, ports: TrackPorts
) -> RecordedRun:
    at, scorecard = ports.clock.now(), request.scorecard
    metrics = _read_metrics(request.metrics, ports.documents)
    return RecordedRun(
        model=subject.name,
        registered_model=subject.registered_model,
        run_id="",
        name=name_run(subject.name, asked, at),
        kind=asked.run_kind,
        at=at,
        model_type=artifact.kind if artifact else "no model",
        params=metrics.about,
        metrics=metrics.metrics,
        why=asked.why,
        checkout=asked.checkout,
        requester=asked.requester,
        environment=asked.environment,
        dataset_version=asked.dataset_version,
        inputs=_digests(request, artifact),
        scorecard=read_scorecard(scorecard.data, file=scorecard.name) if scorecard else (),
    )


def _read_metrics(file: GivenFile | None, documents: Documents) -> TrackedMetrics:
    if file is None:
        return TrackedMetrics(metrics={}, about={})
    return read_metrics(documents.parse(file.data, file=file.name))


def _alias(request: TrackRequest, subject: _Subject, registry: Registry) -> str | None:
    if not request.register:
        return None
    model = subject.model
    return choose_alias(
        request.alias,
        registry,
        subject.registered_model,
        candidate=model.candidate_alias if model else str(AliasChoice.CANDIDATE),
        champion=model.champion_alias if model else str(AliasChoice.CHAMPION),
    )


def _given(request: TrackRequest) -> dict[str, GivenFile]:
    files = {"metrics": request.metrics, "scorecard": request.scorecard, "predictions": request.predictions}
    return {what: file for what, file in files.items() if file}


def _digests(request: TrackRequest, artifact: ModelArtifact | None) -> dict[str, str]:
    digests = {what: digest_bytes(file.data) for what, file in _given(request).items()}
    return {**digests, **({"model_artifact": artifact.digest} if artifact else {})}


def _files(request: TrackRequest) -> dict[str, bytes]:
    """The files as the run keeps them: named by what they are, so that readers find them."""
    return {f"{what}.{file.name.rpartition('.')[2]}": file.data for what, file in _given(request).items()}


def _saving(artifact: str) -> Callable[[OpenRun], str]:
    return lambda run: run.save_model_files(artifact)


def _next(request: TrackRequest, subject: _Subject) -> str:
    if not request.register:
        return "add --register-model to make it a version that can be proposed"
    if subject.model is None:
        return f"write models/{subject.name}/model.yaml, which says how {subject.registered_model} is judged"
    first = " (there is no champion: the first is proposed like any other)"
    return f"coronet propose {subject.name}{first if request.alias is AliasChoice.CHAMPION else ''}"
