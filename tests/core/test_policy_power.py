"""What the rows can tell, and how many would do: held against simulated looks at a gate."""

from math import pi, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from coronet.core.evidence import Look
from coronet.core.judging.comparison import compare
from coronet.core.judging.estimate import Estimate
from coronet.core.policy_power import Power, find_power
from tests.core.examples import DATA, evidence, fact, gain, policy
from tests.core.predictions import baseline, change, changes

SUPERIOR = {"metric": "accuracy", "rule": "superior", "margin": 0.01}
QUANTILE = 1.959963984540054


def powers(gate: dict[str, Any], *facts: Any, power: float = 0.8, effect: float | None = None) -> tuple[Power, ...]:
    return find_power(evidence(*facts), policy({"gate": gate}), power=power, effect=effect)


def test_the_smallest_value_that_is_told_from_the_bar_by_hand() -> None:
    (found,) = powers(SUPERIOR, gain(0.03, 0.01, rows=1000))
    reach = 0.01 / QUANTILE * (QUANTILE + 0.8416212335729143)
    assert found.detects == pytest.approx(0.01 + reach)
    assert found.assumed == pytest.approx(0.03)
    assert found.needed == int(np.ceil(1000 * (reach / 0.02) ** 2))
    assert found.suffices
    assert (found.gate, found.scope, found.rows, found.bar) == ("gate", "all rows", 1000, 0.01)


@pytest.mark.parametrize("power", [0.6, 0.8, 0.95])
def test_with_the_rows_needed_the_gate_passes_as_often_as_asked(power: float) -> None:
    (found,) = powers(SUPERIOR, gain(0.03, 0.02, rows=1000), power=power)
    assert found.needed is not None
    half = 0.02 * sqrt(1000 / found.needed)
    made = policy({"gate": SUPERIOR}).gates[0]
    looks = np.random.default_rng(1).normal(0.03, half / QUANTILE, size=4000)
    passes = [compare(made, Estimate(value=x, lower=x - half, upper=x + half)) == "pass" for x in looks.tolist()]
    assert np.mean(passes) == pytest.approx(power, abs=0.025)


def test_where_looks_share_a_chance_more_rows_are_needed() -> None:
    gain_of_three = gain(0.03, 0.01, rows=1000)
    (alone,) = powers(SUPERIOR, gain_of_three)
    sharing = policy({"gate": SUPERIOR}, looks={"spend": "endless"})
    for look, confidence in ((None, 1 - 0.05 * 6 / pi**2), (Look(number=3, data=DATA), 1 - 0.05 * 6 / pi**2 / 9)):
        (found,) = find_power(evidence(gain_of_three, look=look), sharing, power=0.8)
        z, reach = NormalDist().inv_cdf(0.5 + confidence / 2), NormalDist().inv_cdf(0.8)
        assert found.detects == pytest.approx(0.01 + 0.01 / QUANTILE * (z + reach))
        assert found.needed is not None
        assert alone.needed is not None
        assert found.needed > alone.needed


def test_a_smaller_effect_asks_for_more_rows() -> None:
    (large,), (small,) = (powers(SUPERIOR, gain(0.03), effect=effect) for effect in (0.03, 0.02))
    assert large.needed is not None
    assert small.needed == pytest.approx(4 * large.needed, abs=4)
    assert small.assumed == 0.02


def test_no_rows_prove_what_lies_on_the_wrong_side() -> None:
    (found,) = powers(SUPERIOR, gain(0.005))
    assert found.needed is None
    assert not found.suffices


def test_a_non_inferior_candidate_is_taken_to_be_exactly_as_good() -> None:
    (found,) = powers({"metric": "accuracy", "rule": "non_inferior", "margin": 0.02}, gain(-0.015, 0.03, rows=500))
    assert found.bar == -0.02
    assert found.assumed == 0
    assert found.needed is not None
    assert found.needed > 500
    assert not found.suffices


def test_a_floor_is_asked_about_what_was_measured_whatever_the_effect() -> None:
    (found,) = powers({"metric": "accuracy", "rule": "floor", "value": 0.9}, fact(candidate=0.92, own=0.01), effect=0.5)
    assert found.assumed == 0.92
    (below,) = powers({"metric": "log_loss", "rule": "ceiling", "value": 0.5}, fact("log_loss", 0.4, 0.5, own=0.01))
    assert (below.bar, below.assumed) == (-0.5, -0.4)


