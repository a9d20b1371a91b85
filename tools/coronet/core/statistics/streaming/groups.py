"""Clusters in a bounded number of groups, so that rows which belong together can be streamed.

Every cluster falls into one group, all of it, as if by lot. What a group's rows add to a sum is then independent of
the others', and its spread over the groups is the variance of the sum: random groups, Wolter, Introduction to
Variance Estimation, 2nd edition (2007), chapter 2; of smooth functions of sums, by their linearization, as the
delete-a-group jackknife: Kott, Journal of Official Statistics 17 (2001).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.losses import find_hits
from coronet.core.statistics.numbers import BINS, find_excess
from coronet.core.statistics.streaming.features import SMOOTH, feature_numbers
from coronet.core.statistics.streaming.histograms import COARSE
from coronet.core.statistics.streaming.lots import GROUPS
from coronet.core.statistics.streaming.parts import name_part
from coronet.core.statistics.streaming.plan import Column, Plan
from coronet.core.statistics.streaming.rows import Rows

# Sums of all metrics, segments and groups together: 128 MB.
MOST_SUMS = 1 << 24


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Grouped:
    """What the groups of one scope have: `weight` is (groups,), and `sums` of one part (models, kinds, groups)."""

    weight: Floats
    sums: Floats


class GroupSums:
    """Sums of weights by kind, for every part of a state, segment and group; rows of weight 0 are to be left out.

    A kind is what the influence of a row on a metric depends on: its label and class, whether it hits, its class and
    the coarse level of its score, its bin; or, of means, each number that is summed.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._kinds = {name: _count_kinds(name, plan) for name in _parts(plan)}
        self._weight = {column: np.zeros(many * GROUPS) for column, many in plan.segments.items()}
        self._sums = {
            (name, column): np.zeros((plan.models, kinds * many * GROUPS))
            for name, kinds in self._kinds.items()
            for column, many in plan.segments.items()
        }

    def add(self, rows: Rows, groups: Integers) -> None:
        for column in self._plan.segments:
            codes = groups if column is None else rows.segments[column].codes * GROUPS + groups
            self._weight[column] += np.bincount(codes, weights=rows.weight, minlength=len(self._weight[column]))
        for name in self._kinds:
            for model, terms in enumerate(_terms(name, rows, self._plan)):
                for kinds, numbers in terms:
                    self._add(name, model, kinds, numbers, rows, groups)

    def merge(self, other: Self) -> None:
        for column, weight in self._weight.items():
            weight += other._weight[column]
        for key, sums in self._sums.items():
            sums += other._sums[key]

    def arrays(self) -> list[NDArray[Any]]:
        return [*self._weight.values(), *self._sums.values()]

    def of(self, name: str, column: Column) -> list[Grouped]:
        """What each segment of the column has; groups without weight are left out."""
        many = self._plan.segments[column]
        weight = self._weight[column].reshape(many, GROUPS)
        sums = self._sums[name, column].reshape(self._plan.models, self._kinds[name], many, GROUPS)
        there = weight > 0
        return [Grouped(weight=weight[code][there[code]], sums=sums[:, :, code, there[code]]) for code in range(many)]

    def _add(
        self, name: str, model: int, kinds: Integers, numbers: Floats | None, rows: Rows, groups: Integers
    ) -> None:
        for column, many in self._plan.segments.items():
            segments = 0 if column is None else rows.segments[column].codes
            index = (kinds * many + segments) * GROUPS + groups
            sums = self._sums[name, column][model]
            sums += np.bincount(index, weights=numbers, minlength=len(sums))


def count_sums(plan: Plan) -> int:
    """How many sums the groups of a plan keep."""
    kinds = sum(_count_kinds(name, plan) for name in _parts(plan))
    return plan.models * kinds * sum(plan.segments.values()) * GROUPS


def _parts(plan: Plan) -> tuple[str, ...]:
    wanted = (metric for metric in plan.specification.metrics if metric not in plan.absent)
    return tuple(dict.fromkeys(map(name_part, wanted)))


def _count_kinds(name: str, plan: Plan) -> int:
    classes = len(plan.specification.classes)
    if name == "confusion":
        return classes * (classes + 1)
    if name == "scores":
        return 2 << COARSE
    if name == "ece":
        return BINS
    return 3 if name == "r2" else 1


# Kinds of the rows, and what they add where it is not their weight.
_Terms = Sequence[tuple[Integers, Floats | None]]


def _terms(name: str, rows: Rows, plan: Plan) -> Iterator[_Terms]:
    """What each model's rows add."""
    weight, classes = rows.weight, len(plan.specification.classes)
    if name in SMOOTH:
        yield from _of_means(name, rows, plan)
        return
    for model, side in enumerate(rows.sides):
        if name == "confusion":
            label, codes = rows.label.astype(np.int64), side.sample.codes
            yield [(label * (classes + 1) + np.where(codes < 0, classes, codes), weight)]
        elif name == "scores":
            levels = plan.scores[model].levels(side.scores) >> (plan.scores[model].bits - COARSE)
            yield [((rows.label.astype(np.int64) << COARSE) + levels, weight)]
        elif name == "ece":
            bins, excess = find_excess(side.sample)
            yield [(bins, excess if weight is None else weight * excess)]
        else:
            hits = find_hits(name)(side.sample)  # type: ignore[misc]  # no other part is left
            yield [(np.zeros(len(rows), dtype=np.int64), _weigh(hits.astype(np.float64), weight))]


def _of_means(name: str, rows: Rows, plan: Plan) -> Iterator[_Terms]:
    """Each model's own numbers, and those that both have, less their centres."""
    numbers = [
        _weigh(each - centre, rows.weight)
        for each, centre in zip(feature_numbers(name, rows, plan.centre), plan.centres[name], strict=True)
    ]
    for model in range(plan.models):
        own = [numbers[model], *numbers[plan.models :]]
        yield [(np.full(len(rows), kind), each) for kind, each in enumerate(own)]


def _weigh(numbers: Floats, weight: Floats | None) -> Floats:
    return numbers if weight is None else weight * numbers
