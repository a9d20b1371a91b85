"""Shares of rows and metrics of classes, read from counted cells."""

from dataclasses import dataclass

import numpy as np

from coronet.core.statistics.columns import Flags, Integers, Predictions
from coronet.core.statistics.intervals import Interval, bonett_price
from coronet.core.statistics.linear import Linear, Linearized
from coronet.core.statistics.sample import Sample
from coronet.core.statistics.streaming.standing import Standing
from coronet.core.statistics.streaming.tallies import Counted
from coronet.core.wilson import wilson


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CellShare:
    """The share of rows in cells that hit; `cells` are the same for both models."""

    value: float
    hits: Flags
    cells: Counted
    effective: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CellShares:
    """The intervals of `families.Shares`."""

    confidence: float

    def own(self, measured: CellShare) -> Interval:
        return wilson(measured.value, measured.effective, confidence=self.confidence)

    def difference(self, candidate: CellShare, champion: CellShare) -> Interval:
        gained, lost = disagreements(candidate, champion)
        return bonett_price(gained, lost, candidate.effective, confidence=self.confidence)


def disagreements(candidate: CellShare, champion: CellShare) -> tuple[float, float]:
    """The shares of the rows that only the candidate hits, and that only the champion does."""
    gained = _share(candidate.hits & ~champion.hits, candidate.cells)
    return gained, _share(champion.hits & ~candidate.hits, candidate.cells)


def measure_share(hits: Flags, cells: Counted, standing: Standing) -> CellShare:
    return CellShare(value=_share(hits, cells), hits=hits, cells=cells, effective=standing.effective)


def _share(hits: Flags, cells: Counted) -> float:
    return float(cells.weight[hits].sum() / cells.weight.sum())


def hits_by_kind(model: int, models: int) -> Flags:
    """Which of the kinds of `parts.Hits` the model hits."""
    return np.asarray(np.arange(2**models) >> (models - 1 - model) & 1 == 1)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Crossed:
    """The kinds of `parts.Confusion`: each one's label, and its class by each model, (kinds,)."""

    label: Integers
    codes: tuple[Integers, ...]


def crossed(classes: int, models: int) -> Crossed:
    label, *codes = np.unravel_index(np.arange(classes * (classes + 1) ** models), (classes, *(classes + 1,) * models))
    return Crossed(label=label, codes=tuple(codes))


def measure_cells(
    family: Linearized, label: Integers, codes: Integers, cells: Counted, standing: Standing, classes: tuple[str, ...]
) -> Linear:
    """What `Linearized.measure` finds of the rows that the cells are made of."""
    there = np.flatnonzero(cells.weight > 0)
    said = Predictions(codes=codes[there])
    weight, squares = cells.weight[there], cells.squares[there]
    found = family.linearize(Sample(label=label[there], predictions=said, weight=weight, classes=classes))
    return Linear(
        value=found.value,
        influence=found.influence,
        squares=squares,
        rests_on=found.rests_on * standing.effective / standing.weight,
        rows=standing.effective,
        counted=standing.counted,
    )
