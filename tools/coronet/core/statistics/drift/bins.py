"""Both distributions in few bins: what a page draws."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coronet.core.drift import Bin
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.drift.steps import Aligned

_BINS = 20
_CATEGORIES = 12
# The part of the rows at either end that goes into the outermost bins.
_TAIL = 0.01
_LONGEST = 60


def number_bins(both: Aligned) -> tuple[Bin, ...]:
    """A bin for each value where they are few; else bins of equal width, the outermost with all that is beyond."""
    there = (both.before > 0) | (both.now > 0)
    shares = [side / side.sum() for side in (both.before, both.now)]
    if int(there.sum()) <= _BINS and both.is_point[there].all():
        values = zip(both.low[there], shares[0][there], shares[1][there], strict=True)
        return tuple(_bin(f"{value:.6g}", was, now) for value, was, now in values)
    low, high = (_quantile(both, shares, share) for share in (_TAIL, 1 - _TAIL))
    if low == high:
        # Nearly all have one value, and the others are what there is to see.
        low, high = float(both.low[there].min()), float(both.high[there].max())
    with np.errstate(over="ignore", invalid="ignore"):
        edges = np.linspace(low, high, _BINS + 1)
    if not np.isfinite(edges).all():
        return ()
    parts = [np.diff(_reached(both, side, edges)) for side in shares]
    # As many digits as tell the edges apart.
    digits = 4 + max(0, int(np.log10(np.abs(edges).max() / (high - low))))
    return tuple(
        _bin(f"{start:.{digits}g} to {end:.{digits}g}", was, now)
        for start, end, was, now in zip(edges[:-1], edges[1:], *parts, strict=True)
    )


def category_bins(names: Sequence[str], before: Floats, now: Floats) -> tuple[Bin, ...]:
    """The categories that most rows have, and all others as one; rows beyond the names are of the others, too."""
    shares = [before / before.sum(), now / now.sum()]
    ranked = np.argsort(-(shares[0] + shares[1])[: len(names)], kind="stable")
    first = ranked[:_CATEGORIES] if len(ranked) > _CATEGORIES + 1 else ranked
    bins = [_bin(_clip(names[place]), shares[0][place], shares[1][place]) for place in first]
    rest = [max(1 - float(side[first].sum()), 0.0) for side in shares]
    if len(first) < len(before):
        bins.append(replace(_bin("all others", *rest), rest=True))
    return tuple(bins)


def _quantile(both: Aligned, shares: Sequence[Floats], share: float) -> float:
    """About the quantile of both together, among the steps' ends."""
    together = np.cumsum(shares[0] + shares[1])
    place = int(np.searchsorted(together, share * together[-1]))
    return float((both.low if share < 0.5 else both.high)[place])


def _reached(both: Aligned, shares: Floats, edges: Floats) -> Floats:
    """The share of the rows up to each edge, those within a step spread over it; none before the first edge."""
    total = np.concatenate(([0.0], np.cumsum(shares)))
    place = np.searchsorted(both.high, edges)
    inside = np.minimum(place, len(shares) - 1)
    width = both.high[inside] - both.low[inside]
    with np.errstate(all="ignore"):
        part = np.where(width > 0, np.clip((edges - both.low[inside]) / width, 0, 1), 0.0)
    reached = total[place] + np.where(place < len(shares), np.nan_to_num(part), 0.0) * shares[inside]
    reached[0], reached[-1] = 0.0, 1.0
    return np.asarray(np.maximum.accumulate(reached))


def _bin(label: str, before: float, now: float) -> Bin:
    return Bin(label=label, before=round(float(before), 6), now=round(float(now), 6))


def _clip(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
