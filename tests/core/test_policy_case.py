"""A case: evidence in, the answer that must come out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from coronet.core.decision import Result, Verdict
from coronet.core.evidence import Look, Task
from coronet.core.evidence.custom_checks import Answered, CustomCheck
from coronet.core.policy_case import Case, case_from_json, cases_path, run_case
from coronet.core.proposal import Kind
from coronet.core.timestamps import format_time
from tests.core.examples import NOW, evidence, gain, policy

GATES: Mapping[str, Any] = {
    "better": {"metric": "roc_auc", "rule": "superior", "margin": 0},
    "harmless": {"metric": "roc_auc", "rule": "non_inferior", "margin": 0.02, "by": ["region"]},
    "contract": {"rule": "unchanged", "of": ["signature"]},
}
BETTER = {"metric": "roc_auc", "champion": 0.8, "candidate": 0.84, "within": 0.01}
NORTH = {**BETTER, "segment": {"region": "north"}, "rows": 900}


def case(*, kept: Mapping[str, Any] | None = None, **fields: Any) -> Case:
    given = {"name": "a case", "metrics": [BETTER, NORTH], "expect": {"verdict": "pass"}, **fields}
    return case_from_json(given, model="churn", task=Task.BINARY, kept=kept)


def problems(made: Case) -> tuple[str, ...]:
    return run_case(made, policy(GATES)).problems


def test_where_the_cases_of_a_model_stand() -> None:
    assert cases_path("churn") == "policy/churn.cases.yaml"


def test_an_answer_as_expected_has_no_problem() -> None:
    expected = {"verdict": "pass", "gates": {"better": "pass", "harmless": "pass"}}
    found = run_case(case(expect=expected), policy(GATES))
    assert (found.name, found.verdict, found.problems) == ("a case", Verdict.PASS, ())
    assert "better" in {check.name for check in found.checks}


def test_another_verdict_is_a_problem() -> None:
    assert problems(case(expect={"verdict": "fail"})) == ("the verdict is pass, and fail was expected",)


def test_another_answer_of_a_gate_is_a_problem_with_what_it_saw() -> None:
    (problem,) = problems(case(expect={"verdict": "pass", "gates": {"better": "fail"}}))
    assert problem.startswith("better is pass, and fail was expected: 0.8 → 0.84, better by 0.04")


def test_a_gate_that_is_not_there_is_a_problem() -> None:
    assert problems(case(expect={"verdict": "pass", "gates": {"fair": "pass"}})) == ("there is no gate fair",)


def test_what_a_case_leaves_out() -> None:
    made = case(metrics=[{"metric": "roc_auc", "champion": 0.8, "candidate": 0.84}])
    (fact,) = made.evidence.metrics
    assert (fact.rows, fact.segment) == (10_000, {})
    assert fact.interval == pytest.approx((0.04, 0.04))
    assert fact.candidate_interval == (0.84, 0.84)
    assert made.kind is Kind.PROMOTION
    assert made.at == made.evidence.created_at
    assert made.evidence.champion is not None
    assert made.gates == {}


def test_widths_of_the_difference_and_of_the_candidates_own() -> None:
    (fact,) = case(metrics=[{**BETTER, "candidate_within": 0.03}]).evidence.metrics
    assert fact.interval == pytest.approx((0.03, 0.05))
    assert fact.candidate_interval == pytest.approx((0.81, 0.87))


def test_without_a_champion_the_candidate_is_alone() -> None:
    made = case(metrics=[{"metric": "roc_auc", "candidate": 0.84, "within": 0.01}])
    (fact,) = made.evidence.metrics
    assert made.evidence.champion is None
    assert (fact.champion, fact.difference) == (None, None)
    assert fact.interval == pytest.approx((0.83, 0.85))


def test_a_changed_contract() -> None:
    expected = {"verdict": "fail", "gates": {"contract": "fail"}}
    assert problems(case(changed=["signature"], expect=expected)) == ()
    assert problems(case(changed=["features"], expect={"verdict": "pass"})) == ()


def test_kept_evidence_is_judged_when_it_was_made_or_when_the_case_says() -> None:
    kept = evidence(gain(0.04, metric="roc_auc"), gain(0.04, metric="roc_auc", segment={"region": "north"})).to_json()
    given = {
        "name": "kept",
        "evidence": "kept.evidence.json",
        "expect": {"verdict": "pass", "gates": {"better": "pass"}},
    }
    made = case_from_json(given, model="churn", task=Task.BINARY, kept=kept)
    assert format_time(made.at) == kept["created_at"]
    assert run_case(made, policy(GATES)).problems == ()
    later = case_from_json({**given, "at": format_time(NOW)}, model="churn", task=Task.BINARY, kept=kept)
    assert later.at == NOW
    assert "fresh is fail" in str(
        run_case(
            case_from_json(
                {**given, "at": "2000-01-01T00:00:00Z", "expect": {"verdict": "pass", "gates": {"fresh": "pass"}}},
                model="churn",
                task=Task.BINARY,
                kept=kept,
            ),
            policy(GATES),
        ).problems
    )


def test_a_rollback_is_not_compared() -> None:
    made = case(kind="rollback", expect={"verdict": "fail", "gates": {"better": "off"}})
    assert made.gates == {"better": Result.OFF}
    floor = {**GATES, "good_enough": {"metric": "roc_auc", "rule": "floor", "value": 0.9}}
    assert run_case(made, policy(floor)).problems == ()


@pytest.mark.parametrize("data", ["fixed", "growing"])
def test_a_case_is_the_first_look_unless_it_says_another(data: str) -> None:
    sharing = policy(GATES, looks={"spend": "equal", "of": 4, "data": data})
    assert run_case(case(), sharing).problems == ()
    assert run_case(case(look=4), sharing).problems == ()
    one_too_many = run_case(case(look=5, expect={"verdict": "fail", "gates": {"look": "fail"}}), sharing)
    assert one_too_many.problems == ()
    assert run_case(case(look=5), policy(GATES)).problems == ()


def test_kept_evidence_says_itself_which_look_it_is() -> None:
    sharing = policy({"better": GATES["better"]}, looks={"spend": "equal", "of": 4})
    kept = evidence(gain(0.03, metric="roc_auc"))
    known = replace(kept, look=Look(number=2, data=kept.data.digest))
    for given, fields, verdict in (
        (kept, {}, Verdict.FAIL),
        (kept, {"look": 1}, Verdict.PASS),
        (known, {"look": 9}, Verdict.PASS),
    ):
        made = case_from_json(
            {"name": "kept", "evidence": "kept.json", "expect": {"verdict": str(verdict)}, **fields},
            model="churn",
            task=Task.BINARY,
            kept=given.to_json(),
        )
        assert run_case(made, sharing).problems == ()


# --- sections -------------------------------------------------------------------------------------

SECTIONS: Mapping[str, Any] = {
    **GATES,
    "quick": {"rule": "budget", "of": "latency_p95_ms", "value": 100, "margin": 0.5, "relative": True},
    "lean": {"rule": "budget", "of": "dependencies", "new": "none"},
    "alike": {"rule": "drift"},
    "honest": {"rule": "leakage"},
    "fair": {"rule": "check", "run": ["python", "checks/fair.py"]},
}
SOUND: Mapping[str, Any] = {
    "costs": {
        "candidate": {"latency_p95_ms": 20, "within": 2, "dependencies": ["numpy==2.2"], "size_bytes": 10},
        "champion": {"latency_p95_ms": 20, "dependencies": ["numpy==2.1"]},
    },
    "drift": [{"column": "age"}, {"column": "income", "psi": 0.3}],
    "leakage": {"age": 0.4, "income": 0.6},
    "checks": {"fair": "pass"},
}


def answers(**changes: Any) -> Mapping[str, Result]:
    given = {**SOUND, **changes, "expect": {"verdict": "pass"}}
    made = case(**{name: value for name, value in given.items() if value is not None})
    return {check.name: check.result for check in run_case(made, policy(SECTIONS)).checks}


def test_what_a_case_says_of_models_and_data_is_judged() -> None:
    assert {answers()[name] for name in SECTIONS} == {Result.PASS}


@pytest.mark.parametrize(
    ("changes", "gate", "result"),
    [
        ({"costs": {"candidate": {"latency_p95_ms": 120}}}, "quick", Result.FAIL),
        ({"costs": {"candidate": {"latency_p95_ms": 99, "within": 2}}}, "quick", Result.FAIL),
        ({"costs": {"candidate": {"dependencies": ["scipy"]}, "champion": {"dependencies": []}}}, "lean", Result.FAIL),
        ({"drift": [{"column": "age", "psi": 0.3, "p": 1e-9}]}, "alike", Result.FAIL),
        ({"drift": [{"column": "age", "missing": 0.3, "missing_p": 1e-9}]}, "alike", Result.FAIL),
        ({"drift": [{"column": "age", "unseen": 0.3, "p": 1e-9}]}, "alike", Result.FAIL),
        ({"drift": [{"column": "age", "distance": 0.3, "p": 1e-9}]}, "alike", Result.FAIL),
        ({"leakage": {"age": 0.4, "refund": 0.995}}, "honest", Result.FAIL),
        ({"checks": {"fair": "error"}}, "fair", Result.FAIL),
        ({"checks": {"other": "pass"}}, "fair", Result.FAIL),
        ({"costs": None}, "quick", Result.FAIL),
        ({"drift": None}, "alike", Result.FAIL),
        ({"leakage": None}, "honest", Result.FAIL),
        ({"checks": None}, "fair", Result.FAIL),
    ],
)
def test_what_a_case_changes_is_seen(changes: Mapping[str, Any], gate: str, result: Result) -> None:
    assert answers(**changes)[gate] is result


def test_checks_of_kept_evidence_must_have_run_what_is_asked() -> None:
    found = CustomCheck(name="fair", digest="sha256:" + "0" * 64, result=Answered.PASS, saw="")
    kept = evidence(gain(0.04, metric="roc_auc"), checks=(found,)).to_json()
    given = {"name": "kept", "evidence": "kept.evidence.json", "expect": {"verdict": "fail", "gates": {"fair": "fail"}}}
    made = case_from_json(given, model="churn", task=Task.BINARY, kept=kept)
    assert run_case(made, policy({"fair": SECTIONS["fair"]})).problems == ()


# --- what the predictions tell --------------------------------------------------------------------

TOLD: Mapping[str, Any] = {
    "few": {"rule": "changes", "value": 0.1},
    "each": {"rule": "changes", "value": 0.2, "by": ["region"]},
    "heavy": {"rule": "changes", "value": 0.1, "weighted": True},
    "beats": {"metric": "log_loss", "rule": "baseline"},
}
ALL = {"share": 0.03, "within": 0.01, "weighted": 0.3}
NORTHERN = {"segment": {"region": "north"}, "share": 0.19, "within": 0.02, "rows": 500}
GUESSED = {"metric": "log_loss", "trivial": 0.69, "candidate": 0.4, "within": 0.02}


def test_a_case_may_say_how_many_rows_change_and_what_guessing_is_worth() -> None:
    expected = {"verdict": "fail", "gates": {"few": "pass", "each": "inconclusive", "heavy": "fail", "beats": "pass"}}
    made = case(changes=[ALL, NORTHERN], baseline=[GUESSED], expect=expected)
    assert run_case(made, policy(TOLD)).problems == ()
    assert made.evidence.changes is not None
    assert [(each.rows, each.changed) for each in made.evidence.changes.shares] == [(10_000, 300), (500, 95)]


def test_a_share_of_all_rows_needs_no_list() -> None:
    made = case(changes={"share": 0.005, "within": 0.01}, expect={"verdict": "pass"})
    assert run_case(made, policy({"few": TOLD["few"]})).problems == ()
    assert made.evidence.changes is not None
    assert made.evidence.changes.of == "class"
    (only,) = made.evidence.changes.shares
    assert only.share is not None
    assert only.share.interval == (0.0, 0.015)
    assert only.weighted is None


def test_of_a_regression_it_is_numbers_that_move() -> None:
    given = {"name": "a case", "metrics": [BETTER], "expect": {"verdict": "pass"}, "changes": {"share": 0.1}}
    made = case_from_json(given, model="homes", task=Task.REGRESSION, kept=None)
    assert made.evidence.changes is not None
    assert made.evidence.changes.of == "value"
    assert made.evidence.baseline is None
