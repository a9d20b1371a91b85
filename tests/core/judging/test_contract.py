"""What callers rely on."""

from typing import Any

import pytest

from coronet.core.decision import Result
from coronet.core.evidence import Contract
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
