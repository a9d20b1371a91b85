"""What is odd about a policy, told before any evidence comes."""

from collections.abc import Mapping
from typing import Any

import pytest

from coronet.core.linting.policy import lint_policy
from coronet.core.linting.remarks import Remark
from coronet.core.model_file import ModelFile, model_from_json
from coronet.core.policy import policy_from_json
from coronet.errors import Severity

SOUND: Mapping[str, Any] = {
    "better": {"metric": "roc_auc", "rule": "superior", "margin": 0},
    "good_enough": {"metric": "roc_auc", "rule": "floor", "value": 0.7},
}
MODEL: Mapping[str, Any] = {
    "owner": "model-owner",
    "task": "binary",
    "data": {
        "label": "left",
        "train": {"path": "train.csv"},
        "evaluation": {"path": "evaluation.csv"},
        "segments": ["region", "sex"],
    },
}


def model(**fields: Any) -> ModelFile:
    return model_from_json({**MODEL, **fields}, name="churn")


def remarks(gates: Mapping[str, Any], *, of: ModelFile | None = None, **fields: Any) -> tuple[Remark, ...]:
    return lint_policy(policy_from_json({"gates": {**SOUND, **gates}, **fields}), of or model())


def only(found: tuple[Remark, ...]) -> Remark:
    assert len(found) == 1, found
    return found[0]


def test_nothing_is_odd_about_a_sound_policy() -> None:
    harmless = {"metric": "accuracy", "rule": "non_inferior", "margin": 0.02, "by": ["region"], "minimum_rows": 200}
    contract = {"rule": "unchanged", "of": ["signature"]}
    relative = {"metric": "log_loss", "rule": "superior", "margin": 0.05, "relative": True}
    gap = {"metric": "accuracy", "rule": "gap", "value": 0.2, "by": ["sex"], "minimum_rows": 50}
    assert remarks({"harmless": harmless, "contract": contract, "sharper": relative, "fair": gap}) == ()


def test_without_an_enforced_gate_nothing_passes() -> None:
    off = {name: {**gate, "mode": "warn"} for name, gate in SOUND.items()}
    found = only(remarks(off))
    assert found.severity is Severity.ERROR
    assert found.path == ("gates",)
    assert "no gate is enforced" in found.message


@pytest.mark.parametrize(
    ("gone", "said"),
    [("better", "no enforced gate compares"), ("good_enough", "a first champion is compared with nothing")],
)
def test_a_baseline_that_is_missing(gone: str, said: str) -> None:
    assert said in only(remarks({gone: {**SOUND[gone], "mode": "off"}})).message


def test_a_gate_that_is_off_is_not_looked_at() -> None:
    assert remarks({"odd": {"metric": "profit", "rule": "floor", "value": 9, "mode": "off"}}) == ()


@pytest.mark.parametrize(
    ("metric", "said"), [("rocauc", "there is no metric 'rocauc'"), ("rmse", "rmse is a metric of regression models")]
)
def test_a_metric_that_the_model_does_not_have(metric: str, said: str) -> None:
    found = only(remarks({"odd": {"metric": metric, "rule": "floor", "value": 0.5}}))
    assert found.path == ("gates", "odd", "metric")
    assert found.severity is Severity.ERROR
    assert said in found.message


@pytest.mark.parametrize("rule", ["superior", "non_inferior"])
def test_nothing_is_better_where_the_metric_has_no_direction(rule: str) -> None:
    found = only(remarks({"odd": {"metric": "positive_rate", "rule": rule, "margin": 0.1}}))
    assert found.path == ("gates", "odd", "metric")
    assert found.severity is Severity.ERROR
    assert found.message == f"no positive_rate is better than another, and {rule} asks which is"
    ranking = {"score": {"odd": {"metric": "positive_rate", "weight": 1}}, "tie_breaks": [{"metric": "mean_score"}]}
    score, tie = remarks({}, ranking=ranking)
    assert (score.path, tie.path) == (("ranking", "score", "odd", "metric"), ("ranking", "tie_breaks", 0, "metric"))
    assert score.message == "no positive_rate is better than another"


