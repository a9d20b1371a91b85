"""What callers rely on."""

from typing import Any

import pytest

from coronet.core.decision import Result
from coronet.core.evidence import Contract, ContractChange
from coronet.core.judging.gates import judge_gate
from coronet.core.policy import Gate, Rule
from tests.core.examples import digest, evidence, judged, policy

SAME = {"signature": digest("a"), "features": digest("b")}


def test_the_same_for_both_passes() -> None:
    contract = Contract(candidate=SAME, champion=SAME)
    made = judged({"rule": "unchanged", "of": ["signature", "features"]}, evidence_fields={"contract": contract})
    assert made.result is Result.PASS
    assert made.saw == "signature is sha256:aaaaaaaaaaaa… for both; features is sha256:bbbbbbbbbbbb… for both"


@pytest.mark.parametrize(
    ("contract", "of", "saw"),
    [
        (
            Contract(candidate=SAME, champion={**SAME, "features": digest("c")}),
            ["signature", "features"],
            "features changed from sha256:cccccccccccc… to sha256:bbbbbbbbbbbb…",
        ),
        (Contract(candidate=SAME, champion={}), ["signature"], "signature is not in the evidence"),
        (Contract(candidate={}, champion=SAME), ["signature"], "signature is not in the evidence"),
        (None, ["signature"], "signature is not in the evidence"),
    ],
)
def test_what_changed_or_is_unknown_fails(contract: Any, of: list[str], saw: str) -> None:
    made = judged({"rule": "unchanged", "of": of}, evidence_fields={"contract": contract})
    assert (made.result, made.saw) == (Result.FAIL, saw)


def test_nothing_asked_is_nothing_proven() -> None:
    made = judge_gate(Gate(name="x", rule=Rule.UNCHANGED), evidence(), policy())
    assert (made.result, made.saw) == (Result.FAIL, "the gate does not say what must be unchanged")


CHANGES = (
    ContractChange(side="input", name="age", champion=None, candidate="double"),
    ContractChange(side="input", name="sex", champion="string", candidate=None),
    ContractChange(side="input", name="income", champion="long", candidate="double"),
    ContractChange(side="input", name="region", champion="string", candidate="string"),
    ContractChange(side="output", name="prediction", champion="long", candidate="string"),
)


def changed(of: str, *changes: ContractChange, more: int = 0) -> str:
    contract = Contract(candidate={of: digest("a")}, champion={of: digest("b")}, changes=changes, more_changes=more)
    saw = judged({"rule": "unchanged", "of": [of]}, evidence_fields={"contract": contract}).saw
    return saw.partition("…: ")[2]


def test_what_changed_is_named() -> None:
    inputs = "age is new (double), sex is gone, income is double, not long, region moved to another place"
    assert changed("signature", *CHANGES) == f"{inputs}, output prediction is string, not long"
    assert changed("features", *CHANGES) == inputs
    assert changed("features", CHANGES[-1]) == ""


def test_of_many_changes_some_are_named() -> None:
    assert changed("schema", *CHANGES, *CHANGES[:2], more=3).endswith(
        "output prediction is string, not long, and 5 more"
    )
