"""Which of the joined rows are measured: the rules of `pairing.pair`, on rows that come in batches."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from coronet.core.evidence import RowCounts, Task
from coronet.core.statistics.classes import THRESHOLD, Classes, decide, find_classes
from coronet.core.statistics.columns import Columns, Flags, Floats, Integers, Names, Predictions, SegmentColumn
from coronet.core.statistics.pairing import MISSING_SEGMENT, MOST_SEGMENTS
from coronet.core.statistics.streaming.fingerprint import Fingerprint, Words, number_words, text_words
from coronet.core.statistics.streaming.joined import FileRows, JoinedRows, Survey
from coronet.core.statistics.tables import Answers, Said
from coronet.errors import InvalidInput

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """Which columns say what; `scores` are columns by their class, of a binary model by its own name.

    The first file has the answers; `sides` are the files of the candidate and of the champion.
    """

    task: Task
    label: str
    sides: tuple[int, ...]
    weight: str | None = None
    cluster: str | None = None
    segments: tuple[str, ...] = ()
    prediction: str | None = None
    scores: Mapping[str, str] = field(default_factory=dict)
    threshold: float | None = None
    positive: str | None = None

    @property
    def complete(self) -> bool:
        """Whether the answers have a file of their own."""
        return 0 not in self.sides

    @property
    def repeated(self) -> bool:
        """Whether the champion's file has answers, too."""
        return self.sides == (0, 1)


@dataclass(kw_only=True, slots=True)
class Sifted:
    """What became of the rows so far: `paired` are measured by what all models say of them, the rest is counted.

    `alone` are the rows of the candidate and of the champion alone; of `shared` rows, to which both files give
    answers, those in `differing` have others, by what differs.
    """

    fingerprint: Fingerprint = field(default_factory=Fingerprint)
    unusable: Counter[str] = field(default_factory=Counter)
    differing: Counter[str] = field(default_factory=Counter)
    alone: list[int] = field(default_factory=lambda: [0, 0])
    paired: int = 0
    shared: int = 0
    negative: int = 0
    unclustered: int = 0

    def merge(self, other: Self) -> None:
        self.fingerprint.merge(other.fingerprint)
        self.unusable.update(other.unusable)
        self.differing.update(other.differing)
        self.alone = [mine + theirs for mine, theirs in zip(self.alone, other.alone, strict=True)]
        self.paired += other.paired
        self.shared += other.shared
        self.negative += other.negative
        self.unclustered += other.unclustered