def test_nothing_is_odd_about_a_metric_held_steady() -> None:
    assert remarks({"canary": {"metric": "positive_rate", "rule": "steady", "margin": 0.05}}) == ()


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ({"metric": "accuracy", "rule": "floor", "value": 0}, "no accuracy is below 0"),
        ({"metric": "brier", "rule": "ceiling", "value": 2}, "no brier is above 2"),
        ({"metric": "accuracy", "rule": "non_inferior", "margin": 1}, "no accuracy is worse by more than 1"),
        (
            {"metric": "accuracy", "rule": "non_inferior", "margin": 1, "relative": True},
            "no accuracy is worse by more than all of the champion's",
        ),
        ({"metric": "mean_score", "rule": "steady", "margin": 1}, "no mean_score moves by more than 1"),
        (
            {"metric": "accuracy", "rule": "gap", "value": 1, "by": ["sex"], "minimum_rows": 9},
            "no two accuracy are more than 1 apart",
        ),
    ],
)
def test_a_rule_that_can_never_fail(gate: Mapping[str, Any], said: str) -> None:
    found = only(remarks({"odd": gate}))
    assert found.message == f"odd can never fail: {said}"
    assert found.severity is Severity.WARNING
    assert found.path[:2] == ("gates", "odd")


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ({"metric": "accuracy", "rule": "floor", "value": 1.2}, "no accuracy is above 1"),
        ({"metric": "accuracy", "rule": "floor", "value": 1}, "an interval that lies at 1 and above has no width"),
        ({"metric": "log_loss", "rule": "ceiling", "value": -0.1}, "no log_loss is below 0"),
        ({"metric": "log_loss", "rule": "ceiling", "value": 0}, "an interval that lies at 0 and below has no width"),
        ({"metric": "accuracy", "rule": "superior", "margin": 1}, "no accuracy is better by 1"),
        (
            {"metric": "log_loss", "rule": "superior", "margin": 1, "relative": True},
            "no log_loss is better by all of the champion's",
        ),
        (
            {"metric": "positive_rate", "rule": "steady", "margin": 0},
            "no difference is measured to be exactly nothing",
        ),
        (
            {"metric": "accuracy", "rule": "gap", "value": 0, "by": ["sex"], "minimum_rows": 9},
            "two segments are never measured to be exactly alike",
        ),
    ],
)
def test_a_rule_that_can_never_pass(gate: Mapping[str, Any], said: str) -> None:
    found = only(remarks({"odd": gate}))
    assert found.message == f"odd can never pass: {said}"
    assert found.severity is Severity.ERROR
    assert only(remarks({"odd": {**gate, "mode": "warn"}})).severity is Severity.WARNING


@pytest.mark.parametrize(
    "gate",
    [
        {"metric": "accuracy", "rule": "floor", "value": 1, "statistics": "point"},
        {"metric": "log_loss", "rule": "ceiling", "value": 0, "statistics": "point"},
        {"metric": "accuracy", "rule": "non_inferior", "margin": 0},
        {"metric": "accuracy", "rule": "superior", "margin": 2, "relative": True},
        {"metric": "log_loss", "rule": "non_inferior", "margin": 3, "relative": True},
        {"metric": "log_loss", "rule": "ceiling", "value": 5},
    ],
)
def test_a_rule_within_reach(gate: Mapping[str, Any]) -> None:
    assert remarks({"odd": gate}) == ()


def test_thin_segments() -> None:
    found = only(remarks({"odd": {"metric": "accuracy", "rule": "floor", "value": 0.5, "by": ["region"]}}))
    assert "however few its rows" in found.message


