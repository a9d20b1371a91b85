"""How far a column has moved: two profiles in, what was measured out."""

from dataclasses import dataclass, replace

import numpy as np

from coronet.core.drift import ColumnDrift
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.drift.bins import category_bins, number_bins
from coronet.core.statistics.drift.categories import pool
from coronet.core.statistics.drift.chance import counts_p, kolmogorov_p
from coronet.core.statistics.drift.profiles import CategoryProfile, NumberProfile, Profile
from coronet.core.statistics.drift.steps import Aligned, align
from coronet.core.statistics.drift.swap import find_swap

BINS = 10
# Numbers with no more distinct values than this are compared value by value: quantiles would fall together.
FEW = 20
# Added to each bin's rows, so that an empty one has a logarithm.
ADDED = 0.5


def compare(column: str, before: Profile, now: Profile | None) -> ColumnDrift:
    """The drift of one column; None where there is no such column now, which is a problem of its own."""
    found = ColumnDrift(
        column=column,
        kind=before.kind,
        rows=(before.rows, now.rows if now else 0),
        missing=(_share(before.missing, before.rows), _share(now.missing, now.rows) if now else 1.0),
        missing_p=None,
    )
    if now is None:
        return replace(found, problem="the column is not there any more")
    if before.rows and now.rows:
        missing = np.array([[side.rows - side.missing, side.missing] for side in (before, now)], dtype=np.float64)
        found = replace(found, missing_p=counts_p(*missing))
    for side, when in ((before, "before"), (now, "now")):
        if not side.present:
            return replace(found, problem=f"there is no value {when}")
    match before, now:
        case NumberProfile(), NumberProfile():
            return _compare_numbers(found, before, now)
        case CategoryProfile(), CategoryProfile():
            return _compare_categories(found, before, now)
        case _:
            raise TypeError("a column is compared as numbers or as categories on both sides")


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


# --- numbers --------------------------------------------------------------------------------------


def _compare_numbers(found: ColumnDrift, before: NumberProfile, now: NumberProfile) -> ColumnDrift:
    strange = now.strange / now.present
    found = replace(found, infinite=(before.infinite, now.infinite), unseen=strange)
    if not before.steps.total or not now.steps.total:
        when = "before" if not before.steps.total else "now"
        return replace(found, problem=f"there is no number {when}", p=counts_p(*_strange(before, now)))
    both = align(before.steps, now.steps)
    swap = find_swap(both, before, now)
    if swap:
        both = both.without(swap.place)
        found = replace(found, note=swap.note)
    both = _clip(both, before, now)
    distance = measure_distance(both)
    shift, shift_bound = _shift(both, before, now)
    few = _few(both)
    groups = _by_value(both) if few else _by_quantiles(both)
    counts = [np.bincount(groups, weights=side).astype(np.float64) for side in (both.before, both.now)]
    p = counts_p(*counts) if few else kolmogorov_p(distance.value, both.before.sum(), both.now.sum())
    if strange:
        # Texts where numbers were: the test of "as many as before", which were none.
        p = min(1.0, 2 * min(p, counts_p(*_strange(before, now))))
    return replace(
        found,
        psi=_psi(*counts),
        distance=distance.value,
        bound=distance.bound,
        shift=shift,
        shift_bound=shift_bound,
        p=p,
        constant=_is_constant(both),
        bins=number_bins(both),
    )


def _strange(before: NumberProfile, now: NumberProfile) -> Floats:
    return np.array([[side.present - side.strange, side.strange] for side in (before, now)], dtype=np.float64)


def _clip(both: Aligned, before: NumberProfile, now: NumberProfile) -> Aligned:
    """No step reaches beyond the numbers that there are."""
    least = min((side.moments.least for side in (before, now) if side.moments.least is not None), default=0.0)
    greatest = max((side.moments.greatest for side in (before, now) if side.moments.greatest is not None), default=0.0)
    return replace(both, low=np.clip(both.low, least, greatest), high=np.clip(both.high, least, greatest))


@dataclass(frozen=True, kw_only=True, slots=True)
class Distance:
    """Kolmogorov–Smirnov's distance at the ends of steps; the true one is at most `bound` larger."""

    value: float
    bound: float


def measure_distance(both: Aligned) -> Distance:
    """The widest distance of the two distribution functions.

    Within a step both rise from what they are at its start to what they are at its end, and nobody knows
    where: there, they can be no farther apart than one's end from the other's start.
    """
    before, now = (_reached(side) for side in (both.before, both.now))
    value = float(np.abs(before[1:] - now[1:]).max())
    widest = np.maximum(before[1:] - now[:-1], now[1:] - before[:-1])
    inside = (both.before > 0) & (both.now > 0) & ~both.is_point
    return Distance(value=value, bound=max(float(widest[inside].max(initial=0.0)) - value, 0.0))


