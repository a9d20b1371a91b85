"""What callers rely on: the same for candidate and champion."""

from coronet.core.decision import Check, failed, passed, worst
from coronet.core.evidence import Evidence
from coronet.core.judging.facts import Unusable
from coronet.core.policy import Gate


def judge_unchanged(gate: Gate, evidence: Evidence, wanted: str) -> Check:
    if not gate.of:
        raise Unusable("the gate does not say what must be unchanged")
    parts = [_judge_part(evidence, name) for name in gate.of]
    result = worst(part.result for part in parts)
    saw = "; ".join(f"{part.name} {part.saw}" for part in parts if part.result is result)
    return Check(name=gate.name, result=result, saw=saw, wanted=wanted, parts=tuple(parts))


def _judge_part(evidence: Evidence, name: str) -> Check:
    contract = evidence.contract
    before = contract.champion.get(name) if contract else None
    after = contract.candidate.get(name) if contract else None
    if before is None or after is None:
        hint = "evaluate from the registry, so that the evidence records both models' contracts"
        return failed(name, saw="is not in the evidence", wanted="the same for both", hint=hint)
    if before != after:
        return failed(name, saw=f"changed from {before[:19]}… to {after[:19]}…", wanted="the same for both")
    return passed(name, saw=f"is {after[:19]}… for both", wanted="the same for both")
