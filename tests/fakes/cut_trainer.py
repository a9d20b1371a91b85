"""A trainer that learns nothing: it cuts the first feature where its hyperparameter says."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from coronet.core.labels import label_text
from coronet.core.semantic_version import Column, Schema
from coronet.ports.models import FittedModel, Training


class CutModel:
    """The port `FittedModel`: the second class (or 1.0) from the cut on, as sure as the hyperparameter says."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._cut = float(training.hyperparameters.get("cut", 0.5))
        self._sure = float(training.hyperparameters.get("sure", 0.9))
        labels = training.frame[training.label]
        self._classes = None if training.task == "regression" else tuple(sorted({label_text(x) for x in labels}))

    @property
    def estimator(self) -> object:
        return self._cut

    @property
    def kind(self) -> str:
        return "Cut"

    @property
    def schema(self) -> Schema:
        return Schema(
            inputs=tuple(Column(name=name, type="double") for name in self._training.features),
            outputs=(Column(name="prediction", type="double"),),
        )

    @property
    def importances(self) -> Mapping[str, float] | None:
        return {self._training.features[0]: 1.0}

    @property
    def classes(self) -> tuple[str, ...] | None:
        return self._classes

    def predict(self, frame: Any) -> Any:
        above = self._above(frame)
        return (
            above.astype(float) if self._classes is None else np.array(self._classes, dtype=object)[above.astype(int)]
        )

    def probabilities(self, frame: Any) -> Any | None:
        if self._classes is None:
            return None
        positive = np.where(self._above(frame), self._sure, 1 - self._sure)
        return np.column_stack([1 - positive, positive])

    def _above(self, frame: Any) -> Any:
        return np.asarray(frame[self._training.features[0]] >= self._cut)


class CutTrainer:
    """The port `Trainer`; `trainings` are what it was asked for, `error` is what it raises instead."""

    def __init__(self, *, error: Exception | None = None) -> None:
        self.trainings: list[Training] = []
        self._error = error

    def fit(self, training: Training) -> FittedModel:
        self.trainings.append(training)
        if self._error:
            raise self._error
        return CutModel(training)
