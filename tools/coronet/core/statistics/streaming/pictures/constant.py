"""The candidate beside a model that says the same of every row, from what the state holds anyway.

Only for metrics of classes, losses of probabilities and the order of scores: their sums tell what a constant would
have had.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from coronet.core.catalogue import Metric
from coronet.core.evidence import MetricFact
from coronet.core.statistics.columns import Constants
from coronet.core.statistics.comparing import compare
from coronet.core.statistics.confusion import CONFUSION
from coronet.core.statistics.linear import Linearized, Scale
from coronet.core.statistics.measurement import AREAS, metric_of, notes
from coronet.core.statistics.streaming.areas import HistogramAreas, describe_areas, measure_ranking
from coronet.core.statistics.streaming.finishing import Widened, say_bound
from coronet.core.statistics.streaming.histograms import Levels
from coronet.core.statistics.streaming.joints import of_one_model
from coronet.core.statistics.streaming.means import Means, measure_mean
from coronet.core.statistics.streaming.parts import Confusion, Scores, Smooth, name_part
from coronet.core.statistics.streaming.pictures.by_class import constant_losses, pair_moment
from coronet.core.statistics.streaming.reading import Reading, order_reading
from coronet.core.statistics.streaming.shares import CellShares, crossed, measure_cells, measure_share
from coronet.core.statistics.streaming.standing import Standing, find_standings
from coronet.core.statistics.streaming.state import State


def measure_beside(state: State, metric: str, constants: Constants, code: int) -> MetricFact:
    """Over all rows; the constant says the class of this code, and of every row the same score."""
    (standing,), found, plan = find_standings(state, None), metric_of(metric), state.plan
    bounds = dict[int, float]()

    def measure(model: int) -> Any:
        # Nothing is wrong with what a constant says.
        mine = replace(standing, faults=np.zeros_like(standing.faults)) if model else standing
        mine.require(found, 0, plan.absent.get(metric, ""))
        measured = beside().measure(model)
        bounds[model] = getattr(measured, "bound", 0.0)
        return measured

    def beside() -> Reading:
        part = state.parts[name_part(metric)]
        if isinstance(part, Confusion):
            return _of_classes(state, found, part, standing, code)
        if isinstance(part, Scores):
            return _of_scores(state, found, part, standing)
        if isinstance(part, Smooth) and part.by_class:
            return _of_losses(state, found, part, standing, constants)
        raise KeyError(metric)

    reading = None if metric in plan.absent else beside()
    intervals = Widened(inner=None if reading is None else reading.intervals)
    fact = compare(intervals, lambda: measure(0), lambda: measure(1))
    said = "not measured" if reading is None else reading.method
    method = ", ".join((said, *say_bound(sum(bounds.values())), *notes(found, weighted=plan.weighted), "streamed"))
    return fact.to_fact(found, {}, standing.rows, method, paired=True)


def _of_classes(state: State, metric: Metric, part: Confusion, standing: Standing, code: int) -> Reading:
    (cells,), kinds = part.tally.of(None), crossed(part.classes, part.models)
    codes = kinds.codes[0], np.full(len(kinds.label), code)
    specification = state.plan.specification
    if metric.name == "accuracy":
        return Reading(
            intervals=CellShares(confidence=specification.confidence),
            measure=lambda model: measure_share(kinds.label == codes[model], cells, standing),
            method="Bonett–Price; own: Wilson",
        )
    family = Linearized(
        linearize=CONFUSION[metric.name], scale=Scale.LOGIT, span=metric.span, confidence=specification.confidence
    )
    return Reading(
        intervals=family,
        measure=lambda model: measure_cells(family, kinds.label, codes[model], cells, standing, specification.classes),
        method=family.method(paired=True),
    )


def _of_losses(state: State, metric: Metric, part: Smooth, standing: Standing, constants: Constants) -> Reading:
    (moment,), (counted,) = part.moments.of(None, [standing]), state.rows.of(None)
    shares = np.array(constants.shares)
    weight, squares = (each.reshape(-1, 2)[:, 1] for each in (counted.weight, counted.squares))
    sums = part.by_class.sums if part.by_class else np.zeros(len(shares))
    both = pair_moment(moment, sums, constant_losses(metric.name, shares), weight, squares)
    same = bool(part.sameness.of(None)[0, 0]), not both.spread[1, 1]
    span = 1.0 if metric.name == "brier" and len(shares) == 2 else metric.span
    return Reading(
        intervals=Means(span=span, confidence=state.plan.specification.confidence),
        measure=lambda model: measure_mean(both, model, standing, same),
        method="paired t",
    )


def _of_scores(state: State, metric: Metric, part: Scores, standing: Standing) -> Reading:
    levels = part.distribution.view(None).levels(0, 0)
    both, specification = (levels, _as_one(levels)), state.plan.specification
    joint = of_one_model(levels)
    if metric.name in AREAS:
        stretch, shift = AREAS[metric.name]
        return Reading(
            intervals=HistogramAreas(stretch=stretch, confidence=specification.confidence, joint=joint, same=False),
            measure=lambda model: measure_ranking(both[model], stretch=stretch, shift=shift),
            method=describe_areas(specification.confidence, paired=True),
        )
    return order_reading(
        metric,
        both.__getitem__,
        joint,
        standing,
        same=False,
        confidence=specification.confidence,
        paired=True,
    )


def _as_one(levels: Levels) -> Levels:
    """The same rows, all of one score."""
    return Levels(
        rows=levels.rows.sum(axis=1, keepdims=True),
        weight=levels.weight.sum(axis=1, keepdims=True),
        squares=levels.squares.sum(axis=1, keepdims=True),
        low=np.zeros(1),
        high=np.zeros(1),
        place=np.zeros(1, dtype=np.int64),
        bits=levels.bits,
    )
