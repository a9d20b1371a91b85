"""Drawing rows again, the same for both models: Efron and Tibshirani, An Introduction to the Bootstrap (1993)."""

from collections.abc import Iterator

import numpy as np

from coronet.core.statistics.columns import Floats, Integers
from coronet.core.statistics.sample import Sample

CELLS = 1 << 20


def draw_weights(sample: Sample, *, draws: int, seed: int) -> Iterator[Floats]:
    """Blocks of weights (some draws, n), `draws` in all: how often each row was drawn, times its weight.

    As many rows are drawn as there are. The same seed draws the same rows.
    """
    random = np.random.Generator(np.random.Philox(seed))
    block = max(1, CELLS // len(sample))
    for start in range(0, draws, block):
        size = min(block, draws - start)
        yield _count(random.integers(len(sample), size=(size, len(sample)))) * sample.weight


def _count(drawn: Integers) -> Integers:
    """How often each row occurs in each draw: (draws, n) of indexes to (draws, n) of counts."""
    draws, rows = drawn.shape
    flat = drawn + rows * np.arange(draws)[:, np.newaxis]
    return np.bincount(flat.ravel(), minlength=draws * rows).reshape(draws, rows)
