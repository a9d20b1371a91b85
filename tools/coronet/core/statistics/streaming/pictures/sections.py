"""From a state to what people are shown of it, and to what gates ask of predictions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from coronet.core.evidence import (
    Baseline,
    ChangeFact,
    Changes,
    Confusion,
    Curve,
    Curves,
    Flip,
    LabelSource,
    MetricFact,
    Moves,
    Said,
    Share,
)
from coronet.core.statistics.columns import Columns, Constants, Floats, Specification
from coronet.core.statistics.sample import Undefined
from coronet.core.statistics.streaming.finishing import finish
from coronet.core.statistics.streaming.parts import PICTURES, Scores
from coronet.core.statistics.streaming.parts import Confusion as ConfusionPart
from coronet.core.statistics.streaming.pictures.belonging import Belonging, ClusteredChanges, Of
from coronet.core.statistics.streaming.pictures.changed import Changed
from coronet.core.statistics.streaming.pictures.constant import measure_beside
from coronet.core.statistics.streaming.pictures.drawing import draw_calibration, draw_residuals, draw_scores
from coronet.core.statistics.streaming.pictures.magnitudes import find_quantiles
from coronet.core.statistics.streaming.pictures.portrait import MOST_MATRIX, Portrait
from coronet.core.statistics.streaming.pictures.steps import Steps, steps_of
from coronet.core.statistics.streaming.plan import make_plan
from coronet.core.statistics.streaming.rows import Fault, prepare_rows
from coronet.core.statistics.streaming.shares import crossed
from coronet.core.statistics.streaming.standing import Standing, find_standings
from coronet.core.statistics.streaming.state import State
from coronet.core.statistics.trivial import Kind, describe_baseline, find_code, measure_trivial, share_classes
from coronet.core.wilson import wilson

QUANTILES = (50, 90, 95, 99)
MOST_FLIPS = 50
# Rows that are added at once: their arrays stay in the processor's cache.
_BATCH = 1 << 16
_NAMES = ("candidate", "champion")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sections:
    """Parts of the evidence; `changes` is None without a champion, `confusion` without classes."""

    changes: Changes | None
    baseline: Baseline
    curves: Curves | None
    confusion: Confusion | None


def describe_columns(columns: Columns, specification: Specification) -> Sections:
    """Of rows that are all in memory; `specification` asks for pictures."""
    state = State(make_plan(columns, replace(specification, metrics=(), cluster=None), rows=len(columns)))
    for start in range(0, len(columns), _BATCH):
        state.add(columns.pick(np.arange(start, min(start + _BATCH, len(columns)))))
    portrait = _find_portrait(state)
    with np.errstate(all="ignore"):
        belonging = _find_clusters(columns, state, portrait)
        return _describe(state, portrait, belonging, measure_trivial(columns, specification))


def _find_clusters(columns: Columns, state: State, portrait: Portrait) -> Belonging | None:
    if columns.cluster is None or portrait.changed is None:
        return None
    rows = prepare_rows(columns, state.plan.specification.classes, state.plan.layout)
    return ClusteredChanges(columns, columns.cluster, portrait.changed.find(rows))


def describe_state(state: State) -> Sections:
    """Of rows that were streamed; raises KeyError where the plan has no pictures."""
    portrait, facts, constants = _find_portrait(state), dict[str, MetricFact](), _find_constants(state)
    for streamed in state.trivial:
        facts |= {fact.metric: fact for fact in finish(streamed).facts}

    def ask(kind: Kind, asked: Specification) -> tuple[MetricFact, ...]:
        code = find_code(constants, kind)
        return tuple(
            facts[name] if name in facts else measure_beside(state, name, constants, code) for name in asked.metrics
        )

    belonging = portrait.changed.groups if portrait.changed else None
    with np.errstate(all="ignore"):
        return _describe(state, portrait, belonging, describe_baseline(state.plan.specification, constants, ask))


def _find_constants(state: State) -> Constants:
    """What is known of labels: those of training, else all that are measured, or where others were needed before the
    first of them came, of a sample.
    """
    specification = state.plan.specification
    known = specification.pictures is not None and specification.pictures.constants is not None
    if known or state.trivial or not specification.classes:
        return state.plan.constants
    (standing,), (counted,) = find_standings(state, None), state.rows.of(None)
    return share_classes(counted.weight.reshape(-1, 2)[:, 1], standing.counted, LabelSource.MEASURED)


def _find_portrait(state: State) -> Portrait:
    portrait = state.parts.get(PICTURES)
    if not isinstance(portrait, Portrait):
        raise KeyError(PICTURES)
    return portrait


def _describe(state: State, portrait: Portrait, belonging: Belonging | None, baseline: Baseline) -> Sections:
    return Sections(
        changes=_describe_changes(state, portrait.changed, belonging) if portrait.changed else None,
        baseline=baseline,
        curves=_describe_curves(state, portrait),
        confusion=_describe_confusion(state, portrait),
    )


# --- what changes ---------------------------------------------------------------------------------


def _describe_changes(state: State, changed: Changed, belonging: Belonging | None) -> Changes:
    surely = _Surely(belonging=belonging, confidence=state.plan.specification.confidence)
    classes = state.plan.specification.classes
    flips, others = _flips(changed, classes)
    left_out = []
    if changed.movers.nameless:
        left_out.append("the rows that moved farthest: these rows have no keys")
    if changed.said is not Said.VALUE and not changed.flips.size:
        left_out.append(f"from which class to which rows change: there are {len(classes)} classes")
    return Changes(
        of=Said.VALUE if changed.said is Said.VALUE else Said.CLASS,
        beyond=changed.beyond if changed.said is Said.VALUE else None,
        shares=tuple(_change_facts(state, changed, surely)),
        flips=flips,
        other_flips=others,
        moves=_moves(changed, surely),
        movers=changed.movers.found,
        left_out=tuple(left_out),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Surely:
    """Shares with Wilson's intervals, of as many rows as tell as much where rows belong together."""

    belonging: Belonging | None
    confidence: float

    def share(self, value: float, rows: float, of: Of, column: str | None = None, code: int = 0) -> Share:
        """Raises `Undefined` where one cluster has all rows."""
        if self.belonging is not None:
            rows = self.belonging.totals(of, column, code).count(rows, confidence=self.confidence)
        value = min(value, 1.0)
        low, high = wilson(value, rows, confidence=self.confidence)
        return Share(value=value, interval=(min(low, value) if value else 0.0, max(high, value)))


