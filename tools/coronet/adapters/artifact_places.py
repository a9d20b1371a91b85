"""Where artifacts lie: a folder on a disk, or a store that only MLflow's library reaches."""

import os
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from coronet.adapters.artifact_trees import FileFacts, read_folder
from coronet.errors import InvalidInput, Unavailable


class Place(Protocol):
    """A folder of artifacts; paths are relative, with `/`, and were checked."""

    def read(self) -> dict[str, FileFacts]:
        """(SHA-256 in hexadecimal, size) of every file, by path."""
        ...

    def load(self, path: str) -> bytes | None: ...

    def save(self, path: str, data: bytes) -> None: ...


class DiskFolder:
    """A folder on this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self) -> dict[str, FileFacts]:
        return read_folder(self._root)

    def load(self, path: str) -> bytes | None:
        file = self._within(path)
        try:
            return file.read_bytes() if file.is_file() else None
        except OSError as error:
            raise self._unusable(error) from None

    def save(self, path: str, data: bytes) -> None:
        file = self._within(path)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            draft.replace(file)
        except OSError as error:
            raise self._unusable(error) from None

    def _within(self, path: str) -> Path:
        file = self._root / path
        if not file.resolve().is_relative_to(self._root.resolve()):
            raise InvalidInput(f"{path!r} leads out of the run's artifacts by a link", hint="remove the link")
        return file

    def _unusable(self, error: OSError) -> Unavailable:
        return Unavailable(
            f"the artifacts in {self._root} cannot be used: {error.strerror}",
            hint="check the permissions of the folder, and the space on its disk",
        )


class DistantFolder:
    """A folder in `s3://`, `gs://` and the like; the first use imports MLflow."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def read(self) -> dict[str, FileFacts]:
        from coronet.adapters import mlflow_files

        return mlflow_files.read_tree(self._uri)

    def load(self, path: str) -> bytes | None:
        from coronet.adapters import mlflow_files

        return mlflow_files.load_file(self._uri, path)

    def save(self, path: str, data: bytes) -> None:
        from coronet.adapters import mlflow_files

        mlflow_files.save_file(self._uri, path, data)


def place_of(uri: str, *, here: bool) -> Place:
    """The folder at `uri`. `here` says that a path without a host is one of this machine.

    Raises `Unavailable` for a path of another machine, `InvalidInput` for what is no address.
    """
    try:
        path = _disk_path(uri)
    except ValueError:
        raise _no_address(uri) from None
    if not uri.isprintable():
        raise _no_address(uri)
    if path is None:
        return DistantFolder(uri)
    if not path.is_absolute() or not (here or path.is_dir()):
        raise Unavailable(
            f"the files lie in {path} on the registry's machine, out of reach from here",
            hint="start the server with --serve-artifacts and a root of mlflow-artifacts:/, and log the model again",
        )
    return DiskFolder(path)


def _no_address(uri: str) -> InvalidInput:
    return InvalidInput(f"{uri!r} cannot be the address of artifacts", hint="log the model again")


def _disk_path(uri: str) -> Path | None:
    parts = urlsplit(uri)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return Path(unquote(parts.path))
    return None if parts.scheme else Path(uri)
