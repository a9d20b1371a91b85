"""The whole judgement: is the evidence fit to be judged, and does it pass every gate."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coronet.core.decision import Check, Result, Verdict
from coronet.core.evidence import Evidence, RowCounts, Subject
from coronet.core.evidence.leakage import Leak, Leakage
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.policy import Policy
from coronet.core.proposal import Kind
from tests.core.examples import CANDIDATE, DATA, FLOOR, NOW, digest, evidence, fact, gain, policy

BETTER = {"metric": "accuracy", "rule": "superior"}
FINE = evidence(fact())


def run(made: Evidence = FINE, by: Policy | None = None, **fields: Any) -> Judgement:
    return judge(made, by or policy({"better": BETTER, "good_enough": FLOOR}), now=NOW, **fields)


def checks(judgement: Judgement) -> dict[str, Check]:
    return {check.name: check for check in judgement.checks}


def results(judgement: Judgement) -> dict[str, str]:
    return {check.name: str(check.result) for check in judgement.checks}


def test_evidence_that_is_fit_and_good_passes() -> None:
    judgement = run(data_digest=DATA)
    assert results(judgement) == {
        "same_rows": "pass",
        "same_data": "pass",
        "fresh": "pass",
        "not_the_champion": "pass",
        "policy": "pass",
        "better": "pass",
        "good_enough": "pass",
    }
    assert (judgement.verdict, judgement.admits) == (Verdict.PASS, True)


@pytest.mark.parametrize(
    ("gates", "saw"),
    [
        ({}, "0 of 0 gates enforced"),
        ({"better": {**BETTER, "mode": "off"}}, "0 of 1 gates enforced"),
        ({"better": {**BETTER, "mode": "warn"}}, "0 of 1 gates enforced"),
    ],
)
def test_a_policy_that_enforces_nothing_fails(gates: dict[str, Any], saw: str) -> None:
    judgement = run(by=policy(gates))
    assert judgement.verdict is Verdict.FAIL
    assert checks(judgement)["policy"].saw == saw


@pytest.mark.parametrize(
    "rows",
    [RowCounts(paired=0), RowCounts(paired=10, candidate_only=1), RowCounts(paired=10, champion_only=1)],
)
def test_other_rows_fail(rows: RowCounts) -> None:
    judgement = run(replace(FINE, rows=rows))
    assert judgement.verdict is Verdict.FAIL
    assert results(judgement)["same_rows"] == "fail"


def test_rows_that_were_unusable_for_both_are_the_same_rows() -> None:
    assert run(replace(FINE, rows=RowCounts(paired=10, unusable={"label missing": 3}))).verdict is Verdict.PASS


def test_other_data_fail() -> None:
    judgement = run(data_digest=digest("9"))
    assert (judgement.verdict, results(judgement)["same_data"]) == (Verdict.FAIL, "fail")


def test_data_that_nobody_pins_are_told_and_not_judged() -> None:
    judgement = run()
    assert results(judgement)["same_data"] == "off"
    assert DATA in checks(judgement)["same_data"].saw


@pytest.mark.parametrize(
    ("age", "limit", "result", "saw"),
    [
        (timedelta(days=900), None, "pass", "made 2024-06-03T21:05:00Z"),
        (timedelta(days=30), "30d", "pass", "made 2026-10-21T21:05:00Z, 30d ago"),
        (timedelta(days=30, minutes=1), "30d", "fail", "made 2026-10-21T21:04:00Z, 43201m ago"),
        (timedelta(minutes=-5), "30d", "pass", "made 2026-11-20T21:10:00Z, 0m ago"),  # clocks differ
        (timedelta(minutes=-6), None, "fail", "made 2026-11-20T21:11:00Z, which is in the future"),
    ],
)
def test_evidence_must_be_fresh(age: timedelta, limit: str | None, result: str, saw: str) -> None:
    by = policy(evidence={"maximum_age": limit} if limit else {})
    judgement = run(replace(FINE, created_at=NOW - age), by)
    assert (results(judgement)["fresh"], checks(judgement)["fresh"].saw) == (result, saw)
    assert judgement.verdict == (Verdict.PASS if result == "pass" else Verdict.FAIL)


@pytest.mark.parametrize(
    ("candidate", "champion", "result"),
    [
        (Subject(digest=CANDIDATE), Subject(digest=CANDIDATE), "fail"),
        (Subject(digest=CANDIDATE), Subject(digest=digest("5")), "pass"),
        # Files tell models apart; predictions do where files are unknown.
        (Subject(digest=CANDIDATE, predictions=DATA), Subject(digest=digest("5"), predictions=DATA), "pass"),
        (Subject(predictions=DATA), Subject(predictions=DATA), "fail"),
        (Subject(predictions=DATA), Subject(predictions=digest("1")), "pass"),
        (Subject(digest=CANDIDATE, predictions=DATA), Subject(predictions=DATA), "fail"),
        (Subject(digest=CANDIDATE), Subject(predictions=DATA), "off"),
        (Subject(version="7"), Subject(version="7"), "off"),
    ],
)
def test_a_candidate_that_is_the_champion_fails(candidate: Subject, champion: Subject, result: str) -> None:
    judgement = run(replace(FINE, candidate=candidate, champion=champion))
    check = checks(judgement)["not_the_champion"]
    assert check.result == result
    assert check.saw.startswith({"fail": "the same digest of ", "pass": "other ", "off": "no digests"}[result])
    assert judgement.verdict == (Verdict.FAIL if result == "fail" else Verdict.PASS)


def test_a_renewal_keeps_the_champion() -> None:
    same = replace(FINE, champion=FINE.candidate)
    judgement = run(same, kind=Kind.RENEWAL)
    assert judgement.verdict is Verdict.PASS
    assert results(judgement) | {"not_the_champion": "off", "better": "off"} == results(judgement)


def test_a_rollback_is_judged_by_its_own_values_on_the_evidence_of_its_day() -> None:
    old = replace(FINE, created_at=NOW - timedelta(days=900), metrics=(gain(-0.1, own=0.001),))
    by = policy({"better": BETTER, "good_enough": {**FLOOR, "value": 0.3}}, evidence={"maximum_age": "1d"})
    judgement = run(old, by, kind=Kind.ROLLBACK, data_digest=digest("9"))
    assert judgement.verdict is Verdict.PASS
    assert results(judgement) | {"same_data": "off", "fresh": "pass", "better": "off"} == results(judgement)
    assert run(old, kind=Kind.ROLLBACK).verdict is Verdict.FAIL  # by the floor


def test_a_rollback_to_what_is_there_is_none() -> None:
    same = replace(FINE, champion=FINE.candidate)
    assert results(run(same, kind=Kind.ROLLBACK))["not_the_champion"] == "fail"


def test_the_first_champion_is_judged_by_bounds() -> None:
    alone = evidence(fact(champion=None), champion=None)
    judgement = run(alone)
    assert results(judgement) | {"not_the_champion": "off", "better": "off"} == results(judgement)
    assert judgement.verdict is Verdict.PASS
    poor = evidence(fact(candidate=0.5, champion=None, own=0.01), champion=None)
    assert run(poor).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("half", "asks", "verdict", "admits"),
    [
        (0.01, "refuse", "pass", True),
        (0.05, "refuse", "inconclusive", False),
        (0.05, "ask", "inconclusive", True),
        (0.01, "ask", "pass", True),
    ],
)
def test_an_open_question_is_left_to_reviewers_where_the_policy_says_so(
    half: float, asks: str, verdict: str, admits: bool
) -> None:
    judgement = run(evidence(gain(0.02, half)), policy({"better": BETTER}, on_inconclusive=asks))
    assert (judgement.verdict, judgement.admits) == (verdict, admits)


def test_a_failure_is_never_left_to_reviewers() -> None:
    judgement = run(evidence(gain(-0.2)), policy({"better": BETTER}, on_inconclusive="ask"))
    assert (judgement.verdict, judgement.admits) == (Verdict.FAIL, False)


def test_a_judgement_says_what_it_is_about() -> None:
    by = policy({"better": BETTER}, on_inconclusive="ask", confidence=0.9)
    written = run(by=by, data_digest=DATA).to_json()
    assert written.pop("checks") == [check.to_json() for check in run(by=by, data_digest=DATA).checks]
    assert written == {
        "schema": "coronet/judge/v1",
        "verdict": "pass",
        "model": "iris",
        "candidate": "7",
        "champion": "5",
        "evidence": FINE.digest,
        "policy": by.digest,
        "confidence": 0.9,
        "on_inconclusive": "ask",
        "admits": True,
    }
    assert run(evidence(fact(champion=None), champion=None)).to_json()["champion"] is None


@pytest.mark.parametrize(
    "gate",
    [
        {"rule": "drift"},
        {"rule": "leakage"},
        {"rule": "budget", "of": "size_bytes", "value": 1},
        {"rule": "check", "run": ["true"]},
    ],
)
def test_a_rollback_is_not_asked_for_what_was_not_measured_in_its_day(gate: dict[str, Any]) -> None:
    made = policy({"good_enough": FLOOR, "gate": gate})
    (promoted, returned, renewed) = (
        {check.name: check for check in judge(evidence(fact()), made, now=NOW, kind=kind).checks}["gate"]
        for kind in (Kind.PROMOTION, Kind.ROLLBACK, Kind.RENEWAL)
    )
    assert (promoted.result, renewed.result) == (Result.FAIL, Result.FAIL)
    assert (returned.result, returned.saw) == (Result.OFF, "not measured in its day")


def test_a_rollback_is_judged_by_what_was_measured_in_its_day() -> None:
    section = Leakage(rows=100, features=1, columns=(Leak(column="refund", power=1.0, method="R²"),))
    made = judge(evidence(fact(), leakage=section), policy({"gate": {"rule": "leakage"}}), now=NOW, kind=Kind.ROLLBACK)
    assert made.verdict is Verdict.FAIL
