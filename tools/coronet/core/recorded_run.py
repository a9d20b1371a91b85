"""A run as it was recorded: what the run card, the metadata file and the report say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coronet.core.proposal import Why


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkout:
    """The work tree a run was started in; None where that is not known."""

    commit: str | None = None
    dirty: bool | None = None
    repository: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedData:
    """A data set that a run used; `sha256` in hexadecimal, `context` says what for (training, evaluation)."""

    name: str
    context: str
    location: str
    sha256: str
    rows: int
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisteredVersion:
    """The model version that a run made. `semantic_version` and `schema` are None for a model that shows no schema."""

    version: str
    source: str
    digest: str
    semantic_version: str | None
    schema: str | None
    alias: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedRun:
    """`overrides` are those of `params` that came from the command line, not from the model file.

    `inputs` are digests of files, by what they are (metrics, model_artifact, predictions, …); `problems` say
    why a metric has no value;
    `importances` say how much each feature weighs; `scorecard` is a table, its header first.
    """

    model: str
    registered_model: str
    run_id: str
    name: str
    kind: str
    at: datetime
    model_type: str
    params: Mapping[str, Any]
    metrics: Mapping[str, float]
    why: Why
    checkout: Checkout
    requester: str
    environment: str
    dataset_version: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    data: tuple[RecordedData, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    importances: Mapping[str, float] = field(default_factory=dict)
    scorecard: tuple[tuple[str, ...], ...] = ()
    version: RegisteredVersion | None = None

    @property
    def card_path(self) -> str:
        return f"run_card_{self.run_id}.md"

    def metadata(self) -> dict[str, Any]:
        """The run's `model_metadata.json`: each metric under its own name, as readers of such files expect.

        `promoted_to_production` is false here and nowhere else but in the file that a promotion rewrites.
        """
        version = self.version
        return {
            **self.metrics,
            "run_id": self.run_id,
            "model_name": self.registered_model,
            "version": version.version if version else None,
            "semantic_version": version.semantic_version if version else None,
            "digest": version.digest if version else None,
            "model_type": self.model_type,
            "params": dict(self.params),
            "overrides": dict(self.overrides),
            "data": {data.context: {"sha256": data.sha256, "rows": data.rows} for data in self.data},
            "inputs": dict(self.inputs),
            "promoted_to_production": False,
        }
