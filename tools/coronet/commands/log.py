"""What happened to the aliases of a model, newest first; who was champion at a moment of the past."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coronet.commands.ledger import logged_models, read_log
from coronet.core.changelog.entry import APPLIED, Entry, Event, Pinned
from coronet.core.render.page import Page, Row, Table
from coronet.core.render.paged import Paged
from coronet.core.timestamps import format_time
from coronet.errors import InvalidInput
from coronet.ports.repository import Repository

SCHEMA = "coronet/log/v1"
_HEADER = ("When", "Model", "Entry", "Event", "From", "To", "Proposal", "Approved by", "By", "Why")


@dataclass(frozen=True, kw_only=True, slots=True)
class LogReport(Paged):
    """`entries` newest first. With `at`, they are the entries that each alias rested on at that moment."""

    model: str | None
    at: datetime | None
    entries: tuple[Entry, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "model": self.model,
            "at": format_time(self.at) if self.at else None,
            "entries": [entry.to_json() for entry in self.entries],
        }

    def page(self) -> Page:
        table = Table(header=_HEADER, rows=[_row(entry) for entry in self.entries])
        return Page(headline=self._headline(), blocks=(table,))

    def _headline(self) -> str:
        count, of = len(self.entries), f" of {self.model}" if self.model else ""
        if self.at is not None:
            said = f"{count} {'champion' if count == 1 else 'champions'}" if count else "no champion"
            return f"The record{of} is intact: {said} at {format_time(self.at)}."
        if not count:
            return "Nothing was logged yet."
        return f"The record{of} is intact: {count} {'entry' if count == 1 else 'entries'}, newest first."


def show_log(
    repository: Repository,
    log_branch: str,
    *,
    model: str | None,
    limit: int | None = None,
    at: datetime | None = None,
    intents: bool = False,
) -> LogReport:
    """The log of one model or of all, its chains verified; `at` asks who was champion at that moment."""
    repository.refresh()
    head = repository.head(log_branch)
    models = logged_models(repository, head)
    if model is not None and model not in models:
        known = ", ".join(models) or "none yet"
        raise InvalidInput(f"no change log of {model!r}", hint=f"models with a log: {known}")
    chosen = [model] if model else models
    entries = [entry for name in chosen for entry in read_log(repository, head, name)]
    if at is not None:
        return LogReport(model=model, at=at, entries=_champions_at(entries, at))
    shown = [entry for entry in entries if intents or entry.event is not Event.INTENT]
    shown.sort(key=lambda entry: (entry.at, entry.model, entry.seq), reverse=True)
    return LogReport(model=model, at=None, entries=tuple(shown[:limit]))


def _champions_at(entries: list[Entry], at: datetime) -> tuple[Entry, ...]:
    resting: dict[tuple[str, str], Entry] = {}
    for entry in (entry for entry in entries if entry.at <= at):
        before = resting.get((entry.model, entry.alias))
        ratified = entry.event is Event.RATIFIED and before is not None and before.proposal == entry.proposal
        if entry.event in APPLIED or ratified:
            resting[(entry.model, entry.alias)] = entry
    return tuple(resting[key] for key in sorted(resting))


def _row(entry: Entry) -> Row:
    return (
        format_time(entry.at),
        f"{entry.model}@{entry.alias}",
        str(entry.seq),
        entry.event.replace("_", " "),
        _version(entry.origin),
        _version(entry.target),
        entry.proposal or "—",
        ", ".join(approval.login for approval in entry.approvals) or "—",
        entry.actor,
        entry.why or "—",
    )


def _version(pinned: Pinned | None) -> str:
    return f"v{pinned.version}" if pinned else "—"
