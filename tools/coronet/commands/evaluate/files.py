"""Evidence from prediction files: no registry, no repository, no model."""

from collections.abc import Callable
from dataclasses import dataclass

from coronet.commands.evaluate.reading import read_answers, read_said
from coronet.commands.evaluate.report import EvaluateReport
from coronet.commands.evaluate.request import FilesRequest, require_sound
from coronet.commands.evaluate.showing import choose_keys, put_sections
from coronet.commands.evaluate.streamed import measure_streamed, specify
from coronet.core.evidence import EvaluationData, Evidence, MetricFact, RowCounts, Subject
from coronet.core.statistics import measure
from coronet.core.statistics.measurement import RESAMPLED
from coronet.core.statistics.pairing import Paired, digest_rows, pair, require_same
from coronet.core.statistics.streaming import find_unstreamed
from coronet.core.statistics.streaming.pictures.sections import Sections, describe_columns
from coronet.core.statistics.tables import Answers
from coronet.errors import WrongUsage
from coronet.ports.clock import Clock, Progress
from coronet.ports.streams import Streams
from coronet.ports.tables import Tables

# Beyond so many rows they are streamed; where intervals are drawn from the rows themselves, earlier.
MOST_EXACT, MOST_DRAWN = 1_000_000, 100_000


def evaluate_files(
    request: FilesRequest, tables: Tables, streams: Streams, clock: Clock, progress: Progress
) -> EvaluateReport:
    """Measure the predictions in one file, beside those in another where there is a champion.

    Raises `WrongUsage` for what cannot be asked, and `InvalidInput` for files that do not hold it.
    """
    require_sound(request)
    progress("read", request.candidate)
    if _is_streamed(request, streams):
        found = _measure_streamed(request, streams, progress)
    else:
        found = _measure_exactly(request, tables, progress)
    evidence = Evidence(
        model=request.model,
        task=request.task,
        created_at=clock.now(),
        candidate=_subject(found, request.candidate),
        champion=_subject(found, request.champion) if request.champion is not None else None,
        data=_describe_data(request, found),
        rows=found.counts,
        confidence=request.confidence,
        metrics=found.facts,
        threshold=request.decision_threshold,
    )
    keys = choose_keys(request.key, shown=request.show_keys)
    return EvaluateReport(evidence=put_sections(evidence, found.sections, keys))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """`rows` are digested where no file has the answers alone; `sha256` digests a file."""

    facts: tuple[MetricFact, ...]
    counts: RowCounts
    measured: int
    rows: int
    digest: str
    sha256: Callable[[str], str]
    sections: Sections


def _is_streamed(request: FilesRequest, streams: Streams) -> bool:
    """What is asked; else by the rows of the largest file, where that is known."""
    unstreamed = find_unstreamed(specify(request, ()))
    if request.streamed and unstreamed:
        raise WrongUsage(f"{', '.join(unstreamed)} can only be measured with all rows in memory", hint="use --exact")
    if request.streamed is not None or unstreamed:
        return bool(request.streamed)
    drawn = not RESAMPLED.keys().isdisjoint(request.wanted_metrics)
    files = [file for file in (request.candidate, request.champion, request.data) if file is not None]
    known = [rows for file in files if (rows := streams.rows(file)) is not None]
    return len(known) == len(files) and max(known) > (MOST_DRAWN if drawn else MOST_EXACT)


def _measure_exactly(request: FilesRequest, tables: Tables, progress: Progress) -> _Found:
    answers = read_answers(request, tables, request.data or request.candidate)
    paired = _pair(request, tables, answers)
    progress("measure", f"{paired.counts.paired} rows")
    specification = specify(request, paired.classes.names)
    return _Found(
        facts=measure(paired.columns, specification),
        sections=describe_columns(paired.columns, specification),
        counts=paired.counts,
        measured=len(paired.keys),
        rows=len(answers.key),
        digest=digest_rows(paired.keys, paired.label) if request.data is None else "",
        sha256=tables.sha256,
    )


def _measure_streamed(request: FilesRequest, streams: Streams, progress: Progress) -> _Found:
    found = measure_streamed(request, streams, progress)
    return _Found(
        facts=found.facts,
        counts=found.counts,
        measured=found.measured,
        rows=found.rows,
        digest=found.digest,
        sha256=streams.sha256,
        sections=found.sections,
    )


def _pair(request: FilesRequest, tables: Tables, answers: Answers) -> Paired:
    if request.champion is not None and request.data is None:
        require_same(answers, read_answers(request, tables, request.champion, optional=True))
    return pair(
        answers,
        read_said(request, tables, request.candidate),
        read_said(request, tables, request.champion) if request.champion is not None else None,
        task=request.task,
        positive=request.positive,
        threshold=request.threshold,
        complete=request.data is not None,
    )


def _subject(found: _Found, location: str) -> Subject:
    return Subject(predictions=f"sha256:{found.sha256(location)}")


def _describe_data(request: FilesRequest, found: _Found) -> EvaluationData:
    """The file of the true answers by its bytes; else the rows that were measured, by their keys and labels."""
    name = request.data_name or (request.data or request.candidate).partition("?")[0].rpartition("/")[2]
    if request.data is None:
        digest, rows = found.digest, found.measured
    else:
        digest, rows = f"sha256:{found.sha256(request.data)}", found.rows
    return EvaluationData(name=name, digest=digest, rows=rows, label=request.label, key=request.key)
