"""What is asked of an evaluation from prediction files, and whether that can be asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, assert_never

from coronet.core.catalogue import default_metrics, examine_metric, find_metric
from coronet.core.evidence import Task
from coronet.core.names import NAME_RULE, is_name
from coronet.core.statistics.columns import DRAWS, SEED
from coronet.errors import Finding, WrongUsage

if TYPE_CHECKING:
    from coronet.core.statistics.columns import Custom

UNNAMED = "unnamed"


@dataclass(frozen=True, kw_only=True, slots=True)
class FilesRequest:
    """Locations of tables, and which of their columns say what.

    `data` is the file of the true answers, where they are kept apart from the predictions. `scores` are
    columns of probabilities, each named for its class; those of `score_prefix` are named so after the
    prefix. `custom` are metrics that are not in the catalogue. `streamed` None leaves to the number of rows
    whether they are all held in memory. Resampling makes `draws` draws from `seed`. `look` is which look at these
    data it is, counted by the caller. `movers` of the rows that moved farthest are shown, with their keys hidden
    unless `show_keys`; `moved_by` is what it is to move.
    """

    task: Task
    candidate: str
    label: str
    champion: str | None = None
    data: str | None = None
    key: str | None = None
    prediction: str | None = None
    score: str | None = None
    scores: tuple[str, ...] = ()
    score_prefix: str | None = None
    weight: str | None = None
    cluster: str | None = None
    segments: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    threshold: float | None = None
    positive: str | None = None
    confidence: float = 0.95
    model: str = UNNAMED
    data_name: str | None = None
    streamed: bool | None = None
    draws: int = DRAWS
    seed: int = SEED
    look: int | None = None
    custom: "tuple[Custom, ...]" = ()
    movers: int = 20
    moved_by: float | None = None
    show_keys: bool = False

    @property
    def has_scores(self) -> bool:
        return self.score is not None or bool(self.scores) or self.score_prefix is not None

    @property
    def wanted_metrics(self) -> tuple[str, ...]:
        asked = self.metrics or default_metrics(self.task, scores=self.has_scores)
        return tuple(dict.fromkeys((*asked, *self.own_metrics)))

    @property
    def own_metrics(self) -> tuple[str, ...]:
        return tuple(own.described.name for own in self.custom)

    @property
    def decision_threshold(self) -> float | None:
        """The threshold that makes classes of scores; None where the files name the classes themselves."""
        decides = self.task is Task.BINARY and self.score is not None and self.prediction is None
        return (0.5 if self.threshold is None else self.threshold) if decides else None


def require_sound(request: FilesRequest) -> None:
    """WrongUsage with everything that cannot be asked as it is."""
    findings = (*_examine_columns(request), *_examine_rest(request), *_examine_metrics(request))
    if findings:
        raise WrongUsage("this cannot be evaluated as asked", findings=findings)


def _examine_columns(request: FilesRequest) -> Iterator[Finding]:
    match request.task:
        case Task.REGRESSION:
            yield from _examine_regression(request)
        case Task.BINARY:
            yield from _examine_binary(request)
        case Task.MULTICLASS:
            yield from _examine_multiclass(request)
        case _:
            assert_never(request.task)
    if request.task is not Task.REGRESSION and request.prediction is None and not request.has_scores:
        yield Finding(message="there is nothing to measure", hint="add --prediction COLUMN, or scores")


def _examine_regression(request: FilesRequest) -> Iterator[Finding]:
    if request.prediction is None:
        yield Finding(message="a regression needs predicted numbers", hint="add --prediction COLUMN")
    if request.has_scores or request.threshold is not None or request.positive is not None:
        yield Finding(message="scores, a threshold and a positive class are for classes, not for a regression")


def _examine_binary(request: FilesRequest) -> Iterator[Finding]:
    if request.scores or request.score_prefix is not None:
        yield Finding(message="a binary model has one score", hint="use --score COLUMN, of the positive class")
    if request.threshold is not None and (request.score is None or request.prediction is not None):
        yield Finding(message="a threshold makes classes of scores", hint="give --score and leave out --prediction")


def _examine_multiclass(request: FilesRequest) -> Iterator[Finding]:
    if request.score is not None or request.threshold is not None or request.positive is not None:
        yield Finding(
            message="one score, a threshold and a positive class are for binary models",
            hint="use --scores or --score-prefix, a column for each class",
        )
    if request.scores and request.score_prefix is not None:
        yield Finding(message="--scores and --score-prefix say the same in two ways", hint="use one of them")


def _examine_rest(request: FilesRequest) -> Iterator[Finding]:
    if request.key is None and (request.champion is not None or request.data is not None):
        yield Finding(message="rows of two files can only be put together by a key", hint="add --key COLUMN")
    if request.look is not None and request.look < 1:
        yield Finding(message=f"the look is {request.look}, wanted 1 for the first, or more")
    if not 0.5 < request.confidence < 1:
        yield Finding(message=f"the confidence is {request.confidence}, wanted more than 0.5 and less than 1")
    if not is_name(request.model):
        yield Finding(message=f"{request.model!r} cannot name a model", hint=f"a model's name is {NAME_RULE}")
    if request.threshold is not None and not 0 <= request.threshold <= 1:
        yield Finding(message=f"the threshold is {request.threshold}, wanted 0 to 1")
    if request.moved_by is not None and not 0 < request.moved_by < inf:
        yield Finding(message=f"to move is to move by {request.moved_by}, wanted more than 0")


def _examine_metrics(request: FilesRequest) -> Iterator[Finding]:
    for name in sorted({name for name in request.own_metrics if request.own_metrics.count(name) > 1}):
        yield Finding(message=f"{name} is described more than once", hint="give each metric its own name")
    for name in request.wanted_metrics:
        finding = examine_metric(name, request.task, request.own_metrics)
        metric = find_metric(name)
        if finding:
            yield finding
        elif metric and metric.needs_scores and not request.has_scores:
            option = "--score COLUMN" if request.task is Task.BINARY else "--scores or --score-prefix"
            yield Finding(message=f"{name} is computed from scores, and none are named", hint=f"add {option}")
