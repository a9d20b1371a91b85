"""Evidence from prediction files that are larger than memory: one pass, and another where it was too coarse."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log2

from coronet.commands.evaluate.reading import find_score_columns
from coronet.commands.evaluate.request import FilesRequest
from coronet.core.evidence import MetricFact, RowCounts, Task
from coronet.core.statistics import Specification
from coronet.core.statistics.columns import Pictures
from coronet.core.statistics.streaming import TOLERATED, find_unstreamed, finish, foresee, make_plan
from coronet.core.statistics.streaming.groups import MOST_SUMS, count_sums
from coronet.core.statistics.streaming.harvest import Assignment, Harvest
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
            harvest = _look(request, naming, joined, sharper)
            finished, counts = finish(harvest.state), harvest.sieve.counts()
            if not finished.blurred:
                break
            sharper = _sharpen(sharper, finished.blurred)
        return Streamed(
            facts=finished.facts,
            counts=counts,
            digest=harvest.sieve.sifted.fingerprint.digest,
            rows=joined.surveys[0].rows,
            measured=harvest.sieve.measured,
            sections=describe_state(harvest.state),
        )


def _look(request: FilesRequest, naming: Naming, joined: Joined, sharper: Mapping[Column, int]) -> Harvest:
    """Fold, and again where files are not what a first look told; each look removes one kind of surprise."""
    for _ in range(MOST_SURPRISES):
        try:
            return joined.fold(_assign(request, naming, joined, sharper))
        except Surprise:
            joined.look_closer()
    try:
        return joined.fold(_assign(request, naming, joined, sharper))
    except Surprise as error:
        raise InvalidInput(
            f"each look finds other rows: {error}", hint="evaluate again when nothing writes to the predictions"
        ) from error


def _assign(request: FilesRequest, naming: Naming, joined: Joined, sharper: Mapping[Column, int]) -> Assignment:
    sieve = Sieve(naming, joined.surveys)
    specification = specify(request, sieve.classes.names)
    if unstreamed := find_unstreamed(specification):
        raise InvalidInput(
            f"there are {len(specification.classes)} classes, too many to stream {', '.join(unstreamed)}",
            hint="use --exact, which holds all rows in memory",
        )
    sample = sieve.take(joined.sample())
    usual = foresee(sample, specification, rows=joined.surveys[0].rows)
    finer = {column: usual + sharper.get(column, 0) for column in (None, *specification.segments)}
    plan = make_plan(sample, specification, rows=joined.surveys[0].rows, sharper=finer)
    if specification.cluster is not None and count_sums(plan) > MOST_SUMS:
        raise InvalidInput(
            "there are too many classes and segments to stream rows that belong together",
            hint="use --exact, which holds all rows in memory, or ask for fewer metrics and segments",
        )
    return Assignment(naming=naming, surveys=joined.surveys, plan=plan)


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
        draws=request.draws,
        seed=request.seed,
        cluster=request.cluster,
        custom=request.custom,
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
        cluster=request.cluster,
        segments=tuple(dict.fromkeys(request.segments)),
        prediction=request.prediction,
        scores=find_score_columns(request, streams, request.candidate),
        threshold=request.threshold,
        positive=request.positive,
    )


def _find_wanted(request: FilesRequest, naming: Naming, streams: Streams) -> list[Wanted]:
    answers = _answers_of(request, naming.segments, request.weight, request.cluster)
    candidate = _said_of(request, naming)
    champion = [] if request.champion is None else [_at(request.champion, candidate)]
    if request.data is not None:
        return [_at(request.data, answers), _at(request.candidate, candidate), *champion]
    if request.champion is not None:
        there = streams.columns(request.champion)
        segments = tuple(name for name in naming.segments if name in there)
        again = _answers_of(
            request,
            segments,
            request.weight if request.weight in there else None,
            request.cluster if request.cluster in there else None,
        )
        champion = [_at(request.champion, again, candidate)]
    return [_at(request.candidate, answers, candidate), *champion]


# Columns of texts, of numbers, and of clusters.
_Kinds = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _at(location: str, *kinds: _Kinds) -> Wanted:
    texts, numbers, clusters = (
        tuple(dict.fromkeys(name for each in kinds for name in each[place])) for place in (0, 1, 2)
    )
    return Wanted(location=location, texts=texts, numbers=numbers, clusters=clusters)


def _answers_of(request: FilesRequest, segments: tuple[str, ...], weight: str | None, cluster: str | None) -> _Kinds:
    clusters = () if cluster is None else (cluster,)
    is_number = request.task is Task.REGRESSION
    weights = () if weight is None else (weight,)
    if is_number:
        return segments, (request.label, *weights), clusters
    return (*segments, request.label), weights, clusters


def _said_of(request: FilesRequest, naming: Naming) -> _Kinds:
    predicted = () if request.prediction is None else (request.prediction,)
    if request.task is Task.REGRESSION:
        return (), predicted, ()
    return predicted, tuple(naming.scores.values()), ()