class Sieve:
    """Takes joined rows, gives those to measure, and counts the rest."""

    def __init__(self, naming: Naming, surveys: Sequence[Survey]) -> None:
        self._naming, self._surveys = naming, surveys
        self.classes = _find_classes(naming, surveys)
        self.sifted = Sifted()
        answers = surveys[0]
        self._labels = self._class_codes(answers.texts.get(naming.label, ()))
        self._label_words = text_words(answers.texts.get(naming.label, ()))
        self._segments = {name: _order_segments(name, answers) for name in naming.segments}

    def take(self, rows: JoinedRows) -> Columns:
        """The columns of those that are measured."""
        answers, n = rows.files[0], len(rows)
        inside = np.ones(n, dtype=np.bool_) if answers.present is None else answers.present.copy()
        if self._naming.repeated:
            self._compare(rows, inside)
        self._drop_unlabelled(answers, inside)
        sides = [self._predictions(side, rows.files[side], n) for side in self._naming.sides]
        self._drop_unpaired(rows, inside)
        if len(sides) > 1:
            self._drop(sides[1].broken(n), "champion prediction missing or not finite", inside)
        chosen = np.flatnonzero(inside)
        columns = self._columns(
            answers, [side if len(chosen) == n else side.take(chosen) for side in sides], chosen, rows.names
        )
        failed = int(np.count_nonzero(columns.candidate.broken(len(chosen))))
        self.sifted.unusable["candidate prediction missing or not finite"] += failed
        self.sifted.paired += len(chosen) - failed
        if not self._naming.complete:
            self.sifted.fingerprint.add(_pick(rows.keys, chosen), self._words(answers, chosen))
        return columns

    def merge(self, other: Self) -> None:
        self.sifted.merge(other.sifted)

    def counts(self) -> RowCounts:
        """Of all rows taken; `InvalidInput` where files tell other answers, weights are below 0 or clusters missing."""
        for _, name in self._answer_columns() if self._naming.repeated else ():
            if differ := self.sifted.differing[name]:
                ours, theirs = (survey.location for survey in self._surveys)
                raise InvalidInput(
                    f"these are not the same rows: {differ} of {self.sifted.shared} differ in their {name}, of {ours} "
                    f"and {theirs}",
                    hint="predict the same data with both models, or name the file of the true answers: --data FILE",
                )
        if self.sifted.negative:
            raise InvalidInput(
                f"{self._surveys[0].location} has {self.sifted.negative} weights below 0",
                hint="a weight says how many rows a row stands for: 0 or more",
            )
        if self.sifted.unclustered:
            raise InvalidInput(
                f"{self._surveys[0].location} has {self.sifted.unclustered} rows that belong to no cluster",
                hint="give every row its cluster; one that stands for itself has one of its own",
            )
        return RowCounts(
            paired=self.sifted.paired,
            candidate_only=self.sifted.alone[0],
            champion_only=self.sifted.alone[1],
            unusable=dict(sorted((+self.sifted.unusable).items())),
        )

    @property
    def measured(self) -> int:
        return self.sifted.paired + self.sifted.unusable["candidate prediction missing or not finite"]

    def _drop(self, rows: Flags, reason: str, inside: Flags) -> None:
        self.sifted.unusable[reason] += int(np.count_nonzero(rows & inside))
        inside &= ~rows

    def _drop_unlabelled(self, answers: FileRows, inside: Flags) -> None:
        naming = self._naming
        if naming.task is Task.REGRESSION:
            label = answers.numbers[naming.label]
            self._drop(np.isnan(label), "label missing", inside)
            self._drop(np.isinf(label), "label not finite", inside)
        else:
            self._drop(answers.texts[naming.label] < 0, "label missing", inside)
        if naming.weight:
            weight = answers.numbers[naming.weight]
            self._drop(~np.isfinite(weight), "weight missing or not finite", inside)
            self.sifted.negative += int(np.count_nonzero(weight < 0))

    def _drop_unpaired(self, rows: JoinedRows, inside: Flags) -> None:
        """Leave only rows that every model speaks of; a single model must speak of all."""
        naming, answers = self._naming, rows.files[0]
        beside = 0 if answers.present is None else int(np.count_nonzero(~answers.present))
        if naming.complete:
            self.sifted.unusable["predicted and not in the data"] += beside
        if len(naming.sides) == 1:
            return
        if all(rows.files[side].present is None for side in naming.sides):
            return
        here = [_everywhere(rows.files[side], len(rows)) for side in naming.sides]
        if naming.complete:
            self._drop(~(here[0] | here[1]), "in the data and not predicted", inside)
            self.sifted.alone[1] += int(np.count_nonzero(here[1] & ~here[0] & inside))
        else:
            self.sifted.alone[1] += beside
        self.sifted.alone[0] += int(np.count_nonzero(here[0] & ~here[1] & inside))
        inside &= here[0] & here[1]

    def _compare(self, rows: JoinedRows, inside: Flags) -> None:
        """Count the rows to which both files give another label, weight or segment."""
        shared = inside & _everywhere(rows.files[1], len(rows))
        self.sifted.shared += int(np.count_nonzero(shared))
        for name, kind in self._answer_columns():
            if _is_same(rows.files, self._surveys, name):
                continue
            ours, theirs = (
                _comparable(each, survey, name, self._surveys[0])
                for each, survey in zip(rows.files, self._surveys, strict=True)
            )
            if differ := int(np.count_nonzero((ours != theirs) & ~(np.isnan(ours) & np.isnan(theirs)) & shared)):
                self.sifted.differing[kind] += differ

    def _answer_columns(self) -> list[tuple[str, str]]:
        naming = self._naming
        named = [(naming.label, "label"), *([(naming.weight, "weight")] if naming.weight else [])]
        named += [(naming.cluster, "cluster")] if naming.cluster else []
        named += [(name, name) for name in naming.segments]
        return [(name, kind) for name, kind in named if name in self._surveys[1].columns]

    def _class_codes(self, texts: Sequence[str]) -> Integers:
        """From codes of texts to those of classes, and from -1 to -1."""
        return (
            self.classes.encode(np.array([*texts, None], dtype=object)) if self.classes.names else np.empty(0, np.int64)
        )

    def _predictions(self, side: int, said: FileRows, rows: int) -> Predictions:
        naming = self._naming
        if naming.task is Task.REGRESSION:
            return Predictions(values=said.numbers[naming.prediction or ""])
        scores = self._scores(said, rows) if naming.scores else None
        if naming.prediction:
            texts = self._surveys[side].texts[naming.prediction]
            return Predictions(codes=self._class_codes(texts)[said.texts[naming.prediction]], scores=scores)
        threshold = THRESHOLD if naming.threshold is None else naming.threshold
        return Predictions(codes=None if scores is None else decide(scores, threshold), scores=scores)

    def _scores(self, said: FileRows, rows: int) -> Floats:
        naming = self._naming
        if naming.task is Task.BINARY:
            return said.numbers[next(iter(naming.scores.values()))]
        unknown = np.where(_everywhere(said, rows), 0.0, np.nan)
        columns = [naming.scores.get(name) for name in self.classes.names]
        return np.stack([unknown if column is None else said.numbers[column] for column in columns], axis=1)

    def _columns(
        self, answers: FileRows, sides: Sequence[Predictions], chosen: Integers, names: Names | None
    ) -> Columns:
        naming = self._naming
        label: Floats | Integers = (
            _pick(answers.numbers[naming.label], chosen)
            if naming.task is Task.REGRESSION
            else _decode(self._labels, _pick(answers.texts[naming.label], chosen))
        )
        return Columns(
            label=label,
            candidate=sides[0],
            champion=sides[1] if len(sides) > 1 else None,
            weight=_pick(answers.numbers[naming.weight], chosen) if naming.weight else None,
            cluster=self._cluster(_pick(answers.groups[naming.cluster], chosen)) if naming.cluster else None,
            segments={
                name: SegmentColumn(names=values, codes=_decode(codes, _pick(answers.texts[name], chosen)))
                for name, (values, codes) in self._segments.items()
            },
            names=None if names is None else lambda places: names(chosen[places]),
        )

    def _cluster(self, groups: Integers) -> Integers:
        """Rows of no cluster have the first group, until they are all refused."""
        self.sifted.unclustered += int(np.count_nonzero(groups < 0))
        return np.maximum(groups, 0)

    def _words(self, answers: FileRows, chosen: Integers) -> Words:
        if self._naming.task is Task.REGRESSION:
            return number_words(_pick(answers.numbers[self._naming.label], chosen))
        return _decode(self._label_words, _pick(answers.texts[self._naming.label], chosen))


