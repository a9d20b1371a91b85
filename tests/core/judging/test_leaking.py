"""A feature that alone tells the label."""

from typing import Any

import pytest

from coronet.core.decision import Check, Result
from coronet.core.evidence.leakage import Leak, Leakage
from tests.core.examples import judged


def leaks(alone: str = "", problem: str = "", gate: dict[str, Any] | None = None, **powers: float) -> Check:
    columns = tuple(Leak(column=name, power=power, method="R²") for name, power in powers.items())
    section = Leakage(rows=1000, features=30, columns=columns, problem=problem)
    return judged({"rule": "leakage", **(gate or {})}, alone=alone, evidence_fields={"leakage": section})


def test_ordinary_features_pass_and_the_strongest_is_named() -> None:
    made = leaks(age=0.98, income=0.4)
    assert made.result is Result.PASS
    assert made.saw == "the strongest of 30 features is age: R² 0.98"
    assert made.wanted == "no feature that alone tells the label, from 0.99 of 1"


@pytest.mark.parametrize("power", [0.99, 1.0])
def test_a_feature_that_tells_the_label_fails(power: float) -> None:
    made = leaks(alone="no champion to compare with", refund=power, age=0.4)
    assert made.result is Result.FAIL
    assert made.saw == f"refund alone tells the label: R² {power:g}"
    assert "whether refund is known when the model is asked" in made.hint


def test_the_value_is_the_policys() -> None:
    assert leaks(gate={"value": 0.9}, age=0.95).result is Result.FAIL
    assert leaks(gate={"value": 1}, age=0.999).result is Result.PASS


def test_features_may_be_allowed() -> None:
    made = leaks(gate={"allowed": ["refund"]}, refund=1.0, age=0.4)
    assert (made.result, made.saw) == (Result.PASS, "the strongest of 30 features is age: R² 0.4")
    assert made.wanted == "no feature but refund that alone tells the label, from 0.99 of 1"
    assert leaks(gate={"allowed": ["refund"]}, refund=1.0).saw == "none of 30 features to look at"


def test_many_are_not_all_told() -> None:
    made = leaks(a=1.0, b=1.0, c=1.0, d=1.0, e=1.0, f=1.0, g=1.0)
    assert made.saw.endswith("e alone tells the label: R² 1; and 2 more")


def test_what_could_not_be_measured_cannot_be_told() -> None:
    made = leaks(problem="7 rows are too few")
    assert (made.result, made.saw) == (Result.INCONCLUSIVE, "7 rows are too few")


def test_what_is_missing_fails() -> None:
    made = judged({"rule": "leakage"})
    assert (made.result, made.saw) == (Result.FAIL, "the evidence does not say how well single features tell the label")
