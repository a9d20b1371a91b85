"""Measuring: every metric, over all rows and over each segment, for both models on the same rows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from coronet.core.catalogue import Metric, describe_custom, find_metric
from coronet.core.evidence import MetricFact
from coronet.core.statistics.calibrations import Calibrations
from coronet.core.statistics.cells import put_alike_together
from coronet.core.statistics.clusters import compact
from coronet.core.statistics.columns import Columns, Custom, Specification
from coronet.core.statistics.comparing import compare
from coronet.core.statistics.confusion import CONFUSION
from coronet.core.statistics.custom import prepare_custom
from coronet.core.statistics.distances import Distances
from coronet.core.statistics.families import Areas, Family, Means, Resampled, Shares
from coronet.core.statistics.linear import Linearized, Scale
from coronet.core.statistics.losses import CLIP, LOSSES, find_hits, relative_errors
from coronet.core.statistics.medians import Medians
from coronet.core.statistics.numbers import BINS, LINEAR
from coronet.core.statistics.orders import ORDERS
from coronet.core.statistics.sample import Sample, samples

# Multiples of an area under the ROC curve: stretch × area + shift.
AREAS = {"roc_auc": (1.0, 0.0), "gini": (2.0, -1.0)}
MEDIANS = {"mdape": relative_errors}
LINEARIZED = {**CONFUSION, **LINEAR, **ORDERS}
SCALES = {"rmse": Scale.LOG, "r2": Scale.PLAIN}


def measure(columns: Columns, specification: Specification) -> tuple[MetricFact, ...]:
    """The facts of `specification`, metric by metric: over all rows, then over each segment.

    A number that the rows cannot give is None, and the fact's `problem` says why; no number is ever NaN
    or infinite. The same columns give the same facts. Raises KeyError for a metric that the catalogue
    does not have or a segment column that is not there.
    """
    scopes = list(_scopes(columns, specification))
    metrics = [_metric(name, specification) for name in specification.metrics]
    with np.errstate(all="ignore"):
        return tuple(_fact(metric, segment, rows, specification) for metric in metrics for segment, rows in scopes)


def metric_of(name: str) -> Metric:
    """The metric of the catalogue; raises KeyError where it has none of that name."""
    metric = find_metric(name)
    if metric is None:
        raise KeyError(name)
    return metric


def _scopes(columns: Columns, specification: Specification) -> Iterator[tuple[Mapping[str, str], Columns]]:
    yield {}, _compact(columns)
    for column in specification.segments:
        for name, rows in columns.split(column):
            yield {column: name}, _compact(rows)


def _compact(columns: Columns) -> Columns:
    return columns if columns.cluster is None else replace(columns, cluster=compact(columns.cluster))


def _fact(metric: Metric, segment: Mapping[str, str], rows: Columns, specification: Specification) -> MetricFact:
    candidate, champion = samples(rows, specification.classes)
    family = _family(metric, candidate, specification)
    if metric.name in CONFUSION:
        candidate, champion = put_alike_together(candidate, champion)
    found = compare(
        family,
        lambda: family.measure(candidate),
        None if champion is None else lambda: family.measure(champion),
    )
    said = (
        family.method(paired=champion is not None),
        *notes(metric, weighted=rows.weight is not None),
        *_say_clusters(candidate, specification),
    )
    return found.to_fact(metric, segment, len(rows), ", ".join(said), paired=champion is not None)


def _family(metric: Metric, sample: Sample, specification: Specification) -> Family[Any]:
    confidence, span = specification.confidence, metric.span
    if metric.name in _custom(specification):
        return _resampled(metric, sample, specification)
    if hits := find_hits(metric.name):
        return Shares(hits=hits, confidence=confidence)
    if metric.name in LOSSES:
        # The squared error of one probability is at most 1, of many at most 2.
        span = 1.0 if metric.name == "brier" and len(sample.classes) == 2 else span
        return Means(numbers=LOSSES[metric.name], span=span, confidence=confidence)
    if metric.name in AREAS:
        stretch, shift = AREAS[metric.name]
        return Areas(stretch=stretch, shift=shift, confidence=confidence)
    if metric.name in MEDIANS:
        return Medians(numbers=MEDIANS[metric.name], confidence=confidence)
    if metric.name == "ks":
        return Distances(confidence=confidence)
    if metric.name == "ece":
        return Calibrations(scarcest=_scarcest(sample), confidence=confidence)
    scale, adds = SCALES.get(metric.name, Scale.LOGIT), metric.name not in ORDERS
    return Linearized(linearize=LINEARIZED[metric.name], scale=scale, span=span, confidence=confidence, adds=adds)


def _resampled(metric: Metric, sample: Sample, specification: Specification) -> Resampled:
    return Resampled(
        preparation=partial(prepare_custom, _custom(specification)[metric.name]),
        scarcest=_scarcest(sample),
        span=metric.span,
        confidence=specification.confidence,
        draws=specification.draws,
        seed=specification.seed,
    )


def _custom(specification: Specification) -> dict[str, Custom]:
    return {own.described.name: own for own in specification.custom}


def _metric(name: str, specification: Specification) -> Metric:
    own = _custom(specification).get(name)
    return metric_of(name) if own is None else describe_custom(own.described, specification.task)


def _scarcest(sample: Sample) -> int:
    """The rows of the smallest class that has any."""
    return int(np.unique(sample.label, return_counts=True)[1].min(initial=len(sample)))


def notes(metric: Metric, *, weighted: bool) -> Iterator[str]:
    """What else there is to say of how a metric was measured."""
    if metric.name == "log_loss":
        yield f"probabilities clipped at {CLIP:.1e}"
    if metric.name == "ece":
        yield f"{BINS} bins of equal width"
    if weighted:
        yield "weighted"


def _say_clusters(sample: Sample, specification: Specification) -> Iterator[str]:
    clusters = sample.clusters
    if clusters is not None:
        yield f"clustered by {specification.cluster or 'cluster'} ({len(clusters):,} clusters)"
