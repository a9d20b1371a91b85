"""Folders of artifacts: which paths may stand in them, and the digest of a folder on this machine."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from coronet.core.canonical import digest_tree
from coronet.errors import InvalidInput, Unavailable

# MLflow writes this file beside a model when it is downloaded by the name of its version.
NOT_MODEL_FILES = frozenset({"registered_model_meta"})
MOST_FILES = 100_000
DEEPEST = 64

FileFacts = tuple[str, int]


def is_plain_name(name: str) -> bool:
    """Whether `name` is one component of a path that means the same everywhere.

    A line break would let one file pass for two in a tree digest.
    """
    return name not in ("", ".", "..") and name.isprintable() and not {"/", "\\"} & set(name)


def check_artifact_path(path: str) -> None:
    """Raise `InvalidInput` unless `path` is relative, with `/`, and stays within its folder."""
    if not all(is_plain_name(part) for part in path.split("/")):
        raise InvalidInput(
            f"{path!r} cannot be the path of an artifact",
            hint="use a relative path with /, without .., backslashes and control characters",
        )


def digest_files(files: Mapping[str, FileFacts]) -> str | None:
    """The tree digest of a model's files, None where there are none."""
    model_files = {path: facts for path, facts in files.items() if path not in NOT_MODEL_FILES}
    return digest_tree(model_files) if model_files else None


def read_folder(root: Path) -> dict[str, FileFacts]:
    """(SHA-256 in hexadecimal, size) of every file below `root`; empty where there is no such folder.

    Raises `InvalidInput` for links and what else is no plain file: their content is not the folder's own.
    """
    try:
        return {
            path.relative_to(root).as_posix(): _facts(path)
            for path in sorted(_walk(root, DEEPEST))
            if path.name not in NOT_MODEL_FILES or path.parent != root
        }
    except OSError as error:
        raise Unavailable(
            f"the artifacts in {root} cannot be read: {error.strerror}", hint="check the permissions of the folder"
        ) from None


def _walk(folder: Path, depth: int) -> list[Path]:
    """Every file below `folder`, in no order."""
    if not folder.is_dir():
        return []
    found: list[Path] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and depth and is_plain_name(entry.name):
                found += _walk(Path(entry.path), depth - 1)
            elif entry.is_file(follow_symlinks=False) and is_plain_name(entry.name):
                found.append(Path(entry.path))
            else:
                raise InvalidInput(
                    f"{entry.path!r} is no plain file or folder that can be part of a model",
                    hint="log the model again, without links and special files",
                )
    return found


def _facts(path: Path) -> FileFacts:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        return hashlib.file_digest(file, "sha256").hexdigest(), size
