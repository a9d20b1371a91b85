"""Models that look one column up, and a store that hands them out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coronet.core.semantic_version import Schema
from coronet.errors import InvalidInput
from coronet.ports.models import Footprint, Predictor
from coronet.ports.registry import ModelVersion


@dataclass(frozen=True, kw_only=True)
class LookedUp:
    """The port `Predictor`: predicts what `column` of the data says.

    For classes the column holds the probability of the last of `classes`, the others share the rest; not
    `sure` hides the probabilities, and only the class is told.
    """

    column: str
    classes: tuple[str, ...] | None = None
    sure: bool = True

    def predict(self, frame: Any) -> Any:
        if self.classes is None:
            return frame[self.column].to_numpy()
        return np.array(self.classes, dtype=object)[self._shares(frame).argmax(axis=1)]

    def probabilities(self, frame: Any) -> Any | None:
        return self._shares(frame) if self.classes is not None and self.sure else None

    def _shares(self, frame: Any) -> Any:
        last = frame[self.column].to_numpy(dtype=float)
        others = len(self.classes or ()) - 1
        return np.stack([*([(1 - last) / others] * others), last], axis=1)


@dataclass
class MemoryModels:
    """The port `ModelStore`, by version; `loaded` says what was loaded, in order."""

    predictors: Mapping[str, Predictor]
    contracts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    footprints: Mapping[str, Footprint] = field(default_factory=dict)
    loaded: list[str] = field(default_factory=list)

    def load(self, version: ModelVersion) -> Predictor:
        self.loaded.append(version.version)
        if version.version not in self.predictors:
            raise InvalidInput(f"version {version.version} cannot be loaded")
        return self.predictors[version.version]

    def contract(self, version: ModelVersion) -> Mapping[str, str]:
        return self.contracts.get(version.version, {})

    def schema(self, version: ModelVersion) -> Schema | None:
        return self.schemas.get(version.version)

    def footprint(self, version: ModelVersion) -> Footprint:
        return self.footprints.get(version.version, Footprint(size_bytes=0, files=0))