def _change_facts(state: State, changed: Changed, surely: _Surely) -> Iterator[ChangeFact]:
    for column in (None, *state.plan.layout.names):
        names = ("",) if column is None else state.plan.layout.names[column]
        counted, standings = changed.tally.of(column), find_standings(state, column)
        for code, (name, found, standing) in enumerate(zip(names, counted, standings, strict=True)):
            if column is None or standing.rows:
                fact = ChangeFact(
                    segment={} if column is None else {column: name},
                    rows=standing.counted,
                    changed=int(found.rows.sum()),
                    share=None,
                )
                weight = float(found.weight.sum()) if state.plan.weighted else None
                yield _with_shares(fact, standing, weight, partial(surely.share, column=column, code=code))


def _with_shares(
    fact: ChangeFact, standing: Standing, weight: float | None, share: Callable[[float, float, Of], Share]
) -> ChangeFact:
    """Without them, and with the reason, where there are none."""
    try:
        _require(standing)
        weighted = None if weight is None else share(weight / standing.weight, standing.effective, Of.WEIGHT)
        return replace(fact, share=share(fact.changed / fact.rows, fact.rows, Of.ROWS), weighted=weighted)
    except Undefined as undefined:
        return replace(fact, problem=str(undefined))


def _require(standing: Standing) -> None:
    """Raises `Undefined` where there is no share of these rows."""
    broken = int(standing.faults.reshape(-1, len(Fault))[:, Fault.BROKEN].max())
    if broken:
        raise Undefined(f"{broken} of {standing.rows} predictions are missing or not finite")
    if not standing.counted:
        raise Undefined("there are no rows that count")


def _flips(changed: Changed, classes: tuple[str, ...]) -> tuple[tuple[Flip, ...], int]:
    """The most frequent, and how many rows all others have."""
    if not changed.flips.size:
        return (), 0
    rows = changed.flips.sum(axis=2)
    weights = changed.flip_weights.sum(axis=2) if changed.flip_weights.size else None
    found = [
        Flip(
            champion=classes[theirs],
            candidate=classes[ours],
            rows=int(rows[theirs, ours]),
            right=int(changed.flips[theirs, ours, 1]),
            weight=None if weights is None else float(weights[theirs, ours]),
        )
        for theirs, ours in np.argwhere(rows).tolist()
    ]
    found.sort(key=lambda flip: (-flip.rows, flip.champion, flip.candidate))
    return tuple(found[:MOST_FLIPS]), sum(flip.rows for flip in found[MOST_FLIPS:])


