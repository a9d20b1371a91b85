"""What is odd about budgets, drift, leakage, checks, and the limits of canaries and rollbacks."""

from collections.abc import Mapping
from typing import Any

import pytest

from coronet.core.linting.policy import lint_policy
from coronet.core.linting.remarks import Remark
from coronet.core.model_file import ModelFile
from coronet.core.policy import policy_from_json
from coronet.errors import Severity
from tests.core.linting.test_policy import MODEL, SOUND, model, only

FEATURES = {**MODEL["data"], "key": "id", "features": ["age", "income"]}
FILES = ("checks/fair.py", "checks/answer.json")


def remarks(gate: Mapping[str, Any] | None = None, *, of: ModelFile | None = None, **fields: Any) -> tuple[Remark, ...]:
    gates = {**SOUND, "gate": gate} if gate else SOUND
    made = policy_from_json({"gates": gates, **fields})
    return lint_policy(made, of or model(data=FEATURES), is_file=FILES.__contains__)


@pytest.mark.parametrize(
    "gate",
    [
        {"rule": "budget", "of": "latency_p95_ms", "value": 100},
        {"rule": "budget", "of": "latency_p95_ms", "value": 100, "margin": 0.2, "relative": True},
        {"rule": "budget", "of": "size_bytes", "value": 1, "margin": 0},
        {"rule": "budget", "of": "dependencies", "value": 0},
        {"rule": "budget", "of": "dependencies", "value": 1, "only": ["numpy", "scipy"]},
        {"rule": "drift"},
        {"rule": "drift", "psi": 12},
        {"rule": "drift", "by_rule": "psi", "psi": 0.2, "columns": ["age", "left"], "at_most": 1},
        {"rule": "leakage"},
        {"rule": "leakage", "value": 0.9, "allowed": ["age"]},
        {"rule": "check", "run": ["python", "checks/fair.py", "--strict", "/usr/bin/own.py", "words"]},
        {"rule": "check", "call": "checks/fair.py:judge", "schema": "checks/answer.json"},
        {"rule": "check", "call": "acme.checks.judge"},
    ],
)
def test_nothing_is_odd_about_a_sound_gate(gate: Mapping[str, Any]) -> None:
    assert remarks(gate) == ()


@pytest.mark.parametrize(
    ("gate", "key", "said"),
    [
        (
            {"rule": "budget", "of": "size_bytes", "value": 0},
            "value",
            "gate can never pass: no model has a size_bytes of 0",
        ),
        (
            {"rule": "check", "call": "checks/none.py:judge"},
            "call",
            "gate can never pass: there is no file checks/none.py in the repository",
        ),
        (
            {"rule": "check", "run": ["true"], "schema": "checks/none.json"},
            "schema",
            "gate can never pass: there is no file checks/none.json in the repository",
        ),
        (
            {"rule": "check", "run": ["python", "checks/none.py"]},
            "run",
            "gate can never pass: there is no file checks/none.py in the repository",
        ),
    ],
)
def test_what_can_never_pass_is_an_error_where_it_counts(gate: Mapping[str, Any], key: str, said: str) -> None:
    found = only(remarks(gate))
    assert (found.path, found.message, found.severity) == (("gates", "gate", key), said, Severity.ERROR)
    assert only(remarks({**gate, "mode": "warn"})).severity is Severity.WARNING
    assert remarks({**gate, "mode": "off"}) == ()


