"""The whole judgement: is the evidence fit to be judged, and does it pass every gate."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from coronet.core.decision import Check, Verdict, combine, demand, failed, off, passed
from coronet.core.evidence import Evidence
from coronet.core.judging.gates import judge_gate
from coronet.core.judging.looks import look_at
from coronet.core.policy import Mode, OnInconclusive, Policy
from coronet.core.proposal import Kind
from coronet.core.timestamps import format_duration, format_time

SCHEMA = "coronet/judge/v1"
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """`admits` says whether a proposal may go on: on a pass, or where the policy lets reviewers decide.

    `confidence` is that of the intervals that the gates looked at.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    evidence: Evidence
    policy: Policy
    confidence: float

    @property
    def admits(self) -> bool:
        asks = self.policy.on_inconclusive is OnInconclusive.ASK
        return self.verdict is Verdict.PASS or (self.verdict is Verdict.INCONCLUSIVE and asks)

    def to_json(self) -> dict[str, Any]:
        evidence = self.evidence
        return {
            "schema": SCHEMA,
            "verdict": str(self.verdict),
            "model": evidence.model,
            "candidate": evidence.candidate.version,
            "champion": evidence.champion.version if evidence.champion else None,
            "evidence": evidence.digest,
            "policy": self.policy.digest,
            "confidence": self.confidence,
            "on_inconclusive": str(self.policy.on_inconclusive),
            "admits": self.admits,
            "checks": [check.to_json() for check in self.checks],
        }


def judge(
    evidence: Evidence, policy: Policy, *, now: datetime, kind: Kind = Kind.PROMOTION, data_digest: str | None = None
) -> Judgement:
    """Does `evidence` satisfy `policy` at `now`?

    A rollback or a renewal returns or keeps a champion that was compared when it came, so that only its
    own values are judged; a rollback brings the evidence of its day, however old. `data_digest` is the
    pinned evaluation data the evidence must rest on, where the caller knows it.
    """
    alone = "" if kind is Kind.PROMOTION else f"a {kind} is not compared"
    alone = "no champion to compare with" if evidence.champion is None else alone
    returns = kind is Kind.ROLLBACK
    confidence, look = look_at(evidence, policy, kind)
    at_look = replace(policy, confidence=confidence)
    gates = tuple(judge_gate(gate, evidence, at_look, alone=alone, returns=returns) for gate in policy.gates)
    fitness = _fitness(evidence, policy, now=now, kind=kind, data_digest=data_digest)
    checks = (*fitness, *look, _any_gate(policy), *gates)
    return Judgement(verdict=combine(checks), checks=checks, evidence=evidence, policy=policy, confidence=confidence)


def _fitness(
    evidence: Evidence, policy: Policy, *, now: datetime, kind: Kind, data_digest: str | None
) -> tuple[Check, ...]:
    return (
        _same_rows(evidence),
        _same_data(evidence, None if kind is Kind.ROLLBACK else data_digest),
        _fresh(evidence, policy, now, kind),
        _different(evidence, kind),
    )


def _any_gate(policy: Policy) -> Check:
    live = [gate for gate in policy.gates if gate.mode is Mode.ENFORCE]
    return demand(
        "policy",
        bool(live),
        saw=f"{len(live)} of {len(policy.gates)} gates enforced",
        wanted="at least one enforced gate",
        hint="an empty policy proves nothing: add a gate under `gates:`",
    )


def _same_rows(evidence: Evidence) -> Check:
    rows = evidence.rows
    return demand(
        "same_rows",
        rows.paired > 0 and rows.candidate_only == 0 and rows.champion_only == 0,
        saw=f"{rows.paired} paired rows, {rows.candidate_only} of the candidate alone, "
        f"{rows.champion_only} of the champion alone",
        wanted="both measured on the same rows",
        hint="evaluate both on the same data, so that every row has a prediction of each",
    )


def _same_data(evidence: Evidence, data_digest: str | None) -> Check:
    wanted = "the evaluation data that the model file pins"
    if data_digest is None:
        return off("same_data", saw=f"data {evidence.data.name} {evidence.data.digest}", wanted=wanted)
    return demand(
        "same_data",
        evidence.data.digest == data_digest,
        saw=f"data {evidence.data.digest}",
        wanted=f"{wanted}, {data_digest}",
        hint="evaluate again on the data that the model file names",
    )


def _fresh(evidence: Evidence, policy: Policy, now: datetime, kind: Kind) -> Check:
    made = evidence.created_at
    limit = None if kind is Kind.ROLLBACK else policy.evidence_maximum_age
    saw = f"made {format_time(made)}"
    if made > now + CLOCK_SKEW:
        return failed("fresh", saw=f"{saw}, which is in the future", wanted=f"made before {format_time(now)}")
    if limit is None:
        return passed("fresh", saw=saw, wanted="made before now")
    return demand(
        "fresh",
        now - made <= limit,
        saw=f"{saw}, {format_duration(max(now - made, timedelta()))} ago",
        wanted=f"at most {format_duration(limit)} old",
        hint="evaluate again",
    )


def _different(evidence: Evidence, kind: Kind) -> Check:
    """By the digests of their files, else by those of their predictions; evidence need not have either."""
    wanted = "a candidate that is not the champion"
    champion, candidate = evidence.champion, evidence.candidate
    if champion is None or kind is Kind.RENEWAL:
        return off("not_the_champion", saw=f"{kind}, nothing to tell apart", wanted=wanted)
    for what, ours, theirs in (
        ("files", candidate.digest, champion.digest),
        ("predictions", candidate.predictions, champion.predictions),
    ):
        if ours is not None and theirs is not None:
            saw = f"the same digest of {what} for both" if ours == theirs else f"other {what}"
            hint = "there is nothing to promote: train another"
            return demand("not_the_champion", ours != theirs, saw=saw, wanted=wanted, hint=hint)
    return off("not_the_champion", saw="no digests of both", wanted=wanted)
