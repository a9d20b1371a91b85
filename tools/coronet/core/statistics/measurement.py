"""Measuring: every metric, over all rows and over each segment, for both models on the same rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from coronet.core.catalogue import Metric, find_metric
from coronet.core.evidence import MetricFact
from coronet.core.statistics.cells import put_alike_together
from coronet.core.statistics.columns import Columns, Specification
from coronet.core.statistics.confusion import CONFUSION
from coronet.core.statistics.families import Areas, Family, Means, Measured, Resampled, Shares
from coronet.core.statistics.intervals import Interval, clip
from coronet.core.statistics.linear import Linearized, Scale
from coronet.core.statistics.losses import CLIP, LOSSES, find_hits
from coronet.core.statistics.numbers import BINS, LINEAR, NUMBERS
from coronet.core.statistics.ranking import RANKING
from coronet.core.statistics.sample import Sample, Undefined, samples

# Multiples of an area under the ROC curve: stretch × area + shift.
AREAS = {"roc_auc": (1.0, 0.0), "gini": (2.0, -1.0)}
# What the schema of evidence allows.
LARGEST = 1e100
GROWING = frozenset({"ks", "ece"})
RESAMPLED = {**RANKING, **NUMBERS}
SCALES = {"rmse": Scale.LOG, "r2": Scale.PLAIN}

Answer = TypeVar("Answer")
M = TypeVar("M", bound=Measured)


def measure(columns: Columns, specification: Specification) -> tuple[MetricFact, ...]:
    """The facts of `specification`, metric by metric: over all rows, then over each segment.

    A number that the rows cannot give is None, and the fact's `problem` says why; no number is ever NaN
    or infinite. The same columns give the same facts. Raises KeyError for a metric that the catalogue
    does not have or a segment column that is not there.
    """
    scopes = list(_scopes(columns, specification))
    metrics = [_metric(name) for name in specification.metrics]
    with np.errstate(all="ignore"):
        return tuple(_fact(metric, segment, rows, specification) for metric in metrics for segment, rows in scopes)


def _metric(name: str) -> Metric:
    metric = find_metric(name)
    if metric is None:
        raise KeyError(name)
    return metric


def _scopes(columns: Columns, specification: Specification) -> Iterator[tuple[Mapping[str, str], Columns]]:
    yield {}, columns
    for column in specification.segments:
        for name, rows in columns.split(column):
            yield {column: name}, rows


def _fact(metric: Metric, segment: Mapping[str, str], rows: Columns, specification: Specification) -> MetricFact:
    candidate, champion = samples(rows, specification.classes)
    family = _family(metric, candidate, specification)
    if metric.name in CONFUSION:
        candidate, champion = put_alike_together(candidate, champion)
    found = _compare(family, candidate, champion)
    interval = _clip(metric, found.own) if champion is None else _clip_difference(metric, found.difference_interval)
    return MetricFact(
        metric=metric.name,
        segment=segment,
        rows=len(rows),
        champion=found.champion,
        candidate=found.candidate,
        difference=found.difference,
        interval=interval,
        candidate_interval=_clip(metric, found.own),
        method=", ".join((family.method(paired=champion is not None), *_notes(metric, rows))),
        problem="; ".join(found.problems),
    )


def _family(metric: Metric, sample: Sample, specification: Specification) -> Family[Any]:
    confidence, span = specification.confidence, metric.span
    if hits := find_hits(metric.name):
        return Shares(hits=hits, confidence=confidence)
    if metric.name in LOSSES:
        # The squared error of one probability is at most 1, of many at most 2.
        span = 1.0 if metric.name == "brier" and len(sample.classes) == 2 else span
        return Means(numbers=LOSSES[metric.name], span=span, confidence=confidence)
    if metric.name in AREAS:
        stretch, shift = AREAS[metric.name]
        return Areas(stretch=stretch, shift=shift, confidence=confidence)
    if linearize := {**CONFUSION, **LINEAR}.get(metric.name):
        scale = SCALES.get(metric.name, Scale.LOGIT)
        return Linearized(linearize=linearize, scale=scale, span=span, confidence=confidence)
    return Resampled(
        preparation=RESAMPLED[metric.name],
        grows=metric.name in GROWING,
        scarcest=_scarcest(sample),
        span=span,
        confidence=confidence,
        draws=specification.draws,
        seed=specification.seed,
    )


def _scarcest(sample: Sample) -> int:
    """The rows of the smallest class that has any; of a regression, all rows."""
    if not sample.classes:
        return len(sample)
    return int(np.unique(sample.label, return_counts=True)[1].min(initial=len(sample)))


def _notes(metric: Metric, rows: Columns) -> Iterator[str]:
    if metric.name == "log_loss":
        yield f"probabilities clipped at {CLIP:.1e}"
    if metric.name == "ece":
        yield f"{BINS} bins of equal width"
    if rows.weight is not None:
        yield "weighted"


# --- both models ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    candidate: float | None
    champion: float | None
    own: Interval | None
    difference: float | None
    difference_interval: Interval | None
    problems: tuple[str, ...]


def _compare(family: Family[M], candidate: Sample, champion: Sample | None) -> Comparison:
    ours, our_problem = _attempt(lambda: _value(family, candidate))
    theirs, their_problem = _attempt(lambda: _value(family, champion)) if champion is not None else (None, "")
    own, own_problem = _attempt(lambda: _ends(family.own(ours), ours.value)) if ours else (None, "")
    interval, interval_problem = _attempt(lambda: _difference(family, ours, theirs)) if ours and theirs else (None, "")
    return Comparison(
        candidate=ours.value if ours else None,
        champion=theirs.value if theirs else None,
        own=own,
        difference=ours.value - theirs.value if ours and theirs else None,
        difference_interval=interval,
        problems=(
            *_say_problems(our_problem, their_problem if champion is not None else our_problem),
            *dict.fromkeys(problem for problem in (own_problem, interval_problem) if problem),
        ),
    )


def _value(family: Family[M], sample: Sample) -> M:
    measured = family.measure(sample)
    if not _is_sayable(measured.value):
        raise Undefined("these rows give no finite value")
    return measured


def _is_sayable(number: float) -> bool:
    """Whether evidence may hold it: neither NaN nor beyond what any reader can calculate with."""
    return abs(number) <= LARGEST


def _difference(family: Family[M], ours: M, theirs: M) -> Interval:
    return _ends(family.difference(ours, theirs), ours.value - theirs.value)


def _ends(interval: Interval, value: float) -> Interval:
    """The interval, reaching as far as the value that it is about."""
    if not all(map(_is_sayable, interval)):
        raise Undefined("these rows give no finite interval")
    return min(interval[0], value), max(interval[1], value)


def _say_problems(ours: str, theirs: str) -> Iterator[str]:
    """Why there is no value, said once where it is the same for both."""
    if ours == theirs:
        yield from filter(None, (ours,))
        return
    yield from (f"{who}: {problem}" for who, problem in (("candidate", ours), ("champion", theirs)) if problem)


def _attempt(compute: Callable[[], Answer]) -> tuple[Answer | None, str]:
    """What `compute` answers, or why it cannot."""
    try:
        return compute(), ""
    except Undefined as reason:
        return None, str(reason)


def _clip(metric: Metric, interval: Interval | None) -> Interval | None:
    return clip(interval, metric.lowest, metric.highest) if interval else None


def _clip_difference(metric: Metric, interval: Interval | None) -> Interval | None:
    return clip(interval, -metric.span, metric.span) if interval and metric.span is not None else interval
