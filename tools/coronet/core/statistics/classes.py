"""Classes by name, and the codes that stand for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from coronet.core.evidence import Task
from coronet.core.statistics.columns import Floats, Integers, Predictions
from coronet.core.statistics.tables import Answers, Said, Texts
from coronet.errors import InvalidInput

THRESHOLD = 0.5
MISSING = -1
# Pairs of labels of which everybody knows which one is the event.
_KNOWN = (("0", "1"), ("-1", "1"), ("False", "True"), ("no", "yes"), ("No", "Yes"), ("n", "y"), ("N", "Y"))
_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Classes:
    """`names` in the order of their codes; of two, the positive one has the code 1."""

    names: tuple[str, ...]

    def encode(self, texts: Texts) -> Integers:
        """(n,) codes, -1 where a text is missing. Every text must be one of the names."""
        codes: dict[str | None, int] = {name: code for code, name in enumerate(self.names)}
        codes[None] = MISSING
        return np.fromiter((codes[text] for text in texts), dtype=np.int64, count=len(texts))


def find_classes(task: Task, answers: Answers, said: Sequence[Said], positive: str | None) -> Classes:
    """The classes that labels, predictions and columns of scores name; none for a regression.

    InvalidInput where they are not the two that a binary model has, or lack a column of scores.
    """
    if task is Task.REGRESSION:
        return Classes(names=())
    labels = _distinct(answers.label)
    for one in said:
        _require_scores(one, labels, answers.source)
    predicted = {name for one in said if one.classes is not None for name in _distinct(one.classes)}
    scored = {name for one in said for name in one.probabilities or ()}
    if task is Task.MULTICLASS:
        return Classes(names=tuple(sorted(labels | predicted | scored)))
    return Classes(names=_order_two(labels, predicted, positive, answers.source))


def encode_predictions(said: Said, classes: Classes, threshold: float | None) -> Predictions:
    """What a model says, as the metrics read it.

    Where it names no classes they follow from its scores: the positive one from `threshold` (0.5 where it
    is None), of many the one with the highest score.
    """
    scores = _scores(said, classes)
    if said.classes is not None:
        codes: Integers | None = classes.encode(said.classes)
    else:
        codes = None if scores is None else decide(scores, THRESHOLD if threshold is None else threshold)
    return Predictions(values=said.values, codes=codes, scores=scores)


def _require_scores(said: Said, labels: set[str], source: str) -> None:
    """InvalidInput where a labelled class has no column of scores."""
    if said.probabilities is None:
        return
    if missing := sorted(labels - set(said.probabilities)):
        raise InvalidInput(
            f"{said.source} has no scores of {_list(missing)}, which {source} has among its labels",
            hint=f"give a column of scores for each class; it has {_list(sorted(said.probabilities))}",
        )


def _scores(said: Said, classes: Classes) -> Floats | None:
    """Scores of the positive class, (n,), or of all, (n, classes), with 0 for those the model does not know."""
    if said.probabilities is None:
        return said.score
    unknown = np.zeros(len(said.key))
    return np.stack([said.probabilities.get(name, unknown) for name in classes.names], axis=1)


def decide(scores: Floats, threshold: float) -> Integers:
    """(n,) codes of the classes that scores choose: the positive one from `threshold`, of many the highest."""
    if scores.ndim == 1:
        codes = (scores >= threshold).astype(np.int64)
        if np.isnan(scores).any():
            codes[np.isnan(scores)] = MISSING
        return codes
    missing = np.asarray(np.isnan(scores).any(axis=1, keepdims=True))
    return np.where(missing[:, 0], MISSING, np.where(missing, 0, scores).argmax(axis=1)).astype(np.int64)


def _order_two(labels: set[str], predicted: set[str], positive: str | None, source: str) -> tuple[str, str]:
    if len(labels) > 2:
        raise InvalidInput(
            f"the labels of {source} are {_list(sorted(labels))}, and a binary model has two",
            hint="use --task multiclass, or --task regression for numbers",
        )
    if not labels:
        raise InvalidInput(f"{source} has no label in any row", hint="name the column with the true answers")
    chosen = positive if positive is not None else known_positive(labels)
    known = labels | predicted
    if chosen is None:
        raise InvalidInput(
            f"which of the labels {_list(sorted(labels))} is positive is not said",
            hint="name the positive one: --positive LABEL, or `positive` in the model file",
        )
    others = sorted(known - {chosen})
    if len(others) > 1:
        raise InvalidInput(
            f"{_list(sorted(known))} are labelled or predicted with {chosen!r} as positive, and a binary model has two "
            "classes",
            hint="name the positive label and the predictions as the labels are written",
        )
    return (others[0] if others else f"not {chosen}"), chosen


def known_positive(labels: set[str]) -> str | None:
    """The positive one of a pair that everybody knows, also where only one of the two occurs."""
    return next((up for down, up in _KNOWN if labels and labels <= {down, up}), None)


def _distinct(texts: Iterable[str | None]) -> set[str]:
    return {text for text in texts if text is not None}


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(repr(name) for name in names[:_SHOWN]) + more
