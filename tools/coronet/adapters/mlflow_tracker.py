"""Recording runs and registering models by MLflow's client: in a `sqlite:` file or on a server."""

import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coronet.adapters.mlflow_database import artifact_root, create_database, database_path, database_uri
from coronet.adapters.mlflow_flavor import describe_artifact, save_estimator
from coronet.adapters.mlflow_session import is_taken, open_client, translated
from coronet.core.recorded_run import RecordedData
from coronet.errors import InvalidInput
from coronet.ports.models import FittedModel, ModelArtifact, OpenRun, TrainerCode

if TYPE_CHECKING:
    from mlflow import MlflowClient

_BATCH = 100  # parameters or tags in one request
_NOT_IN_FOLDERS = re.compile(r"[^A-Za-z0-9_-]+")
_DIGEST_SIZE = 36  # characters MLflow keeps of a data set's digest
# What MLflow's own pages show, under MLflow's own names.
_SHOWN_AS = {"git_sha": "mlflow.source.git.commit", "requester": "mlflow.user", "command": "mlflow.source.name"}


def open_tracker(uri: str) -> "MlflowTracker":
    """The tracker at an address; a `sqlite:` file that is not there yet is made."""
    if not uri.startswith("sqlite:"):
        return MlflowTracker(uri)
    create_database(database_path(uri))
    return MlflowTracker(database_uri(database_path(uri)))


class MlflowTracker:
    """The port `Tracker`."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def describe(self, location: str) -> ModelArtifact:
        return describe_artifact(Path(location))

    @contextlib.contextmanager
    def run(self, *, experiment: str, name: str, tags: Mapping[str, str]) -> Iterator[OpenRun]:
        client = open_client(self._uri)
        shown = {shown: tags[tag] for tag, shown in _SHOWN_AS.items() if tag in tags}
        with translated(self._uri):
            found = _find_experiment(client, self._uri, experiment)
            run_id = client.create_run(found, tags={**tags, **shown}, run_name=name).info.run_id
        try:
            yield MlflowRun(client, self._uri, experiment=found, run_id=run_id)
            with translated(self._uri):
                client.set_terminated(run_id, "FINISHED")
        except BaseException:
            # Whatever went wrong, an interrupt too, is told; that the run could not be closed is not.
            with contextlib.suppress(Exception):
                client.set_terminated(run_id, "FAILED")
            raise


class MlflowRun:
    """The port `OpenRun`."""

    def __init__(self, client: "MlflowClient", uri: str, *, experiment: str, run_id: str) -> None:
        self._client = client
        self._uri = uri
        self._experiment = experiment
        self._id = run_id

    @property
    def id(self) -> str:
        return self._id

    def log(
        self,
        *,
        params: Mapping[str, str] | None = None,
        metrics: Mapping[str, float] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        from mlflow.entities import Metric, Param, RunTag
        from mlflow.utils.time import get_current_time_millis

        at = get_current_time_millis()
        with translated(self._uri):
            self._client.log_batch(self._id, metrics=[Metric(n, v, at, 0) for n, v in (metrics or {}).items()])
            for batch in _batches([Param(name, value) for name, value in (params or {}).items()]):
                self._client.log_batch(self._id, params=batch)
            for batch in _batches([RunTag(name, value) for name, value in (tags or {}).items()]):
                self._client.log_batch(self._id, tags=batch)

    def log_data(self, data: Sequence[RecordedData]) -> None:
        with translated(self._uri):
            self._client.log_inputs(self._id, datasets=[_data_input(one) for one in data])

    def save_model(self, model: FittedModel, *, example: Any, code: TrainerCode | None) -> str:
        def save(folder: Path, metadata: Any) -> None:
            save_estimator(folder, model, example=example, code=code, metadata=metadata)

        return self._save(save)

    def save_model_files(self, location: str) -> str:
        origin = Path(location)
        describe_artifact(origin)  # refuses what is not there, and what could not be read back

        def copy(folder: Path, _metadata: Any) -> None:
            if origin.is_dir():
                shutil.copytree(origin, folder, dirs_exist_ok=True)
            else:
                shutil.copy(origin, folder)

        return self._save(copy)

    def register(self, name: str, source: str) -> str:
        model_id = source.removeprefix("models:/")
        with translated(self._uri):
            _make_registered_model(self._client, name)
            made = self._client.create_model_version(name, source, run_id=self._id, model_id=model_id)
        return str(made.version)

    def _save(self, save: Callable[[Path, Any], None]) -> str:
        """A logged model with the files that `save` writes; answers its source."""
        from mlflow.entities import LoggedModelOutput
        from mlflow.models import Model

        client = self._client
        with translated(self._uri), tempfile.TemporaryDirectory() as folder:
            logged = client.create_logged_model(self._experiment, name="model", source_run_id=self._id)
            try:
                path = Path(folder, "model")
                path.mkdir()
                save(path, Model(logged.artifact_location, run_id=self._id, model_id=logged.model_id))
                client.log_model_artifacts(logged.model_id, str(path))
            except BaseException:
                with contextlib.suppress(Exception):
                    client.finalize_logged_model(logged.model_id, "FAILED")
                raise
            client.finalize_logged_model(logged.model_id, "READY")
            client.log_outputs(self._id, [LoggedModelOutput(logged.model_id, step=0)])
        return f"models:/{logged.model_id}"


def _find_experiment(client: "MlflowClient", uri: str, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return str(client.create_experiment(name, artifact_location=_beside_database(uri, name)))
        except Exception as error:
            if not is_taken(error):
                raise
            found = client.get_experiment_by_name(name)
    if found is None or found.lifecycle_stage == "deleted":
        raise InvalidInput(
            f"the experiment {name!r} was deleted", hint="restore it in MLflow, or name another in the model file"
        )
    return str(found.experiment_id)


def _beside_database(uri: str, experiment: str) -> str | None:
    """Files of runs lie beside a SQLite file, wherever the command is called; a server has its own place."""
    if not uri.startswith("sqlite:"):
        return None
    return f"{artifact_root(database_path(uri))}/{_NOT_IN_FOLDERS.sub('_', experiment)}"


def _make_registered_model(client: "MlflowClient", name: str) -> None:
    try:
        client.create_registered_model(name)
    except Exception as error:
        if not is_taken(error):
            raise


def _data_input(data: RecordedData) -> Any:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    return DatasetInput(
        dataset=Dataset(
            name=data.name,
            digest=data.sha256[:_DIGEST_SIZE],
            source_type="http" if data.location.startswith("http") else "local",
            source=json.dumps({"uri": data.location, "sha256": data.sha256}),
            profile=json.dumps({"num_rows": data.rows, "columns": list(data.columns)}),
        ),
        tags=[InputTag(key="mlflow.data.context", value=data.context)],
    )


def _batches(values: list[Any]) -> Iterator[list[Any]]:
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))