def _pick(array: NDArray[Scalar], chosen: Integers) -> NDArray[Scalar]:
    """The chosen rows, without copying where they are all."""
    return array if len(chosen) == len(array) else array[chosen]


def _decode(table: NDArray[Scalar], codes: Integers) -> NDArray[Scalar]:
    """What each code stands for; -1 for the last."""
    return table.take(codes, mode="wrap")


def _everywhere(file: FileRows, rows: int) -> Flags:
    return np.broadcast_to(np.True_, rows) if file.present is None else file.present


def _find_classes(naming: Naming, surveys: Sequence[Survey]) -> Classes:
    """As of rows that have each text once."""
    nothing = np.empty(0)
    answers = Answers(source=surveys[0].location, key=(), label=_texts(surveys[0], naming.label))
    said = [
        Said(
            source=surveys[side].location,
            key=(),
            classes=_texts(surveys[side], naming.prediction) if naming.prediction else None,
            probabilities=dict.fromkeys(naming.scores, nothing)
            if naming.task is Task.MULTICLASS and naming.scores
            else None,
        )
        for side in naming.sides
    ]
    return find_classes(naming.task, answers, said, naming.positive)


def _texts(survey: Survey, column: str) -> "np.typing.NDArray[np.object_]":
    return np.array(survey.texts.get(column, ()), dtype=object)


def _order_segments(name: str, answers: Survey) -> tuple[tuple[str, ...], Integers]:
    """The names of the segments, and from the codes of texts to theirs; -1 is the last of them."""
    texts = answers.texts[name]
    if len(texts) + (name in answers.gaps and MISSING_SEGMENT not in texts) > MOST_SEGMENTS:
        raise InvalidInput(
            f"{name} of {answers.location} has {len(texts)} values, and at most {MOST_SEGMENTS} make segments",
            hint="put its values into bands in the data, or name another column",
        )
    names = tuple(sorted({*texts, MISSING_SEGMENT}))
    places = {text: place for place, text in enumerate(names)}
    return names, np.array([places[text] for text in (*texts, MISSING_SEGMENT)], dtype=np.int64)


def _is_same(files: Sequence[FileRows], surveys: Sequence[Survey], name: str) -> bool:
    """Whether that is seen at once: the same numbers, or the same codes of the same texts, without a gap."""
    ours, theirs = (file.numbers.get(name, file.texts.get(name)) for file in files)
    if surveys[0].texts.get(name) != surveys[1].texts.get(name) or ours is None or theirs is None:
        return False
    return bool((ours == theirs).all()) and (name in files[0].numbers or bool((ours >= 0).all()))


def _comparable(file: FileRows, survey: Survey, name: str, answers: Survey) -> Floats:
    """Numbers as they are, texts as their place among those of the answers, NaN where missing."""
    if name in file.numbers:
        return file.numbers[name]
    if name in file.groups:
        return file.groups[name].astype(np.float64)
    known = {text: place for place, text in enumerate(answers.texts[name])}
    places = [float(known.get(text, -1)) for text in survey.texts[name]]
    return np.array([*places, np.nan])[file.texts[name]]
