"""What callers rely on: the same for candidate and champion."""

from coronet.core.decision import Check, failed, passed, worst
from coronet.core.evidence import Contract, ContractChange, Evidence
from coronet.core.judging.facts import Unusable
from coronet.core.policy import Gate

_NAMED = 5


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
        saw = f"changed from {before[:19]}… to {after[:19]}…{_say_changes(contract, name)}"
        return failed(name, saw=saw, wanted="the same for both")
    return passed(name, saw=f"is {after[:19]}… for both", wanted="the same for both")


def _say_changes(contract: Contract | None, name: str) -> str:
    """What is known of what changed: features are what callers give, the others what they get as well."""
    changes = [each for each in contract.changes if name != "features" or each.side == "input"] if contract else []
    if contract is None or not changes:
        return ""
    more = len(changes) - _NAMED + contract.more_changes
    said = ", ".join(_say_change(each) for each in changes[:_NAMED])
    return f": {said}{f', and {more} more' if more > 0 else ''}"


def _say_change(change: ContractChange) -> str:
    side = "" if change.side == "input" else "output "
    if change.champion is None:
        return f"{side}{change.name} is new ({change.candidate})"
    if change.candidate is None:
        return f"{side}{change.name} is gone"
    if change.champion == change.candidate:
        return f"{side}{change.name} moved to another place"
    return f"{side}{change.name} is {change.candidate}, not {change.champion}"
