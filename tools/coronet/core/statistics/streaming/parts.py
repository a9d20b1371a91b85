"""What metrics are read from: one part for each kind of sum, which rows are added to.

Rows of weight 0 are not given to parts.
"""

from collections.abc import Callable
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Flags, Floats, Integers
from coronet.core.statistics.confusion import CONFUSION
from coronet.core.statistics.losses import LOSSES, find_hits
from coronet.core.statistics.sample import Sample
from coronet.core.statistics.streaming.calibration import Calibration
from coronet.core.statistics.streaming.features import SMOOTH, feature_numbers
from coronet.core.statistics.streaming.histograms import Distribution
from coronet.core.statistics.streaming.lots import GROUPS
from coronet.core.statistics.streaming.moments import Moments, Sameness
from coronet.core.statistics.streaming.pictures.by_class import LOSSES_BY_CLASS, ByClass
from coronet.core.statistics.streaming.pictures.portrait import PicturePlan, Portrait
from coronet.core.statistics.streaming.plan import RANKED, Plan
from coronet.core.statistics.streaming.rows import Rows
from coronet.core.statistics.streaming.tallies import Tally

# Parts of histograms, which take about as long as all others together.
HEAVY = ("scores", "mdape")
PICTURES, CONFUSED = "pictures", "confusion"


class Part(Protocol):
    def add(self, rows: Rows) -> None: ...

    def merge(self, other: Any) -> None: ...

    def arrays(self) -> list[NDArray[Any]]:
        """All that it knows, to be written and to be written over: of one plan always as many, of the same shapes."""
        ...


class Confusion:
    """Rows by label and by each model's class, whose code is the number of classes where it is missing."""

    def __init__(self, plan: Plan) -> None:
        self.classes, self.models = len(plan.specification.classes), plan.models
        kinds = self.classes * (self.classes + 1) ** plan.models
        self.tally = Tally(plan.layout, kinds, weighted=plan.weighted)

    def add(self, rows: Rows) -> None:
        self.count(rows)

    def count(self, rows: Rows) -> list[Integers]:
        """Add the rows, and say how many of them have each label, (classes, cells) for each pack."""
        kinds: Integers = rows.label.astype(np.int64)
        for side in rows.sides:
            codes = side.sample.codes
            kinds *= self.classes + 1
            kinds += codes if codes.min(initial=0) >= 0 else np.where(codes < 0, self.classes, codes)
        added = self.tally.add(rows.packed, kinds, rows.weight)
        return [counts.reshape(self.classes, -1, counts.shape[1]).sum(axis=1) for counts in added]

    def merge(self, other: Self) -> None:
        self.tally.merge(other.tally)

    def arrays(self) -> list[NDArray[Any]]:
        return self.tally.arrays()


class Hits:
    """Rows by whether each model hits, for a metric that is a share of rows."""

    def __init__(self, plan: Plan, hits: Callable[[Sample], Flags]) -> None:
        self.hits = hits
        self.tally = Tally(plan.layout, 2**plan.models, weighted=plan.weighted)

    def add(self, rows: Rows) -> None:
        kinds = np.zeros(len(rows), dtype=np.int64)
        for side in rows.sides:
            kinds = 2 * kinds + self.hits(side.sample)
        self.tally.add(rows.packed, kinds, rows.weight)

    def merge(self, other: Self) -> None:
        self.tally.merge(other.tally)

    def arrays(self) -> list[NDArray[Any]]:
        return self.tally.arrays()


