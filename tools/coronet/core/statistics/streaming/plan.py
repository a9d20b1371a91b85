"""What is streamed, and how finely: fixed before the first row, and the same for every part of the data."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log2
from typing import assert_never

import numpy as np

from coronet.core.catalogue import Input, within_percent
from coronet.core.evidence import LabelSource
from coronet.core.statistics.columns import Columns, Constants, Floats, Integers, Specification
from coronet.core.statistics.confusion import CONFUSION
from coronet.core.statistics.measurement import metric_of
from coronet.core.statistics.streaming.features import SMOOTH, feature_numbers
from coronet.core.statistics.streaming.grids import Grid, make_grid
from coronet.core.statistics.streaming.layout import Layout, lay_out
from coronet.core.statistics.streaming.pictures.by_class import LOSSES_BY_CLASS
from coronet.core.statistics.streaming.pictures.portrait import PicturePlan, plan_pictures
from coronet.core.statistics.streaming.rows import Rows, prepare_rows
from coronet.core.statistics.trivial import Kind, group_metrics, known_constants, narrow, stand_in

# Metrics of one score's order; those of many classes have one order for each class, and are not streamed.
RANKED = ("roc_auc", "gini", "average_precision", "ks")
# Metrics that are drawn from cells of rows, which do not say what belongs together.
UNGROUPED = ("average_precision", "ks", "mdape")
# More classes have too many cells: labels by both models' predictions.
MOST_CLASSES = 32
FEWEST_BITS, MOST_BITS = 10, 23
# Levels of segments, of all columns together: with two classes and two models they take 16 bytes each.
MOST_LEVELS = 1 << 23
# log2 of levels for each √row: a bound is then mostly below a twentieth of its difference's standard error, unless the
# models have nearly everything in common. As both shrink alike with more rows, it is so of any number of them.
FINENESS = {"roc_auc": 5.4, "gini": 5.4, "average_precision": 7.0, "ks": 6.4, "mdape": 5.4}

Column = str | None
NOTHING_KNOWN = Constants(source=LabelSource.SAMPLE, rows=0)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Plan:
    """How the rows of `specification` are put together.

    `bits` are those of the levels of each column (None: of all rows), `scores` and `errors` the grids of each
    model's scores and relative errors, `centre` what labels are measured from, and `centres` what numbers are, by
    metric. `absent` says of the metrics that cannot be had what there is none of. `pictures`, and `trivial` with the
    `constants` that trivial predictors say, are there where pictures are asked for.
    """

    specification: Specification
    layout: Layout
    weighted: bool
    paired: bool
    bits: Mapping[Column, int]
    scores: tuple[Grid, ...]
    errors: tuple[Grid, ...]
    centre: float
    centres: Mapping[str, tuple[float, ...]]
    absent: Mapping[str, str]
    pictures: PicturePlan | None = None
    trivial: tuple["Trivial", ...] = ()
    constants: Constants = NOTHING_KNOWN

    @property
    def models(self) -> int:
        return 2 if self.paired else 1

    @property
    def segments(self) -> Mapping[Column, int]:
        """How many segments each column has; all rows are one."""
        return {None: 1, **{column: len(names) for column, names in self.layout.names.items()}}


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Trivial:
    """How the candidate is measured beside one trivial predictor."""

    kind: Kind
    plan: Plan


def find_unstreamed(specification: Specification) -> tuple[str, ...]:
    """The metrics that only the exact way can measure."""
    many, clustered = len(specification.classes) > MOST_CLASSES, specification.cluster is not None
    return tuple(
        name
        for name in specification.metrics
        if not _is_streamed(name) or (many and _is_of_classes(name)) or (clustered and name in UNGROUPED)
    )


def _is_of_classes(metric: str) -> bool:
    return metric == "accuracy" or metric in CONFUSION


def _is_streamed(metric: str) -> bool:
    others = (*RANKED, *SMOOTH, "mdape", "ece", "positive_rate")
    return _is_of_classes(metric) or metric in others or within_percent(metric) is not None


def make_plan(
    sample: Columns, specification: Specification, *, rows: int, sharper: Mapping[Column, float] | None = None
) -> Plan:
    """A plan for `rows` rows, of which `sample` has some.

    The sample has the names of all segments and the same kinds of predictions as the rest; it says where
    there are many rows, and no more. `sharper` says how many bits more than usual a column has.
    """
    layout = lay_out({name: sample.segments[name].names for name in specification.segments})
    prepared = prepare_rows(sample, specification.classes, layout)
    absent = {name: what for name in specification.metrics if (what := _find_absent(name, sample))}
    wanted = frozenset(specification.metrics) - absent.keys()
    fineness = max((FINENESS[name] for name in wanted & FINENESS.keys()), default=0.0)
    bits = _choose_bits(
        sample, layout, rows, {column: fineness + (sharper or {}).get(column, 0) for column in (None, *layout.names)}
    )
    centre = _mean(sample.label)
    pictures = specification.pictures
    constants = known_constants(sample, specification, LabelSource.SAMPLE) if pictures else NOTHING_KNOWN
    return Plan(
        specification=specification,
        layout=layout,
        weighted=sample.weight is not None,
        paired=sample.champion is not None,
        bits=bits,
        scores=_score_grids(prepared, wanted, max(bits.values())),
        errors=_error_grids(prepared, wanted, max(bits.values())),
        centre=centre,
        centres={name: tuple(map(_mean, feature_numbers(name, prepared, centre))) for name in SMOOTH if name in wanted},
        absent=absent,
        pictures=_plan_pictures(prepared, specification, wanted),
        trivial=_plan_trivial(sample, specification, constants, rows),
        constants=constants,
    )


def _plan_trivial(
    sample: Columns, specification: Specification, constants: Constants, rows: int
) -> tuple[Trivial, ...]:
    """For the metrics of which the state's own sums do not tell what a constant would have had.

    Where rows come in clusters that is every metric: those sums do not tell how clusters vary.
    """
    if specification.pictures is None:
        return ()
    clustered = specification.cluster is not None
    groups = {
        kind: tuple(name for name in asked if clustered or not tells_of_constants(name))
        for kind, asked in group_metrics(specification).items()
    }
    return tuple(
        Trivial(kind=kind, plan=make_plan(stand_in(sample, constants, kind), narrow(specification, asked), rows=rows))
        for kind, asked in groups.items()
        if asked
    )


def tells_of_constants(metric: str) -> bool:
    """Whether `pictures.constant` measures it."""
    return metric in RANKED or metric in LOSSES_BY_CLASS or _is_of_classes(metric)


def _plan_pictures(prepared: Rows, specification: Specification, wanted: frozenset[str]) -> PicturePlan | None:
    if specification.pictures is None:
        return None
    parts = {"scores": not wanted.isdisjoint(RANKED), "confusion": any(map(_is_of_classes, wanted))}
    return plan_pictures(
        prepared, specification.classes, specification.pictures, [name for name, there in parts.items() if there]
    )


def _find_absent(metric: str, sample: Columns) -> str:
    """What of the predictions the metric needs and there is none of."""
    sides = (sample.candidate, *([sample.champion] if sample.champion else []))
    match needs := metric_of(metric).input:
        case Input.VALUES:
            return "" if all(side.values is not None for side in sides) else "predicted numbers"
        case Input.CLASSES:
            return "" if all(side.codes is not None for side in sides) else "predicted classes"
        case Input.SCORES | Input.PROBABILITIES:
            return "" if all(side.scores is not None for side in sides) else "scores"
        case _:
            assert_never(needs)


def _choose_bits(sample: Columns, layout: Layout, rows: int, fineness: Mapping[Column, float]) -> dict[Column, int]:
    bits: dict[Column, int] = {None: _bits_for(rows, fineness[None])}
    for column in layout.names:
        counts = np.bincount(sample.segments[column].codes, minlength=1)
        bits[column] = _bits_for(rows * counts.max() / max(len(sample), 1), fineness[column])
    while sum(len(names) << bits[column] for column, names in layout.names.items()) > MOST_LEVELS:
        widest = max(layout.names, key=lambda column: len(layout.names[column]) << bits[column])
        bits[widest] -= 1
    return bits


def _bits_for(rows: float, fineness: float) -> int:
    wanted = ceil(log2(max(rows, 1)) / 2 + fineness)
    return min(max(wanted, FEWEST_BITS), MOST_BITS)


def may_be_finer(plan: Plan, column: Column) -> bool:
    """Whether the column can have twice the levels."""
    if plan.bits[column] >= MOST_BITS:
        return False
    levels = {name: len(names) << plan.bits[name] for name, names in plan.layout.names.items()}
    return column is None or sum(levels.values()) + levels[column] <= MOST_LEVELS


def _score_grids(rows: Rows, wanted: frozenset[str], bits: int) -> tuple[Grid, ...]:
    if wanted.isdisjoint(RANKED):
        return ()
    top = "average_precision" in wanted
    return tuple(make_grid(side.scores, rows.label == 1, bits, top=top) for side in rows.sides)


def _error_grids(rows: Rows, wanted: frozenset[str], bits: int) -> tuple[Grid, ...]:
    if "mdape" not in wanted:
        return ()
    everywhere = np.ones(len(rows), dtype=np.bool_)
    return tuple(make_grid(errors, everywhere, bits) for errors in feature_numbers("mdape", rows, 0.0))


def _mean(numbers: Floats | Integers) -> float:
    return float(numbers.mean()) if len(numbers) else 0.0
