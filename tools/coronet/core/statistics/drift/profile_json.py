"""Profiles as JSON: what drift is measured against later, when the rows are gone."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from coronet.core.statistics.drift.categories import BUCKETS, pool
from coronet.core.statistics.drift.grid import Grid
from coronet.core.statistics.drift.profiles import CategoryProfile, Moments, NumberProfile, Profile
from coronet.core.statistics.drift.steps import Steps, thin

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
# How finely numbers, and how many categories by name, are kept.
_STEPS, _NAMED = 128, 200


def profile_json(column: str, profile: Profile) -> dict[str, Any]:
    """One column of `coronet/profile/v1`; numbers must have been counted on a grid."""
    common = {"column": column, "kind": str(profile.kind), "rows": profile.rows, "missing": profile.missing}
    own = _numbers_json(profile) if isinstance(profile, NumberProfile) else _categories_json(profile)
    return common | own


def parse_profile(value: Mapping[str, Any]) -> Profile:
    """The profile of what `profile_json` wrote, and its schema allows; ValueError where its lists do not fit."""
    rows, missing = value["rows"], value["missing"]
    if value["kind"] == "number":
        return _parse_numbers(value, rows, missing)
    pooled = value["pooled"]
    buckets = (
        None
        if pooled is None
        else np.bincount([int(place) for place in pooled], weights=[*pooled.values()], minlength=BUCKETS).astype(
            np.int64
        )
    )
    return CategoryProfile(rows=rows, missing=missing, counts=dict(value["categories"]), pooled=buckets)


def quantiles(profile: NumberProfile) -> dict[str, float | None]:
    """About the quantiles, each as the end of the step it lies in."""
    least, greatest = profile.moments.least, profile.moments.greatest
    if least is None or greatest is None:
        return {f"{share:g}": None for share in QUANTILES}
    steps = profile.steps.clip(least, greatest)
    reached = np.cumsum(steps.rows)
    places = np.searchsorted(reached, np.array(QUANTILES) * reached[-1])
    ends = steps.high[np.minimum(places, len(reached) - 1)]
    return {f"{share:g}": float(end) for share, end in zip(QUANTILES, ends, strict=True)}


def _numbers_json(profile: NumberProfile) -> dict[str, Any]:
    grid = profile.grid or Grid()
    steps = thin(profile.steps, _STEPS)
    return {
        "infinite": profile.infinite,
        "strange": profile.strange,
        "mean": profile.moments.mean,
        "deviation": profile.moments.deviation,
        "least": profile.moments.least,
        "greatest": profile.moments.greatest,
        "quantiles": quantiles(profile),
        "grid": {"centre": grid.centre, "scale": grid.scale, "edges": grid.edges.tolist()},
        "steps": {
            "until": steps.keys.tolist(),
            "high": [float(end) if np.isfinite(end) else None for end in steps.high],
            "rows": steps.rows.astype(np.int64).tolist(),
        },
    }


def _categories_json(profile: CategoryProfile) -> dict[str, Any]:
    ranked = sorted(profile.counts.items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) > _NAMED or profile.pooled is not None:
        profile = pool(profile, [name for name, _ in ranked[:_NAMED]])
    pooled = profile.pooled
    return {
        "categories": dict(sorted(profile.counts.items())),
        "pooled": None if pooled is None else {str(place): int(pooled[place]) for place in np.flatnonzero(pooled)},
    }


def _parse_numbers(value: Mapping[str, Any], rows: int, missing: int) -> NumberProfile:
    written = value["steps"]
    high = np.array([np.inf if end is None else end for end in written["high"]], dtype=np.float64)
    # Each begins where the one before ends, so that a value of its own begins where it ends.
    low = np.append(-np.inf, high[:-1])
    steps = Steps(
        keys=np.array(written["until"], dtype=np.int64),
        low=low,
        high=high,
        rows=np.array(written["rows"], dtype=np.float64),
        coarse=True,
    )
    if len({len(column) for column in (steps.keys, high, steps.rows)}) != 1 or (np.diff(steps.keys) <= 0).any():
        raise ValueError("its steps do not fit together")
    grid = Grid(
        centre=value["grid"]["centre"],
        scale=value["grid"]["scale"],
        edges=np.array(value["grid"]["edges"], dtype=np.float64),
        points=low[low == high],
    )
    moments = Moments(**{name: value[name] for name in ("mean", "deviation", "least", "greatest")})
    counts = {name: value[name] for name in ("infinite", "strange")}
    return NumberProfile(rows=rows, missing=missing, steps=steps, grid=grid, moments=moments, **counts)
