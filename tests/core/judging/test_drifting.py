"""How far the evaluation data may lie from the training data."""

from typing import Any

import pytest

from coronet.core.decision import Check, Result
from coronet.core.drift import ColumnDrift, ColumnKind
from coronet.core.evidence.data_drift import DataDrift, OtherColumns
from tests.core.examples import digest, judged


def column(name: str, **fields: Any) -> ColumnDrift:
    given: dict[str, Any] = {
        "kind": ColumnKind.NUMBER,
        "rows": (1000, 1000),
        "missing": (0.0, 0.0),
        "missing_p": 1.0,
        "psi": 0.01,
        "distance": 0.01,
        "p": 0.5,
        **fields,
    }
    return ColumnDrift(column=name, **given)


STILL, MOVED = column("age"), column("income", psi=0.4, distance=0.3, p=1e-9)


def others(**fields: Any) -> OtherColumns:
    given: dict[str, Any] = {
        "columns": 200,
        "questions": 400,
        "psi": 0.01,
        "distance": 0.01,
        "shift": 0.01,
        "missing": 0.0,
        "unseen": 0.0,
        "least_p": 0.2,
        **fields,
    }
    return OtherColumns(**given)


def drift(*columns: ColumnDrift, rest: OtherColumns | None = None, alone: str = "", **gate: Any) -> Check:
    section = DataDrift(reference=digest("a"), columns=columns, others=rest)
    return judged({"rule": "drift", **gate}, alone=alone, evidence_fields={"drift": section})


def test_data_that_have_not_moved_pass() -> None:
    made = drift(STILL)
    assert (made.result, made.saw, made.parts) == (Result.PASS, "0 of 1 columns have drifted", ())
    assert made.wanted == (
        "no column that drifted: PSI from 0.1, a distance from 0.1 or a shift from 0.15 that chance does not explain"
    )


def test_a_column_that_moved_fails_and_is_named() -> None:
    made = drift(STILL, MOVED)
    assert made.result is Result.FAIL
    assert made.saw == "1 of 2 columns have drifted: income (PSI 0.4, p 1e-09)"
    assert [part.name for part in made.parts] == ["income"]
    assert made.hint.startswith("see whether the world changed or the data")


def test_it_needs_no_champion() -> None:
    assert drift(MOVED, alone="no champion to compare with").result is Result.FAIL


def test_some_columns_may_drift() -> None:
    assert drift(STILL, MOVED, at_most=1).result is Result.PASS
    assert drift(STILL, at_most=1).wanted.startswith("at most 1 columns that drifted: PSI from 0.1")
    made = drift(*(column(name, psi=0.4, p=1e-9) for name in "abcde"), at_most=4)
    assert made.result is Result.FAIL
    assert made.saw.endswith("c (PSI 0.4, p 1e-09), 2 more")


def test_only_the_columns_that_are_named() -> None:
    made = drift(STILL, MOVED, columns=["age"], rest=others(psi=9.0, least_p=0.0))
    assert (made.result, made.saw) == (Result.PASS, "0 of 1 columns have drifted")
    assert made.wanted.startswith("no column of age that drifted")
    missing = drift(STILL, columns=["age", "height", "sex"])
    assert (missing.result, missing.saw) == (Result.FAIL, "the evidence says nothing of the drift of height, sex")


@pytest.mark.parametrize(
    ("gate", "moved", "result"),
    [
        ({"psi": 0.5}, {"psi": 0.4, "p": 1e-9}, Result.PASS),
        ({"distance": 0.5}, {"distance": 0.4, "p": 1e-9}, Result.PASS),
        ({"missing": 0.3}, {"missing": (0.0, 0.2), "missing_p": 1e-9}, Result.PASS),
        ({}, {"missing": (0.0, 0.2), "missing_p": 1e-9}, Result.FAIL),
        ({"unseen": 0.3}, {"unseen": 0.2, "p": 1e-9}, Result.PASS),
        ({"shift": 0.3}, {"shift": 0.2, "p": 1e-9}, Result.PASS),
        ({}, {"shift": 0.2, "p": 1e-9}, Result.FAIL),
        ({"level": 1e-12}, {"psi": 0.4, "p": 1e-9}, Result.PASS),
        ({"by_rule": "psi"}, {"psi": 0.4, "p": 0.9}, Result.FAIL),
        ({"by_rule": "any_p"}, {"psi": 0.0, "p": 0.04}, Result.FAIL),
        ({"by_rule": "any_p", "level": 0.01}, {"psi": 0.0, "p": 0.04}, Result.PASS),
    ],
)
def test_every_limit_is_the_policys(gate: dict[str, Any], moved: dict[str, Any], result: Result) -> None:
    assert drift(column("income", **moved), **gate).result is result


