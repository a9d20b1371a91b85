"""Documents that satisfy their schemas, as the files write them."""

from typing import Any

DIGEST = "sha256:" + "0123456789abcdef" * 4
OTHER = "sha256:" + "f" * 64

PROPOSAL: dict[str, Any] = {
    "schema": "coronet/proposal/v1",
    "id": "iris-v7-7c2f9a41",
    "kind": "promotion",
    "model": "iris",
    "alias": "champion",
    "candidate": {
        "version": "7",
        "run_id": "5d41402abc4b2a76b9719d911017c592",
        "created": "2026-11-20T20:58:12Z",
        "source": "models:/m-5d41402abc4b2a76b9719d911017c592",
        "digest": DIGEST,
    },
    "replaces": {"version": "5", "digest": OTHER, "proposal": "iris-v5-00c0ffee"},
    "evidence": {"digest": DIGEST, "verdict": "pass"},
    "policy": {"digest": DIGEST},
    "data": {"name": "iris", "digest": DIGEST, "rows": 72},
    "code": {"repository": "git@example.org:models.git", "commit": "7c2f9a4"},
    "why": {
        "hypothesis_id": "H-021",
        "change_type": "feature",
        "summary": "Petal ratios as features",
        "owner": "model-owner",
        "feature_set_version": "v2.1",
    },
    "requested_by": {"login": "engineer", "run_url": "https://example.org/runs/1"},
    "attempt": 1,
    "created_at": "2026-11-20T21:05:00Z",
    "expires_at": "2026-12-04T21:05:00Z",
    "valid_until": "2027-02-18T21:05:00Z",
}

EVIDENCE: dict[str, Any] = {
    "schema": "coronet/evidence/v1",
    "model": "homes",
    "task": "regression",
    "created_at": "2026-11-20T21:05:00Z",
    "candidate": {"version": "7", "run_id": "5d41402a", "digest": DIGEST, "predictions": DIGEST},
    "champion": {"version": "5", "run_id": "00c0ffee", "digest": OTHER, "predictions": OTHER},
    "data": {"name": "homes", "digest": DIGEST, "rows": 50299, "label": "price", "key": "id"},
    "rows": {"paired": 50296, "candidate_only": 0, "champion_only": 0, "unusable": {"label missing": 3}},
    "confidence": 0.95,
    "threshold": 0.5,
    "contract": {"candidate": {"signature": DIGEST}, "champion": {"signature": OTHER, "features": OTHER}},
    "metrics": [
        {
            "metric": "mdape",
            "segment": {},
            "rows": 50296,
            "champion": 0.3569,
            "candidate": 0.2094,
            "difference": -0.1475,
            "interval": [-0.1502, -0.1449],
            "candidate_interval": [0.2071, 0.2117],
            "method": "bootstrap",
        },
        {
            "metric": "mdape",
            "segment": {"kind": "ELEVATOR"},
            "rows": 19311,
            "champion": 0.1533,
            "candidate": 0.1479,
            "difference": -0.0054,
            "interval": [-0.0061, -0.0047],
            "candidate_interval": [0.1461, 0.1502],
            "method": "bootstrap",
        },
        {
            "metric": "mdape",
            "segment": {"kind": "WALKUP"},
            "rows": 30985,
            "champion": 0.4512,
            "candidate": 0.2401,
            "difference": -0.2111,
            "interval": [-0.2203, -0.2018],
        },
        {
            "metric": "within_15_percent",
            "segment": {"kind": "ELEVATOR"},
            "rows": 0,
            "champion": None,
            "candidate": None,
            "difference": None,
            "interval": None,
            "problem": "no rows",
        },
    ],
}

