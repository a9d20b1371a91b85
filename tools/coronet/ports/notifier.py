"""Telling people and programs what happened: issues, and the change of a champion."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """An open issue of ours. `key` says what it is about: there is never more than one open with a key."""

    key: str
    number: int
    title: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChampionChange:
    """`event` is the change log's (promoted, rolled_back …); `commit` is what brought the proposal to main.

    `run_id` is the run behind the version, `url` the workflow run that moved the alias. Two changes of an alias
    with one proposal and one event are the same.
    """

    model: str
    registered_model: str
    alias: str
    event: str
    proposal: str
    version: str
    digest: str
    previous_version: str | None
    commit: str
    run_id: str | None = None
    url: str | None = None


class Notifier(Protocol):
    """Where people and other workflows hear of what happened. Telling the same twice changes nothing."""

    def issues(self) -> tuple[Issue, ...]:
        """Our open issues, oldest first."""
        ...

    def raise_issue(self, key: str, *, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        """Open the issue of `key`, or rewrite the one that is open where it says something else."""
        ...

    def settle_issue(self, key: str, *, reason: str) -> None:
        """Close the issue of `key` with a comment that says why; nothing where none is open."""
        ...

    def champion_changed(self, change: ChampionChange, *, fresh: bool = False) -> None:
        """Record the deployment of `model@alias`, and start the workflows that wait for a new champion.

        `fresh` says that it happened just now, and was told to nobody yet.
        """
        ...


class Nobody:
    """The notifier of a forge that has nobody to tell: what happened is in the change log alone."""

    def issues(self) -> tuple[Issue, ...]:
        return ()

    def raise_issue(self, key: str, *, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        return Issue(key=key, number=0, title=title, url="")

    def settle_issue(self, key: str, *, reason: str) -> None:
        return None

    def champion_changed(self, change: ChampionChange, *, fresh: bool = False) -> None:
        return None
