"""Evidence from prediction files that are larger than memory: one pass, and another where it was too coarse."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log2

from coronet.commands.evaluate.reading import find_score_columns
from coronet.commands.evaluate.request import FilesRequest
from coronet.core.evidence import MetricFact, RowCounts, Task
from coronet.core.statistics import Specification
from coronet.core.statistics.columns import Pictures
from coronet.core.statistics.streaming import TOLERATED, State, find_unstreamed, finish, make_plan
from coronet.core.statistics.streaming.joined import Surprise
from coronet.core.statistics.streaming.pictures.sections import Sections, describe_state
from coronet.core.statistics.streaming.plan import Column
from coronet.core.statistics.streaming.sieve import Naming, Sieve
from coronet.errors import InvalidInput
from coronet.ports.clock import Progress
from coronet.ports.streams import Joined, Streams, Wanted

# Passes after the first: each tells much more apart than the one before.
MOST_AGAIN = 2
# Values that were not seen before, and keys that are in another order.
MOST_SURPRISES = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Streamed:
    facts: tuple[MetricFact, ...]
    counts: RowCounts
    digest: str
    rows: int
    measured: int
    sections: Sections


def measure_streamed(request: FilesRequest, streams: Streams, progress: Progress) -> Streamed:
    """The facts, and the rows that they are of; raises `InvalidInput` for files that do not hold them.

    Where a histogram may be off by too much of an interval, the rows are read again with finer ones.
    """
    naming = _name_columns(request, streams)
    with streams.join(_find_wanted(request, naming, streams), request.key) as joined:
        sharper: dict[Column, int] = {}
        for again in range(MOST_AGAIN + 1):
            progress("measure", f"about {joined.surveys[0].rows} rows" + (", again and finer" if again else ""))
            sieve, state = _look(request, naming, joined, sharper)
            finished, counts = finish(state), sieve.counts()
            if not finished.blurred:
                break
            sharper = _sharpen(sharper, finished.blurred)
        return Streamed(
            facts=finished.facts,
            counts=counts,
            digest=sieve.fingerprint.digest,
            rows=joined.surveys[0].rows,
            measured=sieve.measured,
            sections=describe_state(state),
        )


def _look(request: FilesRequest, naming: Naming, joined: Joined, sharper: Mapping[Column, int]) -> tuple[Sieve, State]:
    """Stream, and again where files are not what a first look told; each look removes one kind of surprise."""
    for _ in range(MOST_SURPRISES):
        try:
            return _stream(request, naming, joined, sharper)
        except Surprise:
            joined.look_closer()
    return _stream(request, naming, joined, sharper)


def _stream(
    request: FilesRequest, naming: Naming, joined: Joined, sharper: Mapping[Column, int]
) -> tuple[Sieve, State]:
    sieve = Sieve(naming, joined.surveys)
    specification = specify(request, sieve.classes.names)
    if unstreamed := find_unstreamed(specification):
        raise InvalidInput(
            f"there are {len(specification.classes)} classes, too many to stream {', '.join(unstreamed)}",
            hint="use --exact, which holds all rows in memory",
        )
    sample = Sieve(naming, joined.surveys).take(joined.sample())
    state = State(make_plan(sample, specification, rows=joined.surveys[0].rows, sharper=sharper))
    for batch in joined.batches():
        state.add(sieve.take(batch))
    return sieve, state


def _sharpen(sharper: Mapping[Column, int], blurred: Mapping[Column, float]) -> dict[Column, int]:
    """Twice as many levels halve what a histogram is off by."""
    more = {column: ceil(log2(share / TOLERATED)) + 1 for column, share in blurred.items()}
    return {column: sharper.get(column, 0) + more.get(column, 0) for column in {*sharper, *more}}


def specify(request: FilesRequest, classes: tuple[str, ...]) -> Specification:
    return Specification(
        task=request.task,
        metrics=request.wanted_metrics,
        classes=classes,
        segments=tuple(dict.fromkeys(request.segments)),
        confidence=request.confidence,
        pictures=Pictures(movers=request.movers, moved_by=request.moved_by),
    )


# --- which columns --------------------------------------------------------------------------------


def _name_columns(request: FilesRequest, streams: Streams) -> Naming:
    first = 0 if request.data is None else 1
    return Naming(
        task=request.task,
        label=request.label,
        sides=(first,) if request.champion is None else (first, first + 1),
        weight=request.weight,
        segments=tuple(dict.fromkeys(request.segments)),
        prediction=request.prediction,
        scores=find_score_columns(request, streams, request.candidate),
        threshold=request.threshold,
        positive=request.positive,
    )


def _find_wanted(request: FilesRequest, naming: Naming, streams: Streams) -> list[Wanted]:
    answers = _answers_of(request, naming.segments, request.weight)
    candidate = _said_of(request, naming)
    champion = [] if request.champion is None else [_at(request.champion, candidate)]
    if request.data is not None:
        return [_at(request.data, answers), _at(request.candidate, candidate), *champion]
    if request.champion is not None:
        there = streams.columns(request.champion)
        segments = tuple(name for name in naming.segments if name in there)
        again = _answers_of(request, segments, request.weight if request.weight in there else None)
        champion = [_at(request.champion, again, candidate)]
    return [_at(request.candidate, answers, candidate), *champion]


# Columns of texts, and columns of numbers.
_Kinds = tuple[tuple[str, ...], tuple[str, ...]]


def _at(location: str, *kinds: _Kinds) -> Wanted:
    texts, numbers = (tuple(dict.fromkeys(name for each in kinds for name in each[place])) for place in (0, 1))
    return Wanted(location=location, texts=texts, numbers=numbers)


def _answers_of(request: FilesRequest, segments: tuple[str, ...], weight: str | None) -> _Kinds:
    is_number = request.task is Task.REGRESSION
    weights = () if weight is None else (weight,)
    return (segments, (request.label, *weights)) if is_number else ((*segments, request.label), weights)


def _said_of(request: FilesRequest, naming: Naming) -> _Kinds:
    predicted = () if request.prediction is None else (request.prediction,)
    if request.task is Task.REGRESSION:
        return (), predicted
    return predicted, tuple(naming.scores.values())
