"""Files that live in a dictionary."""

from collections.abc import Mapping


class MemoryFiles:
    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def write(self, path: str, data: bytes) -> None:
        self._files[path] = data

    def paths(self, folder: str) -> tuple[str, ...]:
        return tuple(sorted(path for path in self._files if path.startswith(f"{folder}/")))
