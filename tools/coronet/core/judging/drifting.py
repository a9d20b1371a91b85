"""How far the evaluation data may lie from the training data."""

from collections.abc import Sequence
from dataclasses import replace

from coronet.core.decision import Check, Result, Verdict, demand
from coronet.core.drift import ColumnDrift, DriftDecision, DriftLimits, DriftRule, decide_drift, is_unclear
from coronet.core.evidence import Evidence
from coronet.core.evidence.data_drift import DataDrift, OtherColumns
from coronet.core.judging.facts import Unusable
from coronet.core.policy.demands import DriftDemand

_NAMED = 3
_HINT = "see whether the world changed or the data; bring evaluation data of the same kind, or train on newer ones"


def judge_drift(name: str, asked: DriftDemand, evidence: Evidence, wanted: str) -> Check:
    """pass where at most `at_most` columns have drifted; the alarms are its parts."""
    if evidence.drift is None:
        raise Unusable("the evidence does not hold the evaluation data against the training data")
    columns = _asked_columns(asked, evidence.drift)
    others = None if asked.columns else evidence.drift.others
    decision = decide_drift(columns, asked.limits, others=others.questions if others else 0)
    if decision.verdict is Verdict.FAIL and not decision.alarms:
        raise Unusable("no column could be held against the training data")
    hidden = others.columns if others and _may_alarm(others, asked.limits) else 0
    alarms = len(decision.alarms) + hidden
    looked = len(columns) + (others.columns if others else 0)
    parts = tuple(check for check in decision.checks if check.result is Result.FAIL)
    saw = f"{alarms} of {looked} columns have drifted{_say_alarms(decision, hidden)}"
    unclear = [] if alarms > asked.at_most else _unclear(columns, decision, asked.limits)
    if alarms + len(unclear) > asked.at_most >= alarms:
        saw += f"; the error bounds leave open whether {', '.join(unclear[:_NAMED])} did"
        return Check(name=name, result=Result.INCONCLUSIVE, saw=saw, wanted=wanted, parts=parts)
    found = demand(name, alarms <= asked.at_most, saw=saw, wanted=wanted, hint=_HINT)
    return replace(found, parts=parts)


def _unclear(columns: Sequence[ColumnDrift], decision: DriftDecision, limits: DriftLimits) -> list[str]:
    """Columns that are no alarm and might be one, as far as their error bounds tell."""
    if limits.rule is not DriftRule.BOTH:
        return []
    return [each.column for each in columns if is_unclear(each, limits) and each.column not in decision.alarms]


def say_drift(asked: DriftDemand) -> str:
    limits = asked.limits
    match limits.rule:
        case DriftRule.ANY_P:
            rule = f"any p below {limits.level:g}"
        case DriftRule.PSI:
            rule = f"PSI from {limits.psi:g}"
        case _:
            effects = f"PSI from {limits.psi:g}, a distance from {limits.distance:g} or a shift from {limits.shift:g}"
            rule = f"{effects} that chance does not explain"
    of = f" of {', '.join(asked.columns)}" if asked.columns else ""
    many = f"at most {asked.at_most} columns" if asked.at_most else "no column"
    return f"{many}{of} that drifted: {rule}"


def _asked_columns(asked: DriftDemand, drift: DataDrift) -> tuple[ColumnDrift, ...]:
    if not asked.columns:
        if not drift.columns:
            raise Unusable("the evidence holds no column against the training data")
        return drift.columns
    known = {column.column: column for column in drift.columns}
    if missing := [name for name in asked.columns if name not in known]:
        raise Unusable(f"the evidence says nothing of the drift of {', '.join(missing)}")
    return tuple(known[name] for name in asked.columns)


def _may_alarm(others: OtherColumns, limits: DriftLimits) -> bool:
    """Whether a column that is not in the evidence by itself could be an alarm: what is kept moved further."""
    match limits.rule:
        case DriftRule.ANY_P:
            return others.least_p < limits.level
        case DriftRule.PSI:
            return others.psi >= limits.psi
        case _:
            sizes = ("psi", "distance", "shift", "unseen", "missing")
            moved = any(getattr(others, name) >= getattr(limits, name) for name in sizes)
            return moved and others.least_p <= limits.level


def _say_alarms(decision: DriftDecision, hidden: int) -> str:
    saw = {check.name: check.saw for check in decision.checks}
    said = [f"{name} ({saw[name]})" for name in decision.alarms[:_NAMED]]
    more = len(decision.alarms) - len(said)
    said += [f"{more} more"] if more else []
    said += [f"as many as {hidden} that the evidence does not list"] if hidden else []
    return f": {', '.join(said)}" if said else ""
