"""What is measured: the rows of an evaluation as arrays, and what is asked of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coronet.core.evidence import CustomMetric, LabelSource, Task

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

# From places of rows to the texts of their keys.
Names = Callable[[Integers], Sequence[str]]

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
    of what rows belong together, None where each row stands for itself. `names` gives the keys of rows that are to
    be shown, where rows have keys.
    """

    label: Floats | Integers
    candidate: Predictions
    champion: Predictions | None = None
    weight: Floats | None = None
    segments: Mapping[str, SegmentColumn] = field(default_factory=dict)
    cluster: Integers | None = None
    names: Names | None = None

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
            names=self._names_at(index),
        )

    def pick(self, index: Integers) -> "Columns":
        """The rows at `index`, with their segments."""
        segments = {
            name: SegmentColumn(names=segment.names, codes=segment.codes[index])
            for name, segment in self.segments.items()
        }
        return replace(self.take(index), segments=segments)

    def _names_at(self, index: Integers) -> Names | None:
        names = self.names
        return None if names is None else lambda places: names(index[places])

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
class Constants:
    """What a predictor says that knows nothing but labels: of classes the share of each, of numbers mean and median."""

    source: LabelSource
    rows: int
    shares: tuple[float, ...] = ()
    mean: float = 0.0
    median: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Pictures:
    """What people are shown beside the metrics: how many of the rows that moved farthest, what it is to move
    (None: by more than a tenth), and what a trivial predictor knows (None: the labels that are measured).
    """

    movers: int = 20
    moved_by: float | None = None
    constants: Constants | None = None


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
    pictures: Pictures | None = None


def _with_gap(scores: Floats) -> Floats:
    gap = np.full((1, *scores.shape[1:]), np.nan)
    return np.concatenate((scores, gap))