def test_how_the_other_rules_are_said() -> None:
    assert drift(STILL, by_rule="any_p").wanted == "no column that drifted: any p below 0.05"
    assert drift(STILL, by_rule="psi", psi=0.2).wanted == "no column that drifted: PSI from 0.2"


def test_chance_is_corrected_for_columns_that_are_not_listed() -> None:
    """Two of two questions at 0.02 are certain; among 400 more they are not."""
    doubtful = column("income", psi=0.4, p=0.02)
    assert drift(doubtful).result is Result.FAIL
    assert drift(doubtful, rest=others()).result is Result.PASS


@pytest.mark.parametrize(
    ("rest", "gate", "result"),
    [
        ({}, {}, Result.PASS),
        ({"psi": 0.2}, {}, Result.PASS),
        ({"psi": 0.2, "least_p": 1e-9}, {}, Result.FAIL),
        ({"distance": 0.2, "least_p": 1e-9}, {}, Result.FAIL),
        ({"unseen": 0.2, "least_p": 1e-9}, {}, Result.FAIL),
        ({"shift": 0.2, "least_p": 1e-9}, {}, Result.FAIL),
        ({"missing": 0.2, "least_p": 1e-9}, {}, Result.FAIL),
        ({"psi": 0.2}, {"by_rule": "psi"}, Result.FAIL),
        ({"psi": 0.01}, {"by_rule": "psi"}, Result.PASS),
        ({"least_p": 0.01}, {"by_rule": "any_p"}, Result.FAIL),
        ({"least_p": 0.2}, {"by_rule": "any_p"}, Result.PASS),
        ({"psi": 0.2, "least_p": 1e-9}, {"at_most": 200}, Result.PASS),
    ],
)
def test_columns_that_are_not_listed_are_alarms_where_they_may_be(
    rest: dict[str, Any], gate: dict[str, Any], result: Result
) -> None:
    made = drift(STILL, rest=others(**rest), **gate)
    assert made.result is result
    if result is Result.FAIL:
        assert made.saw == "200 of 201 columns have drifted: as many as 200 that the evidence does not list"


def test_what_is_missing_fails() -> None:
    assert judged({"rule": "drift"}).saw == "the evidence does not hold the evaluation data against the training data"
    lost = drift(column("age", problem="there is no value now", p=None, missing_p=None))
    assert (lost.result, lost.saw) == (Result.FAIL, "no column could be held against the training data")
    made = drift()
    assert (made.result, made.saw) == (Result.FAIL, "the evidence holds no column against the training data")


def test_what_the_error_bounds_leave_open_cannot_be_told() -> None:
    unclear = column("age", distance=0.095, bound=0.01, p=1e-9)
    made = drift(STILL, unclear)
    assert made.result is Result.INCONCLUSIVE
    assert made.saw == "0 of 2 columns have drifted; the error bounds leave open whether age did"
    assert drift(STILL, unclear, by_rule="psi").result is Result.PASS
    assert drift(STILL, unclear, at_most=1).result is Result.PASS
    assert drift(MOVED, unclear).result is Result.FAIL
    assert drift(MOVED, unclear, at_most=1).result is Result.INCONCLUSIVE
    assert drift(column("age", psi=0.4, distance=0.095, bound=0.01, p=1e-9), at_most=1).result is Result.PASS
