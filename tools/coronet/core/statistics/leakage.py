"""How well each feature tells the label by itself: what tells it almost perfectly is the label in disguise.

What leaks and why it must be looked for: Kaufman, Rosset, Perlich and Stitelman, Leakage in Data Mining (ACM
Transactions on Knowledge Discovery from Data 6, 2012), https://doi.org/10.1145/2382577.2382579.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coronet.core.evidence import Task
from coronet.core.evidence.leakage import Leak, Leakage
from coronet.core.statistics.columns import SEED, Floats, Integers

FOLDS = 5
# Numbers are cut into so many bins of equal rows at the most, of so many rows at least.
MOST_BINS, LEAST_ROWS = 256, 5
# Fewer rows than this, or rows of the rarer of two classes, say nothing: chance alone tells them apart.
FEWEST_ROWS, FEWEST_OF_A_CLASS = 50, 10

RANKING = "|2·AUC − 1|"
GROUPING = "2·AUC − 1 of the label's share by value, out of fold"
RANKS = "Spearman's ρ²"
MEANS = "R² of the label's rank by value, out of fold"


def measure_leakage(features: Mapping[str, Any], label: Any, task: Task) -> Leakage:
    """The power of each feature, an array of n numbers or texts, over (n,) labels; in the features' order.

    Labels are numbers of a regression, else any values, one for each class. Power is 0 to 1:

    - two classes: Somers' D of the feature's ranking, |2·AUC − 1| (American Sociological Review 27, 1962), or
      2·AUC − 1 of the share of the positive class among rows of the same value (numbers: of the same bin);
    - many classes: the latter, each class against the others, weighted by the classes' rows (Provost and
      Domingos, Machine Learning 52, 2003);
    - numbers: Spearman's ρ², or the share of the variance of the label's ranks that rows of the same value explain.

    The larger counts. What is learned from rows of the same value (Micci-Barreca, SIGKDD Explorations 3, 2001) is
    learned on four fifths of the rows and asked of the last: a value that is seen once, as in a column of
    names, tells nothing. Missing values are a value of their own. Each row counts once, whatever its weight.
    """
    answers = _read_label(np.asarray(label), task)
    if problem := _too_few(answers):
        return Leakage(rows=len(label), features=len(features), problem=problem)
    leaks = tuple(_measure(name, np.asarray(column), answers) for name, column in features.items())
    return Leakage(rows=len(label), features=len(features), columns=leaks)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Answers:
    """What is to be told of n rows: the rank of a number, (n,), or the code of a class below `classes`."""

    told: Floats
    classes: int
    folds: Integers

    @property
    def is_number(self) -> bool:
        return self.classes == 0

    @property
    def targets(self) -> range:
        """The classes to tell from the others: of two the second says it all."""
        return range(1, 2) if self.classes == 2 else range(self.classes)

    def of(self, order: Integers) -> "_Answers":
        return _Answers(told=self.told[order], classes=self.classes, folds=self.folds[order])


def _read_label(label: NDArray[Any], task: Task) -> _Answers:
    folds = np.random.default_rng(SEED).integers(0, FOLDS, len(label), dtype=np.int64)
    if task is Task.REGRESSION:
        values = label.astype(np.float64)
        order = np.argsort(values)
        ranks = np.empty(len(values))
        ranks[order] = _shared_places(_ties(values[order]), len(values))
        return _Answers(told=ranks, classes=0, folds=folds)
    names, codes = np.unique(label, return_inverse=True)
    return _Answers(told=codes.astype(np.float64), classes=len(names), folds=folds)


def _too_few(answers: _Answers) -> str:
    rows = len(answers.told)
    if rows < FEWEST_ROWS:
        return f"{rows} rows are too few to say what a feature tells, wanted {FEWEST_ROWS}"
    if answers.told.min() == answers.told.max():
        return "all rows have the same label"
    rarer = int(np.bincount(answers.told.astype(np.int64)).min()) if answers.classes == 2 else FEWEST_OF_A_CLASS
    few = f"{rarer} rows of a class are too few to say what a feature tells, wanted {FEWEST_OF_A_CLASS}"
    return few if rarer < FEWEST_OF_A_CLASS else ""


def _measure(name: str, column: NDArray[Any], answers: _Answers) -> Leak:
    numbers = _as_numbers(column)
    if numbers is None:
        found = [_by_group(_categories(column), answers)]
    else:
        order = np.argsort(numbers)
        ranked, sorted_answers = numbers[order], answers.of(order)
        found = [_by_group(_bins(ranked), sorted_answers), *_by_order(_ties(ranked), sorted_answers)]
    power, method = max(found)
    return Leak(column=name, power=min(max(float(power), 0.0), 1.0), method=method)


def _as_numbers(column: NDArray[Any]) -> Floats | None:
    """Numbers and moments as floats, NaN where missing; None for what has no order of its own."""
    if column.dtype.kind in "mM":
        return np.where(np.isnat(column), np.nan, column.astype(np.int64).astype(np.float64))
    return column.astype(np.float64) if column.dtype.kind in "fiub" else None


# --- the order of numbers -------------------------------------------------------------------------


def _by_order(first: Integers, answers: _Answers) -> list[tuple[float, str]]:
    """How well the order of sorted values tells; `first` are the places at which another value begins."""
    rows = len(answers.told)
    if answers.is_number:
        return [(_correlation(_shared_places(first, rows), answers.told) ** 2, RANKS)]
    if answers.classes > 2:
        return []
    positives = np.add.reduceat(answers.told, first)
    area = _area(positives, np.diff(np.append(first, rows)).astype(np.float64))
    return [(abs(2 * area - 1), RANKING)]


def _ties(ranked: Floats) -> Integers:
    """The places in sorted values at which another value begins; all that is missing is one."""
    other = ranked[1:] != ranked[:-1]
    missing = np.isnan(ranked)
    other &= ~(missing[1:] & missing[:-1])
    return np.flatnonzero(np.concatenate(([True], other)))


def _shared_places(first: Integers, rows: int) -> Floats:
    """(rows,): the place of each sorted value from 1; equal values share the mean of their places."""
    sizes = np.diff(np.append(first, rows))
    return np.repeat(first + (sizes + 1) / 2, sizes)


def _correlation(left: Floats, right: Floats) -> float:
    """Pearson's; 0 where one of the two is constant."""
    left, right = left - left.mean(), right - right.mean()
    scale = float(np.sqrt((left @ left) * (right @ right)))
    return float(left @ right) / scale if scale > 0 else 0.0


