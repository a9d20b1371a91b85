"""A batch of rows made ready to be added: what is wrong counted and put right, so that sums stay numbers.

Where a model has a row without a usable number its metrics are undefined for that row's scopes, whatever
stands in for it; the other model's are not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from coronet.core.statistics.columns import Columns, Flags, Floats, Integers, Names, Predictions, SegmentColumn
from coronet.core.statistics.sample import Sample, find_outside
from coronet.core.statistics.streaming.layout import Layout, Packed

FAR_FROM_ONE = 1e-3


class Fault(IntEnum):
    """What can be wrong with what a model says of a row, and with its label."""

    BROKEN = 0
    OUTSIDE = 1
    NOT_ONE = 2
    ZERO_LABEL = 3


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Side:
    """One model's rows: `sample` has finite numbers, and probabilities where it has scores of that kind.

    `scores` are those of one class as they are, (n,); `faults` says which rows have which.
    """

    sample: Sample
    scores: Floats
    faults: Mapping[Fault, Flags]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rows:
    """`weight` is None where every row counts once; `label` is that of the candidate's sample; `names` gives keys.

    `occupied` says of the packs, where that is known, which codes rows have, or had before some were left out.
    """

    label: Floats | Integers
    weight: Floats | None
    segments: Mapping[str, SegmentColumn]
    packed: Packed
    sides: tuple[Side, ...]
    occupied: tuple[Flags, ...] | None = None
    names: Names | None = None
    cluster: Integers | None = None

    def __len__(self) -> int:
        return len(self.label)


def prepare_rows(columns: Columns, classes: tuple[str, ...], layout: Layout) -> Rows:
    # One 1 for all rows: nothing here asks a sample for its weights, and to write them takes time.
    weight = np.broadcast_to(np.float64(1), len(columns)) if columns.weight is None else columns.weight
    pair = [
        Sample(label=columns.label, predictions=side, weight=weight, classes=classes)
        for side in (columns.candidate, columns.champion)
        if side is not None
    ]
    return Rows(
        label=columns.label,
        weight=columns.weight,
        segments=columns.segments,
        packed=layout.pack(columns.segments, len(columns)),
        sides=tuple(_prepare_side(sample) for sample in pair),
        names=columns.names,
        cluster=columns.cluster,
    )


def _prepare_side(sample: Sample) -> Side:
    said, rows = sample.predictions, len(sample)
    faults = {Fault.BROKEN: said.broken(rows)}
    broken = faults[Fault.BROKEN]
    if said.scores is None:
        values = None if said.values is None else _mend(said.values, broken, 0.0)
        faults[Fault.ZERO_LABEL] = sample.label == 0
        return Side(sample=_with(sample, values=values), scores=np.empty(0), faults=faults)
    known = _mend(said.scores, broken, 0.0)
    faults |= _examine_probabilities(known, broken)
    wrong = broken | faults[Fault.OUTSIDE] | faults[Fault.NOT_ONE]
    probable = _mend(known, wrong, 0.5 if known.ndim == 1 else 1 / known.shape[1])
    return Side(sample=_with(sample, scores=probable), scores=known, faults=faults)


def _examine_probabilities(scores: Floats, broken: Flags) -> dict[Fault, Flags]:
    off = np.zeros(len(scores), dtype=np.bool_)
    if scores.ndim == 2:
        off = (np.abs(scores.sum(axis=1) - 1) > FAR_FROM_ONE) & ~broken
    return {Fault.OUTSIDE: find_outside(scores), Fault.NOT_ONE: off}


def _mend(numbers: Floats, wrong: Flags, instead: float) -> Floats:
    if not wrong.any():
        return numbers
    mended = numbers.copy()
    mended[wrong] = instead
    return mended


def _with(sample: Sample, *, values: Floats | None = None, scores: Floats | None = None) -> Sample:
    said = sample.predictions
    return replace(sample, predictions=Predictions(values=values, codes=said.codes, scores=scores))
