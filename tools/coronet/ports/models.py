"""Models as objects, the code that trains them, and the record of their runs."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from coronet.core.evidence import Task
from coronet.core.recorded_run import RecordedData
from coronet.core.semantic_version import Schema
from coronet.ports.registry import ModelVersion


class Predictor(Protocol):
    """A loaded model. Frames are pandas; arrays are numpy, one row or element for each row of the frame."""

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Class labels as text, in the order of the columns of `probabilities`; None for a regression."""
        ...

    def predict(self, frame: Any) -> Any: ...

    def probabilities(self, frame: Any) -> Any | None:
        """(rows, classes), each row summing to 1; None where the model has no probabilities."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Footprint:
    """What a version's files are; `python` and `dependencies` None where they do not say it."""

    size_bytes: int
    files: int
    python: str | None = None
    dependencies: tuple[str, ...] | None = None


class ModelStore(Protocol):
    """Models as objects: only for jobs without credentials, since loading one runs its code."""

    def load(self, version: ModelVersion) -> Predictor: ...

    def contract(self, version: ModelVersion) -> Mapping[str, str]:
        """Digests of what callers rely on (`signature`, `features`, `schema`), read without running any code."""
        ...

    def schema(self, version: ModelVersion) -> Schema | None:
        """The columns that callers give and get, by name and type; None where the version does not name them."""
        ...

    def footprint(self, version: ModelVersion) -> Footprint:
        """How large the version is and what it needs, read without running any code."""
        ...


class FittedModel(Predictor, Protocol):
    """A model that was just trained, before anybody else has it."""

    @property
    def estimator(self) -> object:
        """The object that is saved; opaque to commands."""
        ...

    @property
    def kind(self) -> str:
        """What it is, in a word: the class of the estimator."""
        ...

    @property
    def schema(self) -> Schema: ...

    @property
    def importances(self) -> Mapping[str, float] | None:
        """How much each feature weighs, by feature; None where the estimator does not say."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainerCode:
    """Training code beside a model file: its source, the function to call, the file for messages."""

    file: str
    source: bytes
    function: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """What a model is fitted on. `frame` holds every column of the data; `features` are what the model sees.

    `trainer` is the dotted path of a scikit-learn estimator, or code; `seed` is the whole of its chance.
    """

    trainer: str | TrainerCode
    frame: Any
    features: tuple[str, ...]
    label: str
    weight: str | None
    task: Task
    hyperparameters: Mapping[str, Any]
    seed: int


class Trainer(Protocol):
    """Fits models: it runs code of the repository, so only in jobs without credentials for the forge."""

    def fit(self, training: Training) -> FittedModel:
        """Raises `InvalidInput` where the trainer cannot be imported, refuses or fails."""
        ...


class OpenRun(Protocol):
    """A run that is being recorded; its files are saved by `Registry.save_run_file`."""

    @property
    def id(self) -> str: ...

    def log(
        self,
        *,
        params: Mapping[str, str] | None = None,
        metrics: Mapping[str, float] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None: ...

    def log_data(self, data: Sequence[RecordedData]) -> None: ...

    def save_model(self, model: FittedModel, *, example: Any, code: TrainerCode | None) -> str:
        """Save the model with its signature and `example` (a few rows) as input example; answers its source."""
        ...

    def save_model_files(self, location: str) -> str:
        """Save a file, or a folder with everything in it, as the model; answers its source."""
        ...

    def register(self, name: str, source: str) -> str:
        """The number of a new version of the registered model `name`, which is made where it is not there."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelArtifact:
    """A file or folder that is to be recorded as a model: the digest of its bytes, and what it is, in a word.

    `schema` is None for what is no MLflow model folder, and for one without a signature.
    """

    digest: str
    kind: str
    schema: Schema | None


class Tracker(Protocol):
    """Records runs where the registry can find them."""

    def describe(self, location: str) -> ModelArtifact:
        """The file or folder at `location`, read without running any code; InvalidInput where there is none."""
        ...

    def run(self, *, experiment: str, name: str, tags: Mapping[str, str]) -> AbstractContextManager[OpenRun]:
        """A run that ends as finished where the block does, and as failed where it raises or is interrupted."""
        ...
