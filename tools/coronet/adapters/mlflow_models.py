"""Loading registered models: this runs their code, so only in jobs without credentials."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from coronet.adapters.artifact_trees import digest_files, read_folder
from coronet.adapters.documents import FileDocuments
from coronet.adapters.estimators import EstimatorPredictor
from coronet.adapters.mlflow_files import load_file
from coronet.adapters.mlflow_flavor import read_schema
from coronet.adapters.mlflow_session import open_client, translated
from coronet.core.canonical import digest_json
from coronet.core.requirements import conda_requirements, parse_requirements
from coronet.core.semantic_version import Schema
from coronet.core.version_tags import Tag
from coronet.errors import Conflict, InvalidInput
from coronet.ports.models import Footprint, Predictor
from coronet.ports.registry import ModelVersion

_MLMODEL = "MLmodel"


class MlflowModels:
    """The port `ModelStore`."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._footprints: dict[str, Footprint] = {}

    def load(self, version: ModelVersion) -> Predictor:
        """Any flavour MLflow can load; raises `Conflict` where the files are no longer what was registered."""
        with self._downloaded(version) as folder:
            from mlflow.pyfunc import load_model

            _check_digest(version, folder)
            _check_contained(version, folder)
            self._footprints[version.source] = _measure(folder)
            try:
                loaded = load_model(str(folder))
            except Exception as error:
                raise InvalidInput(
                    f"{_named(version)} cannot be loaded: {error}",
                    hint="install what its requirements.txt says, or evaluate from prediction files",
                ) from error
        return _predictor(loaded)

    def contract(self, version: ModelVersion) -> Mapping[str, str]:
        """Empty for a model without a signature, and for what is no MLflow model."""
        signature = self._signature(version)
        if signature is None:
            return {}
        columns = {part: _columns(getattr(signature, part)) for part in ("inputs", "outputs")}
        digests = {"signature": digest_json(columns), "features": digest_json(columns["inputs"])}
        schema = read_schema(signature)
        return {**digests, "schema": schema.digest} if schema else digests

    def schema(self, version: ModelVersion) -> Schema | None:
        return read_schema(self._signature(version))

    def footprint(self, version: ModelVersion) -> Footprint:
        """Known after `load`; else the files are fetched for it."""
        if version.source not in self._footprints:
            with self._downloaded(version) as folder:
                self._footprints[version.source] = _measure(folder)
        return self._footprints[version.source]

    @contextlib.contextmanager
    def _downloaded(self, version: ModelVersion) -> Iterator[Path]:
        open_client(self._uri)
        from mlflow.artifacts import download_artifacts

        with tempfile.TemporaryDirectory(prefix="coronet-") as target:
            with translated(self._uri):
                folder = Path(download_artifacts(version.source, dst_path=target, tracking_uri=self._uri))
            yield folder

    def _signature(self, version: ModelVersion) -> Any:
        open_client(self._uri)
        from mlflow.models import Model

        described = load_file(version.source, _MLMODEL)
        if described is None:
            return None
        with tempfile.TemporaryDirectory(prefix="coronet-") as folder:
            Path(folder, _MLMODEL).write_bytes(described)
            return Model.load(folder).signature


def _measure(folder: Path) -> Footprint:
    files = read_folder(folder)
    size = sum(size for _, size in files.values())
    needed = _requirements_of(folder)
    return Footprint(size_bytes=size, files=len(files), python=_python_of(folder), dependencies=needed)


def _requirements_of(folder: Path) -> tuple[str, ...] | None:
    """What the version's files say it needs; None where they do not, or not in words that can be read."""
    required, conda = folder / "requirements.txt", folder / "conda.yaml"
    if required.is_file():
        return parse_requirements(required.read_text(encoding="utf-8", errors="replace"))
    if conda.is_file():
        with contextlib.suppress(InvalidInput):
            return conda_requirements(FileDocuments().parse(conda.read_bytes(), file="conda.yaml").value)
    return None


def _python_of(folder: Path) -> str | None:
    """The version that the model was saved with; None for what is no MLflow model that Python wrote."""
    if not (folder / _MLMODEL).is_file():
        return None
    from mlflow.models import Model

    flavors = Model.load(str(folder)).flavors or {}
    version = flavors.get("python_function", {}).get("python_version")
    return str(version) if version else None


def _predictor(loaded: Any) -> Predictor:
    """The estimator inside where there is one, since only it knows classes and probabilities."""
    signature = loaded.metadata.signature
    features = tuple(signature.inputs.input_names()) if signature and signature.inputs else None
    with contextlib.suppress(Exception):  # a flavour without a raw model says so with whatever error
        raw = loaded.get_raw_model()
        if hasattr(raw, "predict") and hasattr(raw, "classes_"):
            return EstimatorPredictor(raw, features=features)
    return EstimatorPredictor(loaded, features=features)


def _check_digest(version: ModelVersion, folder: Path) -> None:
    registered, now = version.tags.get(Tag.DIGEST), digest_files(read_folder(folder))
    if registered and now != registered:
        raise Conflict(
            f"the files of {_named(version)} are not those that were registered: {now}, not {registered}",
            hint="somebody changed them in the artifact store; nothing of them was run",
        )


def _check_contained(version: ModelVersion, folder: Path) -> None:
    """MLflow joins the paths in `MLmodel` to the folder without looking where they lead."""
    from mlflow.models import Model

    if not (folder / _MLMODEL).is_file():
        raise InvalidInput(
            f"{_named(version)} is no MLflow model: it has no {_MLMODEL} file",
            hint="it was recorded as a file; evaluate it from prediction files",
        )
    for text in _texts(Model.load(str(folder)).flavors):
        if text.startswith("/") or ".." in PurePosixPath(text).parts:
            raise InvalidInput(
                f"the {_MLMODEL} of {_named(version)} names a path outside of the model: {text}",
                hint="nothing of it was run; find out who registered it",
            )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for inner in value.values() for text in _texts(inner))
    elif isinstance(value, list | tuple):
        yield from (text for inner in value for text in _texts(inner))


def _columns(schema: Any) -> Any:
    return schema.to_dict() if schema is not None else None


def _named(version: ModelVersion) -> str:
    return f"version {version.version} of {version.name}"
