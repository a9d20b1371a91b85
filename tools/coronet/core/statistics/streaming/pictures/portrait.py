"""The part of a state from which people are shown what the predictions tell; planned before the first row."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.evidence import Said
from coronet.core.statistics.columns import Flags, Floats, Pictures
from coronet.core.statistics.streaming.layout import Layout
from coronet.core.statistics.streaming.pictures.changed import Changed, find_said
from coronet.core.statistics.streaming.pictures.residuals import Residuals, find_groups
from coronet.core.statistics.streaming.pictures.steps import Stepped, cut
from coronet.core.statistics.streaming.rows import Rows, Side

# Of more classes a matrix is beyond reading.
MOST_MATRIX = 32


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PicturePlan:
    """`asked` is what is to be shown; `said` what both models are compared by (None: nothing).

    `cuts` are those of each model's steps and `ends` those of each model's groups of predictions, where these are
    drawn from; `matrices` says whether confusion matrices are counted.
    """

    asked: Pictures
    said: Said | None
    cuts: tuple[Floats | None, ...]
    ends: tuple[Floats, ...]
    matrices: bool


def plan_pictures(sample: Rows, classes: tuple[str, ...], asked: Pictures, known: Collection[str]) -> PicturePlan:
    """`known` are the other parts of the state, from which the same can be read at no cost."""
    said = [side.sample.predictions for side in sample.sides]
    scored = all(each.scores is not None for each in said) and "scores" not in known
    has_codes = bool(classes) and all(each.codes is not None for each in said)
    return PicturePlan(
        asked=asked,
        said=find_said(tuple(said)) if len(said) > 1 else None,
        cuts=tuple(cut(*find_scores(side)) if len(classes) == 2 else None for side in sample.sides) if scored else (),
        ends=tuple(find_groups(side.sample.values) for side in sample.sides) if not classes else (),
        matrices=has_codes and len(classes) <= MOST_MATRIX and "confusion" not in known,
    )


def find_scores(side: Side) -> tuple[Floats, Flags]:
    """Of two classes the score of the positive one, and which rows are; of more the highest probability, and
    which rows it is right about.
    """
    label, scores = side.sample.label, side.sample.scores
    if scores.ndim == 1:
        return side.scores, np.asarray(label == 1)
    return np.asarray(scores.max(axis=1)), np.asarray(scores.argmax(axis=1) == label)


class Portrait:
    """`changed` is None without a champion; `steps`, `residuals` and `matrices` have one for each model, or none.

    A matrix is (classes, classes + 1): the last column is for rows without a predicted class.
    """

    def __init__(
        self, plan: PicturePlan, layout: Layout, classes: tuple[str, ...], *, models: int, weighted: bool, groups: int
    ) -> None:
        """`groups` is how many groups of clusters there are, 0 where rows do not belong together."""
        self.changed: Changed | None = None
        if plan.said is not None:
            self.changed = Changed(layout, classes, plan.said, plan.asked, weighted=weighted, groups=groups)
        self.steps = [Stepped(cuts) for cuts in plan.cuts]
        self.residuals = [Residuals(ends) for ends in plan.ends]
        shape = len(classes), len(classes) + 1
        self.matrices = [np.zeros(shape) for _ in range(models if plan.matrices else 0)]

    def add(self, rows: Rows) -> None:
        if self.changed:
            self.changed.add(rows)
        for steps, side in zip(self.steps, rows.sides, strict=False):
            steps.add(*find_scores(side), rows.weight)
        for residuals, side in zip(self.residuals, rows.sides, strict=False):
            residuals.add(side.sample.values, np.asarray(rows.label, dtype=np.float64), rows.weight)
        for matrix, side in zip(self.matrices, rows.sides, strict=False):
            codes = np.where(side.sample.codes < 0, len(matrix), side.sample.codes)
            index = rows.label.astype(np.int64) * matrix.shape[1] + codes
            matrix += np.bincount(index, weights=rows.weight, minlength=matrix.size).reshape(matrix.shape)

    def arrays(self) -> list[NDArray[Any]]:
        """All but the keys of rows that are shown."""
        parts: list[Changed | Stepped | Residuals] = [self.changed] if self.changed else []
        return [*(each for part in (*parts, *self.steps, *self.residuals) for each in part.arrays()), *self.matrices]

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of the rows that are shown."""
        return self.changed.movers.keys if self.changed else ()

    def restore_keys(self, keys: tuple[str, ...]) -> None:
        """After the arrays were written over; raises ValueError where they are of other rows."""
        if self.changed:
            self.changed.movers.restore_keys(keys)
        elif keys:
            raise ValueError("nothing changes, and there are keys of rows that do")

    def merge(self, other: Self) -> None:
        if self.changed and other.changed:
            self.changed.merge(other.changed)
        for steps, more in zip(self.steps, other.steps, strict=True):
            steps.merge(more)
        for residuals, others in zip(self.residuals, other.residuals, strict=True):
            residuals.merge(others)
        for matrix, counts in zip(self.matrices, other.matrices, strict=True):
            matrix += counts
