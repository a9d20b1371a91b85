"""Evidence from prediction files: no registry, no repository, no model."""

from coronet.commands.evaluate.reading import read_answers, read_said
from coronet.commands.evaluate.report import EvaluateReport
from coronet.commands.evaluate.request import FilesRequest, require_sound
from coronet.core.evidence import EvaluationData, Evidence, Subject
from coronet.core.statistics import Specification, measure
from coronet.core.statistics.pairing import Paired, digest_rows, pair, require_same
from coronet.core.statistics.tables import Answers
from coronet.ports.clock import Clock, Progress
from coronet.ports.tables import Tables


def evaluate_files(request: FilesRequest, tables: Tables, clock: Clock, progress: Progress) -> EvaluateReport:
    """Measure the predictions in one file, beside those in another where there is a champion.

    Raises `WrongUsage` for what cannot be asked, and `InvalidInput` for files that do not hold it.
    """
    require_sound(request)
    progress("read", request.candidate)
    answers = read_answers(request, tables, request.data or request.candidate)
    paired = _pair(request, tables, answers)
    progress("measure", f"{paired.counts.paired} rows")
    specification = Specification(
        task=request.task,
        metrics=request.wanted_metrics,
        classes=paired.classes.names,
        segments=tuple(dict.fromkeys(request.segments)),
        confidence=request.confidence,
    )
    evidence = Evidence(
        model=request.model,
        task=request.task,
        created_at=clock.now(),
        candidate=_subject(tables, request.candidate),
        champion=_subject(tables, request.champion) if request.champion is not None else None,
        data=_describe_data(request, tables, paired, len(answers.key)),
        rows=paired.counts,
        confidence=request.confidence,
        metrics=measure(paired.columns, specification),
        threshold=request.decision_threshold,
    )
    return EvaluateReport(evidence=evidence)


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


def _subject(tables: Tables, location: str) -> Subject:
    return Subject(predictions=f"sha256:{tables.sha256(location)}")


def _describe_data(request: FilesRequest, tables: Tables, paired: Paired, rows: int) -> EvaluationData:
    """The file of the true answers by its bytes; else the rows that were measured, by their keys and labels."""
    name = request.data_name or (request.data or request.candidate).partition("?")[0].rpartition("/")[2]
    if request.data is None:
        digest, rows = digest_rows(paired.keys, paired.label), len(paired.keys)
    else:
        digest = f"sha256:{tables.sha256(request.data)}"
    return EvaluationData(name=name, digest=digest, rows=rows, label=request.label, key=request.key)
