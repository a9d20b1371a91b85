"""Estimators as MLflow model folders: signature, input example, requirements, and skops' list of types."""

import contextlib
import hashlib
import importlib.metadata
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from coronet.adapters.artifact_trees import digest_files, read_folder
from coronet.adapters.mlflow_door import open_mlflow
from coronet.adapters.training import module_name
from coronet.core.semantic_version import Column, Schema
from coronet.errors import InvalidInput
from coronet.ports.models import FittedModel, ModelArtifact, TrainerCode

_ALWAYS_REQUIRED = ("mlflow", "scikit-learn", "skops", "pandas", "numpy")
_THEIR_MODULES = frozenset({"sklearn", "skops", "pandas", "numpy", "builtins"})


def save_estimator(folder: Path, model: FittedModel, *, example: Any, code: TrainerCode | None, metadata: Any) -> None:
    """Write `model` to the empty `folder`; `metadata` is MLflow's own `Model`, which knows run and id."""
    import mlflow.sklearn

    features = [column.name for column in model.schema.inputs]
    with tempfile.TemporaryDirectory() as beside, _saving(model.estimator):
        types = _untrusted_types(model.estimator)
        mlflow.sklearn.save_model(
            model.estimator,
            str(folder),
            mlflow_model=metadata,
            signature=_signature(model.schema),
            input_example=example[features],
            pip_requirements=_requirements(types),
            code_paths=_code_paths(types, code, Path(beside)),
            serialization_format="skops",
            skops_trusted_types=types,
        )


def describe_artifact(path: Path) -> ModelArtifact:
    """The file or folder at `path`; what an MLflow model folder says of itself, without running any of it."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
            return ModelArtifact(digest=digest, kind=_kind_of_file(path), schema=None)
        tree = digest_files(read_folder(path))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error
    if tree is None:
        raise InvalidInput(f"there is no file, and no folder with files, at {path}")
    if not (path / "MLmodel").is_file():
        return ModelArtifact(digest=tree, kind="folder", schema=None)
    return _describe_model(path, tree)


def _kind_of_file(path: Path) -> str:
    return f"{path.suffix.removeprefix('.')} file" if path.suffix else "file"


def _describe_model(folder: Path, digest: str) -> ModelArtifact:
    open_mlflow()
    from mlflow.models import Model

    try:
        model = Model.load(str(folder))
        schema = read_schema(model.signature)
    except Exception as error:
        raise InvalidInput(f"{folder / 'MLmodel'} is no description of an MLflow model: {error}") from error
    flavors = sorted(set(model.flavors or {}) - {"python_function"})
    return ModelArtifact(digest=digest, kind=f"{' '.join(flavors) or 'MLflow'} model", schema=schema)


def read_schema(signature: Any) -> Schema | None:
    """The columns of a signature; None where it has none, or names none."""
    inputs, outputs = (_read_columns(signature, part) for part in ("inputs", "outputs"))
    return Schema(inputs=inputs, outputs=outputs or ()) if inputs else None


def _read_columns(signature: Any, part: str) -> tuple[Column, ...] | None:
    """The columns of one side of a signature; None where it has none, or speaks of tensors."""
    schema = getattr(signature, part, None)
    if schema is None or schema.is_tensor_spec():
        return None
    return tuple(
        Column(name=str(column.name), type=getattr(column.type, "name", str(column.type))) for column in schema.inputs
    )


@contextlib.contextmanager
def _saving(estimator: object) -> Iterator[None]:
    """What MLflow and skops raise about an estimator; a full disk is none of its faults."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        said = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
        raise InvalidInput(
            f"the {type(estimator).__name__} cannot be saved: {said}",
            hint="leave out lambdas and functions defined inside functions, or save the model yourself "
            "and record it with `coronet track`",
        ) from error


def _untrusted_types(estimator: object) -> list[str]:
    """The types in `estimator` that skops wants to be told of: this process made them, so it trusts them."""
    import skops.io

    return [str(name) for name in skops.io.get_untrusted_types(data=skops.io.dumps(estimator))]


def _signature(schema: Schema) -> Any:
    """The prediction is the only output: scores are asked for by another method."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec
    from mlflow.types import Schema as MlflowSchema

    inputs, outputs = schema.inputs, schema.outputs[:1]
    return ModelSignature(
        inputs=MlflowSchema([ColSpec(column.type, column.name) for column in inputs]),
        outputs=MlflowSchema([ColSpec(column.type, column.name) for column in outputs]),
    )


def _requirements(types: Iterable[str]) -> list[str]:
    """What loading needs, at the versions of this process; MLflow's own inference takes many seconds."""
    roots = {name.partition(".")[0] for name in types} - _THEIR_MODULES
    providers = importlib.metadata.packages_distributions() if roots else {}  # half a second
    needed = {*_ALWAYS_REQUIRED, *(name for root in roots for name in providers.get(root, ()))}
    return sorted(f"{name}=={importlib.metadata.version(name)}" for name in needed)


def _code_paths(types: Iterable[str], code: TrainerCode | None, folder: Path) -> list[str] | None:
    """The training code as a module of its own, where the estimator has classes of it."""
    if code is None or not any(name.startswith(f"{module_name(code)}.") for name in types):
        return None
    path = folder / f"{module_name(code)}.py"
    path.write_bytes(code.source)
    return [str(path)]
