"""Segments against each other: no two of them too far apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from coronet.core.decision import Check, Result, failed, worst
from coronet.core.evidence import MetricFact
from coronet.core.judging.comparison import is_too_small
from coronet.core.judging.estimate import ROUNDING, Estimate, at_least, spread
from coronet.core.judging.facts import Reader, Unusable, describe_segment, require_sound
from coronet.core.judging.segments import split_by_rows
from coronet.core.judging.wording import BARE, say_correction, say_interval, say_number
from coronet.core.policy import Correction, Gate


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two segments; `gap` is how far the candidate's value in `high` lies above that in `low`, at least 0."""

    high: MetricFact
    low: MetricFact
    gap: Estimate
    result: Result

    @property
    def champions_gap(self) -> float | None:
        """How far the champion's values lay apart, the same way round; None where one is unknown."""
        if self.high.champion is None or self.low.champion is None:
            return None
        return self.high.champion - self.low.champion


def judge_gaps(gate: Gate, reader: Reader, correction: Correction, wanted: str) -> Check:
    """The worst answer over the columns, each for itself."""
    if not gate.by:
        raise Unusable("the gate names no columns that make segments")
    parts = [_judge_column(gate, reader, column, correction, wanted) for column in gate.by]
    if len(parts) == 1:
        return replace(parts[0], name=gate.name)
    result = worst(part.result for part in parts)
    saw = "; ".join(f"{part.name}: {part.saw}" for part in parts if part.result is result)
    return Check(name=gate.name, result=result, saw=saw, wanted=wanted, parts=tuple(parts))


def _judge_column(gate: Gate, reader: Reader, column: str, correction: Correction, wanted: str) -> Check:
    """pass where every two segments are close, fail where some two certainly are not."""
    try:
        facts = reader.segments(column)
        judged, _ = split_by_rows(gate, facts)
        large = [fact for fact in judged if not is_too_small(gate, fact)]
        if len(large) < max(2, len(judged)):
            rows = max(1, gate.minimum_rows)
            saw = f"{len(large)} of {len(facts)} segments by {column} have the {rows} rows that make an answer"
            return Check(name=column, result=Result.INCONCLUSIVE, saw=saw, wanted=wanted)
        pairs = list(_pairs(gate, reader, large))
    except Unusable as reason:
        return failed(column, saw=str(reason), wanted=wanted)
    bare = BARE if any(map(reader.is_bare, large)) else ""
    return _decide(gate, reader, column, pairs, correction, wanted, bare)


def _pairs(gate: Gate, reader: Reader, facts: Sequence[MetricFact]) -> Iterator[Pair]:
    """Every two segments: the widest gap of points alone would hide a small segment that may lie anywhere."""
    values = [(fact, reader.value(fact)) for fact in facts]
    values.sort(key=lambda found: found[1].value)
    for (low, below), (high, above) in combinations(values, 2):
        gap = require_sound(spread(above, below), f"the gap of {gate.metric}")
        yield Pair(high=high, low=low, gap=gap, result=at_least(gap.scaled(-1), -gate.bar))


def _decide(
    gate: Gate, reader: Reader, column: str, pairs: Sequence[Pair], correction: Correction, wanted: str, bare: str
) -> Check:
    asked = [pair for pair in pairs if pair.result is Result.PASS or not _is_known(gate, pair)]
    corrected = _corrected(gate, reader, asked, len(pairs), correction)
    result = worst(pair.result for pair in corrected)
    notes = bare
    if result is Result.INCONCLUSIVE and any(pair.result is Result.FAIL for pair in asked):
        notes += f"; not certain among {len(pairs)} pairs ({say_correction(correction)})"
    if known := len(pairs) - len(asked):
        notes += f"; {known} as far apart with the champion"
    shown = pairs if result is Result.PASS else [pair for pair in corrected if pair.result is result]
    return Check(name=column, result=result, saw=_say(shown, result) + notes, wanted=wanted)


def _is_known(gate: Gate, pair: Pair) -> bool:
    """Whether the champion has this gap already, and the candidate's is not certainly wider."""
    before = pair.champions_gap
    return gate.only_new and before is not None and before > gate.bar + ROUNDING and pair.gap.lower <= before


def _corrected(gate: Gate, reader: Reader, pairs: Sequence[Pair], asked: int, correction: Correction) -> list[Pair]:
    """Pairs that fail alone fail among all `asked` only where the correction still says so."""
    alarms = [index for index, pair in enumerate(pairs) if pair.result is Result.FAIL]
    if not alarms or correction is Correction.NONE:
        return list(pairs)
    from coronet.core.judging.multiplicity import certainly_below  # imports slowly; most judgements never ask

    gaps = [pairs[index].gap.scaled(-1) for index in alarms]
    certain = certainly_below(gaps, -gate.bar, confidence=reader.confidence, correction=correction, asked=asked)
    doubted = {index for index, is_certain in zip(alarms, certain, strict=True) if not is_certain}
    return [replace(pair, result=Result.INCONCLUSIVE) if index in doubted else pair for index, pair in enumerate(pairs)]


def _say(pairs: Sequence[Pair], result: Result) -> str:
    """The widest of the pairs, and how many there are."""
    widest = max(pairs, key=lambda pair: pair.gap.value if result is Result.FAIL else pair.gap.upper)
    more = 0 if result is Result.PASS else len(pairs) - 1
    others = f", and {more} more pair{'s' if more > 1 else ''}" if more else ""
    return (
        f"{say_number(widest.gap.value)}{say_interval(widest.gap)} between "
        f"{describe_segment(widest.high.segment)} and {describe_segment(widest.low.segment)}{others}"
    )
