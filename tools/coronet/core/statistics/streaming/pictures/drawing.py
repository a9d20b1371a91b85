"""Curves of one model, and how few of their points draw the same line."""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

import numpy as np

from coronet.core.evidence import Curve
from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.streaming.pictures.magnitudes import find_quantiles
from coronet.core.statistics.streaming.pictures.residuals import Residuals
from coronet.core.statistics.streaming.pictures.steps import Steps
from coronet.core.wilson import wilson

# A line of a drawing 400 pixels wide is off by less than half of one, where as many points suffice.
MOST_POINTS, PIXEL = 60, 1 / 800
# Of neighbours in one cell of a grid so fine, one stands for all.
_CELLS = 8192
GROUPS = 15
QUANTILES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
_DIGITS = 5


def draw_scores(steps: Steps, *, confidence: float) -> Mapping[str, Curve]:
    """Of two classes: ROC, precision by recall, gain, lift and calibration."""
    miss, hit = (np.cumsum(side[::-1]) for side in steps.weight)
    chosen = miss + hit
    recall, share = hit / hit[-1], chosen / chosen[-1]
    curves = {
        "roc": _thin(_from(0, miss / miss[-1]), _from(0, recall)),
        "precision_recall": _thin(_from(0, recall), _from(hit[0] / chosen[0], hit / chosen)),
        "gain": _thin(_from(0, share), _from(0, recall)),
        "lift": _thin(share, recall / share),
    }
    return {**curves, **draw_calibration(steps, confidence=confidence)}


def draw_calibration(steps: Steps, *, confidence: float) -> Mapping[str, Curve]:
    """Mean probability and frequency, with Wilson's interval, in groups of about as many rows; nothing where
    scores are no probabilities.
    """
    if not len(steps.mean) or steps.mean[0] < 0 or steps.mean[-1] > 1:
        return {}
    total = steps.weight.sum(axis=0)
    middle = np.cumsum(total) - total / 2
    _, group = np.unique(np.floor(GROUPS * middle / total.sum()), return_inverse=True)
    hits, weight, squares, rows, mean = (
        np.bincount(group, weights=each).astype(np.float64)
        for each in (
            steps.weight[1],
            total,
            steps.squares.sum(axis=0),
            steps.rows.sum(axis=0),
            total * steps.mean,
        )
    )
    ends = [
        wilson(share, effective, confidence=confidence)
        for share, effective in zip((hits / weight).tolist(), (weight**2 / squares).tolist(), strict=True)
    ]
    low, high = zip(*ends, strict=True)
    return {"calibration": _curve(x=mean / weight, y=hits / weight, low=low, high=high, rows=rows)}


def draw_residuals(residuals: Residuals) -> Mapping[str, Curve]:
    """Label minus prediction: by how high the prediction is, and over all rows."""
    groups = residuals.groups()
    if not groups:
        return {}
    shares, span = np.array([0.1, 0.5, 0.9]), (residuals.low, residuals.high)
    low, middle, high = zip(*(find_quantiles(group.counts, shares, *span) for group in groups), strict=True)
    everything = np.sum([group.counts for group in groups], axis=0)
    return {
        "residuals": _curve(
            x=[group.prediction for group in groups],
            y=middle,
            mean=[group.residual for group in groups],
            low=low,
            high=high,
            rows=[group.rows for group in groups],
        ),
        "residual_quantiles": _curve(x=QUANTILES, y=find_quantiles(everything, np.array(QUANTILES), *span)),
    }


def thin(x: Floats, y: Floats, *, most: int = MOST_POINTS, pixel: float = PIXEL) -> tuple[Integers, float]:
    """The places of the points to keep, and how far the others lie from the line through them, at most.

    The farthest point is added until none is farther off than `pixel`, or `most` are there: Douglas and Peucker,
    Cartographica 10 (1973), https://doi.org/10.3138/FM57-6770-U75U-7727. Both axes count as 1 long.
    """
    across, up = _to_one(x), _to_one(y)
    there, near = _without_neighbours(across, up)
    points = np.stack([across[there], up[there]], axis=1)
    kept, waiting = [0, len(points) - 1], list[tuple[float, int, int, int]]()

    def look(start: int, end: int) -> None:
        if end - start > 1:
            away = _distances(points[start + 1 : end], points[start], points[end])
            place = int(away.argmax())
            heappush(waiting, (-float(away[place]), start, start + 1 + place, end))

    look(0, len(points) - 1)
    while waiting and -waiting[0][0] > pixel - near and len(kept) < most:
        _, start, place, end = heappop(waiting)
        kept.append(place)
        look(start, place)
        look(place, end)
    return there[np.array(sorted({*kept}))], (-waiting[0][0] if waiting else 0.0) + near


def _without_neighbours(across: Floats, up: Floats) -> tuple[Integers, float]:
    """The places of the first point of each run within one cell, and of the last of all; how far others may lie off."""
    if len(across) <= _CELLS:
        return np.arange(len(across)), 0.0
    is_kept = np.ones(len(across), dtype=np.bool_)
    is_kept[1:-1] = False
    for axis in (across, up):
        cells = np.floor(axis * _CELLS)
        is_kept[1:-1] |= cells[1:-1] != cells[:-2]
    return np.flatnonzero(is_kept), 2**0.5 / _CELLS


def _distances(points: Floats, start: Floats, end: Floats) -> Floats:
    """From the stretch of line between two points, (n,)."""
    along, far = end - start, points - start
    length = float(along @ along)
    share = np.clip(far @ along / length, 0, 1) if length else np.zeros(len(points))
    return np.asarray(np.hypot(*(far - share[:, np.newaxis] * along).T))


def _to_one(numbers: Floats) -> Floats:
    """As shares of the axis, which begins at 0 or below it."""
    low, high = min(float(numbers.min()), 0.0), float(numbers.max())
    return (numbers - low) / (high - low) if high > low else np.zeros(len(numbers))


def _thin(x: Floats, y: Floats) -> Curve:
    places, off_by = thin(x, y)
    return _curve(off_by=off_by, x=x[places], y=y[places])


def _from(first: float, numbers: Floats) -> Floats:
    return np.concatenate(([float(first)], numbers))


def _curve(*, off_by: float | None = None, **columns: Sequence[float] | Floats) -> Curve:
    """To five digits, which no drawing shows."""
    rounded = {
        name: tuple(float(f"{number:.{_DIGITS}g}") for number in np.asarray(column).tolist())
        for name, column in columns.items()
    }
    return Curve(columns=rounded, off_by=None if off_by is None else float(f"{off_by:.2g}"))
