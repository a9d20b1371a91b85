"""What may be meant, and more often is not."""

from collections.abc import Mapping
from typing import Any

import pytest

from coronet.core.linting.meaning import lint_meaning
from coronet.core.policy import policy_from_json


def said(gates: Mapping[str, Any], **fields: Any) -> list[str]:
    policy = policy_from_json({"gates": gates, **fields})
    return [remark.message for remark in lint_meaning(policy, policy.gates)]


@pytest.mark.parametrize(
    ("metric", "rule", "is_odd"),
    [
        ("log_loss", "floor", True),
        ("mae", "floor", True),
        ("roc_auc", "ceiling", True),
        ("r2", "floor", False),
        ("roc_auc", "floor", False),
        ("mae", "ceiling", False),
    ],
)
def test_a_bound_on_the_side_on_which_nobody_needs_one(metric: str, rule: str, is_odd: bool) -> None:
    found = said({"bound": {"metric": metric, "rule": rule, "value": 0.3}})
    assert bool(found) is is_odd
    assert all(metric in one and "is better" in one for one in found)


def test_who_says_both_sides_knows_them() -> None:
    """Too good to be true is stopped, too."""
    both = {
        name: {"metric": "roc_auc", "rule": name, "value": value} for name, value in (("floor", 0.7), ("ceiling", 0.99))
    }
    assert said(both) == []


def test_what_luck_passes_every_other_time() -> None:
    gate = {"metric": "accuracy", "rule": "superior", "margin": 0, "statistics": "point"}
    assert said({"greater": gate}) == [
        "greater is passed by luck every other time: any difference above 0 will do",
    ]
    for changed in ({"margin": 0.05}, {"mode": "warn"}, {"statistics": "interval"}):
        assert said({"greater": {**gate, **changed}}) == []


BETTER = {"metric": "mae", "rule": "superior", "margin": 0}
NO_WORSE = {"metric": "mae", "rule": "non_inferior", "margin": 2}


def test_what_is_better_is_no_worse() -> None:
    assert said({"better": BETTER, "no_worse": NO_WORSE}) == ["no_worse never decides: better asks for more of mae"]
    for changed in ({"metric": "rmse"}, {"by": ["region"]}, {"minimum_rows": 10}, {"statistics": "point"}):
        assert said({"better": BETTER, "no_worse": {**NO_WORSE, **changed}}) == []
    assert said({"better": {**BETTER, "mode": "warn"}, "no_worse": NO_WORSE}) == []
    assert said({"no_worse": NO_WORSE}) == []


def test_proposals_that_nobody_approves() -> None:
    assert said({}, approvals={"count": 1, "bootstrap": 0}) == ["nobody approves a bootstrap"]
    assert said({}, approvals={"count": 1, "rollback": 0, "renewal": 0}) == ["nobody approves a rollback or a renewal"]
    assert said({}, approvals={"count": 1}) == []


def test_gates_without_a_metric_have_no_side() -> None:
    assert said({"contract": {"rule": "unchanged", "of": ["signature"]}}) == []
