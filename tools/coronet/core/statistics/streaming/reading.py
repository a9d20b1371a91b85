"""Which part of a state a metric is read from, and how."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from coronet.core.catalogue import Metric
from coronet.core.statistics.columns import Flags
from coronet.core.statistics.confusion import CONFUSION
from coronet.core.statistics.linear import Linearize, Linearized, Scale
from coronet.core.statistics.losses import LOSSES
from coronet.core.statistics.measurement import AREAS, SCALES
from coronet.core.statistics.numbers import LINEAR
from coronet.core.statistics.orders import ORDERS
from coronet.core.statistics.streaming.areas import HistogramAreas, describe_areas, measure_ranking
from coronet.core.statistics.streaming.histograms import Joint, Levels, View
from coronet.core.statistics.streaming.joints import of_one_model
from coronet.core.statistics.streaming.means import Means, measure_mean, measure_r2, measure_rmse
from coronet.core.statistics.streaming.medians import HistogramMedians, measure_median
from coronet.core.statistics.streaming.moments import Moment
from coronet.core.statistics.streaming.orders import (
    HistogramDistances,
    HistogramPrecisions,
    measure_distance,
    measure_precision,
)
from coronet.core.statistics.streaming.parts import Confusion, Errors, Excesses, Hits, Scores, Smooth, name_part
from coronet.core.statistics.streaming.plan import Column
from coronet.core.statistics.streaming.shares import (
    CellShares,
    crossed,
    hits_by_kind,
    measure_cells,
    measure_share,
)
from coronet.core.statistics.streaming.standing import Standing
from coronet.core.statistics.streaming.state import State
from coronet.core.statistics.streaming.swayed import StreamedCalibrations, measure_excess
from coronet.core.statistics.streaming.tallies import Counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The intervals of one metric and scope; `measure` takes 0 for the candidate and 1 for the champion."""

    intervals: Any
    measure: Callable[[int], Any]
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One metric over the segments of one column."""

    state: State
    metric: Metric
    column: Column
    standings: list[Standing]

    @property
    def confidence(self) -> float:
        return self.state.plan.specification.confidence

    @property
    def paired(self) -> bool:
        return self.state.plan.paired

    @property
    def models(self) -> int:
        return self.state.plan.models


# From the code of a segment.
Reader = Callable[[int], Reading]


def find_reader(state: State, metric: Metric, column: Column, standings: list[Standing]) -> Reader:
    """What reads the metric; where the plan has no part for it, whoever measures refuses before reading."""
    asked = Asked(state=state, metric=metric, column=column, standings=standings)
    match state.parts.get(name_part(metric.name)):
        case Confusion() as part:
            return _read_shares(asked, part) if metric.name == "accuracy" else _read_cells(asked, part)
        case Hits() as part:
            return _read_hits(asked, part)
        case Smooth() as part:
            return _read_means(asked, part) if metric.name in LOSSES else _read_roots(asked, part)
        case Scores() as part:
            return _read_areas(asked, part) if metric.name in AREAS else _read_order(asked, part)
        case Errors() as part:
            return _read_median(asked, part)
        case Excesses() as part:
            return _read_excess(asked, part)
        case _:
            return lambda _: Reading(intervals=None, measure=float, method="not measured")


def _read_shares(asked: Asked, part: Confusion) -> Reader:
    cells, kinds = part.tally.of(asked.column), crossed(part.classes, part.models)
    hits = [kinds.label == codes for codes in kinds.codes]
    return lambda code: _share_reading(asked, hits, cells[code], asked.standings[code])


def _read_hits(asked: Asked, part: Hits) -> Reader:
    cells = part.tally.of(asked.column)
    hits = [hits_by_kind(model, asked.models) for model in range(asked.models)]
    return lambda code: _share_reading(asked, hits, cells[code], asked.standings[code])


def _share_reading(asked: Asked, hits: Sequence[Flags], cells: Counted, standing: Standing) -> Reading:
    return Reading(
        intervals=CellShares(confidence=asked.confidence),
        measure=lambda model: measure_share(hits[model], cells, standing),
        method="Bonett–Price; own: Wilson" if asked.paired else "Wilson",
    )


def _read_cells(asked: Asked, part: Confusion) -> Reader:
    cells, kinds = part.tally.of(asked.column), crossed(part.classes, part.models)
    family, classes = _linearized(asked, CONFUSION[asked.metric.name]), asked.state.plan.specification.classes

    def read(code: int) -> Reading:
        standing = asked.standings[code]
        return Reading(
            intervals=family,
            measure=lambda model: measure_cells(
                family, kinds.label, kinds.codes[model], cells[code], standing, classes
            ),
            method=family.method(paired=asked.paired),
        )

    return read


def _read_means(asked: Asked, part: Smooth) -> Reader:
    moments, same = _moments(asked, part), part.sameness.of(asked.column)
    name = asked.metric.name
    # The squared error of one probability is at most 1, of many at most 2.
    span = 1.0 if name == "brier" and len(asked.state.plan.specification.classes) == 2 else asked.metric.span
    family = Means(span=span, confidence=asked.confidence)

    def read(code: int) -> Reading:
        alike = tuple(same[:, code].tolist())
        return Reading(
            intervals=family,
            measure=lambda model: measure_mean(moments[code], model, asked.standings[code], alike),
            method="paired t" if asked.paired else "t",
        )

    return read


def _read_roots(asked: Asked, part: Smooth) -> Reader:
    moments, same = _moments(asked, part), part.sameness.of(asked.column)
    name = asked.metric.name
    family, measure = _linearized(asked, LINEAR[name]), measure_rmse if name == "rmse" else measure_r2
    return lambda code: Reading(
        intervals=family,
        measure=lambda model: measure(moments[code], model, asked.standings[code], same=bool(same[0, code])),
        method=family.method(paired=asked.paired),
    )


def _read_areas(asked: Asked, part: Scores) -> Reader:
    stretch, shift = AREAS[asked.metric.name]
    view, same = part.distribution.view(asked.column), part.sameness.of(asked.column)

    def read(code: int) -> Reading:
        joint = _joint(asked, view, code)
        return Reading(
            intervals=HistogramAreas(
                stretch=stretch, confidence=asked.confidence, joint=joint, same=bool(same[:, code].any())
            ),
            measure=lambda model: measure_ranking(view.levels(code, model), stretch=stretch, shift=shift),
            method=describe_areas(asked.confidence, paired=asked.paired),
        )

    return read


def _read_order(asked: Asked, part: Scores) -> Reader:
    view, same = part.distribution.view(asked.column), part.sameness.of(asked.column)

    def read(code: int) -> Reading:
        joint, alike = _joint(asked, view, code), bool(same[:, code].any())
        return order_reading(
            asked.metric,
            partial(view.levels, code),
            joint,
            asked.standings[code],
            same=alike,
            confidence=asked.confidence,
            paired=asked.paired,
        )

    return read


def order_reading(
    metric: Metric,
    levels: Callable[[int], Levels],
    joint: Joint,
    standing: Standing,
    *,
    same: bool,
    confidence: float,
    paired: bool,
) -> Reading:
    """Of average precision or the widest distance; `levels` are those of each model."""
    if metric.name == "ks":
        distances = HistogramDistances(joint=joint, same=same, confidence=confidence)
        return Reading(
            intervals=distances,
            measure=lambda model: measure_distance(levels(model), confidence),
            method=distances.method(paired=paired),
        )
    precisions = HistogramPrecisions(
        linearize=ORDERS[metric.name],
        scale=Scale.LOGIT,
        span=metric.span,
        confidence=confidence,
        adds=False,
        joint=joint,
        same=same,
    )
    return Reading(
        intervals=precisions,
        measure=lambda model: measure_precision(levels(model), standing),
        method=precisions.method(paired=paired),
    )


def _read_median(asked: Asked, part: Errors) -> Reader:
    view = part.distribution.view(asked.column)

    def read(code: int) -> Reading:
        family = HistogramMedians(joint=_joint(asked, view, code), confidence=asked.confidence)
        return Reading(
            intervals=family,
            measure=lambda model: measure_median(view.levels(code, model), asked.standings[code]),
            method=family.method(paired=asked.paired),
        )

    return read


def _read_excess(asked: Asked, part: Excesses) -> Reader:
    excesses = part.calibration.of(asked.column)

    def read(code: int) -> Reading:
        standing = asked.standings[code]
        family = StreamedCalibrations(scarcest=standing.scarcest, confidence=asked.confidence)
        return Reading(
            intervals=family,
            measure=lambda model: measure_excess(excesses[code], model, standing, asked.confidence),
            method=family.method(paired=asked.paired),
        )

    return read


def _linearized(asked: Asked, linearize: Linearize) -> Linearized:
    scale = SCALES.get(asked.metric.name, Scale.LOGIT)
    return Linearized(linearize=linearize, scale=scale, span=asked.metric.span, confidence=asked.confidence)


def _moments(asked: Asked, part: Smooth) -> list[Moment]:
    return part.moments.of(asked.column, asked.standings)


def _joint(asked: Asked, view: View, code: int) -> Joint:
    if asked.paired:
        return view.joint(code)
    return of_one_model(view.levels(code, 0))