def test_each_segment_for_itself() -> None:
    gate = {"metric": "accuracy", "rule": "superior", "margin": 0, "by": ["region"]}
    found = powers(gate, *(gain(0.03, segment={"region": name}, rows=rows) for name, rows in (("n", 100), ("s", 900))))
    assert [(one.scope, one.rows) for one in found] == [("region n", 100), ("region s", 900)]


@pytest.mark.parametrize(
    "gate",
    [
        {"metric": "accuracy", "rule": "superior", "margin": 0, "mode": "off"},
        {"metric": "accuracy", "rule": "superior", "margin": 0, "statistics": "point"},
        {"metric": "accuracy", "rule": "gap", "value": 0.1, "by": ["region"]},
        {"rule": "unchanged", "of": ["signature"]},
        {"metric": "roc_auc", "rule": "superior", "margin": 0},
        {"metric": "accuracy", "rule": "superior", "margin": 0, "by": ["country"]},
        {"metric": "accuracy", "rule": "superior", "margin": 0, "by": ["region"], "weight": "rows"},
    ],
    ids=["off", "points", "gap", "contract", "not measured", "not by country", "weighted"],
)
def test_what_has_no_power(gate: dict[str, Any]) -> None:
    assert powers(gate, gain(0.03), gain(0.03, segment={"region": "n"})) == ()


def test_a_fact_without_an_interval_says_why() -> None:
    (found,) = powers(SUPERIOR, fact(half=None))
    assert "no interval" in found.problem
    assert (found.detects, found.assumed, found.needed) == (None, None, None)


def test_numbers_that_cannot_be() -> None:
    (found,) = powers(SUPERIOR, fact(candidate=float("nan")))
    assert found.problem


def test_to_be_steady_asks_for_rows_until_neither_side_refuses() -> None:
    """With the rows that it says, a candidate that moved by nothing passes as often as asked."""
    steady = {"metric": "positive_rate", "rule": "steady", "margin": 0.03}
    (found,) = powers(steady, fact("positive_rate", 0.41, 0.4, 0.04, rows=1000), power=0.8)
    assert (found.assumed, found.bar) == (0.0, 0.03)
    assert found.needed is not None
    assert found.needed > 1000
    half = 0.04 * sqrt(1000 / found.needed)
    made = policy({"gate": steady}).gates[0]
    looks = np.random.default_rng(1).normal(0.0, half / QUANTILE, size=4000)
    passes = [compare(made, Estimate(value=x, lower=x - half, upper=x + half)) == "pass" for x in looks.tolist()]
    assert np.mean(passes) == pytest.approx(0.8, abs=0.025)


def test_what_moves_by_the_margin_or_more_is_never_found_to_be_steady() -> None:
    steady = {"metric": "positive_rate", "rule": "steady", "margin": 0.03}
    (found,) = powers(steady, fact("positive_rate", 0.41, 0.4, 0.01), effect=-0.03)
    assert found.needed is None
    assert found.detects == pytest.approx(0.03 - 0.01 * (1 + 1.2815515655446004 / QUANTILE))


def test_what_the_predictions_tell_has_power_too() -> None:
    """A share of changed rows is asked about as it was measured, and guessing whatever the effect."""
    gates = {
        "few": {"rule": "changes", "value": 0.1},
        "beats": {"metric": "log_loss", "rule": "baseline"},
        "weighed": {"rule": "changes", "value": 0.1, "weighted": True},
    }
    made = evidence(fact(), changes=changes(change(0.06, 0.02)), baseline=baseline(fact("log_loss", 0.5, 0.69, 0.05)))
    few, beats = find_power(made, policy(gates), power=0.8, effect=0.01)
    assert (few.gate, few.bar, few.assumed) == ("few", -0.1, -0.06)
    assert few.needed is not None
    assert (beats.gate, beats.bar) == ("beats", 0.0)
    assert beats.assumed == pytest.approx(0.19)
    assert beats.suffices
    assert find_power(evidence(fact()), policy(gates), power=0.8) == ()
