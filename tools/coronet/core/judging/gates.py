"""One gate, one rule: its answer with the numbers that made it so."""

from typing import assert_never

from coronet.core.decision import Check, Result, failed, off
from coronet.core.evidence import Evidence
from coronet.core.judging.comparison import judge_fact
from coronet.core.judging.facts import Reader, Unusable
from coronet.core.judging.wording import say_bar
from coronet.core.policy import Gate, Mode, Policy, Rule

COMPARISONS = frozenset({Rule.SUPERIOR, Rule.NON_INFERIOR, Rule.STEADY, Rule.CHANGES, Rule.UNCHANGED})


def judge_gate(gate: Gate, evidence: Evidence, policy: Policy, *, alone: str = "", returns: bool = False) -> Check:
    """The check of one gate; `alone` says why nothing is compared with a champion ("" where it is).

    `returns` says that a former champion does: what was not measured in its day of the models themselves and
    of the data is not asked of it.
    """
    wanted = say_bar(gate)
    if gate.mode is Mode.OFF:
        return off(gate.name, saw="switched off by the policy", wanted=wanted)
    if alone and (gate.rule in COMPARISONS or _only_compares(gate)):
        return off(gate.name, saw=alone, wanted=wanted)
    if returns and _has_no_section(gate, evidence):
        return off(gate.name, saw="not measured in its day", wanted=wanted)
    reader = Reader(evidence=evidence, gate=gate, confidence=policy.confidence)
    try:
        check = _judge_rule(gate, reader, policy, wanted, alone=alone)
    except Unusable as reason:
        hint = "evaluate again so that the evidence has what the policy asks for"
        check = failed(gate.name, saw=str(reason), wanted=wanted, hint=hint)
    return _softened(check) if gate.mode is Mode.WARN else check


def _only_compares(gate: Gate) -> bool:
    return gate.budget is not None and not gate.budget.stands_alone


def _has_no_section(gate: Gate, evidence: Evidence) -> bool:
    sections = {
        Rule.BUDGET: evidence.costs,
        Rule.DRIFT: evidence.drift,
        Rule.LEAKAGE: evidence.leakage,
        Rule.CHECK: evidence.checks or None,
    }
    return gate.rule in sections and sections[gate.rule] is None


def _judge_rule(gate: Gate, reader: Reader, policy: Policy, wanted: str, *, alone: str) -> Check:
    correction = gate.correction or policy.correction
    # Each rule is imported when a policy has it: the release gate judges on every release.
    match gate.rule:
        case Rule.UNCHANGED:
            from coronet.core.judging.contract import judge_unchanged

            return judge_unchanged(gate, reader.evidence, wanted)
        case Rule.GAP:
            from coronet.core.judging.gaps import judge_gaps

            return judge_gaps(gate, reader, correction, wanted)
        case Rule.BUDGET | Rule.DRIFT | Rule.LEAKAGE | Rule.CHECK:
            return _judge_section(gate, reader, wanted, alone=alone)
        case Rule.CHANGES | Rule.BASELINE:
            from coronet.core.judging.predictions import restate

            return _judge_rule(*restate(gate, reader), policy, wanted, alone=alone)
        case Rule.SUPERIOR | Rule.NON_INFERIOR | Rule.STEADY | Rule.FLOOR | Rule.CEILING:
            if not gate.by:
                return judge_fact(gate, reader, reader.overall(), name=gate.name, wanted=wanted)
            from coronet.core.judging.segments import judge_segments, judge_weighted

            if gate.weight:
                return judge_weighted(gate, reader, wanted)
            return judge_segments(gate, reader, correction, wanted)
        case _:
            assert_never(gate.rule)


def _judge_section(gate: Gate, reader: Reader, wanted: str, *, alone: str) -> Check:
    """The rules that ask a section of the evidence, and no metric."""
    if gate.budget:
        from coronet.core.judging.budgets import judge_budget

        return judge_budget(gate.name, gate.budget, reader, wanted, alone=alone)
    if gate.drift:
        from coronet.core.judging.drifting import judge_drift

        return judge_drift(gate.name, gate.drift, reader.evidence, wanted)
    if gate.check:
        from coronet.core.judging.custom import judge_check

        return judge_check(gate.name, gate.check, reader.evidence, wanted)
    from coronet.core.judging.leaking import judge_leakage

    return judge_leakage(gate, reader.evidence, wanted)


def _softened(check: Check) -> Check:
    """A gate that only warns: said, and without effect."""
    if check.result is Result.PASS:
        return check
    return Check(
        name=check.name, result=Result.WARN, saw=check.saw, wanted=check.wanted, hint=check.hint, parts=check.parts
    )
