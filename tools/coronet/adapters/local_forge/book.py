"""The local forge's files in one ref of the repository, read at its head and changed by compare-and-swap."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from coronet.adapters.git.store import RefStore, RefUpdate
from coronet.adapters.local_forge import records
from coronet.adapters.local_forge.records import Index, PullRecord, Status
from coronet.errors import Unavailable
from coronet.ports.forge import MergeRules, PullRequestState
from coronet.ports.repository import Person, RefMoved

TRIES = 20
_PAUSE = 0.02  # seconds, times the number of the try, at random: writers that met do not meet again

Value = TypeVar("Value")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit(Generic[Result]):
    """Files to write in one commit, refs to move together with it, and what to answer then."""

    message: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    updates: tuple[RefUpdate, ...] = ()
    result: Result


class Book:
    def __init__(self, store: RefStore, ref: str, pause: Callable[[int], None] | None = None) -> None:
        self._store = store
        self._ref = ref
        self._pause = pause or pause_at_random

    # --- reading ---

    def index(self) -> Index:
        empty = Index(states=dict.fromkeys(PullRequestState, ()))
        return self._load(records.INDEX_PATH, records.INDEX, records.read_index) or empty

    def rules(self) -> MergeRules:
        return self._load(records.RULES_PATH, records.RULES, records.read_rules) or MergeRules()

    def pull(self, number: int) -> PullRecord | None:
        return self.pulls([number])[0]

    def pulls(self, numbers: Iterable[int]) -> list[PullRecord | None]:
        return self._load_many([records.pull_path(number) for number in numbers], records.PULL, records.read_pull)

    def numbers_of(self, branch: str) -> tuple[int, ...]:
        """The pull requests of a branch, oldest first."""
        return self._load(records.branch_path(branch), records.INDEX, records.read_numbers) or ()

    def number_merged_as(self, commit: str) -> int | None:
        return self._load(records.merge_path(commit), records.INDEX, records.read_number)

    def statuses(self, commit: str) -> Mapping[str, Status]:
        return self._load(records.statuses_path(commit), records.STATUSES, records.read_statuses) or {}

    # --- changing ---

    def change(self, plan: Callable[[], Edit[Result]], *, author: Person, at: datetime, dry_run: bool) -> Result:
        """Carry out what `plan` asks for, planned again on what others did meanwhile.

        An edit without files changes nothing. Raises Unavailable where others were quicker too often.
        """
        for number in range(1, TRIES + 1):
            edit = plan()
            if dry_run or not edit.files:
                return edit.result
            try:
                self._write(edit, author=author, at=at)
            except RefMoved:
                self._pause(number)
                self._store.refresh()
            else:
                return edit.result
        raise Unavailable(
            f"the local forge was changed by others {TRIES} times while it was being written",
            hint="try again when less is going on",
        )

    def _write(self, edit: Edit[Any], *, author: Person, at: datetime) -> None:
        head = self._store.head(self._ref)
        commit = self._store.commit_files(parent=head, files=edit.files, message=edit.message, author=author, at=at)
        self._store.push([RefUpdate(ref=self._ref, expected=head, commit=commit), *edit.updates])

    # --- within ---

    def _load(self, path: str, schema: str, read: Callable[[Mapping[str, Any]], Value]) -> Value | None:
        return self._load_many([path], schema, read)[0]

    def _load_many(
        self, paths: list[str], schema: str, read: Callable[[Mapping[str, Any]], Value]
    ) -> list[Value | None]:
        head = self._store.head(self._ref)
        if head is None:
            return [None for _ in paths]
        blobs = self._store.read_many([(head, path) for path in paths])
        return [
            records.parse(blob.data, path, schema, read) if blob else None
            for path, blob in zip(paths, blobs, strict=True)
        ]


def move_index(index: Index, number: int, state: PullRequestState) -> Index:
    """`index` with this pull request in this state, and in no other."""
    others = {name: tuple(n for n in numbers if n != number) for name, numbers in index.states.items()}
    return replace(
        index, last=max(index.last, number), states={**others, state: tuple(sorted((*others[state], number)))}
    )


def pause_at_random(number: int) -> None:
    time.sleep(random.uniform(0, _PAUSE * number))  # noqa: S311
