"""A rule over segments: each for itself, or one number made of them."""

from collections.abc import Sequence
from dataclasses import replace

from coronet.core.decision import Check, Result, failed, off, worst
from coronet.core.evidence import MetricFact
from coronet.core.judging.comparison import (
    alarm_bar,
    as_share,
    compare,
    is_too_small,
    judge_fact,
    measure,
    towards_alarm,
)
from coronet.core.judging.estimate import Estimate, weighted_mean
from coronet.core.judging.facts import Reader, Unusable, describe_segment, require_sound
from coronet.core.judging.wording import BARE, say_correction, say_estimate
from coronet.core.policy import BelowMinimum, Correction, Gate, Rule

# --- every segment for itself ---------------------------------------------------------------------


def judge_segments(gate: Gate, reader: Reader, correction: Correction, wanted: str) -> Check:
    facts = [fact for column in gate.by for fact in reader.segments(column)]
    judged, left_out = split_by_rows(gate, facts)
    parts = [judge_fact(gate, reader, fact, name=describe_segment(fact.segment), wanted=wanted) for fact in judged]
    if correction is not Correction.NONE:
        parts = _corrected(gate, reader, judged, parts, correction)
    result = worst(part.result for part in parts) if judged else Result.INCONCLUSIVE
    everything = (*parts, *(_left_out(gate, fact, wanted) for fact in left_out))
    saw = _say_segments(gate, parts, result)
    return Check(name=gate.name, result=result, saw=saw, wanted=wanted, parts=everything)


def split_by_rows(gate: Gate, facts: Sequence[MetricFact]) -> tuple[list[MetricFact], list[MetricFact]]:
    """(what is judged, what is left out for having too few rows)."""
    if gate.below_minimum is not BelowMinimum.SKIP and gate.weight is None:
        return list(facts), []
    small = [fact for fact in facts if is_too_small(gate, fact)]
    return [fact for fact in facts if not is_too_small(gate, fact)], small


def _left_out(gate: Gate, fact: MetricFact, wanted: str) -> Check:
    saw = f"{fact.rows} rows, left out below {max(1, gate.minimum_rows)}"
    return off(describe_segment(fact.segment), saw=saw, wanted=wanted)


def _corrected(
    gate: Gate, reader: Reader, facts: Sequence[MetricFact], parts: list[Check], correction: Correction
) -> list[Check]:
    """A segment that fails alone fails among many only where the correction still says so.

    Points are certain of what they say, and what could not be measured is no matter of chance.
    """
    measured = [index for index, fact in enumerate(facts) if not is_too_small(gate, fact)]
    estimates = {index: made for index in measured if (made := _try_measure(gate, reader, facts[index]))}
    alarms = [index for index in estimates if parts[index].result is Result.FAIL]
    if not alarms:
        return parts
    from coronet.core.judging.multiplicity import certainly_below  # imports slowly; most judgements never ask

    found, asked = [estimates[index] for index in alarms], len(estimates)
    certain = certainly_below(found, alarm_bar(gate), confidence=reader.confidence, correction=correction, asked=asked)
    doubted = {index for index, is_certain in zip(alarms, certain, strict=True) if not is_certain}
    return [_doubt(part, asked, correction) if index in doubted else part for index, part in enumerate(parts)]


def _try_measure(gate: Gate, reader: Reader, fact: MetricFact) -> Estimate | None:
    try:
        return towards_alarm(gate, measure(gate, reader, fact))
    except Unusable:
        return None  # its own part already says why, and fails


def _doubt(part: Check, segments: int, correction: Correction) -> Check:
    saw = f"{part.saw}; not certain among {segments} segments ({say_correction(correction)})"
    return Check(name=part.name, result=Result.INCONCLUSIVE, saw=saw, wanted=part.wanted)


def _say_segments(gate: Gate, parts: Sequence[Check], result: Result) -> str:
    columns = ", ".join(gate.by)
    if not parts:
        return f"no segment by {columns} has {max(1, gate.minimum_rows)} rows"
    if result is Result.PASS:
        return f"all {len(parts)} segments by {columns}"
    names = [part.name for part in parts if part.result is result]
    shown = "; ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{len(names)} of {len(parts)} segments: {shown}"


# --- one number made of the segments --------------------------------------------------------------


def judge_weighted(gate: Gate, reader: Reader, wanted: str) -> Check:
    """One number a column: the segments of two columns hold the same rows, and are not independent."""
    parts = [_judge_mean(gate, reader, column, wanted) for column in gate.by]
    if len(parts) == 1:
        only = parts[0]
        return Check(name=gate.name, result=only.result, saw=only.saw, wanted=wanted, hint=only.hint, parts=only.parts)
    result = worst(part.result for part in parts)
    saw = "; ".join(f"{part.name}: {part.saw}" for part in parts if part.result is result)
    return Check(name=gate.name, result=result, saw=saw, wanted=wanted, parts=tuple(parts))


def _judge_mean(gate: Gate, reader: Reader, column: str, wanted: str) -> Check:
    try:
        judged, left_out = split_by_rows(gate, reader.segments(column))
        parts = tuple(_left_out(gate, fact, wanted) for fact in left_out)
        if not judged:
            saw = f"no segment by {column} has {max(1, gate.minimum_rows)} rows"
            return Check(name=column, result=Result.INCONCLUSIVE, saw=saw, wanted=wanted, parts=parts)
        estimate = _mean(gate, reader, judged, column)
    except Unusable as reason:
        return failed(column, saw=str(reason), wanted=wanted)
    saw = _say_mean(gate, reader, judged, estimate)
    return Check(name=column, result=compare(gate, estimate), saw=saw, wanted=wanted, parts=parts)


def _mean(gate: Gate, reader: Reader, facts: Sequence[MetricFact], column: str) -> Estimate:
    """The mean of the segments' numbers, weighted by rows; `relative` to the champion's mean of the same."""
    absolute = replace(gate, relative=False)
    mean = weighted_mean([(fact.rows, measure(absolute, reader, fact)) for fact in facts])
    what = f"the mean of {gate.metric} by {column}"
    if not gate.relative:
        return require_sound(mean, what)
    total = sum(fact.rows for fact in facts)
    return as_share(mean, sum(fact.rows * (fact.champion or 0.0) for fact in facts) / total, what)


def _say_mean(gate: Gate, reader: Reader, facts: Sequence[MetricFact], estimate: Estimate) -> str:
    names = [describe_segment(fact.segment) for fact in facts]
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    bare = BARE if gate.rule in (Rule.FLOOR, Rule.CEILING) and any(map(reader.is_bare, facts)) else ""
    rows = sum(fact.rows for fact in facts)
    return f"{say_estimate(gate, estimate)} over {len(facts)} segments with {rows} rows ({shown}){bare}"
