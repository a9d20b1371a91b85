"""Checks of one's own, as their gates read them."""

from typing import Any

import pytest

from coronet.core.decision import Check, Result
from coronet.core.evidence.custom_checks import Answered, CustomCheck
from coronet.core.policy import policy_from_json
from tests.core.examples import judged

ASKED = {"rule": "check", "run": ["python", "checks/fairness.py"]}


def digest_of(asked: dict[str, Any]) -> str:
    (gate,) = policy_from_json({"gates": {"gate": asked}}).gates
    assert gate.check
    return gate.check.digest


def answered(result: Answered = Answered.PASS, *, asked: dict[str, Any] = ASKED, **fields: Any) -> CustomCheck:
    given: dict[str, Any] = {"name": "gate", "digest": digest_of(asked), "saw": "all alike", **fields}
    return CustomCheck(result=result, **given)


def check(*found: CustomCheck, asked: dict[str, Any] = ASKED, alone: str = "") -> Check:
    return judged(asked, alone=alone, evidence_fields={"checks": found})


def test_what_passed_passes_with_what_it_saw() -> None:
    made = check(answered(numbers={"gap": 0.0123456, "rows": 100.0}), alone="no champion to compare with")
    assert (made.result, made.saw) == (Result.PASS, "all alike (gap 0.01235, rows 100)")
    assert made.wanted == "python checks/fairness.py passes"


def test_what_failed_fails() -> None:
    made = check(answered(Answered.FAIL, saw=""))
    assert (made.result, made.saw) == (Result.FAIL, "fail")


def test_what_could_not_tell_fails_with_the_reason() -> None:
    made = check(answered(Answered.ERROR, saw="it did not end within 60 seconds"))
    assert (made.result, made.saw) == (Result.FAIL, "it could not tell: it did not end within 60 seconds")
    assert made.hint == "mend the check, and evaluate again"


def test_many_numbers_are_not_all_told() -> None:
    made = check(answered(numbers=dict.fromkeys("abcdefg", 1.0)))
    assert made.saw == "all alike (a 1, b 1, c 1, d 1, e 1, and 2 more numbers)"


@pytest.mark.parametrize(
    ("found", "saw"),
    [
        ((), "the check was not run"),
        ((answered(name="another"),), "the check was not run"),
        ((answered(), answered()), "the check is in the evidence 2 times"),
        ((answered(asked={**ASKED, "run": ["true"]}),), "another command was run than the policy asks for"),
    ],
)
def test_nothing_else_passes_for_it(found: tuple[CustomCheck, ...], saw: str) -> None:
    made = check(*found)
    assert (made.result, made.saw) == (Result.FAIL, saw)
    assert made.hint


def test_what_is_asked_is_the_command_and_not_how_long_it_may_take() -> None:
    assert digest_of({**ASKED, "timeout": "5m"}) == digest_of(ASKED)
    assert digest_of({**ASKED, "schema": "checks/answer.json"}) != digest_of(ASKED)
    called = {"rule": "check", "call": "checks/fairness.py:judge"}
    assert digest_of(called) != digest_of(ASKED)
    assert check(answered(asked=called), asked=called).wanted == "checks/fairness.py:judge passes"
