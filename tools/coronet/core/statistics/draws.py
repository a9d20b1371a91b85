"""Drawing rows again, the same for both models: Efron and Tibshirani, An Introduction to the Bootstrap (1993)."""

from collections.abc import Iterator

import numpy as np

from coronet.core.statistics.clusters import Clusters
from coronet.core.statistics.columns import Floats
from coronet.core.statistics.sample import Sample

CELLS = 1 << 20


def draw_weights(sample: Sample, *, draws: int, seed: int) -> Iterator[Floats]:
    """Blocks of weights (some draws, n), `draws` in all: how often each row was drawn, times its weight.

    Each row, or each cluster with all its rows, is drawn a Poisson number of times, of mean 1. The same seed draws
    the same rows.
    """
    random, clusters = np.random.Generator(np.random.Philox(seed)), sample.clusters
    block = max(1, CELLS // len(sample))
    for start in range(0, draws, block):
        yield _draw(random, sample, clusters, min(block, draws - start))


def _draw(random: np.random.Generator, sample: Sample, clusters: Clusters | None, draws: int) -> Floats:
    times = random.poisson(1.0, size=(draws, len(sample if clusters is None else clusters)))
    return np.asarray((times if clusters is None else times[:, clusters.codes]) * sample.weight)
