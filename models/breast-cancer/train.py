"""Logistic regression on standardised measurements."""

from collections.abc import Mapping
from typing import Any

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def fit(frame: Any, target: Any, *, hyperparameters: Mapping[str, Any], seed: int) -> Any:
    model = make_pipeline(StandardScaler(), LogisticRegression(random_state=seed, **hyperparameters))
    return model.fit(frame, target)
