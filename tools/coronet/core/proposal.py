"""A proposal: the file that asks for an alias to move, approved in its pull request, never changed after."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from coronet.core.canonical import digest_json
from coronet.core.names import is_name
from coronet.core.timestamps import format_time, parse_time

SCHEMA = "coronet/proposal/v1"
FOLDER = "promotions"
BRANCH_PREFIX = "promotions/"


class Kind(StrEnum):
    PROMOTION = "promotion"
    ROLLBACK = "rollback"
    RENEWAL = "renewal"


class ChangeType(StrEnum):
    FEATURE = "feature"
    OBJECTIVE = "objective"
    DATA = "data"
    ARCHITECTURE = "architecture"
    TUNING = "tuning"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """The version asked for, pinned by everything that tells it from one recreated under its number."""

    version: str
    run_id: str
    created: datetime
    source: str
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Replaced:
    """The version the alias must still be on; `proposal` is what it rests on (None where it was adopted)."""

    version: str
    digest: str
    proposal: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedData:
    name: str
    digest: str
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    repository: str | None = None
    commit: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    summary: str
    owner: str | None = None
    hypothesis_id: str | None = None
    change_type: ChangeType | None = None
    feature_set_version: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Requester:
    login: str
    run_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    id: str
    kind: Kind
    model: str
    alias: str
    candidate: Candidate
    replaces: Replaced | None
    evidence_digest: str
    evidence_verdict: str
    policy_digest: str
    data: ProposedData
    code: Code
    why: Why
    requested_by: Requester
    created_at: datetime
    expires_at: datetime
    valid_until: datetime
    attempt: int = 1

    @property
    def apply_before(self) -> datetime:
        """From this moment on it is too late: it has expired, or no release could rest on it any more."""
        return min(self.expires_at, self.valid_until)

    @property
    def path(self) -> str:
        return proposal_path(self.model, self.id)

    @property
    def evidence_path(self) -> str:
        return evidence_path(self.model, self.id)

    def to_json(self) -> dict[str, Any]:
        """The file's content, keys in the order in which people read it."""
        return {
            "schema": SCHEMA,
            "id": self.id,
            "kind": str(self.kind),
            "model": self.model,
            "alias": self.alias,
            "candidate": {
                "version": self.candidate.version,
                "run_id": self.candidate.run_id,
                "created": format_time(self.candidate.created),
                "source": self.candidate.source,
                "digest": self.candidate.digest,
            },
            "replaces": _replaced_json(self.replaces),
            "evidence": {"digest": self.evidence_digest, "verdict": self.evidence_verdict},
            "policy": {"digest": self.policy_digest},
            "data": {"name": self.data.name, "digest": self.data.digest, "rows": self.data.rows},
            "code": _without_none(repository=self.code.repository, commit=self.code.commit),
            "why": _without_none(
                hypothesis_id=self.why.hypothesis_id,
                change_type=str(self.why.change_type) if self.why.change_type else None,
                summary=self.why.summary,
                owner=self.why.owner,
                feature_set_version=self.why.feature_set_version,
            ),
            "requested_by": _without_none(login=self.requested_by.login, run_url=self.requested_by.run_url),
            "attempt": self.attempt,
            "created_at": format_time(self.created_at),
            "expires_at": format_time(self.expires_at),
            "valid_until": format_time(self.valid_until),
        }


def proposal_path(model: str, proposal_id: str) -> str:
    return f"{FOLDER}/{model}/{proposal_id}.yaml"


def evidence_path(model: str, proposal_id: str) -> str:
    return f"{FOLDER}/{model}/{proposal_id}.evidence.json"


def proposal_branch(model: str, proposal_id: str) -> str:
    return f"{BRANCH_PREFIX}{model}/{proposal_id}"


def proposal_of_branch(branch: str) -> tuple[str, str] | None:
    """(model, proposal id) where `branch` is a proposal's, else None: anybody may call a branch what they like."""
    parts = branch.removeprefix(BRANCH_PREFIX).split("/")
    if not branch.startswith(BRANCH_PREFIX) or len(parts) != 2 or not is_proposal_id(parts[1], model=parts[0]):
        return None
    return parts[0], parts[1]


def is_proposal_id(text: str, *, model: str) -> bool:
    """Whether `text` is an id that `identify` could give a proposal of `model`: model, version and 8 digits."""
    return is_name(model) and re.fullmatch(rf"{model}-v[1-9][0-9]{{0,9}}-[0-9a-f]{{8}}", text) is not None


def proposal_at(path: str) -> tuple[str, str] | None:
    """(model, proposal id) where `path` is a proposal's, else None: no model is called what is no name.

    The id may be anything: what is merged under a wrong name is refused, not overlooked.
    """
    parts = path.split("/")
    if len(parts) != 3 or parts[0] != FOLDER or not is_name(parts[1]) or not parts[2].endswith(".yaml"):
        return None
    return parts[1], parts[2].removesuffix(".yaml")


def identify(
    *,
    kind: Kind,
    model: str,
    alias: str,
    candidate: Candidate,
    replaces: Replaced | None,
    facts_digest: str,
    policy_digest: str,
    attempt: int,
) -> str:
    """The id of the proposal that these inputs make: the same inputs, the same id.

    Who asked, when and why do not enter, so that asking twice finds the first. `replaces` names the
    proposal the champion rests on, so that the same move asked for again later is another proposal.
    """
    content = {
        "kind": str(kind),
        "model": model,
        "alias": alias,
        "candidate": [candidate.version, candidate.digest],
        "replaces": _replaced_json(replaces),
        "facts": facts_digest,
        "policy": policy_digest,
        "attempt": attempt,
    }
    return f"{model}-v{candidate.version}-{digest_json(content).removeprefix('sha256:')[:8]}"


def gives_way(older: Proposal, newer: Proposal) -> bool:
    """Whether an open proposal is out of date when a newer one asks for the same alias.

    A rollback takes the place of everything; nothing but another rollback takes the place of a rollback,
    which somebody may be waiting for at night.
    """
    same = (older.model, older.alias) == (newer.model, newer.alias)
    return same and (newer.kind is Kind.ROLLBACK or older.kind is newer.kind)


def proposal_from_json(value: Mapping[str, Any]) -> Proposal:
    """The proposal in `value`, which must satisfy the schema `coronet schema proposal`."""
    candidate, replaces, why = value["candidate"], value["replaces"], value["why"]
    change_type = why.get("change_type")
    return Proposal(
        id=value["id"],
        kind=Kind(value["kind"]),
        model=value["model"],
        alias=value["alias"],
        candidate=Candidate(**{**candidate, "created": parse_time(candidate["created"])}),
        replaces=Replaced(**replaces) if replaces else None,
        evidence_digest=value["evidence"]["digest"],
        evidence_verdict=value["evidence"]["verdict"],
        policy_digest=value["policy"]["digest"],
        data=ProposedData(**value["data"]),
        code=Code(**value.get("code", {})),
        why=Why(**{**why, "change_type": ChangeType(change_type) if change_type else None}),
        requested_by=Requester(**value["requested_by"]),
        created_at=parse_time(value["created_at"]),
        expires_at=parse_time(value["expires_at"]),
        valid_until=parse_time(value["valid_until"]),
        attempt=value.get("attempt", 1),
    )


def _replaced_json(replaces: Replaced | None) -> dict[str, Any] | None:
    if replaces is None:
        return None
    return {"version": replaces.version, "digest": replaces.digest, "proposal": replaces.proposal}


def _without_none(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
