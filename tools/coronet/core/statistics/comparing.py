"""Both models' values beside each other: a fact, or why a number of it cannot be had."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from coronet.core.catalogue import Metric
from coronet.core.evidence import MetricFact
from coronet.core.statistics.intervals import Interval, clip
from coronet.core.statistics.sample import Undefined

# What the schema of evidence allows.
LARGEST = 1e100

Answer = TypeVar("Answer")


class Measured(Protocol):
    @property
    def value(self) -> float: ...


M = TypeVar("M", bound=Measured)
N = TypeVar("N", contravariant=True)


class Intervals(Protocol[N]):
    """The intervals of one kind of metric. Every method raises `Undefined` where the rows do not suffice."""

    def own(self, measured: N) -> Interval:
        """The interval of one model's value."""
        ...

    def difference(self, candidate: N, champion: N) -> Interval:
        """The interval of candidate − champion, both measured on the same rows."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    candidate: float | None
    champion: float | None
    own: Interval | None
    difference: float | None
    difference_interval: Interval | None
    problems: tuple[str, ...]

    def to_fact(
        self, metric: Metric, segment: Mapping[str, str], rows: int, method: str, *, paired: bool
    ) -> MetricFact:
        own = clip(self.own, metric.lowest, metric.highest) if self.own else None
        return MetricFact(
            metric=metric.name,
            segment=segment,
            rows=rows,
            champion=self.champion,
            candidate=self.candidate,
            difference=self.difference,
            interval=_clip_difference(metric, self.difference_interval) if paired else own,
            candidate_interval=own,
            method=method,
            problem="; ".join(self.problems),
        )


def compare(intervals: Intervals[M], candidate: Callable[[], M], champion: Callable[[], M] | None = None) -> Comparison:
    """Measure both by what is given for each; it may raise `Undefined`."""
    ours, our_problem = _attempt(lambda: _measure(candidate))
    theirs, their_problem = _attempt(lambda: _measure(champion)) if champion else (None, our_problem)
    own, own_problem = _attempt(lambda: _ends(intervals.own(ours), ours.value)) if ours else (None, "")
    both, both_problem = _attempt(lambda: _difference(intervals, ours, theirs)) if ours and theirs else (None, "")
    return Comparison(
        candidate=ours.value if ours else None,
        champion=theirs.value if theirs else None,
        own=own,
        difference=ours.value - theirs.value if ours and theirs else None,
        difference_interval=both,
        problems=(
            *_say_problems(our_problem, their_problem),
            *dict.fromkeys(problem for problem in (own_problem, both_problem) if problem),
        ),
    )


def _measure(measure: Callable[[], M]) -> M:
    measured = measure()
    if not _is_sayable(measured.value):
        raise Undefined("these rows give no finite value")
    return measured


def _is_sayable(number: float) -> bool:
    """Whether evidence may hold it: neither NaN nor beyond what any reader can calculate with."""
    return abs(number) <= LARGEST


def _difference(intervals: Intervals[M], ours: M, theirs: M) -> Interval:
    return _ends(intervals.difference(ours, theirs), ours.value - theirs.value)


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


def _clip_difference(metric: Metric, interval: Interval | None) -> Interval | None:
    return clip(interval, -metric.span, metric.span) if interval and metric.span is not None else interval
