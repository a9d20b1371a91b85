"""Evidence from prediction files: no registry, no repository, no model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from coronet.commands.evaluate.reading import read_answers, read_said
from coronet.commands.evaluate.recipes import recipe_of_files
from coronet.commands.evaluate.report import EvaluateReport
from coronet.commands.evaluate.request import FilesRequest, require_sound
from coronet.commands.evaluate.showing import choose_keys, put_sections
from coronet.commands.evaluate.streamed import measure_streamed, specify
from coronet.core.evidence import EvaluationData, Evidence, Look, MetricFact, RowCounts, Subject, Way
from coronet.core.statistics import measure
from coronet.core.statistics.pairing import Paired, digest_rows, pair, require_same
from coronet.core.statistics.streaming import find_unstreamed
from coronet.core.statistics.streaming.pictures.sections import Sections, describe_columns
from coronet.core.statistics.tables import Answers
from coronet.errors import WrongUsage
from coronet.ports.clock import Clock, Progress
from coronet.ports.streams import Streams
from coronet.ports.tables import Tables

# Beyond so many rows they are streamed.
MOST_EXACT = 1_000_000
_UNKNOWN: Mapping[str, str] = MappingProxyType({})


def evaluate_files(
    request: FilesRequest,
    tables: Tables,
    streams: Streams,
    clock: Clock,
    progress: Progress,
    *,
    engine: str | None = None,
    computed_with: Mapping[str, str] = _UNKNOWN,
) -> EvaluateReport:
    """Measure the predictions in one file, beside those in another where there is a champion.

    For the evidence's recipe, `engine` names whose `streams` these are, None for the embedded one's, and
    `computed_with` the versions of the programs that do it.

    Raises `WrongUsage` for what cannot be asked, and `InvalidInput` for files that do not hold it.
    """
    require_sound(request)
    progress("read", request.candidate)
    streamed = _is_streamed(request, streams)
    found = _measure_streamed(request, streams, progress) if streamed else _measure_exactly(request, tables, progress)
    data = _describe_data(request, found)
    evidence = Evidence(
        model=request.model,
        task=request.task,
        created_at=clock.now(),
        candidate=_subject(found, request.candidate),
        champion=_subject(found, request.champion) if request.champion is not None else None,
        data=data,
        rows=found.counts,
        confidence=request.confidence,
        metrics=found.facts,
        threshold=request.decision_threshold,
        recipe=recipe_of_files(
            request, way=Way.STREAMED if streamed else Way.EXACT, engine=engine, computed_with=computed_with
        ),
        look=Look(number=request.look, data=data.digest) if request.look is not None else None,
        custom_metrics=tuple(own.described for own in request.custom),
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
    """What is asked or must be; else by the rows of the largest file, where that is known."""
    files = [file for file in (request.candidate, request.champion, request.data) if file is not None]
    large = [file for file in files if not streams.fits(file)]
    if request.streamed is False and large:
        raise WrongUsage(f"{large[0]} cannot be held in memory here", hint="leave out --exact")
    unstreamed = find_unstreamed(specify(request, ()))
    if unstreamed and (request.streamed or large):
        raise WrongUsage(
            f"{', '.join(unstreamed)} can only be measured with all rows in memory",
            hint="use --exact" if not large else "name single files, use --exact, and leave out --engine",
        )
    if request.streamed is not None or unstreamed or large:
        return bool(request.streamed or large)
    known = [rows for file in files if (rows := streams.rows(file)) is not None]
    return len(known) == len(files) and max(known) > MOST_EXACT


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
    name = request.data_name or (request.data or request.candidate).partition("?")[0].rstrip("/").rpartition("/")[2]
    if request.data is None:
        digest, rows = found.digest, found.measured
    else:
        digest, rows = f"sha256:{found.sha256(request.data)}", found.rows
    return EvaluationData(
        name=name, digest=digest, rows=rows, label=request.label, key=request.key, cluster=request.cluster
    )