# The policy of the design, with every other field that a policy may have.
POLICY: dict[str, Any] = {
    "schema": "coronet/policy/v1",
    "confidence": 0.95,
    "correction": "holm",
    "on_inconclusive": "refuse",
    "gates": {
        "better": {"metric": "roc_auc", "rule": "superior", "margin": 0},
        "no_one_harmed": {
            "metric": "roc_auc",
            "rule": "non_inferior",
            "margin": 0.02,
            "by": ["region", "age_band"],
            "minimum_rows": 200,
            "below_minimum": "skip",
        },
        "good_enough": {"metric": "roc_auc", "rule": "floor", "value": 0.70},
        "not_too_far": {"metric": "log_loss", "rule": "ceiling", "value": 0.9, "statistics": "interval"},
        "fair": {"metric": "accuracy", "rule": "gap", "value": 0.20, "by": ["sex"], "only_new": True},
        "old_habit": {"metric": "accuracy", "rule": "superior", "margin": 0, "statistics": "point", "mode": "warn"},
        "weighted": {"metric": "f1", "rule": "superior", "relative": True, "by": ["kind"], "weight": "rows"},
        "same_contract": {"rule": "unchanged", "of": ["signature", "features"]},
    },
    "evidence": {"maximum_age": "30d"},
    "proposals": {"expire_after": "14d", "valid_for": "90d"},
    "approvals": {"count": 1, "bootstrap": 0, "promotion": 2, "rollback": 0, "renewal": 1},
    "freeze": [{"from": "2026-12-20", "until": "2027-01-04", "zone": "Europe/Paris", "why": "year end"}],
    "ranking": {
        "consider": 5,
        "score": {
            "segments": {
                "metric": "mdape",
                "weight": 0.55,
                "scale": 0.1,
                "take": "weighted",
                "by": ["kind"],
                "minimum_rows": 2000,
                "relative": True,
                "offset": 0.5,
                "clamp": [0, 1],
            }
        },
        "tie_breaks": [{"metric": "mdape", "take": "worst", "by": ["kind"], "minimum_rows": 1}],
        "require": ["owner"],
    },
    "rollback": {"depth": 5},
}  # fmt: skip

LAYER: dict[str, Any] = {
    "schema": "coronet/policy/v1",
    "gates": {"better": {"mode": "off"}, "no_one_harmed": {"margin": 0.01}},
    "ranking": {"score": {"segments": {"weight": 1}}},
}

MODEL: dict[str, Any] = {
    "schema": "coronet/model/v1",
    "registered_model": "Churn v2",
    "owner": "@example/model-owners",
    "task": "binary",
    "positive": "yes",
    "threshold": 0.5,
    "aliases": {"champion": "champion", "candidate": "challenger"},
    "experiment": "churn",
    "data": {
        "name": "churn",
        "version": 20260211,
        "label": "left",
        "key": "id",
        "time": "day",
        "weight": "rows",
        "segments": ["region"],
        "features": ["age", "plan"],
        "train": {"path": "data/train.csv", "sha256": "0" * 64},
        "evaluation": {"path": "https://example.org/evaluation.parquet", "sha256": "1" * 64},
        "reference": {"path": "../../common/reference.csv"},
    },
    "feature_set_version": "v2.1",
    "trainer": "sklearn.linear_model.LogisticRegression",
    "hyperparameters": {"C": 1.0, "class_weight": {"yes": 2}, "solver": "lbfgs", "steps": [1, None, True]},
    "seed": 7,
    "metrics": ["roc_auc", "f1"],
    "outputs": {"score": "the probability that the customer leaves"},
    "schedule": {"retrain": {"cron": "0 2 * * 0", "zone": "Europe/Paris"}},
}

CASES: dict[str, Any] = {
    "schema": "coronet/policy-cases/v1",
    "cases": [
        {
            "name": "clearly better",
            "metrics": [
                {"metric": "roc_auc", "champion": 0.8, "candidate": 0.84, "within": 0.01, "candidate_within": 0.02},
                {"metric": "roc_auc", "candidate": 0.84, "segment": {"region": "north"}, "rows": 900},
            ],
            "changed": ["features"],
            "kind": "promotion",
            "at": "2026-11-20T21:05:00Z",
            "expect": {"verdict": "fail", "gates": {"better": "pass", "same_contract": "fail"}},
        },
        {"name": "kept", "evidence": "kept.evidence.json", "expect": {"verdict": "inconclusive"}},
    ],
}
VALID = {
    "proposal": PROPOSAL,
    "evidence": EVIDENCE,
    "policy": POLICY,
    "policy_layer": LAYER,
    "policy_cases": CASES,
    "model": MODEL,
}
