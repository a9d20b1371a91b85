"""Reading and appending the change logs on the log branch.

Beside each log lies its index: the state folded from it, bound to git's name for the very bytes it was
folded from. An index that is missing, unreadable or bound to other bytes is not used: the log is read
whole and its chain verified. `coronet verify` never uses it, and what is going to write to a log reads that
log whole (`read_whole`): who can forge a log can forge an index that fits.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from coronet.core.canonical import canonical_json
from coronet.core.changelog.chain import chain, read_entries, verify_chain
from coronet.core.changelog.entry import FOLDER, FOUNDING, Entry, log_path
from coronet.core.changelog.state import LogState, state_from_json
from coronet.errors import InvalidInput
from coronet.ports.repository import Person, Repository

INDEX_SCHEMA = "coronet/log-index/v1"


def index_path(model: str) -> str:
    return f"{FOLDER}/{model}.index.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """The logs of some models at one commit of the log branch (`head` None: nothing was ever logged)."""

    head: str | None
    states: Mapping[str, LogState]

    def state(self, model: str) -> LogState:
        return self.states[model]


def logged_models(repository: Repository, head: str | None) -> tuple[str, ...]:
    if head is None:
        return ()
    names = (path.removeprefix(f"{FOLDER}/") for path in repository.paths(head, FOLDER))
    return tuple(name.removesuffix(".jsonl") for name in names if name.endswith(".jsonl"))


def read_ledger(repository: Repository, log_branch: str, models: Sequence[str]) -> Ledger:
    """The folded logs of `models`; InvalidInput where a log's chain is broken."""
    head = repository.head(log_branch)
    if head is None:
        return Ledger(head=None, states={model: LogState() for model in models})
    ids = repository.blob_ids([(head, log_path(model)) for model in models])
    indexes = repository.read_many([(head, index_path(model)) for model in models])
    states = {
        model: LogState()
        if blob is None
        else _indexed(index.data if index else None, blob) or _folded(repository, head, model)
        for model, blob, index in zip(models, ids, indexes, strict=True)
    }
    return Ledger(head=head, states=states)


def read_whole(repository: Repository, ledger: Ledger, models: Sequence[str]) -> Ledger:
    """`ledger` with the logs of `models` read whole, in one exchange, instead of believing their index.

    InvalidInput where a log's chain is broken.
    """
    head = ledger.head
    blobs = repository.read_many([(head, log_path(model)) for model in models]) if head else [None] * len(models)
    folded = {
        model: LogState().after(_proven(blob.data if blob else None, model))
        for model, blob in zip(models, blobs, strict=True)
    }
    return replace(ledger, states={**ledger.states, **folded})


def read_log(repository: Repository, head: str | None, model: str) -> tuple[Entry, ...]:
    """Every entry of a model's log, its chain verified; InvalidInput where it is broken."""
    return _proven(repository.read(head, log_path(model)) if head else None, model)


def _proven(data: bytes | None, model: str) -> tuple[Entry, ...]:
    if data is None:
        return ()
    if findings := verify_chain(data, model=model):
        raise InvalidInput(
            f"the change log of {model} is broken",
            hint="stop promotions and compare the log branch with a clone made before; never rewrite it",
            findings=findings,
        )
    return read_entries(data)


def append(
    repository: Repository,
    ledger: Ledger,
    log_branch: str,
    entries: Mapping[str, Sequence[Entry]],
    *,
    author: Person,
    at: datetime,
    message: str,
) -> tuple[Ledger, dict[str, tuple[Entry, ...]]]:
    """Append entries to the logs of their models in one commit, by compare-and-swap on the log branch.

    Answers the ledger after it and the entries as they were chained. Raises RefMoved where the branch
    moved since the ledger was read: nothing was written.
    """
    from coronet.core.render.changelog import PATH, add_to_changelog, note_path, render_note

    written = {
        model: chain(new, seq=ledger.state(model).seq, prev=ledger.state(model).hash) for model, new in entries.items()
    }
    files: dict[str, bytes] = {}
    states = dict(ledger.states)
    page = repository.read(ledger.head, PATH) if ledger.head else None
    for model, new in written.items():
        states[model] = states[model].after(new)
        old = (repository.read(ledger.head, log_path(model)) if ledger.head else None) or b""
        data = old + b"".join(entry.line() for entry in new)
        page = add_to_changelog(page, new)
        files[log_path(model)] = data
        files[index_path(model)] = canonical_json(_index(data, states[model], like=ledger.head))
        files |= {note_path(str(entry.proposal)): render_note(entry) for entry in new if entry.event in FOUNDING}
    if page is not None:
        files[PATH] = page
    head = repository.publish(
        log_branch, expected=ledger.head, parent=ledger.head, files=files, message=message, author=author, at=at
    )
    return Ledger(head=head, states=states), written


def _indexed(data: bytes | None, blob: str) -> LogState | None:
    """The state that an index holds, if it was made of the log that git calls `blob`."""
    try:
        value = json.loads(data or b"")
        if value["schema"] != INDEX_SCHEMA or value["log"] != blob:
            return None
        return state_from_json(value["state"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # an index is only a shortcut: without it the log is read whole


def _folded(repository: Repository, head: str, model: str) -> LogState:
    return LogState().after(read_log(repository, head, model))


def _index(data: bytes, state: LogState, *, like: str | None) -> dict[str, Any]:
    return {"schema": INDEX_SCHEMA, "log": git_blob_id(data, like=like), "state": state.to_json()}


def git_blob_id(data: bytes, *, like: str | None) -> str:
    """Git's name for a file with these bytes, in the repository whose commit ids look `like` this one."""
    algorithm = hashlib.sha256 if like and len(like) == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
