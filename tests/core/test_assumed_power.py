"""Rows that a policy needs, by assumption: held against simulated models that are as assumed."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from coronet.core.assumed_power import LEAST, Assumptions, assume_power, row_variance
from coronet.core.linting.rows import CountedRows
from coronet.core.policy_power import Power
from tests.core.examples import policy

Q, P = 1.959963984540054, 0.8416212335729143
SUPERIOR = {"metric": "accuracy", "rule": "superior", "margin": 0}
ROWS = CountedRows(source="x", total=1000, by={"region": {"north": 900, "south": 100}})


def told(
    gate: Mapping[str, Any], *, rows: CountedRows | None = ROWS, power: float = 0.8, **assumed: Any
) -> tuple[Power, ...]:
    return assume_power(policy({"gate": gate}), Assumptions(**assumed), rows, power=power)


def test_shares_by_hand() -> None:
    (found,) = told(SUPERIOR, values={"accuracy": 0.8}, correlation=0.9, effect=0.02)
    variance = 2 * 0.8 * 0.2 * 0.1
    assert found.detects == pytest.approx((Q + P) * np.sqrt(variance / 1000))
    assert found.needed == int(np.ceil(variance * ((Q + P) / 0.02) ** 2))
    assert (found.assumed, found.bar, found.rows, found.scope) == (0.02, 0, 1000, "all rows")


@pytest.mark.parametrize("power", [0.7, 0.9])
def test_with_the_rows_needed_models_as_assumed_pass_as_often_as_asked(power: float) -> None:
    """Two models that are right alike often, and together in the assumed measure; better by the effect."""
    gate = {"metric": "accuracy", "rule": "non_inferior", "margin": 0.04}
    (found,) = told(gate, values={"accuracy": 0.8}, correlation=0.6, power=power)
    assert found.needed is not None
    chance = np.random.default_rng(3)
    shape = (4000, found.needed)
    one = chance.random(shape) < 0.8
    other = np.where(chance.random(shape) < 0.6, one, chance.random(shape) < 0.8)
    difference = other.astype(float) - one
    mean, error = difference.mean(axis=1), difference.std(axis=1, ddof=1) / np.sqrt(found.needed)
    assert np.mean(mean - Q * error > -0.04) == pytest.approx(power, abs=0.03)


def test_an_area_errs_as_hanley_and_mcneil_say() -> None:
    """Their model: exponential scores."""
    chance = np.random.default_rng(5)
    area, positive, rows = 0.8, 0.3, 1000
    label = np.arange(rows) < positive * rows
    scale = np.where(label, area / (1 - area), 1.0)
    areas = [roc_auc_score(label, chance.exponential(scale)) for _ in range(2000)]
    gate = policy({"gate": {"metric": "roc_auc", "rule": "floor", "value": 0.7}}).gates[0]
    assumed = Assumptions(values={"roc_auc": area}, positive=positive)
    assert np.mean(areas) == pytest.approx(area, abs=0.005)
    assert row_variance(gate, assumed) / rows == pytest.approx(np.var(areas), rel=0.1)


def test_gini_is_a_stretched_area() -> None:
    area, gini = (
        row_variance(policy({"gate": {"metric": name, "rule": "floor", "value": 0}}).gates[0], assumed)
        for name, assumed in (
            ("roc_auc", Assumptions(values={"roc_auc": 0.8}, positive=0.3)),
            ("gini", Assumptions(values={"gini": 0.6}, positive=0.3)),
        )
    )
    assert gini == pytest.approx(4 * area)


def test_recall_counts_positive_rows_alone() -> None:
    values = {"recall": 0.9}
    (half,) = told({"metric": "recall", "rule": "floor", "value": 0.8}, values=values, positive=0.5)
    (tenth,) = told({"metric": "recall", "rule": "floor", "value": 0.8}, values=values, positive=0.1)
    assert tenth.needed == pytest.approx(5 * (half.needed or 0), abs=5)


def test_means_by_the_deviation_of_a_row() -> None:
    gate = {"metric": "mae", "rule": "superior", "margin": 1}
    (found,) = told(gate, deviations={"mae": 10.0}, correlation=0.5, effect=2)
    assert found.needed == int(np.ceil(100 * (Q + P) ** 2))
    (below,) = told({"metric": "mae", "rule": "ceiling", "value": 12}, values={"mae": 10}, deviations={"mae": 10})
    assert (below.bar, below.assumed) == (-12, -10)
    assert below.needed == int(np.ceil(100 * ((Q + P) / 2) ** 2))


def test_relative_margins_are_shares_of_the_value() -> None:
    gate = {"metric": "mae", "rule": "superior", "margin": 0.1, "relative": True}
    (found,) = told(gate, values={"mae": 20}, deviations={"mae": 5}, effect=3)
    assert found.bar == 2


def test_segments_as_they_were_counted() -> None:
    gate = {**SUPERIOR, "by": ["region", "age"]}
    found = told(gate, values={"accuracy": 0.8}, effect=0.05)
    assert [(one.scope, one.rows) for one in found] == [("region north", 900), ("region south", 100), ("each age", 0)]
    assert found[2].detects is None
    assert found[0].needed == found[2].needed
    (alone,) = told(SUPERIOR, rows=None, values={"accuracy": 0.8}, effect=0.05)
    assert (alone.rows, alone.detects) == (0, None)


def test_a_handful_of_rows_is_no_answer() -> None:
    (found,) = told({"metric": "accuracy", "rule": "floor", "value": 0.5}, values={"accuracy": 0.99})
    assert found.needed == LEAST
    (never,) = told({"metric": "accuracy", "rule": "floor", "value": 0.9}, values={"accuracy": 0.9})
    assert never.needed is None


@pytest.mark.parametrize(
    ("gate", "assumed", "said"),
    [
        (SUPERIOR, {"effect": 0.1}, "--assume accuracy=NUMBER"),
        (SUPERIOR, {"values": {"accuracy": 1.0}, "effect": 0.1}, "beyond every error"),
        (SUPERIOR, {"values": {"accuracy": 0.8}}, "--effect"),
        ({**SUPERIOR, "metric": "roc_auc"}, {"values": {"roc_auc": 0.8}, "effect": 0.1}, "--positive"),
        ({**SUPERIOR, "metric": "mae"}, {"effect": 0.1}, "--deviation mae=NUMBER"),
        ({**SUPERIOR, "metric": "f1"}, {"effect": 0.1}, "give --evidence"),
    ],
)
def test_what_more_must_be_assumed(gate: Mapping[str, Any], assumed: Mapping[str, Any], said: str) -> None:
    (found,) = told(gate, **assumed)
    assert said in found.problem
    assert not found.suffices


@pytest.mark.parametrize(
    "gate",
    [
        {**SUPERIOR, "mode": "off"},
        {**SUPERIOR, "statistics": "point"},
        {**SUPERIOR, "by": ["region"], "weight": "rows"},
        {"metric": "accuracy", "rule": "gap", "value": 0.1, "by": ["region"]},
        {"rule": "unchanged", "of": ["features"]},
    ],
)
def test_gates_of_which_nothing_is_told(gate: Mapping[str, Any]) -> None:
    assert told(gate, values={"accuracy": 0.8}, effect=0.1) == ()