# --- rows of the same value -----------------------------------------------------------------------


def _by_group(codes: Integers, answers: _Answers) -> tuple[float, str]:
    """How well rows of the same code tell each other's answers, out of fold."""
    size = int(codes.max()) + 1
    cells = codes * FOLDS + answers.folds
    rows = np.bincount(cells, minlength=size * FOLDS).astype(np.float64)
    if answers.is_number:
        sums = _sums(cells, answers.told, size)
        told, mean = _out_of_fold(rows, sums), answers.told.mean()
        squares = float(answers.told @ answers.told)
        rest = squares - 2 * float(told @ sums) + float((told**2) @ rows)
        return 1 - rest / (squares - len(answers.told) * mean**2), MEANS
    areas, weights = [], []
    for code in answers.targets:
        sums = _sums(cells, answers.told == code, size)
        order = np.argsort(told := _out_of_fold(rows, sums))
        first = _ties(told[order])
        areas.append(2 * _area(np.add.reduceat(sums[order], first), np.add.reduceat(rows[order], first)) - 1)
        weights.append(sums.sum())
    return float(np.average(areas, weights=weights)), GROUPING


def _sums(cells: Integers, told: NDArray[Any], size: int) -> Floats:
    return np.asarray(np.bincount(cells, weights=told, minlength=size * FOLDS), dtype=np.float64)


def _out_of_fold(rows: Floats, sums: Floats) -> Floats:
    """For each cell (code × fold) the mean over the other folds of its code, drawn to the mean of all.

    The mean of all counts as one row: a code that no other fold has tells nothing.
    """
    by_code, in_code = (each.reshape(-1, FOLDS) for each in (rows, sums))
    others, of_others = (each.sum(axis=1, keepdims=True) - each for each in (by_code, in_code))
    told: Floats = ((of_others + sums.sum() / rows.sum()) / (others + 1)).reshape(-1)
    return told


def _area(positives: Floats, rows: Floats) -> float:
    """The area under the ROC curve of groups in rising order, each tied within: Mann and Whitney (1947)."""
    negatives = rows - positives
    below = np.cumsum(negatives) - negatives / 2
    return float(positives @ below) / float(positives.sum() * negatives.sum())


def _bins(ranked: Floats) -> Integers:
    """(n,): the bin of each sorted value by quantiles, equal values together; missing ones in one of their own."""
    rows, there = len(ranked), int(np.searchsorted(ranked, np.nan))
    bins = min(MOST_BINS, there // LEAST_ROWS)
    edges = np.unique(ranked[(there * np.arange(1, bins)) // bins]) if bins > 1 else np.empty(0)
    starts = np.concatenate(([0], np.searchsorted(ranked[:there], edges), [there, rows]))
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


def _categories(column: NDArray[Any]) -> Integers:
    """(n,): a number for each value; what is seen once is one, as is all that is missing."""
    cells = column.tolist()
    try:
        texts = {cell: "" if cell is None or cell != cell else str(cell) for cell in dict.fromkeys(cells)}
    except TypeError:  # lists and the like cannot be looked up
        cells = [str(cell) for cell in cells]
        texts = {cell: cell for cell in cells}
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts.values()), start=1)}
    coded = {cell: numbers[text] for cell, text in texts.items()}
    codes = np.fromiter(map(coded.__getitem__, cells), dtype=np.int64, count=len(cells))
    codes[np.bincount(codes)[codes] == 1] = 0
    return codes
