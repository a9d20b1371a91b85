"""Rows alike put together: metrics of classes only ask how many rows there are of each kind."""

from dataclasses import replace

import numpy as np

from coronet.core.statistics.columns import Integers, Predictions
from coronet.core.statistics.sample import Sample


def put_alike_together(candidate: Sample, champion: Sample | None) -> tuple[Sample, Sample | None]:
    """The same samples with one row for each (label, candidate's class, champion's class) that occurs.

    Left as they are where rows differ in weight, belong to clusters, or lack a prediction.
    """
    models = [candidate] if champion is None else [candidate, champion]
    if any(not _can(sample) for sample in models):
        return candidate, champion
    kinds = np.stack([candidate.label.astype(np.int64), *(sample.codes for sample in models)], axis=1)
    cells, multiplicity = np.unique(kinds, axis=0, return_counts=True)
    put = [_sample(sample, cells, index, multiplicity.astype(np.int64)) for index, sample in enumerate(models, 1)]
    return put[0], put[1] if champion else None


def _can(sample: Sample) -> bool:
    broken = sample.predictions.codes is None or bool(sample.predictions.broken(len(sample)).any())
    return len(sample) > 0 and not broken and sample.cluster is None and bool((sample.weight == 1).all())


def _sample(sample: Sample, cells: Integers, column: int, multiplicity: Integers) -> Sample:
    return replace(
        sample,
        label=cells[:, 0],
        predictions=Predictions(codes=cells[:, column]),
        weight=multiplicity.astype(np.float64),
        multiplicity=multiplicity,
    )
