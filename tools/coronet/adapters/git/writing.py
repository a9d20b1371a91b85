"""Writing to the remote: commits made in the object store alone, and refs moved by compare-and-swap."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from coronet.adapters.git.history import unrelated
from coronet.adapters.git.names import full_ref, is_file_path
from coronet.adapters.git.process import Answer, Git, last_words
from coronet.adapters.git.remote import Remote
from coronet.adapters.git.store import RefUpdate
from coronet.errors import Conflict, CoronetError, Refused, Unavailable
from coronet.ports.repository import MergeMethod, Person, RefMoved

_PUSH = (
    "push",
    "--porcelain",
    "--no-verify",
    "--no-signed",
    "--no-follow-tags",
    "--no-force-if-includes",
    "--recurse-submodules=no",
)
_STATUS = re.compile(r"^([ +\-*=!])\t[^\t]*:([^\t]+)\t(.*)$", re.MULTILINE)
# What a remote says when another push was quicker by a moment.
_LOST_RACE = re.compile(
    r"stale info|cannot lock ref|failed to (update|lock) ref|incorrect old value|reference already exists|fetch first"
)
_CRUD = re.compile(r"[\x00-\x1f\x7f<>]")


class Writer:
    def __init__(self, git: Git, remote: Remote) -> None:
        self._git = git
        self._remote = remote
        self._unanswered: set[tuple[RefUpdate, ...]] = set()

    def commit_files(
        self, *, parent: str | None, files: Mapping[str, bytes], message: str, author: Person, at: datetime
    ) -> str:
        """A commit on top of `parent` with `files` written over its tree; no ref leads to it yet.

        The same arguments make the same commit.
        """
        who = f"{_clean(author.name)} <{_clean(author.email)}> {int(at.timestamp())} +0000".encode()
        text = message.encode(errors="replace").removesuffix(b"\n") + b"\n"
        # `fast-import` wants a ref to build on: it is one of our own, and deleted before it was ever written.
        lines = [b"commit refs/coronet/building", b"mark :1", b"author " + who, b"committer " + who, _data(text)]
        lines += [b"from " + parent.encode()] if parent else []
        for path, data in sorted(files.items()):
            lines += [b"M 100644 inline " + _quote(path), _data(data)]
        nothing = b"0" * (len(parent) if parent else self._id_length())
        lines += [b"reset refs/coronet/building", b"from " + nothing, b"", b"get-mark :1", b"done", b""]
        out = self._git.require(
            "-c",
            "fastimport.unpackLimit=100000",
            "fast-import",
            "--quiet",
            "--done",
            "--date-format=raw",
            "--cat-blob-fd=1",
            data=b"\n".join(lines),
        )
        return out.decode().strip()

    def merge(self, base: str, head: str, *, method: MergeMethod, message: str, author: Person, at: datetime) -> str:
        """A commit on top of `base` with what `head` brings; Conflict, naming the files, where that fails.

        `squash` and `rebase` make one commit without `head` as a parent.
        """
        answer = self._git.run("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", base, head)
        fields = answer.out.decode(errors="backslashreplace").split("\0")
        if answer.code == 1:
            files = ", ".join(dict.fromkeys(field for field in fields[1:] if field))
            raise Conflict(
                f"the branch cannot be merged: conflicts in {files}",
                hint="bring the branch up to date with the main branch, and have it reviewed again",
            )
        if "unrelated histories" in answer.words:
            raise unrelated(base, head)
        if answer.code != 0:
            raise self._git.explain("merge-tree", answer)
        parents = ["-p", base, "-p", head] if method is MergeMethod.MERGE else ["-p", base]
        date = f"{int(at.timestamp())} +0000"
        names = {"NAME": _clean(author.name), "EMAIL": _clean(author.email), "DATE": date}
        return (
            self._git.require(
                "-c",
                "i18n.commitEncoding=UTF-8",
                "commit-tree",
                fields[0],
                *parents,
                data=message.encode(errors="replace"),
                extra={f"GIT_{role}_{key}": text for role in ("AUTHOR", "COMMITTER") for key, text in names.items()},
            )
            .decode()
            .strip()
        )

    def push(self, updates: Sequence[RefUpdate]) -> None:
        """Move the remote's refs, all of them or none; RefMoved where one is not where it was expected."""
        address = self._remote.push_address()
        leases = [f"--force-with-lease={update.ref}:{update.expected or ''}" for update in updates]
        refspecs = [f"{update.commit or ''}:{update.ref}" for update in updates]
        atomic = ["--atomic"] if len(updates) > 1 else []
        key = tuple(updates)
        try:
            answer = self._git.run(*_PUSH, *atomic, *leases, "--", address, *refspecs)
            self._judge(key, answer, address)
        except Unavailable:
            if not self._arrived(key, address):
                self._unanswered.add(key)
                raise
        self._unanswered.discard(key)
        self._remote.note({update.ref: update.commit for update in updates})

    # --- within ---

    def _id_length(self) -> int:
        """How many digits an id has in this repository."""
        return {b"sha256": 64}.get(self._git.require("rev-parse", "--show-object-format").strip(), 40)

    def _judge(self, updates: tuple[RefUpdate, ...], answer: Answer, address: str) -> None:
        """Return where the push did what was asked, raise what happened where it did not."""
        statuses = {found[2]: (found[1], found[3]) for found in _STATUS.finditer(answer.out.decode(errors="replace"))}
        flags = [statuses[update.ref][0] for update in updates if update.ref in statuses]
        if answer.code == 0 and len(flags) == len(updates) and "=" not in flags and "!" not in flags:
            return
        if not flags:
            raise self._git.explain("push", answer)
        if updates in self._unanswered and self._arrived(updates, address):
            return  # the answer to an earlier try was lost: the remote had taken it
        reasons = "; ".join(reason for flag, reason in statuses.values() if flag == "!")
        if "=" in flags or _LOST_RACE.search(reasons) or self._moved(updates, address):
            raise RefMoved(reasons or "the remote has it already")
        raise _refusal(reasons, answer)

    def _arrived(self, updates: Sequence[RefUpdate], address: str) -> bool:
        """Whether the remote is where the push was to bring it; False where it does not answer."""
        try:
            there = self._remote.look([update.ref for update in updates], address=address)
        except CoronetError:
            return False
        return all(there[update.ref] == update.commit for update in updates)

    def _moved(self, updates: Sequence[RefUpdate], address: str) -> bool:
        there = self._remote.look([update.ref for update in updates], address=address)
        return any(there[update.ref] != update.expected for update in updates)


def require_ref(name: str) -> str:
    """`name` as a full ref; Refused where git allows no such name."""
    ref = full_ref(name)
    if ref is None:
        raise Refused(f"{name!r} cannot name a branch", hint="see `git help check-ref-format` for what can")
    return ref


def _refusal(reasons: str, answer: Answer) -> Refused:
    said = [line.removeprefix("remote:").strip() for line in answer.words.splitlines() if line.startswith("remote:")]
    words = "; ".join(part for part in (reasons, *said) if part) or last_words(answer.words)
    return Refused(f"the remote refused the push: {words}", hint="its rules or hooks say no; ask who keeps them")


def _data(data: bytes) -> bytes:
    return b"data %d\n%s" % (len(data), data)


def _quote(path: str) -> bytes:
    if not is_file_path(path) or "\n" in path or path.split("/")[0] == ".git":
        raise ValueError(f"{path!r} cannot be written to a repository")
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.encode(errors="surrogateescape")


def _clean(text: str) -> str:
    """A name or address as git allows it in a commit."""
    return _CRUD.sub("", text).encode(errors="replace").decode().strip() or "unknown"