class Smooth:
    """The moments of what a metric asks of the rows; and whether the candidate's numbers, and then those of
    both models' difference, are all the same; of r2, whether the labels are.
    """

    def __init__(self, plan: Plan, metric: str) -> None:
        self.metric, self.centre = metric, plan.centre
        # A mean's own interval asks for the candidate's numbers, that of a difference for the differences, and nobody
        # for what these two have in common.
        self.is_mean = metric in LOSSES
        centres = plan.centres[metric]
        centres = (centres[0], *(centres[0] - other for other in centres[1:])) if self.is_mean else centres
        self.moments = Moments(plan.layout, centres, weighted=plan.weighted, crossed=not self.is_mean)
        self.sameness = Sameness(plan.layout, 1 if metric == "r2" else plan.models)
        by_class = plan.pictures is not None and metric in LOSSES_BY_CLASS
        self.by_class = ByClass(len(plan.specification.classes)) if by_class else None

    def add(self, rows: Rows) -> None:
        numbers = feature_numbers(self.metric, rows, self.centre)
        if self.by_class:
            self.by_class.add(rows.label.astype(np.int64, copy=False), numbers[0], rows.weight)
        watched = self._watched(numbers, rows)
        self.moments.add(rows.packed, watched if self.is_mean else numbers, rows.weight)
        self.sameness.add(rows.packed, watched, rows.occupied)

    def merge(self, other: Self) -> None:
        self.moments.merge(other.moments)
        self.sameness.merge(other.sameness)
        if self.by_class and other.by_class:
            self.by_class.merge(other.by_class)

    def arrays(self) -> list[NDArray[Any]]:
        by_class = [self.by_class.sums] if self.by_class else []
        return [*self.moments.arrays(), *self.sameness.arrays(), *by_class]

    def _watched(self, numbers: list[Floats], rows: Rows) -> list[Floats]:
        if self.metric == "r2":
            return [rows.label.astype(np.float64, copy=False)]
        return [numbers[0], *(numbers[0] - other for other in numbers[1:])]


class Scores:
    """The distributions of both models' scores of the positive class, by class; and whether the scores are
    the same number apart in all rows.
    """

    def __init__(self, plan: Plan) -> None:
        self.sameness = Sameness(plan.layout, plan.models - 1)
        self.distribution = Distribution(plan.scores, 2, plan.segments, plan.bits, weighted=plan.weighted)

    def add(self, rows: Rows) -> None:
        numbers = [side.scores for side in rows.sides]
        self.distribution.add(rows.segments, rows.label.astype(np.int64, copy=False), numbers, rows.weight)
        self.sameness.add(rows.packed, [numbers[0] - other for other in numbers[1:]], rows.occupied)

    def merge(self, other: Self) -> None:
        self.sameness.merge(other.sameness)
        self.distribution.merge(other.distribution)

    def arrays(self) -> list[NDArray[Any]]:
        return [*self.sameness.arrays(), *self.distribution.arrays()]


class Errors:
    """The distributions of both models' relative errors."""

    def __init__(self, plan: Plan) -> None:
        self.distribution = Distribution(plan.errors, 1, plan.segments, plan.bits, weighted=plan.weighted, ranges=True)

    def add(self, rows: Rows) -> None:
        one_side = np.zeros(len(rows), dtype=np.int64)
        self.distribution.add(rows.segments, one_side, feature_numbers("mdape", rows, 0.0), rows.weight)

    def merge(self, other: Self) -> None:
        self.distribution.merge(other.distribution)

    def arrays(self) -> list[NDArray[Any]]:
        return self.distribution.arrays()


class Excesses:
    """What the calibration error is made of."""

    def __init__(self, plan: Plan) -> None:
        self.calibration = Calibration(plan.layout, plan.models)

    def add(self, rows: Rows) -> None:
        self.calibration.add(rows.packed, rows.sides, rows.weight)

    def merge(self, other: Self) -> None:
        self.calibration.merge(other.calibration)

    def arrays(self) -> list[NDArray[Any]]:
        return self.calibration.arrays()


def make_parts(plan: Plan) -> dict[str, Part]:
    """By the name that `name_part` gives."""
    wanted = [metric for metric in plan.specification.metrics if metric not in plan.absent]
    parts = {name_part(metric): _make_part(metric, plan) for metric in wanted}
    return {**parts, PICTURES: _make_portrait(plan.pictures, plan)} if plan.pictures else parts


def _make_portrait(pictures: PicturePlan, plan: Plan) -> Portrait:
    asked = plan.specification
    groups = 0 if asked.cluster is None else GROUPS
    return Portrait(pictures, plan.layout, asked.classes, models=plan.models, weighted=plan.weighted, groups=groups)


def name_part(metric: str) -> str:
    """The part that `metric` is read from; several may be read from the same."""
    if metric == "accuracy" or metric in CONFUSION:
        return CONFUSED
    return "scores" if metric in RANKED else metric


def _make_part(metric: str, plan: Plan) -> Part:
    if name_part(metric) == CONFUSED:
        return Confusion(plan)
    if metric in RANKED:
        return Scores(plan)
    if metric in SMOOTH:
        return Smooth(plan, metric)
    if metric == "ece":
        return Excesses(plan)
    hits = find_hits(metric)
    return Hits(plan, hits) if hits else Errors(plan)
