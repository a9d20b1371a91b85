"""A model file (`models/<m>/model.yaml`): what is governed, how it is trained, on which data it is judged."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coronet.core.catalogue import CUSTOM
from coronet.core.evidence import CustomMetric, Keys, Task

SCHEMA = "coronet/model/v1"
CHAMPION = "champion"
CANDIDATE = "candidate"


def model_path(model: str) -> str:
    return f"models/{model}/model.yaml"


def locate_beside(model: str, path: str) -> str | None:
    """Where `path` of a model file is: a URL as it stands, else a path relative to the repository.

    None where it is absolute or climbs out of the repository.
    """
    if "://" in path:
        return path
    found = posixpath.normpath(posixpath.join("models", model, path))
    is_outside = path.startswith("/") or found == ".." or found.startswith("../")
    return None if is_outside else found


@dataclass(frozen=True, kw_only=True, slots=True)
class DataFile:
    """A table by path (relative to the model's folder) or URL, pinned by its SHA-256 in hexadecimal."""

    path: str
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelData:
    name: str
    version: str | None
    label: str
    train: DataFile
    evaluation: DataFile
    reference: DataFile | None = None
    key: str | None = None
    time: str | None = None
    weight: str | None = None
    cluster: str | None = None
    segments: tuple[str, ...] = ()
    features: tuple[str, ...] | None = None

    @property
    def not_features(self) -> frozenset[str]:
        """Columns that a model never sees when `features` is silent."""
        return frozenset(name for name in (self.label, self.key, self.time, self.weight, self.cluster) if name)

    def features_among(self, columns: Sequence[str]) -> tuple[str, ...]:
        """The columns that a model sees: `features` in their order, or all of `columns` but `not_features`."""
        if self.features is not None:
            return self.features
        return tuple(column for column in columns if column not in self.not_features)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnMetric:
    """`call` is what measures it: a function by its dotted path, or of a file beside the model file."""

    described: CustomMetric
    call: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Showing:
    """What evidence shows of single rows: how they are named, how many, and what it is for a prediction to move."""

    keys: Keys = Keys.HASHED
    movers: int = 20
    moved_by: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFile:
    """`name` is the folder; `registered_model` the name in the registry."""

    name: str
    registered_model: str
    owner: str
    task: Task
    data: ModelData
    trainer: str | None
    hyperparameters: Mapping[str, Any]
    seed: int
    metrics: tuple[str, ...]
    champion_alias: str
    candidate_alias: str
    experiment: str
    threshold: float | None = None
    positive: str | None = None
    feature_set_version: str | None = None
    showing: Showing = Showing()
    custom_metrics: tuple[OwnMetric, ...] = ()

    @property
    def own_metrics(self) -> tuple[str, ...]:
        """The names of `custom_metrics`, as they are asked for."""
        return tuple(own.described.name for own in self.custom_metrics)


def model_from_json(value: Mapping[str, Any], *, name: str) -> ModelFile:
    """The model file in `value`, which must satisfy the schema `coronet schema model`."""
    data, aliases = value["data"], value.get("aliases", {})
    registered = value.get("registered_model", name)
    return ModelFile(
        name=name,
        registered_model=registered,
        owner=value["owner"],
        task=Task(value["task"]),
        data=_data_from_json(data, name=name),
        trainer=value.get("trainer"),
        hyperparameters=value.get("hyperparameters", {}),
        seed=value.get("seed", 0),
        metrics=tuple(value.get("metrics", ())),
        champion_alias=aliases.get("champion", CHAMPION),
        candidate_alias=aliases.get("candidate", CANDIDATE),
        experiment=value.get("experiment", registered),
        threshold=value.get("threshold"),
        positive=_text(value.get("positive")),
        feature_set_version=_text(value.get("feature_set_version")),
        custom_metrics=tuple(_own_metric(name, own) for name, own in value.get("custom_metrics", {}).items()),
        showing=_showing_from_json(value.get("evidence", {})),
    )


def _showing_from_json(value: Mapping[str, Any]) -> Showing:
    return Showing(
        keys=Keys(value.get("keys", Keys.HASHED)),
        movers=value.get("movers", 20),
        moved_by=value.get("moved_by"),
    )


def _data_from_json(data: Mapping[str, Any], *, name: str) -> ModelData:
    features = data.get("features")
    return ModelData(
        name=data.get("name", name),
        version=_text(data.get("version")),
        label=data["label"],
        train=DataFile(**data["train"]),
        evaluation=DataFile(**data["evaluation"]),
        reference=DataFile(**data["reference"]) if "reference" in data else None,
        key=data.get("key"),
        time=data.get("time"),
        weight=data.get("weight"),
        cluster=data.get("cluster"),
        segments=tuple(data.get("segments", ())),
        features=tuple(features) if features is not None else None,
    )


def _own_metric(name: str, own: Mapping[str, Any]) -> OwnMetric:
    described = CustomMetric(
        name=f"{CUSTOM}{name}",
        meaning=own["meaning"],
        higher_is_better=own["direction"] == "higher",
        unit=own.get("unit", ""),
        lowest=own.get("lowest"),
        highest=own.get("highest"),
    )
    return OwnMetric(described=described, call=own["call"])


def _text(value: object) -> str | None:
    return None if value is None else str(value)