def _moves(changed: Changed, surely: _Surely) -> Moves | None:
    """How far scores or numbers moved; None of classes alone, which move or do not."""
    found = changed.distances
    rows = int(found.counts.sum())
    if changed.said is Said.CLASS or not rows:
        return None
    quantiles = find_quantiles(found.counts.astype(np.float64), np.array(QUANTILES) / 100, 0.0, found.largest)
    amount = None if changed.beyond.relative else changed.beyond.amount
    try:
        beyond = None if amount is None else surely.share(found.beyond / rows, rows, Of.BEYOND)
    except Undefined:
        # The share of all rows that change says why.
        amount, beyond = None, None
    return Moves(
        of=changed.said,
        mean=found.total / rows,
        quantiles={str(percent): value for percent, value in zip(QUANTILES, quantiles, strict=True)},
        largest=found.largest,
        amount=amount,
        beyond=beyond,
    )


# --- curves and matrices --------------------------------------------------------------------------


def _describe_curves(state: State, portrait: Portrait) -> Curves | None:
    (standing,) = find_standings(state, None)
    faults = standing.faults.reshape(-1, len(Fault))[:, Fault.BROKEN].tolist()
    drawn: dict[str, Mapping[str, Curve]] = {}
    left_out = []
    for model, name in enumerate(_NAMES[: state.plan.models]):
        if faults[model]:
            left_out.append(f"curves of the {name}: {faults[model]} predictions are missing or not finite")
        else:
            drawn[name] = _draw(state, portrait, model)
    if not left_out and not any(drawn.values()):
        return None
    return Curves(candidate=drawn.get("candidate", {}), champion=drawn.get("champion", {}), left_out=tuple(left_out))


def _draw(state: State, portrait: Portrait, model: int) -> Mapping[str, Curve]:
    if portrait.residuals:
        return draw_residuals(portrait.residuals[model])
    steps = _find_steps(state, portrait, model)
    confidence, classes = state.plan.specification.confidence, state.plan.specification.classes
    if steps is None or not steps.weight.sum() > 0:
        return {}
    if len(classes) == 2 and steps.weight.sum(axis=1).all():
        return draw_scores(steps, confidence=confidence)
    return draw_calibration(steps, confidence=confidence)


def _find_steps(state: State, portrait: Portrait, model: int) -> Steps | None:
    if portrait.steps:
        return portrait.steps[model].steps()
    scores = state.parts.get("scores")
    return steps_of(scores.distribution.view(None).levels(0, model)) if isinstance(scores, Scores) else None


def _describe_confusion(state: State, portrait: Portrait) -> Confusion | None:
    classes, weighted = state.plan.specification.classes, state.plan.weighted
    matrices = portrait.matrices or _matrices_of(state)
    if not matrices:
        too_many = f"the matrices: there are {len(classes)} classes, and {MOST_MATRIX} can be read"
        return (
            Confusion(classes=(), weighted=weighted, candidate=(), left_out=(too_many,))
            if len(classes) > MOST_MATRIX
            else None
        )
    tables = [tuple(tuple(_say(cell) for cell in row[:-1]) for row in matrix.tolist()) for matrix in matrices]
    missing = max(int(matrix[:, -1].sum()) for matrix in matrices)
    return Confusion(
        classes=classes,
        weighted=weighted,
        candidate=tables[0],
        champion=tables[1] if len(tables) > 1 else None,
        missing=missing,
    )


def _matrices_of(state: State) -> list[Floats]:
    """From the cells of the metrics of classes."""
    part = state.parts.get("confusion")
    if not isinstance(part, ConfusionPart):
        return []
    (cells,), kinds = part.tally.of(None), crossed(part.classes, part.models)
    shape = part.classes, part.classes + 1
    return [
        np.bincount(kinds.label * shape[1] + codes, weights=cells.weight, minlength=shape[0] * shape[1])
        .astype(np.float64)
        .reshape(shape)
        for codes in kinds.codes
    ]


def _say(cell: float) -> float:
    """A count as it is; a weight to seven digits."""
    return int(cell) if cell.is_integer() else float(f"{cell:.7g}")