@pytest.mark.parametrize(
    ("gate", "fields", "path"),
    [
        ({"correction": "bh"}, {}, ("gates", "harmless", "correction")),
        ({}, {"correction": "bh"}, ("correction",)),
    ],
)
def test_a_gate_that_blocks_and_lets_alarms_be_false(
    gate: dict[str, Any], fields: dict[str, Any], path: tuple[str, ...]
) -> None:
    asked = {"metric": "accuracy", "rule": "non_inferior", "margin": 0.02, "by": ["region"], "minimum_rows": 200}
    harmless = {**asked, **gate}
    found = only(remarks({"harmless": harmless}, **fields))
    assert (found.path, found.severity) == (path, Severity.WARNING)
    assert "use `holm` for a gate that blocks" in found.hint
    for quiet in ({"mode": "warn"}, {"weight": "rows"}, {"correction": "holm"}):
        assert remarks({"harmless": {**harmless, **quiet}}, **fields) == ()


def test_a_segment_that_the_model_file_does_not_name() -> None:
    gate = {"metric": "accuracy", "rule": "floor", "value": 0.5, "by": ["country"], "minimum_rows": 9}
    found = only(remarks({"odd": gate}))
    assert found.path == ("gates", "odd", "by")
    assert "churn has no segments by country" in found.message
    silent = {key: value for key, value in MODEL["data"].items() if key != "segments"}
    assert remarks({"odd": gate}, of=model(data=silent)) == ()


def test_bars_that_exclude_each_other() -> None:
    found = only(remarks({"small": {"metric": "roc_auc", "rule": "ceiling", "value": 0.6}}))
    assert found.message == "good_enough and small cannot both pass: nothing is at least 0.7 and at most 0.6"
    assert found.severity is Severity.ERROR
    warned = only(remarks({"small": {"metric": "roc_auc", "rule": "ceiling", "value": 0.6, "mode": "warn"}}))
    assert warned.severity is Severity.WARNING
    before = remarks({"better": {"metric": "roc_auc", "rule": "ceiling", "value": 0.6}, "ahead": SOUND["better"]})
    assert "better and good_enough cannot both pass" in only(before).message
    assert remarks({"small": {"metric": "roc_auc", "rule": "ceiling", "value": 0.9}}) == ()


def test_two_gates_that_ask_the_same() -> None:
    found = only(remarks({"better_still": {"metric": "roc_auc", "rule": "superior", "margin": 0.1}}))
    assert "better and better_still ask the same of roc_auc" in found.message
    relative = {"metric": "roc_auc", "rule": "superior", "margin": 0.1, "relative": True}
    assert remarks({"better_still": relative}) == ()


def test_a_proposal_that_outlives_its_own_term() -> None:
    found = only(remarks({}, proposals={"expire_after": "14d", "valid_for": "14d"}))
    assert found.path == ("proposals", "valid_for")


def test_a_spending_that_waits_for_data_that_do_not_come() -> None:
    found = only(remarks({}, looks={"spend": "obrien_fleming", "of": 5}))
    assert found.path == ("looks", "spend")
    assert remarks({}, looks={"spend": "obrien_fleming", "of": 5, "data": "growing"}) == ()
    assert remarks({}, looks={"spend": "equal", "of": 5}) == ()


def test_a_freeze_on_no_day() -> None:
    window = {"from": "2026-12-24", "until": "2026-12-20", "why": "year end"}
    found = only(remarks({}, freeze=[window]))
    assert found.path == ("freeze", 0)
    assert found.severity is Severity.ERROR
    assert remarks({}, freeze=[{**window, "until": "2026-12-24"}]) == ()


def test_a_ranking_by_metrics_that_the_model_does_not_have() -> None:
    ranking = {
        "consider": 5,
        "score": {"lift": {"metric": "profit", "weight": 1}},
        "tie_breaks": [{"metric": "roc_auc"}, {"metric": "rmse"}],
    }
    found = remarks({}, ranking=ranking)
    assert [remark.path for remark in found] == [
        ("ranking", "score", "lift", "metric"),
        ("ranking", "tie_breaks", 1, "metric"),
    ]


