"""What is measured: the rows of an evaluation as arrays, and what is asked of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coronet.core.evidence import CustomMetric, Task

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

DRAWS = 1_000
SEED = 20_261_120


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Predictions:
    """What one model says of n rows; None where it does not say.

    `values` are predicted numbers, (n,); `codes` predicted classes as indexes of the specification's
    classes, (n,), -1 where missing; `scores` are scores of the positive class, (n,), or probabilities of
    every class, (n, classes). Missing numbers are NaN.
    """

    values: Floats | None = None
    codes: Integers | None = None
    scores: Floats | None = None

    def take(self, index: Integers) -> "Predictions":
        return Predictions(
            values=None if self.values is None else self.values[index],
            codes=None if self.codes is None else self.codes[index],
            scores=None if self.scores is None else self.scores[index],
        )

    def align(self, places: Integers) -> "Predictions":
        """The rows at `places`; where a place is -1, a row without any prediction."""
        return Predictions(
            values=None if self.values is None else np.append(self.values, np.nan)[places],
            codes=None if self.codes is None else np.append(self.codes, -1)[places],
            scores=None if self.scores is None else _with_gap(self.scores)[places],
        )

    def broken(self, rows: int) -> Flags:
        """Rows, (n,), in which a prediction is missing or not finite."""
        found = np.zeros(rows, dtype=np.bool_)
        if self.codes is not None:
            found |= self.codes < 0
        for numbers in (self.values, self.scores):
            if numbers is not None and not (finite := np.isfinite(numbers)).all():
                found |= ~finite if finite.ndim == 1 else ~finite.all(axis=1)
        return found


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SegmentColumn:
    """A column of segments: row i belongs to `names[codes[i]]`."""

    names: tuple[str, ...]
    codes: Integers


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Columns:
    """The n rows on which both models are measured; without a champion, the candidate alone.

    `label` is (n,): numbers of a regression, else indexes of the specification's classes (binary: 1 is
    positive). `weight` is (n,), not negative, None where every row counts once. `cluster` is (n,), codes from 0
    of what rows belong together, None where each row stands for itself.
    """

    label: Floats | Integers
    candidate: Predictions
    champion: Predictions | None = None
    weight: Floats | None = None
    segments: Mapping[str, SegmentColumn] = field(default_factory=dict)
    cluster: Integers | None = None

    def __len__(self) -> int:
        return len(self.label)

    def take(self, index: Integers) -> "Columns":
        """The rows at `index`, without segments."""
        return replace(
            self,
            label=self.label[index],
            candidate=self.candidate.take(index),
            champion=self.champion.take(index) if self.champion else None,
            weight=None if self.weight is None else self.weight[index],
            cluster=None if self.cluster is None else self.cluster[index],
            segments={},
        )

    def split(self, column: str) -> Iterator[tuple[str, "Columns"]]:
        """Each segment of `column` that has rows, in the order of the names."""
        segment = self.segments[column]
        order = np.argsort(segment.codes, kind="stable")
        starts = np.searchsorted(segment.codes[order], np.arange(len(segment.names) + 1))
        for name, start, end in zip(segment.names, starts[:-1], starts[1:], strict=True):
            if end > start:
                yield name, self.take(order[start:end])


@dataclass(frozen=True, kw_only=True, slots=True)
class Custom:
    """`call` is given what `wants` says, by name, and raises `Undefined` where the function fails.

    With `weights`, (draws, n), it answers for all draws at once, else for the (n,) numbers of `weight`.
    """

    described: CustomMetric
    wants: frozenset[str]
    call: Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Specification:
    """What is asked: every metric over all rows, and over each segment of each column of `segments`.

    `classes` names the classes in the order of their codes. Resampling makes `draws` draws from `seed`. `cluster`
    names the column of the clusters, for the method's words; `custom` are metrics that are not in the catalogue.
    """

    task: Task
    metrics: tuple[str, ...]
    classes: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    confidence: float = 0.95
    draws: int = DRAWS
    seed: int = SEED
    cluster: str | None = None
    custom: tuple[Custom, ...] = ()


def _with_gap(scores: Floats) -> Floats:
    gap = np.full((1, *scores.shape[1:]), np.nan)
    return np.concatenate((scores, gap))
