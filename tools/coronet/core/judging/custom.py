"""A check of one's own: what it answered, where what was run is what the policy asks for."""

from coronet.core.decision import Check, failed, passed
from coronet.core.evidence import Evidence
from coronet.core.evidence.custom_checks import Answered, CustomCheck
from coronet.core.policy.demands import CheckDemand

_NUMBERS = 5


def judge_check(name: str, asked: CheckDemand, evidence: Evidence, wanted: str) -> Check:
    found = [check for check in evidence.checks if check.name == name]
    if len(found) != 1:
        saw = f"the check is in the evidence {len(found)} times" if found else "the check was not run"
        return failed(name, saw=saw, wanted=wanted, hint="`coronet evaluate MODEL` runs it: evaluate again")
    check = found[0]
    if check.digest != asked.digest:
        hint = "evaluate again, so that what the policy asks for today is run"
        return failed(name, saw="another command was run than the policy asks for", wanted=wanted, hint=hint)
    if check.result is Answered.PASS:
        return passed(name, saw=_say(check), wanted=wanted)
    if check.result is Answered.FAIL:
        return failed(name, saw=_say(check), wanted=wanted)
    hint = "mend the check, and evaluate again"
    return failed(name, saw=f"it could not tell: {_say(check)}", wanted=wanted, hint=hint)


def say_check(asked: CheckDemand) -> str:
    return f"{asked.command} passes"


def _say(check: CustomCheck) -> str:
    numbers = [f"{name} {value:.4g}" for name, value in list(check.numbers.items())[:_NUMBERS]]
    more = f", and {len(check.numbers) - _NUMBERS} more numbers" if len(check.numbers) > _NUMBERS else ""
    said = check.saw or str(check.result)
    return f"{said} ({', '.join(numbers)}{more})" if numbers else said
