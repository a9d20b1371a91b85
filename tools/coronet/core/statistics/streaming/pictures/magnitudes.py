"""How many numbers there are of each size: levels that are narrow where numbers are small, the same for all data.

Each power of two has 2**6 levels, so that a number is known to within 1.6 % of itself; a float's bits give its
level. It is the histogram of Tene, HdrHistogram, http://hdrhistogram.org, on floats.
"""

import numpy as np

from coronet.core.statistics.columns import Floats, Integers

_LEADING = 6
_SHIFT = 52 - _LEADING
# What is nearer to 0 than the first counts as 0, what is farther off than the second as that far.
NEAREST, FARTHEST = 2.0**-40, 2.0**40
_FIRST = int(np.float64(NEAREST).view(np.int64)) >> _SHIFT
# Level 0 is for 0 itself.
LEVELS = (int(np.float64(FARTHEST).view(np.int64)) >> _SHIFT) - _FIRST + 2
SIGNED = 2 * LEVELS - 1


def size_levels(numbers: Floats) -> Integers:
    """(n,) from 0 to LEVELS − 1, of numbers from 0 on."""
    bits = np.ascontiguousarray(np.clip(numbers, NEAREST, FARTHEST)).view(np.int64)
    levels = bits >> _SHIFT
    levels -= _FIRST - 1
    # What is next to nothing was taken for the nearest, which has level 1; to choose takes several times as long.
    levels -= numbers < NEAREST
    return levels


def signed_levels(numbers: Floats) -> Integers:
    """(n,) from 0 to SIGNED − 1, rising with the numbers; 0 has the level in the middle."""
    levels = size_levels(np.abs(numbers))
    return (LEVELS - 1) + np.where(numbers < 0, -levels, levels)


def find_quantiles(counts: Floats, shares: Floats, low: float, high: float) -> list[float]:
    """Numbers that so many do not exceed, from counts by level (of sizes or signed), all between low and high."""
    cumulated = np.cumsum(counts)
    wanted = shares * cumulated[-1]
    place = np.minimum(np.searchsorted(cumulated, wanted, side="left"), np.flatnonzero(counts)[-1])
    within = (wanted - (cumulated[place] - counts[place])) / counts[place]
    least, most = _edges(place, signed=len(counts) == SIGNED)
    found: list[float] = np.clip(least + (most - least) * np.clip(within, 0, 1), low, high).tolist()
    return found


def _edges(levels: Integers, *, signed: bool) -> tuple[Floats, Floats]:
    """The least and the greatest number of levels."""
    away = levels - (LEVELS - 1) if signed else levels
    size = np.abs(away)
    near, far = (((size + more + _FIRST - 1) << _SHIFT).view(np.float64) for more in (0, 1))
    near, far = np.where(size == 0, 0.0, near), np.where(size == 0, 0.0, far)
    return np.where(away < 0, -far, near), np.where(away < 0, -near, far)
