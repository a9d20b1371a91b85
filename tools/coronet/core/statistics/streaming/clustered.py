"""The readings of a state whose rows belong to clusters: the same values, and errors from the groups' totals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np

from coronet.core.catalogue import Metric
from coronet.core.statistics.calibrations import widen
from coronet.core.statistics.clusters import design_effect
from coronet.core.statistics.columns import Floats, Predictions
from coronet.core.statistics.families import NOTHING, count_rows
from coronet.core.statistics.intervals import (
    Interval,
    bonett_price,
    logit_student,
    one_row_each_way,
    student,
)
from coronet.core.statistics.linear import Linear
from coronet.core.statistics.sample import Sample, Undefined
from coronet.core.statistics.streaming.areas import Ranking
from coronet.core.statistics.streaming.groups import Grouped
from coronet.core.statistics.streaming.histograms import COARSE
from coronet.core.statistics.streaming.lots import GROUPS, UNIT
from coronet.core.statistics.streaming.means import Mean
from coronet.core.statistics.streaming.parts import Confusion, Excesses, Hits, Scores, name_part
from coronet.core.statistics.streaming.plan import Column
from coronet.core.statistics.streaming.reading import Reader, Reading, find_reader
from coronet.core.statistics.streaming.shares import CellShare, disagreements
from coronet.core.statistics.streaming.standing import Standing
from coronet.core.statistics.streaming.state import State
from coronet.core.statistics.streaming.swayed import Swayed, sway
from coronet.core.wilson import wilson


def find_any_reader(state: State, metric: Metric, column: Column, standings: list[Standing]) -> Reader:
    """What reads the metric, clustered where the state's rows are."""
    plain, name = find_reader(state, metric, column, standings), name_part(metric.name)
    if state.groups is None or name not in state.parts:
        return plain
    grouped = state.groups.of(name, column)
    return lambda code: _read(state, plain(code), metric, Scope(standings[code], grouped[code]))


def say_groups(state: State) -> Iterator[str]:
    if state.groups is not None:
        yield f"clustered by {state.plan.specification.cluster} (in {GROUPS} groups)"


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """One segment of a column, and what its groups have."""

    standing: Standing
    grouped: Grouped

    @property
    def groups(self) -> int:
        return len(self.grouped.weight)

    @property
    def effective(self) -> float:
        """How many groups of equal weight tell as much."""
        weight = self.grouped.weight
        return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0

    @property
    def freedom(self) -> float:
        return max(self.effective - 1, 1)

    def require_groups(self) -> None:
        if self.groups < 2:
            raise Undefined(f"one {UNIT} gives no interval")

    def about_mean(self, sums: Floats) -> Floats:
        """Sums by group, (…, groups), less the part of the whole that each group has by its weight."""
        weight = self.grouped.weight
        return np.asarray(sums - sums.sum(axis=-1, keepdims=True) * weight / weight.sum())

    def variance(self, moves: Floats) -> float:
        """Of the sum of what the groups add; at least two."""
        return float((moves**2).sum()) * self.groups / (self.groups - 1)


# From 0 for the candidate and 1 for the champion, what one model has.
_Measure = Callable[[int], Any]


def _read(state: State, plain: Reading, metric: Metric, scope: Scope) -> Reading:
    part, confidence = state.parts[name_part(metric.name)], state.plan.specification.confidence
    intervals, measure = plain.intervals, _find_measure(state, plain, metric, scope)
    if metric.name == "accuracy" or isinstance(part, Hits):
        intervals = GroupedShares(scope=scope, confidence=confidence)
    elif isinstance(part, Scores):
        same = plain.intervals.same
        intervals = GroupedAreas(stretch=plain.intervals.stretch, confidence=confidence, scope=scope, same=same)
    return replace(plain, intervals=intervals, measure=measure)


def _find_measure(state: State, plain: Reading, metric: Metric, scope: Scope) -> _Measure:
    classes = len(state.plan.specification.classes)
    match state.parts[name_part(metric.name)]:
        case Confusion() if metric.name == "accuracy":
            kinds = np.arange(classes * (classes + 1))
            right = kinds // (classes + 1) == kinds % (classes + 1)
            return lambda model: _measure_share(plain.measure(model), scope.grouped.sums[model][right], scope)
        case Hits():
            return lambda model: _measure_share(plain.measure(model), scope.grouped.sums[model], scope)
        case Confusion():
            return lambda model: _measure_cells(state, plain, model, scope)
        case Scores():
            return lambda model: _measure_area(plain.measure(model), scope.grouped.sums[model], scope)
        case Excesses():
            return lambda model: _measure_excess(state, plain.measure(model), model, scope)
        case _:
            return lambda model: _measure_smooth(plain.measure(model), model, state.plan.models, scope)


# --- shares ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class GroupedShare:
    """`moves` is what each group adds to the share, about its mean, (groups,)."""

    value: float
    share: CellShare
    moves: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupedShares:
    """The intervals of `families.Shares`, of clusters."""

    scope: Scope
    confidence: float

    def own(self, measured: GroupedShare) -> Interval:
        value = measured.value
        return wilson(value, self._rows(value * (1 - value), measured.moves), confidence=self.confidence)

    def difference(self, candidate: GroupedShare, champion: GroupedShare) -> Interval:
        gained, lost = disagreements(candidate.share, champion.share)
        rows = self._rows(gained + lost - (gained - lost) ** 2, candidate.moves - champion.moves)
        return bonett_price(gained, lost, rows, confidence=self.confidence)

    def _rows(self, spread: float, moves: Floats) -> float:
        self.scope.require_groups()
        rows, variance = self.scope.standing.effective, self.scope.variance(moves)
        return count_rows(rows, spread, variance, self.scope.effective, confidence=self.confidence)


