"""Files in a store that only MLflow's own library can reach, such as `s3://` and `gs://`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from coronet.adapters.artifact_trees import FileFacts, read_folder
from coronet.adapters.mlflow_door import open_mlflow
from coronet.errors import CoronetError, Unavailable


def read_tree(uri: str) -> dict[str, FileFacts]:
    """(SHA-256 in hexadecimal, size) of every file below `uri`, downloaded for the purpose."""
    repository = _repository(uri)
    with TemporaryDirectory(prefix="coronet-") as folder, _translated(uri):
        return read_folder(Path(repository.download_artifacts("", dst_path=folder)))


def load_file(uri: str, path: str) -> bytes | None:
    repository = _repository(uri)
    with TemporaryDirectory(prefix="coronet-") as folder, _translated(uri):
        parent = path.rpartition("/")[0]
        if path not in {entry.path for entry in repository.list_artifacts(parent or None) if not entry.is_dir}:
            return None
        return Path(repository.download_artifacts(path, dst_path=folder)).read_bytes()


def save_file(uri: str, path: str, data: bytes) -> None:
    repository = _repository(uri)
    parent, _, name = path.rpartition("/")
    with TemporaryDirectory(prefix="coronet-") as folder, _translated(uri):
        (Path(folder) / name).write_bytes(data)
        repository.log_artifact(str(Path(folder) / name), parent or None)


def _repository(uri: str) -> Any:
    open_mlflow()
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    with _translated(uri):
        return get_artifact_repository(uri)


@contextmanager
def _translated(uri: str) -> Iterator[None]:
    """Each store's library has errors of its own, without a common base."""
    try:
        yield
    except CoronetError:
        raise
    except Exception as error:  # noqa: BLE001
        said = next(iter(str(error).splitlines()), "") or type(error).__name__
        parts = urlsplit(uri)
        place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        raise Unavailable(
            f"MLflow cannot reach the files at {place}: {said[:300]}",
            hint="install what MLflow needs for this store and give it credentials, or let the server serve artifacts",
        ) from None
