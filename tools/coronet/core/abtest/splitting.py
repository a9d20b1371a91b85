"""Which version a unit meets: by its name alone, so that it meets the same one each time, on every server."""

import hashlib
from collections.abc import Mapping
from math import fsum, isclose

from coronet.errors import InvalidInput

_DIGITS = 8


def assign_arm(unit: str, *, test: str, shares: Mapping[str, float]) -> str:
    """The arm of a unit (a customer, a session), of `shares` that sum to 1: `{"5": 0.9, "7": 0.1}`.

    The SHA-256 of test and unit says it. Another `test` mixes the units anew, so that those who met the candidate
    of one test are no group of the next. A larger share for the last arm moves units to it and none away.
    Raises `InvalidInput` for shares that are none.
    """
    if not shares or any(not 0 <= share <= 1 for share in shares.values()) or not isclose(fsum(shares.values()), 1):
        raise InvalidInput(f"the shares {dict(shares)} do not sum to 1", hint="as in {'5': 0.9, '7': 0.1}")
    digest = hashlib.sha256(f"{len(test)}:{test}{unit}".encode()).digest()
    place, reached = int.from_bytes(digest[:_DIGITS], "big") / 256**_DIGITS, 0.0
    *others, last = [arm for arm, share in shares.items() if share]
    for arm in others:
        reached += shares[arm]
        if place < reached:
            return arm
    return last  # whatever rounding leaves of 1
