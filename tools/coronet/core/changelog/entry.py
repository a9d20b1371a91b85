"""One entry of the change log: one event, one canonical JSON line, hash-chained.

`hash` is SHA-256 over the entry's canonical JSON without `hash` and newline; `prev` is the hash of the entry before
(null in the first). Whoever changes, drops or reorders an entry breaks every hash after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from coronet.core.canonical import canonical_json
from coronet.core.timestamps import format_time, parse_time

FOLDER = "changelog"


def log_path(model: str) -> str:
    return f"{FOLDER}/{model}.jsonl"


class Event(StrEnum):
    INTENT = "intent"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    RENEWED = "renewed"
    ADOPTED = "adopted"
    REFUSED = "refused"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    ENDED_ALREADY = "ended_already"
    DIVERGED = "diverged"
    HEALED = "healed"
    HELD = "held"
    RELEASED = "released"
    REQUESTED = "requested"
    RATIFIED = "ratified"
    UNRATIFIED = "unratified"


APPLIED = frozenset({Event.PROMOTED, Event.ROLLED_BACK, Event.RENEWED, Event.ADOPTED})
CLOSED = frozenset({Event.REJECTED, Event.SUPERSEDED, Event.EXPIRED})
ENDED = APPLIED | {Event.REFUSED, Event.CONFLICT} | CLOSED
FOUNDING = APPLIED | {Event.RATIFIED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Pinned:
    """A model version with the digest of its files."""

    version: str
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    login: str
    at: datetime
    review: str
    commit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FastLane:
    """What a rollback that nobody has approved yet rests on.

    `document` is the proposal's file, which the log keeps until its pull request brings it to the main
    branch; `restores` the proposal by which its version was champion before, whose evidence it brings;
    `ratify_by` when its approval must have been merged.
    """

    ratify_by: datetime
    restores: str
    document: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One event. `seq`, `prev` and `hash` are given when the entry is appended (`chain`).

    `model` is the governed model, `registered_model` its name in the registry. `fast_lane` is of rollbacks
    that went before their approval alone: what is written of all other entries has no such key.
    """

    at: datetime
    model: str
    alias: str
    event: Event
    registered_model: str = ""
    proposal: str | None = None
    proposal_digest: str | None = None
    origin: Pinned | None = None
    target: Pinned | None = None
    approvals: tuple[Approval, ...] = ()
    pull_request: int | None = None
    merge_commit: str | None = None
    policy: str | None = None
    evidence: str | None = None
    valid_until: datetime | None = None
    actor: str = ""
    run_url: str | None = None
    why: str = ""
    fast_lane: FastLane | None = None
    seq: int = 0
    prev: str | None = None
    hash: str = ""

    def to_json(self) -> dict[str, Any]:
        """The entry as written; `from` and `to` are `origin` and `target`."""
        fast = {"fast_lane": _fast_lane_json(self.fast_lane)} if self.fast_lane else {}
        return {
            "seq": self.seq,
            "at": format_time(self.at),
            "model": self.model,
            "registered_model": self.registered_model,
            "alias": self.alias,
            "event": str(self.event),
            "proposal": self.proposal,
            "proposal_digest": self.proposal_digest,
            "from": _pinned_json(self.origin),
            "to": _pinned_json(self.target),
            "approvals": [
                {"login": a.login, "at": format_time(a.at), "review": a.review, "commit": a.commit}
                for a in self.approvals
            ],
            "pull_request": self.pull_request,
            "merge_commit": self.merge_commit,
            "policy": self.policy,
            "evidence": self.evidence,
            "valid_until": format_time(self.valid_until) if self.valid_until else None,
            "actor": self.actor,
            "run_url": self.run_url,
            "why": self.why,
            "prev": self.prev,
            "hash": self.hash,
            **fast,
        }

    def line(self) -> bytes:
        return canonical_json(self.to_json())


def _pinned_json(pinned: Pinned | None) -> dict[str, str] | None:
    return {"version": pinned.version, "digest": pinned.digest} if pinned else None


def _fast_lane_json(lane: FastLane) -> dict[str, str]:
    return {"ratify_by": format_time(lane.ratify_by), "restores": lane.restores, "document": lane.document}


def _fast_lane_from_json(value: Mapping[str, str] | None) -> FastLane | None:
    return FastLane(**{**value, "ratify_by": parse_time(value["ratify_by"])}) if value else None  # type: ignore[arg-type]


def _pinned_from_json(value: Mapping[str, str] | None) -> Pinned | None:
    return Pinned(**value) if value else None


def entry_from_json(value: Mapping[str, Any]) -> Entry:
    """The entry of one parsed line; KeyError, TypeError or ValueError for what is none."""
    valid_until = value["valid_until"]
    entry = Entry(
        seq=value["seq"],
        at=parse_time(value["at"]),
        model=value["model"],
        registered_model=value["registered_model"],
        alias=value["alias"],
        event=Event(value["event"]),
        proposal=value["proposal"],
        proposal_digest=value["proposal_digest"],
        origin=_pinned_from_json(value["from"]),
        target=_pinned_from_json(value["to"]),
        approvals=tuple(Approval(**{**item, "at": parse_time(item["at"])}) for item in value["approvals"]),
        pull_request=value["pull_request"],
        merge_commit=value["merge_commit"],
        policy=value["policy"],
        evidence=value["evidence"],
        valid_until=parse_time(valid_until) if valid_until else None,
        actor=value["actor"],
        run_url=value["run_url"],
        why=value["why"],
        fast_lane=_fast_lane_from_json(value.get("fast_lane")),
        prev=value["prev"],
        hash=value["hash"],
    )
    _require_types(entry)
    return entry


def _require_types(entry: Entry) -> None:
    """A line that somebody forged must not become an entry that breaks whoever shows it."""
    texts = [entry.model, entry.registered_model, entry.alias, entry.actor, entry.why, entry.hash]
    texts += [text for pinned in (entry.origin, entry.target) if pinned for text in (pinned.version, pinned.digest)]
    texts += [entry.fast_lane.restores, entry.fast_lane.document] if entry.fast_lane else []
    texts += [text for given in entry.approvals for text in (given.login, given.review, given.commit)]
    digests = (entry.proposal_digest, entry.policy, entry.evidence, entry.prev)
    maybe = (*digests, entry.proposal, entry.merge_commit, entry.run_url)
    numbers = [entry.seq] if entry.pull_request is None else [entry.seq, entry.pull_request]
    if not all(isinstance(text, str) for text in (*texts, *(text for text in maybe if text is not None))):
        raise TypeError("an entry has something else where text should stand")
    if not all(type(number) is int for number in numbers):
        raise TypeError("an entry has something else where a number should stand")
