"""The log folded into what holds now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coronet.core.changelog.entry import APPLIED, CLOSED, ENDED, Entry, Event, Pinned, entry_from_json


@dataclass(frozen=True, kw_only=True, slots=True)
class LogState:
    """The log folded: what each alias rests on, which proposals have ended, what is under way or held.

    `champions` holds the newest applied entry of each alias, `served` every version that an alias rested
    on by the log, each once, the newest last; `ended` the event that ended each proposal, in the log's
    order; `intents` the moves begun and not yet closed; `holds` the hold entry of each held digest (`""`
    holds the whole model); `diverged` the newest unhealed divergence of each alias; `provisional` the
    rollbacks of the fast lane that nobody has approved yet, `requested` those that wait for a second person;
    `unmerged` the event of each proposal that ended without a merge, and of which no merge was found since.
    """

    seq: int = 0
    hash: str | None = None
    champions: Mapping[str, Entry] = field(default_factory=dict)
    served: Mapping[str, tuple[Pinned, ...]] = field(default_factory=dict)
    ended: Mapping[str, Event] = field(default_factory=dict)
    intents: Mapping[str, Entry] = field(default_factory=dict)
    holds: Mapping[str, Entry] = field(default_factory=dict)
    diverged: Mapping[str, Entry] = field(default_factory=dict)
    provisional: Mapping[str, Entry] = field(default_factory=dict)
    requested: Mapping[str, Entry] = field(default_factory=dict)
    unmerged: Mapping[str, Event] = field(default_factory=dict)

    def after(self, entries: Sequence[Entry]) -> "LogState":
        """The state when `entries` have been appended."""
        champions, served = dict(self.champions), dict(self.served)
        ended, intents = dict(self.ended), dict(self.intents)
        holds, diverged = dict(self.holds), dict(self.diverged)
        provisional, requested = dict(self.provisional), dict(self.requested)
        unmerged = dict(self.unmerged)
        for entry in entries:
            if entry.event in APPLIED:
                champions[entry.alias] = entry
                _fold_served(served, entry)
            if entry.proposal and entry.event in ENDED:
                ended[entry.proposal] = entry.event
                intents.pop(entry.proposal, None)
            if entry.proposal and entry.event is Event.INTENT:
                intents[entry.proposal] = entry
            _fold_unmerged(unmerged, entry)
            _fold_holds(holds, entry)
            _fold_divergence(diverged, entry)
            _fold_provisional(provisional, champions, entry)
            _fold_requested(requested, entry)
        last = entries[-1] if entries else None
        return LogState(
            seq=last.seq if last else self.seq,
            hash=last.hash if last else self.hash,
            champions=champions,
            served=served,
            ended=ended,
            intents=intents,
            holds=holds,
            diverged=diverged,
            provisional=provisional,
            requested=requested,
            unmerged=unmerged,
        )

    def hold_on(self, digest: str, *, promotes: bool = True) -> Entry | None:
        """The hold that keeps an alias from a version with this digest, if any.

        A hold of the whole model stops promotions; to return to a former champion, or to keep the one
        that is there, is not stopped by it.
        """
        return self.holds.get(digest) or (self.holds.get("") if promotes else None)

    def is_fast(self, proposal: str) -> bool:
        """Whether a proposal goes the fast lane: begun there and not ended, or ended there and not yet approved."""
        intent = self.intents.get(proposal)
        return proposal in self.provisional or (intent is not None and intent.fast_lane is not None)

    def former_champions(self, alias: str) -> tuple[Pinned, ...]:
        """The versions that `alias` rested on before the one it rests on now, the newest first."""
        champion = self.champions.get(alias)
        there = champion.target.digest if champion and champion.target else None
        return tuple(pinned for pinned in reversed(self.served.get(alias, ())) if pinned.digest != there)

    def to_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "hash": self.hash,
            "champions": _entries_json(self.champions),
            "served": {alias: [[p.version, p.digest] for p in served] for alias, served in self.served.items()},
            "ended": [[proposal, str(event)] for proposal, event in self.ended.items()],
            "intents": _entries_json(self.intents),
            "holds": _entries_json(self.holds),
            "diverged": _entries_json(self.diverged),
            "unmerged": [[proposal, str(event)] for proposal, event in self.unmerged.items()],
            **self._fast_json(),
        }

    def _fast_json(self) -> dict[str, Any]:
        """Left out where there is nothing, as in all that was written before there was a fast lane."""
        known = {"provisional": self.provisional, "requested": self.requested}
        return {key: _entries_json(entries) for key, entries in known.items() if entries}


def state_from_json(value: Mapping[str, Any]) -> LogState:
    return LogState(
        seq=value["seq"],
        hash=value["hash"],
        champions=_entries_from_json(value["champions"]),
        served={
            alias: tuple(Pinned(version=version, digest=digest) for version, digest in served)
            for alias, served in value["served"].items()
        },
        ended={proposal: Event(event) for proposal, event in value["ended"]},
        intents=_entries_from_json(value["intents"]),
        holds=_entries_from_json(value["holds"]),
        diverged=_entries_from_json(value["diverged"]),
        provisional=_entries_from_json(value.get("provisional", {})),
        requested=_entries_from_json(value.get("requested", {})),
        unmerged={proposal: Event(event) for proposal, event in value["unmerged"]},
    )


def _fold_served(served: dict[str, tuple[Pinned, ...]], entry: Entry) -> None:
    if entry.target is not None:
        others = (pinned for pinned in served.get(entry.alias, ()) if pinned.version != entry.target.version)
        served[entry.alias] = (*others, entry.target)


def _fold_unmerged(unmerged: dict[str, Event], entry: Entry) -> None:
    if entry.proposal and entry.event in CLOSED and entry.merge_commit is None:
        unmerged[entry.proposal] = entry.event
    elif entry.proposal and entry.event is Event.ENDED_ALREADY:
        unmerged.pop(entry.proposal, None)


def _fold_holds(holds: dict[str, Entry], entry: Entry) -> None:
    held = entry.target.digest if entry.target else ""
    if entry.event is Event.HELD:
        holds[held] = entry
    elif entry.event is Event.RELEASED:
        holds.pop(held, None)


def _fold_divergence(diverged: dict[str, Entry], entry: Entry) -> None:
    if entry.event is Event.DIVERGED:
        diverged[entry.alias] = entry
    elif entry.event is Event.HEALED or entry.event in APPLIED:
        diverged.pop(entry.alias, None)


def _fold_provisional(provisional: dict[str, Entry], champions: dict[str, Entry], entry: Entry) -> None:
    """An approval that comes after the move is what the champion rests on, if it still is that champion."""
    if entry.proposal is None:
        return
    if entry.event in APPLIED and entry.fast_lane:
        provisional[entry.proposal] = entry
    elif entry.event in (Event.RATIFIED, Event.UNRATIFIED):
        provisional.pop(entry.proposal, None)
    champion = champions.get(entry.alias)
    if entry.event is Event.RATIFIED and champion and champion.proposal == entry.proposal:
        champions[entry.alias] = entry


def _fold_requested(requested: dict[str, Entry], entry: Entry) -> None:
    if entry.proposal and entry.event is Event.REQUESTED:
        requested[entry.proposal] = entry
    elif entry.proposal and (entry.event is Event.INTENT or entry.event in ENDED):
        requested.pop(entry.proposal, None)


def _entries_json(entries: Mapping[str, Entry]) -> dict[str, Any]:
    return {key: entry.to_json() for key, entry in entries.items()}


def _entries_from_json(value: Mapping[str, Any]) -> dict[str, Entry]:
    return {key: entry_from_json(entry) for key, entry in value.items()}
