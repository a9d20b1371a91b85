"""Files that a tracking server keeps: listed, read and written through its artifact API."""

import hashlib
from http.client import HTTPResponse
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import quote, unquote, urlsplit

from coronet.adapters.artifact_trees import DEEPEST, MOST_FILES, FileFacts, check_artifact_path, is_plain_name
from coronet.adapters.mlflow_rest.answers import Absent, understood
from coronet.adapters.mlflow_rest.server import Server
from coronet.errors import Conflict, InvalidInput, Unavailable

_API = "/api/2.0/mlflow-artifacts/artifacts"
_CHUNK = 1024 * 1024
LARGEST_FILE_IN_MEMORY = 512 * 2**20
READERS = 4


class ServedFolder:
    """A folder of the server's own artifact store."""

    def __init__(self, server: Server, root: str) -> None:
        self._server = server
        self._root = root

    def read(self) -> dict[str, FileFacts]:
        return read_tree(self._server, self._root)

    def load(self, path: str) -> bytes | None:
        try:
            return self._server.file(_target(f"{self._root}/{path}"), limit=LARGEST_FILE_IN_MEMORY)
        except Absent:
            return None

    def save(self, path: str, data: bytes) -> None:
        self._server.put(_target(f"{self._root}/{path}"), data)


def served_folder(server: Server, uri: str) -> ServedFolder | None:
    """The folder at `uri`, None where it lies in no server's artifact store.

    Raises `Unavailable` for another server: it is not asked, for it would be shown this one's credentials.
    """
    parts = urlsplit(uri)
    if parts.scheme not in ("mlflow-artifacts", "http", "https"):
        return None
    prefix = "/" if parts.scheme == "mlflow-artifacts" else f"{server.address.base}{_API}/"
    if parts.netloc.rpartition("@")[2] not in ("", server.address.place) or not parts.path.startswith(prefix):
        raise Unavailable(
            f"the files lie on another server ({parts.scheme}://{parts.hostname}), which is not asked",
            hint=f"let the server at {server.address.url} serve its artifacts, and log the model there",
        )
    path = unquote(parts.path.removeprefix(prefix)).strip("/")
    check_artifact_path(path)
    return ServedFolder(server, path)


def read_tree(server: Server, root: str) -> dict[str, FileFacts]:
    """(SHA-256 in hexadecimal, size) of every file below `root`, by its path relative to it.

    Raises `Conflict` where a listed file is not there, or has another size, when it is read.
    """
    listed = _list(server, root)
    waiting: SimpleQueue[str] = SimpleQueue()
    for path in sorted(listed, key=lambda path: listed[path] or 0, reverse=True):
        waiting.put(path)
    found: dict[str, FileFacts] = {}
    failures: list[BaseException] = []
    readers = [
        Thread(target=_drain, args=(server.another(), root, listed, waiting, found, failures), daemon=True)
        for _ in range(min(READERS, len(listed)) - 1)
    ]
    for reader in readers:
        reader.start()
    _drain(server, root, listed, waiting, found, failures)
    for reader in readers:
        reader.join()
    if failures:
        raise failures[0]
    return found


def _drain(
    server: Server,
    root: str,
    listed: dict[str, int | None],
    waiting: "SimpleQueue[str]",
    found: dict[str, FileFacts],
    failures: list[BaseException],
) -> None:
    """Read files until none waits or one reader failed."""
    try:
        while not failures:
            path = waiting.get_nowait()
            found[path] = _read(server, f"{root}/{path}", listed[path])
    except Empty:
        return
    except BaseException as error:  # noqa: BLE001  # raised again where the readers are joined
        failures.append(error)


def _list(server: Server, root: str) -> dict[str, int | None]:
    """Every file below `root` with its size, None where the server does not tell it."""
    found: dict[str, int | None] = {}
    folders = [("", 0)]
    while folders:
        folder, depth = folders.pop()
        for name, is_folder, size in _entries(server, f"{root}/{folder}".rstrip("/")):
            path = f"{folder}/{name}" if folder else name
            if is_folder:
                folders.append((path, depth + 1))
            else:
                found[path] = size
            if depth >= DEEPEST or len(found) + len(folders) > MOST_FILES:
                raise InvalidInput(f"{root} has more files or folders than a model has", hint="log the model again")
    return found


def _entries(server: Server, folder: str) -> list[tuple[str, bool, int | None]]:
    answer = server.read(_API, {"path": folder})
    with understood(server.address):
        entries = [
            (str(entry["path"]), bool(entry.get("is_dir", False)), _size(entry.get("file_size")))
            for entry in answer.get("files", [])
        ]
    for name, _, _ in entries:
        if not is_plain_name(name):
            raise InvalidInput(
                f"the registry lists {name!r} in {folder}, which would lead out of it",
                hint="do not use this version: log the model again, and ask who wrote that file",
            )
    return entries


def _size(given: object) -> int | None:
    """MLflow leaves out the size of an empty file, as of one whose size it does not know."""
    return None if given is None else int(str(given))


def _read(server: Server, path: str, listed: int | None) -> FileFacts:
    def read(response: HTTPResponse) -> FileFacts:
        hasher, size = hashlib.sha256(), 0
        while chunk := response.read(_CHUNK):
            hasher.update(chunk)
            size += len(chunk)
            if listed is not None and size > listed:
                raise _changed(path)
        return hasher.hexdigest(), size

    try:
        sha256, size = server.stream(_target(path), read)
    except Absent:
        raise _changed(path) from None
    if listed is not None and size != listed:
        raise _changed(path)
    return sha256, size


def _changed(path: str) -> Conflict:
    return Conflict(f"{path} changed while it was read", hint="repeat the command when nobody writes to the model")


def _target(path: str) -> str:
    return f"{_API}/{quote(path)}"
