"""Into which of a bounded number of groups each cluster falls, all of it, as if by lot."""

import numpy as np

from coronet.core.statistics.columns import Integers
from coronet.core.statistics.streaming.fingerprint import mix

GROUPS = 128
UNIT = "group of clusters"


def group_of(clusters: Integers) -> Integers:
    """The groups of clusters that these numbers stand for, from 0."""
    return (mix(clusters.view(np.uint64)) % np.uint64(GROUPS)).astype(np.int64)
