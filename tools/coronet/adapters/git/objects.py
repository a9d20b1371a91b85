"""Reading objects through one git process that stays open."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from coronet.adapters.git.process import Git, Process
from coronet.errors import Unavailable
from coronet.ports.repository import Blob

_FOUND = re.compile(rb"^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)\n$")
_SUBMODULE = re.compile(rb"^[0-9a-f]{40,64} submodule\n$")
_FOLDER_MODE = b"40000"
_SUBMODULE_MODE = b"160000"
# Requests that are on their way at once: fewer bytes than the smallest pipe holds, so that neither side
# waits for the other with its hands full.
_WINDOW = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    id: str
    kind: str
    data: bytes


class ObjectReader:
    """Objects by name (`<commit>:<path>`, a ref, an id), as git's `cat-file --batch-command` answers them."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: Process | None = None

    def start(self) -> None:
        """Start the process if it is not running; its first answer comes the sooner."""
        if self._process is None:
            self._process = self._git.start("cat-file", "--batch-command", "-z", feed=True)

    def close(self) -> None:
        if self._process:
            self._process.close()
            self._process = None

    def ids(self, names: Sequence[str], *, kind: str) -> list[str | None]:
        """The ids of the objects with these names that are of this kind."""
        found = self._ask("info", names)
        return [answer.id if answer and answer.kind == kind else None for answer in found]

    def file_ids(self, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
        """The ids of the files at (commit, path) pairs, None where there is no file."""
        return [found.id if found else None for found in self._files("info", wanted)]

    def files(self, wanted: Sequence[tuple[str, str]]) -> list[Blob | None]:
        found = self._files("contents", wanted)
        return [Blob(id=file.id, data=file.data) if file else None for file in found]

    def paths(self, commit: str, folder: str) -> Iterator[str]:
        """The path of every file below `folder` (empty: of every file), in no particular order."""
        if folder and not self._is_folder(commit, folder):
            return
        waiting = [folder]
        while waiting:
            trees = zip(waiting, self._ask("contents", [f"{commit}:{name}" for name in waiting]), strict=True)
            waiting = []
            for parent, tree in trees:
                for mode, raw in _require_tree(tree, commit, parent):
                    # A name that is not UTF-8 can be told, and is not found.
                    name = raw.decode(errors="backslashreplace")
                    path = f"{parent}/{name}" if parent else name
                    if mode == _FOLDER_MODE:
                        waiting.append(path)
                    elif mode != _SUBMODULE_MODE:
                        yield path

    # --- within ---

    def _files(self, command: str, wanted: Sequence[tuple[str, str]]) -> list[Found | None]:
        answers = self._ask(command, [f"{commit}:{path}" for commit, path in wanted])
        for answer, (commit, path) in zip(answers, wanted, strict=True):
            if answer is None and self._mode(commit, path) not in (None, _SUBMODULE_MODE):
                raise _damaged(commit, path)
        return [answer if answer and answer.kind == "blob" else None for answer in answers]

    def _is_folder(self, commit: str, path: str) -> bool:
        return self._mode(commit, path) == _FOLDER_MODE

    def _mode(self, commit: str, path: str) -> bytes | None:
        """What the trees say that stands at a path; None for nothing.

        git says `missing` for what is not in a tree and for what a tree holds and this clone lacks: a
        partial clone whose remote does not answer must not look like a commit without the file.
        """
        mode: bytes | None = _FOLDER_MODE
        names = path.split("/")
        for depth, name in enumerate(names):
            if mode != _FOLDER_MODE:
                return None
            parent = "/".join(names[:depth])
            tree = self._ask("contents", [f"{commit}:{parent}"])[0]
            entries = {raw: mode for mode, raw in _require_tree(tree, commit, parent)}
            mode = entries.get(name.encode(errors="surrogateescape"))
        return mode

    def _ask(self, command: str, names: Iterable[str]) -> list[Found | None]:
        answers: list[Found | None] = []
        try:
            for window in _windows([name.encode(errors="surrogateescape") for name in names]):
                self._write(b"".join(b"%s %s\0" % (command.encode(), name) for name in window))
                answers += [self._read(name, contents=command == "contents") for name in window]
        except (BrokenPipeError, EOFError):
            raise self._explain() from None
        except BaseException:
            self.close()  # what it still has to say would be taken for answers to later questions
            raise
        return answers

    def _write(self, data: bytes) -> None:
        self.start()
        pipe = self._pipe("stdin")
        pipe.write(data)
        pipe.flush()

    def _read(self, name: bytes, *, contents: bool) -> Found | None:
        pipe = self._pipe("stdout")
        line = _some(pipe.readline())
        found = _FOUND.match(line)
        if not found:
            # "<name> missing": a name that holds line breaks is echoed with them.
            while name.startswith(line):
                line += _some(pipe.readline())
            if line.startswith(name + b" ") or _SUBMODULE.match(line):
                return None
            raise Unavailable(f"git cat-file answered {line.decode(errors='backslashreplace').strip()!r}")
        size = int(found[3])
        data = pipe.read(size + 1)[:size] if contents else b""
        return Found(id=found[1].decode(), kind=found[2].decode(), data=data)

    def _pipe(self, name: str) -> IO[bytes]:
        pipe = getattr(self._process.popen, name) if self._process else None
        if pipe is None:
            raise EOFError
        return pipe  # type: ignore[no-any-return]

    def _explain(self) -> Unavailable:
        process, self._process = self._process, None
        if process is None:
            return Unavailable("git cat-file ended early")
        return self._git.explain("cat-file", process.join(timeout=self._git.timeout))


def _require_tree(tree: Found | None, commit: str, path: str) -> Iterator[tuple[bytes, bytes]]:
    if tree is None:
        raise _damaged(commit, path)
    return read_tree(tree.data, id_bytes=len(tree.id) // 2)


def read_tree(data: bytes, *, id_bytes: int) -> Iterator[tuple[bytes, bytes]]:
    """(mode, name) of each entry of a tree object: `<mode> <name> NUL <id>`, again and again."""
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        mode, _, name = data[at:end].partition(b" ")
        yield mode, name
        at = end + 1 + id_bytes


def _damaged(commit: str, path: str) -> Unavailable:
    return Unavailable(
        f"this clone lacks {path or 'the files'} of commit {commit[:12]}, and could not fetch it",
        hint="see whether the remote of this partial clone answers; mend a damaged one by `git fsck` or a new clone",
    )


def _some(line: bytes) -> bytes:
    if not line:
        raise EOFError
    return line


def _windows(names: Sequence[bytes]) -> Iterator[list[bytes]]:
    window: list[bytes] = []
    size = 0
    for name in names:
        if window and size + len(name) > _WINDOW:
            yield window
            window, size = [], 0
        window.append(name)
        size += len(name) + len("contents  ")
    if window:
        yield window
