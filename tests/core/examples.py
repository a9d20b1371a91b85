"""Evidence, policies, proposals and log entries to vary: each is fine as it stands."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from coronet.core.changelog.entry import Approval, Entry, Event, Pinned
from coronet.core.decision import Check
from coronet.core.evidence import Contract, EvaluationData, Evidence, MetricFact, RowCounts, Subject, Task
from coronet.core.judging.gates import judge_gate
from coronet.core.policy import Policy, policy_from_json
from coronet.core.proposal import Candidate, Code, Kind, Proposal, ProposedData, Replaced, Requester, Why, identify

NOW = datetime(2026, 11, 20, 21, 5, tzinfo=UTC)


def digest(letter: str) -> str:
    """A digest that is told from others by its letter."""
    return "sha256:" + letter * 64


CHAMPION, CANDIDATE, DATA = digest("5"), digest("7"), digest("d")


def fact(
    metric: str = "accuracy",
    candidate: float | None = 0.92,
    champion: float | None = 0.90,
    half: float | None = 0.01,
    *,
    own: float | None = 0.005,
    rows: int = 1000,
    segment: Mapping[str, str] | None = None,
    problem: str = "",
) -> MetricFact:
    """Better by 0.02 ± 0.01; `half` and `own` are half the widths of the intervals."""
    difference = None if champion is None or candidate is None else candidate - champion
    centre = candidate if champion is None else difference
    return MetricFact(
        metric=metric,
        segment=segment or {},
        rows=rows,
        champion=champion,
        candidate=candidate,
        difference=difference,
        interval=None if half is None or centre is None else (centre - half, centre + half),
        candidate_interval=None if own is None or candidate is None else (candidate - own, candidate + own),
        problem=problem,
    )


def gain(improvement: float, half: float = 0.01, *, metric: str = "accuracy", **fields: Any) -> MetricFact:
    """A fact whose candidate is better by `improvement` ± `half`."""
    return fact(metric, 0.5 + improvement, 0.5, half, **fields)


def evidence(*facts: MetricFact, **fields: Any) -> Evidence:
    given: dict[str, Any] = {
        "model": "iris",
        "task": Task.BINARY,
        "created_at": NOW - timedelta(hours=1),
        "candidate": Subject(version="7", run_id="run7", digest=CANDIDATE),
        "champion": Subject(version="5", run_id="run5", digest=CHAMPION),
        "data": EvaluationData(name="iris", digest=DATA, rows=1000, label="species", key="id"),
        "rows": RowCounts(paired=1000),
        "confidence": 0.95,
        "metrics": facts,
        "contract": Contract(
            candidate={"signature": digest("a"), "features": digest("b")},
            champion={"signature": digest("a"), "features": digest("c")},
        ),
    }
    return Evidence(**{**given, **fields})


FLOOR = {"metric": "accuracy", "rule": "floor", "value": 0.8}


def policy(gates: Mapping[str, Any] | None = None, **fields: Any) -> Policy:
    return policy_from_json({"gates": {"good_enough": FLOOR} if gates is None else gates, **fields})


def judged(gate: Mapping[str, Any], *facts: MetricFact, alone: str = "", **fields: Any) -> Check:
    """What one gate says of these facts; `fields` are the policy's, and the evidence's under `evidence`."""
    of_evidence = fields.pop("evidence_fields", {})
    made = policy({"gate": gate}, **fields)
    return judge_gate(made.gates[0], evidence(*facts, **of_evidence), made, alone=alone)


def proposal(**fields: Any) -> Proposal:
    """Version 7 in the place of version 5, made an hour ago."""
    given: dict[str, Any] = {
        "id": "",
        "kind": Kind.PROMOTION,
        "model": "iris",
        "alias": "champion",
        "candidate": Candidate(version="7", run_id="run7", created=NOW, source="models:/m-7", digest=CANDIDATE),
        "replaces": Replaced(version="5", digest=CHAMPION, proposal="iris-v5-00000000"),
        "evidence_digest": digest("e"),
        "evidence_verdict": "pass",
        "policy_digest": policy().digest,
        "data": ProposedData(name="iris", digest=DATA, rows=1000),
        "code": Code(repository="example/models", commit="0" * 40),
        "why": Why(summary="more trees", owner="model-owner", hypothesis_id="H-021"),
        "requested_by": Requester(login="engineer"),
        "created_at": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(days=13),
        "valid_until": NOW + timedelta(days=89),
        **fields,
    }
    if not given["id"]:
        given["id"] = identify(
            kind=given["kind"],
            model=given["model"],
            alias=given["alias"],
            candidate=given["candidate"],
            replaces=given["replaces"],
            facts_digest=digest("f"),
            policy_digest=given["policy_digest"],
            attempt=given.get("attempt", 1),
        )
    return Proposal(**given)


def entry(event: Event = Event.PROMOTED, version: str | None = "5", **fields: Any) -> Entry:
    """An entry about one version; its digest is made of the version's last digit."""
    given: dict[str, Any] = {
        "at": NOW,
        "model": "iris",
        "registered_model": "iris",
        "alias": "champion",
        "event": event,
        "proposal": None if version is None else f"iris-v{version}-00000000",
        "target": None if version is None else Pinned(version=version, digest=digest(version[-1])),
        "actor": "promoter",
    }
    return Entry(**{**given, **fields})


def approval(login: str = "model-owner") -> Approval:
    return Approval(login=login, at=NOW, review="1", commit="c" * 40)