@pytest.mark.parametrize(
    ("gate", "key", "said"),
    [
        ({"rule": "budget", "of": "dependencies", "only": []}, "only", "lets no model pass that needs any package"),
        (
            {"rule": "budget", "of": "dependencies", "value": 2, "only": ["numpy", "NumPy"]},
            "value",
            "a value that `only` never lets a model reach",
        ),
        (
            {"rule": "budget", "of": "latency_p50_ms", "value": 9, "margin": 0},
            "margin",
            "asks for no less than a faster model",
        ),
        ({"rule": "budget", "of": "size_bytes", "value": 9, "relative": True}, "relative", "and has no margin"),
        ({"rule": "drift", "by_rule": "any_p"}, "by_rule", "with 20 columns at 0.05 64.15 times in 100"),
        ({"rule": "drift", "by_rule": "psi", "psi": 11}, "psi", "can never fail: no column moves by a PSI of 11"),
        ({"rule": "drift", "columns": ["age"], "at_most": 1}, "at_most", "can never fail: it looks at 1 columns"),
        ({"rule": "drift", "columns": ["height"]}, "columns", "churn has no feature height in its model file"),
        ({"rule": "drift", "columns": ["id"]}, "columns", "churn has no feature id in its model file"),
        ({"rule": "leakage", "allowed": ["left"]}, "allowed", "churn has no feature left in its model file"),
        ({"rule": "leakage", "value": 1.01}, "value", "gate can never fail: no feature tells more than all"),
        ({"rule": "leakage", "value": 1}, "value", "without any mistake"),
        ({"rule": "leakage", "value": 0.5}, "value", "fails on features that are good and no leak"),
    ],
)
def test_what_may_be_meant_is_a_warning(gate: Mapping[str, Any], key: str, said: str) -> None:
    found = only(remarks(gate))
    assert (found.path, found.severity) == (("gates", "gate", key), Severity.WARNING)
    assert said in found.message
    assert found.hint


def test_a_budget_that_only_compares_asks_nothing_of_a_first_champion() -> None:
    found = only(remarks({"rule": "budget", "of": "dependencies", "new": "none"}))
    assert found.path == ("gates", "gate")
    assert "asks nothing of a first champion" in found.message


def test_what_the_model_file_does_not_list_cannot_be_known() -> None:
    assert remarks({"rule": "drift", "columns": ["height", "left"]}, of=model()) == ()
    hidden = model(data={**MODEL["data"], "key": "id"})
    assert "no feature id" in only(remarks({"rule": "leakage", "allowed": ["id", "age"]}, of=hidden)).message


# --- canary and rollback --------------------------------------------------------------------------

ROLLBACK = {"min_success_rate": 0.75, "max_error_rate": 0.10, "max_response_time_ms": 200}
CANARY = {"min_success_rate": 0.80, "max_error_rate": 0.05, "max_response_time_ms": 100}


def test_a_canary_that_asks_for_more_than_rollback_is_sound() -> None:
    assert remarks(canary={"enabled": True, **CANARY}, rollback={"auto_rollback": True, **ROLLBACK}) == ()
    assert remarks(canary=ROLLBACK, rollback=ROLLBACK) == ()
    assert remarks(canary={"min_success_rate": 0.1}, rollback={"max_error_rate": 0.1}) == ()


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("min_success_rate", 0.70, "a success rate of 0.7 that rollback rejects: 0.75"),
        ("max_error_rate", 0.2, "an error rate of 0.2 that rollback rejects: 0.1"),
        ("max_response_time_ms", 300, "a response time of 300 that rollback rejects: 200"),
    ],
)
def test_a_canary_that_passes_what_rollback_rejects_is_an_error(limit: str, value: float, said: str) -> None:
    found = only(remarks(canary={**CANARY, limit: value}, rollback=ROLLBACK))
    assert (found.path, found.severity) == (("canary", limit), Severity.ERROR)
    assert found.message == f"a canary passes with {said}"


@pytest.mark.parametrize(("limit", "value"), [("min_success_rate", 1), ("max_error_rate", 0)])
def test_a_canary_that_no_traffic_can_prove_is_an_error(limit: str, value: float) -> None:
    found = only(remarks(canary={limit: value}))
    assert (found.path, found.severity) == (("canary", limit), Severity.ERROR)
    assert "no canary is ever promoted" in found.message


def test_what_is_switched_on_and_asks_for_nothing_is_odd() -> None:
    assert only(remarks(canary={"enabled": True})).path == ("canary",)
    assert only(remarks(rollback={"auto_rollback": True})).path == ("rollback", "auto_rollback")