def _reached(rows: Floats) -> Floats:
    """(steps + 1,) the share of the rows before each step and after the last."""
    return np.concatenate(([0.0], np.cumsum(rows) / rows.sum()))


def _shift(both: Aligned, before: NumberProfile, now: NumberProfile) -> tuple[float | None, float]:
    """(Wasserstein's distance in standard deviations of the reference, at most how wrong); None where it has no end.

    The area between the distribution functions (Vallender, Theory of Probability and its Applications 18, 1974).
    """
    spread = before.moments.deviation
    if not spread or before.infinite or now.infinite:
        return None, 0.0
    apart = np.abs(np.diff([_reached(side) for side in (both.before, both.now)], axis=0)[0])
    gaps = np.append(both.low[1:] - both.high[:-1], 0.0)
    widths = both.high - both.low
    inside = widths * (apart[:-1] + apart[1:]) / 2
    moved = float((apart[1:] * gaps + inside).sum() / spread)
    unknown = widths * (both.before / both.before.sum() + both.now / both.now.sum())
    bound = float(unknown.sum() / spread)
    return (moved, bound) if np.isfinite(moved) and np.isfinite(bound) else (None, 0.0)


def _few(both: Aligned) -> bool:
    there = both.before > 0
    return bool(both.is_point[there].all()) and int(there.sum()) <= FEW


def _by_value(both: Aligned) -> "np.typing.NDArray[np.int64]":
    """A bin for each value of the reference, and one for what lies below, between and above them."""
    there = both.before > 0
    return np.asarray(2 * np.cumsum(there) - there, dtype=np.int64)


def _by_quantiles(both: Aligned) -> "np.typing.NDArray[np.int64]":
    """Ten bins of about equal reference rows; a value that fills one has it to itself."""
    reached = np.cumsum(both.before)
    total = reached[-1]
    places = np.searchsorted(reached, np.floor(total * np.arange(1, BINS) / BINS), side="right")
    starts = np.zeros(len(reached) + 1, dtype=np.int64)
    starts[places] = 1
    starts[places[both.before[places] >= total / BINS] + 1] = 1
    return np.cumsum(starts[:-1])


def _psi(before: Floats, now: Floats) -> float:
    """The population stability index, Σ (now − before) × ln(now ÷ before) over the bins' shares.

    Jeffreys' divergence of the two; Siddiqi, Credit Risk Scorecards (2006), chapter 10.
    """
    there = before + now > 0
    shares = [(rows[there] + ADDED) / (rows[there] + ADDED).sum() for rows in (before, now)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _is_constant(both: Aligned) -> bool:
    there = (both.before > 0) | (both.now > 0)
    return int(there.sum()) == 1 and bool(both.is_point[there].all())


# --- categories -----------------------------------------------------------------------------------


def _compare_categories(found: ColumnDrift, before: CategoryProfile, now: CategoryProfile) -> ColumnDrift:
    if before.pooled is not None or now.pooled is not None:
        named = before.counts if before.pooled is not None else now.counts
        before, now = pool(before, named), pool(now, named)
        found = replace(found, note="too many categories to count each: the rare ones are pooled by hash")
    names = sorted({**before.counts, **now.counts})
    rows = [np.array([side.counts.get(name, 0) for name in names], dtype=np.float64) for side in (before, now)]
    swap = find_swap(
        Aligned(low=np.zeros(len(names)), high=np.zeros(len(names)), before=rows[0], now=rows[1]),
        before,
        now,
        names=names,
    )
    if swap:
        rows = [np.delete(side, swap.place) for side in rows]
        names = [name for place, name in enumerate(names) if place != swap.place]
        found = replace(found, note=swap.note)
    if before.pooled is not None and now.pooled is not None:
        rows = [np.append(side, pooled) for side, pooled in zip(rows, (before.pooled, now.pooled), strict=True)]
    shares = [side / side.sum() for side in rows]
    return replace(
        found,
        psi=_psi(*rows),
        distance=float(np.abs(shares[0] - shares[1]).sum() / 2),
        p=counts_p(*rows),
        unseen=float(shares[1][rows[0] == 0].sum()),
        constant=len(names) == 1 and before.pooled is None,
        bins=category_bins(names, *rows),
    )
