"""Rows of the candidate, of the champion and of the true answers, put side by side by their keys."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from coronet.core.canonical import canonical_json, digest_bytes
from coronet.core.evidence import RowCounts, Task
from coronet.core.statistics.classes import Classes, encode_predictions, find_classes
from coronet.core.statistics.columns import Columns, Flags, Floats, Integers, Predictions, SegmentColumn
from coronet.core.statistics.tables import Answers, Said, Texts, is_missing
from coronet.errors import InvalidInput

# What a segment of the rows without a value is called.
MISSING_SEGMENT = "(missing)"
# More segments are no segments but names of rows, and their evidence would be beyond reading.
MOST_SEGMENTS = 200
_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Paired:
    """The rows to measure, in the order of their keys, so that the files' order changes nothing.

    `keys` and `label` are theirs, as the answers have them.
    """

    keys: tuple[str, ...]
    label: Floats | Texts
    columns: Columns
    classes: Classes
    counts: RowCounts


@dataclass(kw_only=True, slots=True)
class _Sieve:
    """Rows of the answers that are still in, and how many fell out for which reason; each falls once."""

    inside: Flags
    unusable: Counter[str] = field(default_factory=Counter)

    def drop(self, rows: Flags, reason: str) -> None:
        if fallen := int(np.count_nonzero(rows & self.inside)):
            self.unusable[reason] += fallen
        self.inside &= ~rows


def pair(
    answers: Answers,
    candidate: Said,
    champion: Said | None,
    *,
    task: Task,
    positive: str | None = None,
    threshold: float | None = None,
    complete: bool = False,
) -> Paired:
    """The rows of `answers` that both models speak of, ready to be measured.

    `complete` says that `answers` are the whole evaluation data, and not the candidate's own file.
    A row without a label or weight, and one on which the champion fails, is left out and counted. One on
    which the candidate fails, or, without a champion, of which it does not speak, stays in and undoes the
    metrics: a candidate must not look better by keeping silent on hard rows. It is counted as unusable all
    the same, and not as paired.

    Raises `InvalidInput` for keys that come twice, for labels and predictions that do not fit the task,
    and for segment columns with too many values.
    """
    models = [candidate] if champion is None else [candidate, champion]
    for source, keys in ((answers.source, answers.key), *((said.source, said.key) for said in models)):
        _require_distinct(source, keys)
    classes = find_classes(task, answers, models, positive)
    places = [_places(answers.key, said.key) for said in models]
    sides = [
        encode_predictions(said, classes, threshold).align(place) for said, place in zip(models, places, strict=True)
    ]
    sieve = _Sieve(inside=np.ones(len(answers.key), dtype=np.bool_))
    _drop_unlabelled(sieve, answers)
    alone = _drop_unpaired(sieve, answers, models, places, complete=complete)
    if champion is not None:
        sieve.drop(sides[1].broken(len(answers.key)), "champion prediction missing or not finite")
    rows = _sorted_rows(answers, sieve)
    columns = _columns(answers, classes, [side.take(rows) for side in sides], rows)
    if failed := int(np.count_nonzero(columns.candidate.broken(len(rows)))):
        sieve.unusable["candidate prediction missing or not finite"] = failed
    return Paired(
        keys=tuple(answers.key[row] for row in rows.tolist()),
        label=answers.label[rows],
        columns=columns,
        classes=classes,
        counts=RowCounts(
            paired=len(rows) - failed,
            candidate_only=alone[0],
            champion_only=alone[1],
            unusable=dict(sorted(sieve.unusable.items())),
        ),
    )


def digest_rows(keys: Sequence[str], label: Floats | Texts) -> str:
    """The digest of rows by their content: over the canonical JSON of `[key, label]`, one line a row, sorted."""
    lines = sorted(canonical_json([key, value]) for key, value in zip(keys, label.tolist(), strict=True))
    return digest_bytes(b"".join(lines))


def require_same(ours: Answers, theirs: Answers) -> None:
    """InvalidInput where two files give the same key another label, weight or segment."""
    for answers in (ours, theirs):
        _require_distinct(answers.source, answers.key)
    places = _places(theirs.key, ours.key)
    shared = np.flatnonzero(places >= 0)
    columns: list[tuple[str, Floats | Texts, Floats | Texts]] = [("label", ours.label, theirs.label)]
    if ours.weight is not None and theirs.weight is not None:
        columns.append(("weight", ours.weight, theirs.weight))
    if ours.cluster is not None and theirs.cluster is not None:
        columns.append(("cluster", ours.cluster, theirs.cluster))
    columns += [
        (name, column, theirs.segments[name]) for name, column in ours.segments.items() if name in theirs.segments
    ]
    for name, mine, other in columns:
        _require_equal(
            name, mine[places[shared]], other[shared], [theirs.key[row] for row in shared.tolist()], ours, theirs
        )


def _require_equal(
    name: str, mine: Floats | Texts, other: Floats | Texts, keys: Sequence[str], ours: Answers, theirs: Answers
) -> None:
    differ = np.flatnonzero((mine != other) & ~(is_missing(mine) & is_missing(other)))
    if len(differ):
        row = int(differ[0])
        raise InvalidInput(
            f"these are not the same rows: {len(differ)} of {len(keys)} differ in their {name}; {keys[row]!r} has "
            f"{mine.tolist()[row]!r} in {ours.source} and {other.tolist()[row]!r} in {theirs.source}",
            hint="predict the same data with both models, or name the file of the true answers: --data FILE",
        )


# --- which rows -----------------------------------------------------------------------------------


def _require_distinct(source: str, keys: Sequence[str]) -> None:
    if len(set(keys)) == len(keys):
        return
    twice = [key for key, count in Counter(keys).items() if count > 1]
    more = f" and {len(twice) - _SHOWN} more" if len(twice) > _SHOWN else ""
    raise InvalidInput(
        f"{source} has keys more than once, {len(twice)} of them: {', '.join(map(repr, twice[:_SHOWN]))}{more}",
        hint="a key names one row: remove the doubles, or name the column that tells rows apart",
    )


def _places(keys: Sequence[str], among: Sequence[str]) -> Integers:
    """Where each of `keys` stands in `among`, -1 where it does not."""
    index = {key: place for place, key in enumerate(among)}
    return np.fromiter((index.get(key, -1) for key in keys), dtype=np.int64, count=len(keys))


def _drop_unpaired(
    sieve: _Sieve, answers: Answers, models: Sequence[Said], places: Sequence[Integers], *, complete: bool
) -> tuple[int, int]:
    """Leave only rows that every model speaks of; how many rows the candidate and the champion speak of alone."""
    here = [place >= 0 for place in places]
    known = set(answers.key)
    beside = len({key for said in models for key in said.key if key not in known})
    if complete:
        sieve.unusable += Counter({"predicted and not in the data": beside})
    if len(models) == 1:
        return 0, 0
    if complete:
        sieve.drop(~(here[0] | here[1]), "in the data and not predicted")
    alone = [int(np.count_nonzero(mine & ~other & sieve.inside)) for mine, other in (here, here[::-1])]
    sieve.inside &= here[0] & here[1]
    return alone[0], alone[1] if complete else beside


def _drop_unlabelled(sieve: _Sieve, answers: Answers) -> None:
    sieve.drop(is_missing(answers.label), "label missing")
    if answers.label.dtype != object:
        sieve.drop(~np.isfinite(answers.label), "label not finite")
    if answers.weight is not None:
        sieve.drop(~np.isfinite(answers.weight), "weight missing or not finite")
        if (answers.weight < 0).any():
            raise InvalidInput(
                f"{answers.source} has {int((answers.weight < 0).sum())} weights below 0",
                hint="a weight says how many rows a row stands for: 0 or more",
            )


def _sorted_rows(answers: Answers, sieve: _Sieve) -> Integers:
    inside: list[int] = np.flatnonzero(sieve.inside).tolist()
    return np.array(sorted(inside, key=answers.key.__getitem__), dtype=np.int64)


# --- their columns --------------------------------------------------------------------------------


def _columns(answers: Answers, classes: Classes, sides: Sequence[Predictions], rows: Integers) -> Columns:
    label = answers.label[rows]
    keys = answers.key
    return Columns(
        label=classes.encode(label) if label.dtype == object else label,
        candidate=sides[0],
        champion=sides[1] if len(sides) > 1 else None,
        weight=None if answers.weight is None else answers.weight[rows],
        cluster=None if answers.cluster is None else _cluster(answers.cluster[rows], answers.source),
        segments={name: _segment(name, column[rows], answers.source) for name, column in answers.segments.items()},
        names=lambda places: [keys[row] for row in rows[places].tolist()],
    )


def _cluster(texts: Texts, source: str) -> Integers:
    if without := int(np.count_nonzero(is_missing(texts))):
        raise InvalidInput(
            f"{source} has {without} rows that belong to no cluster",
            hint="give every row its cluster; one that stands for itself has one of its own",
        )
    places: dict[str, int] = {}
    return np.fromiter((places.setdefault(text, len(places)) for text in texts), dtype=np.int64, count=len(texts))


def _segment(name: str, texts: Texts, source: str) -> SegmentColumn:
    named = np.array([MISSING_SEGMENT if text is None else text for text in texts], dtype=object)
    names, codes = np.unique(named, return_inverse=True) if len(named) else (named, np.empty(0, dtype=np.int64))
    if len(names) > MOST_SEGMENTS:
        raise InvalidInput(
            f"{name} of {source} has {len(names)} values, and at most {MOST_SEGMENTS} make segments",
            hint="put its values into bands in the data, or name another column",
        )
    return SegmentColumn(names=tuple(names), codes=codes.astype(np.int64))
