"""A policy is made of layers: the built-in defaults, the default file, the model's file."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.drift import DriftLimits, DriftRule
from coronet.core.policy import (
    DEFAULTS,
    Approvals,
    BelowMinimum,
    Canary,
    Correction,
    Freeze,
    Gate,
    Limits,
    Looks,
    LooksAt,
    Mode,
    OnInconclusive,
    Ranking,
    Rollback,
    Rule,
    ScoreTerm,
    Spend,
    Statistics,
    Take,
    TieBreak,
    merge_policies,
    policy_from_json,
    policy_origins,
    policy_path,
)
from coronet.core.policy.demands import BudgetDemand, CheckDemand, DriftDemand

KEYS = st.sampled_from("abc")
LEAVES = st.none() | st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2)
LAYERS = st.dictionaries(
    KEYS, st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6), max_size=3
)


def test_the_defaults_alone_are_a_policy_without_gates() -> None:
    made = policy_from_json()
    assert made.gates == ()
    assert (made.confidence, made.correction, made.on_inconclusive) == (0.95, Correction.HOLM, OnInconclusive.REFUSE)
    assert (made.expire_after, made.valid_for) == (timedelta(days=14), timedelta(days=90))
    assert made.evidence_maximum_age is None
    assert made.approvals == Approvals()
    assert made.ranking == Ranking(consider=5, score=(), tie_breaks=(), require=())
    assert (made.freeze, made.rollback, made.canary) == ((), Rollback(depth=5), Canary())
    assert made.canary.limits == made.rollback.limits == Limits()


def test_everything_that_a_policy_can_say_is_read() -> None:
    made = policy_from_json(
        {
            "confidence": 0.9,
            "correction": "none",
            "looks": {"spend": "equal", "of": 12, "data": "growing"},
            "on_inconclusive": "ask",
            "gates": {
                "better": {"metric": "mdape", "rule": "superior", "margin": 0.05, "relative": True, "by": ["kind"],
                           "weight": "rows", "minimum_rows": 2000, "below_minimum": "skip", "statistics": "point",
                           "mode": "warn"},
                "fair": {"metric": "accuracy", "rule": "gap", "value": 0.2, "by": ["sex", "age"], "only_new": True,
                         "correction": "bh"},
                "same": {"rule": "unchanged", "of": ["signature"]},
            },
            "evidence": {"maximum_age": "30d"},
            "proposals": {"expire_after": "24h"},
            "approvals": {"count": 2, "rollback": 0},
            "freeze": [{"from": "2026-12-20", "until": "2027-01-04", "why": "year end"}],
            "ranking": {
                "consider": 3,
                "score": {
                    "plain": {"metric": "mae", "weight": 1},
                    "whole": {"metric": "mdape", "weight": 0.5, "scale": 0.05, "take": "worst", "by": ["kind"],
                              "minimum_rows": 10, "relative": True, "offset": 1, "clamp": [-1, 1.5]},
                },
                "tie_breaks": [{"metric": "mae"},
                               {"metric": "mdape", "take": "weighted", "by": ["kind"], "minimum_rows": 10}],
                "require": ["owner"],
            },
            "rollback": {
                "depth": 2,
                "who": ["owners", "@on-call"],
                "four_eyes": True,
                "auto_rollback": True,
                "min_success_rate": 0.75,
            },
            "canary": {
                "enabled": True,
                "percentage": 0.2,
                "duration_hours": 48,
                "max_error_rate": 0.05,
                "max_response_time_ms": 100,
            },
        }
    )  # fmt: skip
    assert made.gates == (
        Gate(
            name="better",
            rule=Rule.SUPERIOR,
            metric="mdape",
            bar=0.05,
            relative=True,
            by=("kind",),
            weight="rows",
            minimum_rows=2000,
            below_minimum=BelowMinimum.SKIP,
            statistics=Statistics.POINT,
            mode=Mode.WARN,
        ),
        Gate(
            name="fair",
            rule=Rule.GAP,
            metric="accuracy",
            bar=0.2,
            by=("sex", "age"),
            only_new=True,
            correction=Correction.BH,
        ),
        Gate(name="same", rule=Rule.UNCHANGED, of=("signature",)),
    )
    assert made.looks == Looks(spend=Spend.EQUAL, planned=12, data=LooksAt.GROWING)
    assert made.evidence_maximum_age == timedelta(days=30)
    assert (made.expire_after, made.valid_for) == (timedelta(hours=24), timedelta(days=90))
    assert made.approvals == Approvals(count=2, bootstrap=2, promotion=2, rollback=0, renewal=2)
    assert made.freeze == (Freeze(start="2026-12-20", end="2027-01-04", zone="UTC", why="year end"),)
    assert made.ranking == Ranking(
        consider=3,
        score=(
            ScoreTerm(name="plain", metric="mae", weight=1.0, scale=1.0),
            ScoreTerm(
                name="whole",
                metric="mdape",
                weight=0.5,
                scale=0.05,
                take=Take.WORST,
                by=("kind",),
                minimum_rows=10,
                relative=True,
                offset=1.0,
                clamp=(-1.0, 1.5),
            ),
        ),
        tie_breaks=(
            TieBreak(metric="mae"),
            TieBreak(metric="mdape", take=Take.WEIGHTED, by=("kind",), minimum_rows=10),
        ),
        require=("owner",),
    )
    assert made.rollback == Rollback(
        depth=2,
        who=("owners", "@on-call"),
        four_eyes=True,
        auto_rollback=True,
        limits=Limits(min_success_rate=0.75),
    )
    tried = Limits(max_error_rate=0.05, max_response_time_ms=100)
    assert made.canary == Canary(enabled=True, percentage=0.2, duration_hours=48, limits=tried)


def test_looks_share_a_chance_only_where_it_is_said() -> None:
    assert policy_from_json({}).looks is None
    assert policy_from_json({"looks": {"spend": "equal", "of": 12}}, {"looks": {"spend": "none"}}).looks is None
    endless = policy_from_json({"looks": {"spend": "equal", "of": 12}}, {"looks": {"spend": "endless"}})
    assert endless.looks == Looks(spend=Spend.ENDLESS, planned=None, data=LooksAt.FIXED)


def test_a_model_changes_one_key_of_one_gate() -> None:
    wide = {"gates": {"good": {"metric": "f1", "rule": "floor", "value": 0.7}, "fair": {"rule": "unchanged"}}}
    narrow = {"gates": {"good": {"value": 0.9}, "fair": {"mode": "off"}}, "freeze": []}
    merged = merge_policies(wide, narrow)
    assert merged == {
        "gates": {
            "good": {"metric": "f1", "rule": "floor", "value": 0.9},
            "fair": {"rule": "unchanged", "mode": "off"},
        },
        "freeze": [],
    }
    assert policy_origins({"wide": wide, "narrow": narrow}) == {
        ("gates", "good", "metric"): "wide",
        ("gates", "good", "rule"): "wide",
        ("gates", "good", "value"): "narrow",
        ("gates", "fair", "rule"): "wide",
        ("gates", "fair", "mode"): "narrow",
        ("freeze",): "narrow",
    }


def test_the_digest_is_of_what_holds_wherever_it_is_said() -> None:
    gates = {"good": {"metric": "f1", "rule": "floor", "value": 0.9}}
    once = policy_from_json({"gates": gates})
    assert policy_from_json({"gates": {"good": {**gates["good"], "value": 0.1}}}, {"gates": gates}) == once
    assert policy_from_json(merge_policies(DEFAULTS, {"gates": gates})) == once
    assert policy_from_json({"gates": gates, "confidence": 0.9}).digest != once.digest


@given(st.lists(LAYERS, min_size=1, max_size=4))
def test_origins_name_the_layer_whose_value_holds(layers: list[dict[str, Any]]) -> None:
    named = {str(index): layer for index, layer in enumerate(layers)}
    merged = merge_policies(*layers)
    origins = policy_origins(named)
    assert set(origins) == set(leaves(merged))
    for path, name in origins.items():
        assert at(named[name], path) == at(merged, path)
        narrower = [layer for index, layer in enumerate(layers) if index > int(name)]
        assert all(at(layer, path) is ABSENT for layer in narrower)


@given(st.lists(LAYERS, max_size=4))
def test_layers_may_be_merged_in_steps(layers: list[dict[str, Any]]) -> None:
    assert merge_policies(merge_policies(*layers[:2]), *layers[2:]) == merge_policies(*layers)


ABSENT = object()


def at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return ABSENT
        value = value[key]
    return value


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(value, Mapping) and (value or not path):
        return [found for key, inner in value.items() for found in leaves(inner, (*path, key))]
    return [path]


@pytest.mark.parametrize("model", ["iris", "breast-cancer"])
def test_each_model_has_a_file(model: str) -> None:
    assert policy_path(model) == f"policy/{model}.yaml"


# --- rules about the model and its data -----------------------------------------------------------


def demanded(**gate: Any) -> Gate:
    return policy_from_json({"gates": {"gate": gate}}).gates[0]


def test_what_a_budget_asks() -> None:
    made = demanded(rule="budget", of="latency_p95_ms", value=100, margin=0.2, relative=True).budget
    assert made == BudgetDemand(of="latency_p95_ms", value=100.0, margin=0.2, relative=True)
    assert made.compares
    assert made.stands_alone
    packages = demanded(rule="budget", of="dependencies", only=["numpy"], new="none").budget
    assert packages == BudgetDemand(of="dependencies", only=("numpy",), none_new=True)
    assert (BudgetDemand(of="x", value=1).compares, BudgetDemand(of="x", margin=1).stands_alone) == (False, False)


def test_what_drift_asks() -> None:
    assert demanded(rule="drift").drift == DriftDemand(limits=DriftLimits())
    made = demanded(rule="drift", psi=0.2, level=0.01, by_rule="psi", columns=["age"], at_most=2).drift
    limits = DriftLimits(rule=DriftRule.PSI, psi=0.2, level=0.01)
    assert made == DriftDemand(limits=limits, columns=("age",), at_most=2)


def test_what_leakage_asks() -> None:
    assert (demanded(rule="leakage").bar, demanded(rule="leakage").allowed) == (0.99, ())
    made = demanded(rule="leakage", value=0.9, allowed=["age"])
    assert (made.bar, made.allowed) == (0.9, ("age",))


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("5m", 300)])
def test_what_a_check_asks(text: str, seconds: float) -> None:
    made = demanded(rule="check", run=["python", "checks/fair.py"], timeout=text, schema="checks/answer.json").check
    assert made == CheckDemand(run=("python", "checks/fair.py"), timeout=seconds, schema="checks/answer.json")
    assert made.command == "python checks/fair.py"
    called = demanded(rule="check", call="checks/fair.py:judge").check
    assert called == CheckDemand(call="checks/fair.py:judge", timeout=60)
    assert called.command == "checks/fair.py:judge"


def test_other_rules_ask_nothing_of_the_kind() -> None:
    made = demanded(rule="unchanged", of=["schema"])
    assert (made.of, made.budget, made.drift, made.check, made.allowed) == (("schema",), None, None, None, ())
    assert demanded(rule="budget", of="size_bytes", value=1).of == ()