# --- metrics of the model's own -------------------------------------------------------------------

PROFIT = {"call": "metrics.py:profit", "direction": "higher", "meaning": "money", "highest": 100}


def test_a_metric_of_the_models_own_may_be_judged_by() -> None:
    gate = {"metric": "custom.profit", "rule": "floor", "value": 3}
    assert remarks({"pays": gate}, of=model(custom_metrics={"profit": PROFIT})) == ()


def test_a_metric_that_nothing_describes_is_an_error() -> None:
    gate = {"metric": "custom.profit", "rule": "floor", "value": 3}
    found = only(remarks({"pays": gate}))
    assert found.severity is Severity.ERROR
    assert found.message == "nothing says what custom.profit is"
    assert found.hint.startswith("describe it under `custom_metrics`")
    found = only(remarks({"pays": gate}, of=model(custom_metrics={"cost": PROFIT})))
    assert found.hint.startswith("its own metrics are custom.cost; describe")


def test_the_bounds_of_a_metric_of_ones_own_hold_as_well() -> None:
    gate = {"metric": "custom.profit", "rule": "floor", "value": 101}
    found = only(remarks({"pays": gate}, of=model(custom_metrics={"profit": PROFIT})))
    assert found.message == "pays can never pass: no custom.profit is above 100"


# --- what the predictions tell --------------------------------------------------------------------

WEIGHED = {**MODEL, "data": {**MODEL["data"], "weight": "value"}}


def test_nothing_is_odd_about_rules_on_the_predictions() -> None:
    few = {"rule": "changes", "value": 0.1, "weighted": True}
    each = {"rule": "changes", "value": 0.2, "by": ["region"], "minimum_rows": 100}
    beats = {"metric": "log_loss", "rule": "baseline"}
    assert remarks({"few": few, "each": each, "beats": beats}, of=model_from_json(WEIGHED, name="churn")) == ()


def test_a_baseline_guards_a_first_champion_too() -> None:
    beats = {"metric": "log_loss", "rule": "baseline"}
    assert remarks({"good_enough": {**SOUND["good_enough"], "mode": "off"}, "beats": beats}) == ()


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ({"rule": "changes", "value": 1}, "odd can never fail: no more than all rows change"),
        ({"rule": "changes", "value": 0}, "odd can never pass: an interval that lies at 0 and below has no width"),
        ({"metric": "accuracy", "rule": "baseline", "margin": 1}, "odd can never pass: no accuracy is better by 1"),
        (
            {"metric": "ece", "rule": "baseline"},
            "ece has no baseline: the share of the positive rows, always said, is calibrated",
        ),
        (
            {"metric": "mean_score", "rule": "baseline"},
            "no mean_score is better than another, and baseline asks which is",
        ),
        (
            {"rule": "changes", "value": 0.1, "weighted": True},
            "churn has no weight in its model file, and odd asks for weighted rows",
        ),
        ({"rule": "changes", "value": 0.1, "by": ["region"]}, "odd judges every segment, however few its rows"),
    ],
)
def test_what_is_odd_about_them(gate: Mapping[str, Any], said: str) -> None:
    assert only(remarks({"odd": gate})).message == said


def test_by_points_nothing_may_change_at_all() -> None:
    assert remarks({"frozen": {"rule": "changes", "value": 0, "statistics": "point"}}) == ()


def test_two_gates_that_ask_the_same_of_the_rows() -> None:
    few, fewer = {"rule": "changes", "value": 0.1}, {"rule": "changes", "value": 0.05}
    said = "few and fewer ask the same of the rows, and the stricter one decides"
    assert only(remarks({"few": few, "fewer": fewer})).message == said
    weighed = model_from_json(WEIGHED, name="churn")
    assert remarks({"few": few, "fewer": {**fewer, "weighted": True}}, of=weighed) == ()
