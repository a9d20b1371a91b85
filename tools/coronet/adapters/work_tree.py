"""The files that lie on this machine: those of a git work tree, and one that the user names."""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from coronet.errors import InvalidInput

_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG)


class WorkTree:
    """Files below `root`, whether git knows them or not; what git keeps for itself is left out."""

    def __init__(self, root: Path, *, makes_folders: bool = False) -> None:
        self._root = root
        self._makes_folders = makes_folders

    def read(self, path: str) -> bytes | None:
        """The bytes at `path`, None where there is no such file."""
        file = self._root / path
        try:
            data = file.read_bytes()
            is_inside = file.resolve().is_relative_to(self._root.resolve())
        except OSError as error:
            if error.errno in _ABSENT:
                return None
            raise _unreadable(file, error) from error
        if not is_inside:
            raise _outside(path)
        return data

    def write(self, path: str, data: bytes) -> None:
        """Replace the file at `path`, or make it; whoever reads meanwhile sees the old file or the new one.

        A new script can be run.
        """
        file = self._root / path
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        if not file.resolve().is_relative_to(self._root.resolve()):
            raise _outside(path)
        try:
            if self._makes_folders:
                file.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            if file.exists():
                shutil.copymode(file, draft)
            elif data.startswith(b"#!"):
                draft.chmod(draft.stat().st_mode | 0o111)
            draft.replace(file)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise InvalidInput(
                f"{file} cannot be written: {error.strerror}", hint="see whether you may write there"
            ) from error

    def paths(self, folder: str) -> tuple[str, ...]:
        """Every file below `folder`, sorted; none where it is no folder."""
        found = []
        for parent, folders, files in os.walk(self._root / folder):
            folders[:] = [name for name in folders if name != ".git"]
            found += [Path(parent, name).relative_to(self._root).as_posix() for name in files]
        return tuple(sorted(found))


def find_root(start: Path) -> Path:
    """The root of the work tree around `start`, or `start` itself outside of any."""
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)


def read_file(path: Path) -> bytes:
    """The bytes of a file that the user named."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def write_file(path: Path, data: bytes) -> None:
    """Replace the file that the user named, or make it: anywhere, as `WorkTree.write` does below its root."""
    WorkTree(path.parent).write(path.name, data)


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"{path} cannot be read: {error.strerror}", hint="name a file that you may read")


def _outside(path: str) -> InvalidInput:
    return InvalidInput(
        f"{path} leads out of the work tree", hint="what governs a model is in its repository: put the file there"
    )
