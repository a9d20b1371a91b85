"""Missing values that are written as a value in one period and left blank in the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coronet.core.statistics.drift.profiles import Profile
from coronet.core.statistics.drift.steps import Aligned

# From what share of all rows on, and how nearly one must have lost what the other has gained, and to what part of it.
_LEAST, _NEARLY, _LEFT = 0.01, 0.2, 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Swap:
    """The step of the value that stands for missing, and the sentence that says so."""

    place: int
    note: str


def find_swap(both: Aligned, before: Profile, now: Profile, *, names: Sequence[str] = ()) -> Swap | None:
    """The value of which nearly as many rows went (or came) as missing ones came (or went), if there is one."""
    gained = now.missing / now.rows - before.missing / before.rows
    if abs(gained) < _LEAST or len(both.before) < 2:
        return None
    shares = [rows / side.rows for rows, side in ((both.before, before), (both.now, now))]
    apart = np.abs(shares[1] - shares[0] + gained)
    apart[~both.is_point] = np.inf
    place = int(apart.argmin())
    was, is_ = (float(side[place]) for side in shares)
    is_swap = apart[place] <= _NEARLY * abs(gained) and min(was, is_) <= _LEFT * max(was, is_)
    rest = both.without(place)
    if not is_swap or not rest.before.any() or not rest.now.any():
        return None
    name = repr(names[place]) if names else f"{both.low[place]:.6g}"
    changes = f"{name} went from {100 * was:.3g} % to {100 * is_:.3g} % of the rows"
    return Swap(place=place, note=f"{changes}, as the missing ones changed: it may stand for missing, and is left out")
