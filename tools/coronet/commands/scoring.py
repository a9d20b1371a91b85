"""What a model predicts of a table: as a table that people can read, and as the numbers that metrics need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coronet.core.catalogue import default_metrics, examine_metric, is_custom
from coronet.core.evidence import Task
from coronet.core.labels import label_text
from coronet.core.model_file import ModelFile, model_path
from coronet.core.statistics import Columns, Predictions, Specification, measure
from coronet.core.statistics.classes import known_positive
from coronet.core.statistics.columns import Floats, Integers
from coronet.errors import InvalidInput, Location
from coronet.ports.models import Predictor

THRESHOLD = 0.5
# Intervals are of no use here: draws for them are made by those who compare two models.
_DRAWS = 2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Scored:
    """The rows of a table that have a label, with what the model says of them.

    `table` is a frame of the key, the label, the segments, `prediction`, and `score` (of the positive
    class) or one `score_<class>` for each class; `columns` is the same for `measure`, and `classes` names
    its codes.
    """

    table: Any
    columns: Columns
    classes: tuple[str, ...]


def score(model: ModelFile, predictor: Predictor, frame: Any) -> Scored:
    """What `predictor` says of the rows of `frame`; rows without a label are left out."""
    rows = frame[frame[model.data.label].notna()].reset_index(drop=True)
    return (
        _score_numbers(model, predictor, rows)
        if model.task is Task.REGRESSION
        else _score_classes(model, predictor, rows)
    )


def measure_alone(model: ModelFile, scored: Scored) -> tuple[dict[str, float], dict[str, str]]:
    """(value by metric, why by metric that has none), over all rows, of the metrics that the model file names.

    Metrics of its own are not among them: their code runs where models are compared, and nowhere else.
    """
    has_scores = scored.columns.candidate.scores is not None
    metrics = model.metrics or default_metrics(model.task, scores=has_scores)
    require_metrics(model, metrics)
    metrics = tuple(name for name in metrics if not is_custom(name))
    specification = Specification(task=model.task, metrics=metrics, classes=scored.classes, draws=_DRAWS)
    facts = measure(scored.columns, specification)
    values = {fact.metric: fact.candidate for fact in facts if fact.candidate is not None}
    return values, {fact.metric: fact.problem for fact in facts if fact.candidate is None}


def require_metrics(model: ModelFile, metrics: Iterable[str]) -> None:
    """InvalidInput with every metric that a model of this task does not have."""
    findings = tuple(finding for name in metrics if (finding := examine_metric(name, model.task, model.own_metrics)))
    if findings:
        raise InvalidInput(
            "the model file asks for metrics that cannot be measured",
            location=Location(file=model_path(model.name)),
            findings=findings,
        )


def _score_numbers(model: ModelFile, predictor: Predictor, rows: Any) -> Scored:
    values = np.asarray(predictor.predict(rows), dtype=np.float64)
    label = rows[model.data.label].to_numpy(dtype=np.float64)
    return Scored(
        table=_kept(model, rows).assign(prediction=values),
        columns=Columns(label=label, candidate=Predictions(values=values), weight=_weight(model, rows)),
        classes=(),
    )


def _score_classes(model: ModelFile, predictor: Predictor, rows: Any) -> Scored:
    labels = [label_text(value) for value in rows[model.data.label]]
    classes = _order_classes(model, {*labels, *(predictor.classes or ())})
    scores = _order_probabilities(predictor, rows, classes)
    shown: dict[str, Floats] = {}
    if scores is None or model.task is Task.MULTICLASS:
        codes = _encode(predictor.predict(rows), classes)
        if scores is not None:
            shown = {f"score_{name}": scores[:, code] for code, name in enumerate(classes)}
    else:
        scores = scores[:, 1]
        codes = (scores >= (THRESHOLD if model.threshold is None else model.threshold)).astype(np.int64)
        shown = {"score": scores}
    return Scored(
        table=_kept(model, rows).assign(prediction=np.array([*classes, None], dtype=object)[codes], **shown),
        columns=Columns(
            label=_encode(labels, classes),
            candidate=Predictions(codes=codes, scores=scores),
            weight=_weight(model, rows),
        ),
        classes=classes,
    )


def _order_classes(model: ModelFile, found: set[str]) -> tuple[str, ...]:
    """The classes by name; of two, the positive one last."""
    names = sorted(found)
    if model.task is Task.MULTICLASS:
        return tuple(names)
    positive = model.positive or known_positive(found)
    where = Location(file=model_path(model.name))
    if positive is None:
        raise InvalidInput(
            f"which of {' and '.join(names)} is positive is not said",
            hint=f"say it in the model file, as in `positive: {names[-1]}`",
            location=where,
        )
    if len(names) > 2 or positive not in names:
        raise InvalidInput(
            f"{model.data.label} has the classes {', '.join(names)}, and a binary model has two with {positive} as one",
            hint="say `positive` in the model file as the data writes it, or `task: multiclass`",
            location=where,
        )
    return (*(name for name in names if name != positive), positive)


def _order_probabilities(predictor: Predictor, rows: Any, classes: Sequence[str]) -> Floats | None:
    """(rows, classes) in the order of `classes`; 0 for a class that the model has never seen."""
    found = predictor.probabilities(rows)
    if found is None or predictor.classes is None:
        return None
    ordered = np.zeros((len(rows), len(classes)))
    ordered[:, [classes.index(name) for name in predictor.classes]] = found
    return ordered


def _encode(labels: Iterable[Any], classes: Sequence[str]) -> Integers:
    """Indexes into `classes`, -1 for what is none of them."""
    codes: Mapping[str, int] = {name: code for code, name in enumerate(classes)}
    return np.array([codes.get(label_text(label), -1) for label in labels], dtype=np.int64)


def _kept(model: ModelFile, rows: Any) -> Any:
    data = model.data
    return rows[[name for name in dict.fromkeys((data.key, data.label, *data.segments)) if name]]


def _weight(model: ModelFile, rows: Any) -> Floats | None:
    weight = model.data.weight
    return np.asarray(rows[weight], dtype=np.float64) if weight else None
