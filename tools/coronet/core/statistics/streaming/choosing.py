"""Which rows are looked at before all others: the same ones, however the rows are parted and whoever has them."""

import numpy as np

from coronet.core.statistics.columns import Flags, Integers
from coronet.core.statistics.streaming.fingerprint import Words, mix
from coronet.core.statistics.streaming.joined import JoinedRows

# So many rows are looked at, or a few more.
SAMPLE = 1 << 17
# The first digits of the fraction of √11, so that what else goes by keys goes by other numbers.
_SEED = 0x510E527FADE682D1


def choose(keys: Integers, rows: int) -> Flags:
    """Which of the rows with these keys are, (n,); of `rows` rows that are no more than `SAMPLE`, all."""
    if rows <= SAMPLE:
        return np.ones(len(keys), dtype=np.bool_)
    return np.asarray(_spread(keys) < np.uint64((SAMPLE << 64) // rows))


def arrange(rows: JoinedRows) -> JoinedRows:
    """The chosen rows in an order of their own, so that sums over them are the same to the last bit; without names."""
    return rows.take(np.argsort(_spread(rows.keys), kind="stable"))


def _spread(keys: Integers) -> Words:
    return mix(keys.view(np.uint64) + np.uint64(_SEED))