def _measure_share(share: CellShare, hits: Floats, scope: Scope) -> GroupedShare:
    moves = scope.about_mean(hits.sum(axis=0)) / scope.standing.weight
    return GroupedShare(value=share.value, share=share, moves=moves)


# --- means, and what is smooth in sums --------------------------------------------------------------


def _measure_smooth(measured: Any, model: int, models: int, scope: Scope) -> Any:
    """The same mean, or function of means, by what the groups add to it."""
    moves = scope.about_mean(scope.grouped.sums[model])
    if isinstance(measured, Mean):
        return replace(measured, linear=_of_groups(measured.linear, moves[0] / scope.standing.weight, scope))
    linear: Linear = measured
    by = np.array([linear.influence[model], *linear.influence[models:]])
    return _of_groups(linear, by @ moves, scope)


def _measure_cells(state: State, plain: Reading, model: int, scope: Scope) -> Linear:
    """A metric of classes, whose influences are those of labels and classes by one model."""
    measured, classes = plain.measure(model), state.plan.specification.classes
    sums = scope.grouped.sums[model]
    there = np.flatnonzero(sums.any(axis=1))
    label, codes = np.divmod(there, len(classes) + 1)
    weight = sums[there].sum(axis=1)
    sample = Sample(label=label, predictions=Predictions(codes=codes), weight=weight, classes=classes)
    influence = plain.intervals.linearize(sample).influence
    return _of_groups(measured, influence @ sums[there], scope)


def _of_groups(linear: Linear, totals: Floats, scope: Scope) -> Linear:
    """The linearization whose influences are the groups' totals, as `linear` has it of clusters."""
    by_rows = linear.error(linear.influence) ** 2 if linear.counted > 1 else 0.0
    without = scope.standing.effective / scope.effective
    by_groups = scope.variance(totals) if scope.groups > 1 else 0.0
    effect = design_effect(by_rows, by_groups, without_spread=without)
    return Linear(
        value=linear.value,
        influence=totals,
        squares=np.ones(scope.groups),
        rests_on=linear.rests_on / effect,
        rows=scope.effective,
        counted=scope.groups,
        unit=UNIT,
    )


# --- areas -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class GroupedArea:
    """`moves` is what each group adds to the area, about its mean; `smaller` how many groups the rarer class has."""

    value: float
    bound: float
    area: float
    moves: Floats
    smaller: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupedAreas:
    """The intervals of `families.Areas`, of clusters."""

    stretch: float
    confidence: float
    scope: Scope
    same: bool

    def own(self, measured: GroupedArea) -> Interval:
        error = self._error(measured.moves, measured)
        if error < NOTHING:
            return one_row_each_way(measured.value, measured.smaller, self.stretch, confidence=self.confidence)
        low, high = logit_student(measured.area, error, self.scope.freedom, confidence=self.confidence)
        shift = measured.value - self.stretch * measured.area
        return self.stretch * low + shift, self.stretch * high + shift

    def difference(self, candidate: GroupedArea, champion: GroupedArea) -> Interval:
        error = self._error(candidate.moves - champion.moves, candidate)
        difference = candidate.value - champion.value
        if self.same or error < NOTHING:
            return one_row_each_way(difference, candidate.smaller, self.stretch, confidence=self.confidence)
        return student(difference, self.stretch * error, self.scope.freedom, confidence=self.confidence)

    def _error(self, moves: Floats, measured: GroupedArea) -> float:
        if measured.smaller < 2:
            raise Undefined(f"one {UNIT} of a class gives no interval")
        return sqrt(self.scope.variance(moves))


def _measure_area(ranking: Ranking, sums: Floats, scope: Scope) -> GroupedArea:
    """Rows of one coarse level are worth the same: the mean of what its fine levels are."""
    by_side = sums.reshape(2, 1 << COARSE, scope.groups)
    coarse = ranking.levels.place >> (ranking.levels.bits - COARSE)
    moves = np.zeros(scope.groups)
    for side, weight in enumerate(ranking.levels.weight):
        total = np.bincount(coarse, weights=weight, minlength=1 << COARSE)
        far = np.bincount(coarse, weights=weight * ranking.far[side], minlength=1 << COARSE)
        worth = np.divide(far, total, out=np.zeros(1 << COARSE), where=total > 0)
        moves += worth @ by_side[side] / weight.sum()
    smaller = int(np.count_nonzero(by_side.any(axis=1), axis=1).min())
    return GroupedArea(value=ranking.value, bound=ranking.bound, area=ranking.area, moves=moves, smaller=smaller)


# --- the calibration error --------------------------------------------------------------------------


def _measure_excess(state: State, plain: Swayed, model: int, scope: Scope) -> Swayed:
    """Of the bins' sums, as spread over the groups and not over the rows."""
    if scope.groups < 2:
        return replace(plain, rows=1, unit=UNIT)
    by_group = scope.grouped.sums.reshape(-1, scope.groups)
    moves = scope.about_mean(by_group)
    wider = widen(scope.freedom, state.plan.specification.confidence)
    spread = moves @ moves.T * scope.groups / (scope.groups - 1) * wider
    return replace(sway(by_group.sum(axis=1), spread, model, scope.standing), rows=scope.groups, unit=UNIT)
