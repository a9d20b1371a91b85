"""What both versions say of the same pinned rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coronet.commands.evaluate.reading import read_keys
from coronet.commands.pinned_data import Pinned, read_pinned, verify_pin
from coronet.commands.scoring import Scored, score
from coronet.core.canonical import digest_bytes
from coronet.core.evidence import Subject, Task
from coronet.core.model_file import ModelFile, model_path
from coronet.core.statistics.pairing import Paired, pair
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
class Side:
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
class Data:
    """The evaluation data: `frame` as models see it, and the true answers of the same rows."""

    pinned: Pinned
    frame: Any
    answers: Answers


def read_data(model: ModelFile, segments: tuple[str, ...], laboratory: Laboratory) -> Data:
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
    return Data(pinned=pinned, frame=frame, answers=answers)


def predict(model: ModelFile, version: ModelVersion, data: Data, laboratory: Laboratory) -> Side:
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
    return Side(
        version=version, predictor=predictor, scored=scored, predictions=laboratory.tables.to_parquet(scored.table)
    )


def require_one_threshold(model: ModelFile, sides: Sequence[Side]) -> None:
    """InvalidInput where the model file's threshold would make the classes of one version and not of the other."""
    without = [side.version.version for side in sides if side.scored.columns.candidate.scores is None]
    if model.threshold is not None and without:
        raise InvalidInput(
            f"version {without[0]} gives no probabilities, and the threshold {model.threshold} makes classes of them",
            hint="register a model with probabilities, or leave `threshold` out of the model file",
            location=Location(file=model_path(model.name)),
        )


def pair_sides(model: ModelFile, data: Data, sides: Sequence[Side]) -> Paired:
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


def _positive(model: ModelFile, side: Side) -> str | None:
    return side.scored.classes[1] if model.task is Task.BINARY else None


def _said(model: ModelFile, side: Side, keys: list[str]) -> Said:
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
