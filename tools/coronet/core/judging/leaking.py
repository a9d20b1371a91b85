"""A feature that alone tells the label is either the label in disguise, or makes the model needless."""

from coronet.core.decision import Check, Result, failed, passed
from coronet.core.evidence import Evidence
from coronet.core.judging.facts import Unusable
from coronet.core.judging.wording import say_number
from coronet.core.policy import Gate

_NAMED = 5


def judge_leakage(gate: Gate, evidence: Evidence, wanted: str) -> Check:
    leakage = evidence.leakage
    if leakage is None:
        raise Unusable("the evidence does not say how well single features tell the label")
    if leakage.problem:
        return Check(name=gate.name, result=Result.INCONCLUSIVE, saw=leakage.problem, wanted=wanted)
    asked = [leak for leak in leakage.columns if leak.column not in gate.allowed]
    if alarms := [leak for leak in asked if leak.power >= gate.bar]:
        said = [f"{leak.column} alone tells the label: {leak.method} {say_number(leak.power)}" for leak in alarms]
        more = f"; and {len(said) - _NAMED} more" if len(said) > _NAMED else ""
        hint = (
            f"see whether {alarms[0].column} is known when the model is asked; leave it out of the features, "
            "or name it under `allowed`"
        )
        return failed(gate.name, saw="; ".join(said[:_NAMED]) + more, wanted=wanted, hint=hint)
    if not asked:
        return passed(gate.name, saw=f"none of {leakage.features} features to look at", wanted=wanted)
    best = asked[0]
    saw = f"the strongest of {leakage.features} features is {best.column}: {best.method} {say_number(best.power)}"
    return passed(gate.name, saw=saw, wanted=wanted)


def say_leakage(gate: Gate) -> str:
    but = f" but {', '.join(gate.allowed)}" if gate.allowed else ""
    return f"no feature{but} that alone tells the label, from {say_number(gate.bar)} of 1"
