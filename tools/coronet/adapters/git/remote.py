"""What the remote has: its refs as of the last refresh, fetched into refs of our own.

Our refs are `refs/coronet/remote/<digest of remote and ref>`: flat, so that a branch `a` that became
`a/b` is no obstacle, and apart from the user's remote-tracking refs, branches and FETCH_HEAD.
"""

import hashlib
import re
import time
from collections.abc import Iterable, Mapping, Sequence

from coronet.adapters.git.names import full_ref
from coronet.adapters.git.objects import ObjectReader
from coronet.adapters.git.process import Answer, Git, Process, last_words, without_password
from coronet.errors import CoronetError, Unavailable, WrongUsage

_FETCH = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--refmap=",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
)
_MISSING = re.compile(r"couldn't find remote ref (\S+)")
_NOT_THERE = re.compile(r"not our ref|unadvertised object|did not send all necessary objects|bad object")
_LOCKED = re.compile(r"cannot lock ref|Unable to create '.*\.lock'|shallow file has changed")
_LOCK_TRIES = 5
_LOCK_PAUSE = 0.05  # seconds, times the number of the try
_JUST_NOW = 1.0  # seconds
_DEEPENING = 5  # a whole history may take so many times as long as a fetch


class Remote:
    """The refs of one remote; `watched` are fetched in one exchange, others are asked for one by one."""

    def __init__(self, git: Git, objects: ObjectReader, name: str, watched: Sequence[str]) -> None:
        self._git = git
        self._objects = objects
        self._name = name
        self._watched = list(dict.fromkeys(ref for name in watched if (ref := full_ref(name))))
        self._heads: dict[str, str | None] | None = None
        self._not_to_be_had: set[str] = set()
        self._fetching: Process | None = None
        self._begun = 0.0
        self._push_address: str | None = None
        self._is_self = False

    def refresh(self) -> None:
        """Begin to fetch; what goes wrong is told by the first question after it.

        A fetch that has only just begun, and that nobody has asked about yet, is as good as a new one.
        """
        if self._fetching and time.monotonic() - self._begun > _JUST_NOW:
            self.close()
        if self._fetching is None:
            self._begun = time.monotonic()
            self._heads = None
            self._not_to_be_had.clear()
            self._objects.start()
            if self._watched and not self._is_self:
                self._fetching = self._git.start(*_FETCH, "--", self._name, *self._refspecs(self._watched))

    def close(self) -> None:
        if self._fetching:
            self._fetching.stop()
            self._fetching = None

    def head(self, name: str) -> str | None:
        """The commit at a branch, or at a ref with a full name; None where the remote has none."""
        return self.heads([name])[name]

    def heads(self, names: Sequence[str]) -> dict[str, str | None]:
        """The commits at these branches or refs, in at most one exchange for all that are not watched."""
        known = self._known()
        refs = {name: full_ref(name) for name in names}
        if unknown := [ref for ref in refs.values() if ref and ref not in known]:
            known.update(self.look(unknown))
        return {name: known[ref] if ref else None for name, ref in refs.items()}

    def look(self, refs: Sequence[str], *, address: str | None = None) -> Mapping[str, str | None]:
        """Where these full refs are at the remote, or at another address, at this moment."""
        if self._is_self and address is None:
            return dict(zip(refs, self._objects.ids(refs, kind="commit"), strict=True))
        answer = self._git.run("ls-remote", "--quiet", "--", address or self._name, *refs)
        if answer.code != 0:
            raise self._explain("ls-remote", answer)
        lines = (line.split("\t", 1) for line in answer.out.decode(errors="replace").splitlines())
        there = {ref: commit for commit, ref in lines}
        return {ref: there.get(ref) for ref in refs}

    def note(self, moved: Mapping[str, str | None]) -> None:
        """Remember where a push moved refs to."""
        self._known().update(moved)

    def bring(self, commits: Iterable[str]) -> None:
        """Fetch commits by their ids, such as those of a branch that is gone, as far as they are to be had."""
        self._known()
        if not self._is_self:
            wanted = [commit for commit in commits if commit not in self._not_to_be_had]
            self._not_to_be_had.update(commit for commit in wanted if not self._bring_one(commit))

    def deepen(self) -> None:
        """Fetch the history that a shallow clone was made without."""
        self._known()
        arguments = (*_FETCH, "--unshallow", "--", self._name, *self._refspecs(self._watched_there()))
        answer = self._git.run(*arguments, timeout=_DEEPENING * self._git.timeout)
        if answer.code != 0 or self.is_shallow():
            raise WrongUsage(
                "this clone is shallow, and the question needs its whole history"
                + (f": {last_words(answer.words)}" if answer.words else ""),
                hint="run `git fetch --unshallow`; in a workflow, give the checkout step `fetch-depth: 0`",
            )

    def is_shallow(self) -> bool:
        return self._git.require("rev-parse", "--is-shallow-repository").strip() == b"true"

    def push_address(self) -> str:
        """Where to push: an address, so that a push leaves the user's remote-tracking refs alone."""
        if self._push_address is None:
            self._known()
            self._push_address = self._find_push_address()
        return self._push_address

    # --- within ---

    def _known(self) -> dict[str, str | None]:
        """The heads of the last refresh, which is waited for here, or made if there was none."""
        if self._heads is None:
            self.refresh()
            process, self._fetching = self._fetching, None
            there = self._fetch_watched(process) if process else []
            sources = self._watched if self._is_self else [self._own_ref(ref) for ref in there]
            found = self._objects.ids(sources, kind="commit")
            heads: dict[str, str | None] = dict.fromkeys(self._watched)
            heads.update(zip(self._watched if self._is_self else there, found, strict=True))
            self._heads = heads
        return self._heads

    def _fetch_watched(self, process: Process) -> list[str]:
        """End a fetch that was begun, and answer which of the watched refs there are."""
        refs = list(self._watched)
        answer = process.join(timeout=self._git.timeout)
        tries = 0
        while answer.code != 0:
            if (missing := _MISSING.search(answer.words)) and missing[1] in refs:
                refs.remove(missing[1])
                if not refs:
                    break
            elif _LOCKED.search(answer.words) and tries < _LOCK_TRIES:
                tries += 1
                time.sleep(_LOCK_PAUSE * tries)  # another process fetches into the same clone
            elif self._reads_itself():
                return []
            else:
                raise self._explain("fetch", answer)
            answer = self._git.run(*_FETCH, "--", self._name, *self._refspecs(refs))
        return refs

    def _bring_one(self, commit: str) -> bool:
        answer = self._git.run(*_FETCH, "--", self._name, commit)
        if answer.code != 0 and not _NOT_THERE.search(answer.words):
            raise self._explain("fetch", answer)
        return answer.code == 0

    def _find_push_address(self) -> str:
        if self._is_self:
            return self._git.require("rev-parse", "--absolute-git-dir").decode(errors="surrogateescape").rstrip("\n")
        answer = self._git.run("remote", "get-url", "--push", self._name)
        return answer.out.decode(errors="surrogateescape").rstrip("\n") if answer.code == 0 else self._name

    def _reads_itself(self) -> bool:
        """Whether this is a bare repository without that remote: then it is what others call the remote."""
        bare = self._git.run("rev-parse", "--is-bare-repository")
        self._is_self = bare.out.strip() == b"true" and not self._is_configured()
        return self._is_self

    def _is_configured(self) -> bool:
        return self._git.run("config", "--get", f"remote.{self._name}.url").code == 0

    def _explain(self, verb: str, answer: Answer) -> CoronetError:
        if "not a git repository" in answer.words and "does not appear" not in answer.words:
            return WrongUsage(
                f"{self._git.folder.resolve()} is in no git repository",
                hint="run this in a clone of the repository that holds promotions/, or name one by --repository",
            )
        if "cannot change to" in answer.words:
            return WrongUsage(f"there is no folder {self._git.folder}", hint="name a clone by --repository")
        is_name = "/" not in self._name and ":" not in self._name
        if "does not appear to be a git repository" in answer.words and is_name and not self._is_configured():
            return WrongUsage(
                f"this repository has no remote {self._name!r}",
                hint="add it with `git remote add`, or name another by --remote",
            )
        error = self._git.explain(verb, answer)
        if error.hint:
            return error
        return Unavailable(
            f"the remote {without_password(self._name)!r} does not answer: {last_words(answer.words) or error.message}",
            hint="see whether `git ls-remote` works here; nobody is asked for a password on the terminal",
        )

    def _watched_there(self) -> list[str]:
        known = self._known()
        return [ref for ref in self._watched if known[ref]]

    def _refspecs(self, refs: Iterable[str]) -> list[str]:
        return [f"+{ref}:{self._own_ref(ref)}" for ref in refs]

    def _own_ref(self, ref: str) -> str:
        digest = hashlib.sha256(f"{self._name}\0{ref}".encode(errors="surrogateescape")).hexdigest()
        return f"refs/coronet/remote/{digest[:16]}"
