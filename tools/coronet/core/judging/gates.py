"""One gate, one rule: its answer with the numbers that made it so."""

from typing import assert_never

from coronet.core.decision import Check, Result, failed, off
from coronet.core.evidence import Evidence
from coronet.core.judging.comparison import judge_fact
from coronet.core.judging.facts import Reader, Unusable
from coronet.core.judging.wording import say_bar
from coronet.core.policy import Gate, Mode, Policy, Rule

COMPARISONS = frozenset({Rule.SUPERIOR, Rule.NON_INFERIOR, Rule.STEADY, Rule.CHANGES, Rule.UNCHANGED})


def judge_gate(gate: Gate, evidence: Evidence, policy: Policy, *, alone: str = "") -> Check:
    """The check of one gate; `alone` says why nothing is compared with a champion ("" where it is)."""
    wanted = say_bar(gate)
    if gate.mode is Mode.OFF:
        return off(gate.name, saw="switched off by the policy", wanted=wanted)
    if gate.rule in COMPARISONS and alone:
        return off(gate.name, saw=alone, wanted=wanted)
    reader = Reader(evidence=evidence, gate=gate, confidence=policy.confidence)
    try:
        check = _judge_rule(gate, reader, policy, wanted)
    except Unusable as reason:
        hint = "evaluate again so that the evidence has what the policy asks for"
        check = failed(gate.name, saw=str(reason), wanted=wanted, hint=hint)
    return _softened(check) if gate.mode is Mode.WARN else check


def _judge_rule(gate: Gate, reader: Reader, policy: Policy, wanted: str) -> Check:
    # Each rule is imported when a policy has it: the release gate judges on every release.
    match gate.rule:
        case Rule.UNCHANGED:
            from coronet.core.judging.contract import judge_unchanged

            return judge_unchanged(gate, reader.evidence, wanted)
        case Rule.GAP:
            from coronet.core.judging.gaps import judge_gaps

            return judge_gaps(gate, reader, policy.correction, wanted)
        case Rule.CHANGES | Rule.BASELINE:
            from coronet.core.judging.predictions import restate

            return _judge_rule(*restate(gate, reader), policy, wanted)
        case Rule.SUPERIOR | Rule.NON_INFERIOR | Rule.STEADY | Rule.FLOOR | Rule.CEILING:
            if not gate.by:
                return judge_fact(gate, reader, reader.overall(), name=gate.name, wanted=wanted)
            from coronet.core.judging.segments import judge_segments, judge_weighted

            if gate.weight:
                return judge_weighted(gate, reader, wanted)
            return judge_segments(gate, reader, policy.correction, wanted)
        case _:
            assert_never(gate.rule)


def _softened(check: Check) -> Check:
    """A gate that only warns: said, and without effect."""
    if check.result is Result.PASS:
        return check
    return Check(
        name=check.name, result=Result.WARN, saw=check.saw, wanted=check.wanted, hint=check.hint, parts=check.parts
    )
