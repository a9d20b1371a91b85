"""Measuring how far columns have moved from their reference."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, kolmogorov

from coronet.core.drift import ColumnDrift, ColumnKind
from coronet.core.statistics.columns import Flags, Floats

BINS = 10
# Numbers with no more distinct values than this are compared value by value: quantiles would fall together.
FEW = 20
# Categories of which fewer rows are expected than this are put together: the chi-square law does not hold.
EXPECTED = 5
# Added to each bin's rows, so that an empty one has a logarithm.
ADDED = 0.5

Column = NDArray[Any]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Pair:
    """The values of one column that are there, before and now."""

    before: Column
    now: Column


def measure_drift(reference: Mapping[str, Any], current: Mapping[str, Any]) -> tuple[ColumnDrift, ...]:
    """The drift of every column of `reference`; mappings (or data frames) of columns, each (n,) of numbers or texts.

    A column that `current` does not have, or that has no value before or now, says so as its problem.
    """
    with np.errstate(all="ignore"):
        return tuple(_measure(name, reference[name], current.get(name)) for name in reference)


def _measure(name: str, before: Any, now: Any | None) -> ColumnDrift:
    reference = np.asarray(before)
    kind = ColumnKind.NUMBER if reference.dtype.kind in "fiub" else ColumnKind.CATEGORY
    if now is None:
        rows, shares = (len(reference), 0), (_share_missing(reference), 1.0)
        return ColumnDrift(
            column=name,
            kind=kind,
            rows=rows,
            missing=shares,
            missing_p=None,
            problem="the column is not there any more",
        )
    current = np.asarray(now)
    if kind is ColumnKind.NUMBER and current.dtype.kind not in "fiub":
        kind = ColumnKind.CATEGORY
    missing = [_is_missing(column) for column in (reference, current)]
    pair = _Pair(before=_present(reference, missing[0], kind), now=_present(current, missing[1], kind))
    shares = (float(missing[0].mean()) if len(reference) else 0.0, float(missing[1].mean()) if len(current) else 0.0)
    found = ColumnDrift(
        column=name,
        kind=kind,
        rows=(len(reference), len(current)),
        missing=shares,
        missing_p=_same_share(missing[0], missing[1]),
    )
    return _compare(found, pair)


def _compare(found: ColumnDrift, pair: _Pair) -> ColumnDrift:
    if not len(pair.before) or not len(pair.now):
        when = "before" if not len(pair.before) else "now"
        return replace(found, problem=f"there is no value {when}")
    if found.kind is ColumnKind.CATEGORY:
        return _compare_categories(found, pair)
    before, now = np.sort(pair.before), np.sort(pair.now)
    distance, shift, p = _numbers(before, now)
    values = np.unique(before)
    # A bin for each value where they are few, for those below, between and above them; else bins of equal rows.
    edges = np.repeat(values, 2) if len(values) <= FEW else _quantiles(before)
    sides = ["left", "right"] * len(values) if len(values) <= FEW else ["left"] * len(edges)
    constant = len(values) == 1 and now[0] == now[-1] == values[0]
    psi = _psi(*(_rows_between(rows, edges, sides) for rows in (before, now)))
    return replace(found, psi=psi, distance=distance, shift=shift, p=p, constant=bool(constant))


def _compare_categories(found: ColumnDrift, pair: _Pair) -> ColumnDrift:
    counts = [Counter(column.tolist()) for column in (pair.before, pair.now)]
    names = sorted(counts[0] | counts[1])
    before, now = (np.array([count[name] for name in names], dtype=np.float64) for count in counts)
    return replace(
        found,
        psi=_psi(before, now),
        distance=float(np.abs(before / before.sum() - now / now.sum()).sum() / 2),
        p=_chi_square(*_pooled(before, now)),
        unseen=float(now[before == 0].sum() / now.sum()),
        constant=len(names) == 1,
    )


# --- what is there --------------------------------------------------------------------------------


def _is_missing(column: Column) -> Flags:
    if column.dtype.kind == "f":
        return np.isnan(column)
    if column.dtype.kind == "O":
        return np.fromiter((cell is None or cell != cell for cell in column), dtype=np.bool_, count=len(column))
    return np.zeros(len(column), dtype=np.bool_)


def _share_missing(column: Column) -> float:
    return float(_is_missing(column).mean()) if len(column) else 0.0


def _present(column: Column, missing: Flags, kind: ColumnKind) -> Column:
    there = column[~missing]
    return (
        there.astype(np.float64) if kind is ColumnKind.NUMBER else np.array([str(cell) for cell in there], dtype=object)
    )


def _same_share(before: Flags, now: Flags) -> float | None:
    """The p-value of "the share of missing values is the same": the chi-square test of a table of two by two."""
    if not len(before) or not len(now):
        return None
    return _chi_square(*(np.array([flags.sum(), (~flags).sum()], dtype=np.float64) for flags in (before, now)))


# --- how far --------------------------------------------------------------------------------------


def _quantiles(ranked: Floats) -> Floats:
    """The edges between ten bins of equal rows."""
    return np.unique(ranked[(len(ranked) * np.arange(1, BINS) // BINS)])


def _rows_between(ranked: Floats, edges: Floats, sides: Sequence[str]) -> Floats:
    """Rows below the first edge, between each two, and above the last; `sides` says to whom an edge itself belongs."""
    below = [int(np.searchsorted(ranked, edge, side=side)) for edge, side in zip(edges, sides, strict=True)]  # type: ignore[call-overload]
    return np.diff([0, *below, len(ranked)]).astype(np.float64)


def _psi(before: Floats, now: Floats) -> float:
    """The population stability index, Σ (now − before) × ln(now ÷ before) over the bins' shares.

    Jeffreys' divergence of the two; Siddiqi, Credit Risk Scorecards (2006), chapter 10.
    """
    shares = [(rows + ADDED) / (rows + ADDED).sum() for rows in (before, now)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _numbers(before: Floats, now: Floats) -> tuple[float, float | None, float]:
    """(Kolmogorov–Smirnov's distance, Wasserstein's in standard deviations of the reference, p-value) of sorted values.

    The p-value is the limit law's at Stephens' corrected statistic (Journal of the Royal Statistical Society
    B 32, 1970); with ties it is too large, and never too small.
    """
    values = np.concatenate([before, now])
    values.sort(kind="stable")
    shares = [np.searchsorted(side, values, side="right") / len(side) for side in (before, now)]
    apart = np.abs(shares[0] - shares[1])
    distance = float(apart.max())
    effective = len(before) * len(now) / (len(before) + len(now))
    p = float(kolmogorov((sqrt(effective) + 0.12 + 0.11 / sqrt(effective)) * distance))
    spread, moved = float(before.std()), float((apart[:-1] * np.diff(values)).sum())
    return distance, (moved / spread if spread > 0 and np.isfinite(moved / spread) else None), p


def _pooled(before: Floats, now: Floats) -> tuple[Floats, Floats]:
    """The counts with rare categories put together."""
    total = before.sum() + now.sum()
    least = min(before.sum(), now.sum()) * (before + now) / total
    rare = least < EXPECTED
    if not rare.any():
        return before, now
    return tuple(np.append(rows[~rare], rows[rare].sum()) for rows in (before, now))  # type: ignore[return-value]


def _chi_square(before: Floats, now: Floats) -> float:
    """Pearson's test that two rows of counts come from one distribution; 1 where there is one category."""
    seen = before + now > 0
    table = np.stack([before[seen], now[seen]])
    if table.shape[1] < 2:
        return 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return float(chdtrc(table.shape[1] - 1, statistic))
