"""One gate, one rule: its answer with the numbers that made it so."""

from collections.abc import Callable, Sequence
from typing import assert_never

from coronet.core.decision import Check, Result, failed, off, passed, worst
from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.estimate import Estimate, at_least, better_by, spread, weighted_mean
from coronet.core.judging.facts import Reader, Unusable, describe_segment, reader_of
from coronet.core.judging.wording import say_bar, say_estimate, say_number
from coronet.core.policy import BelowMinimum, Correction, Gate, Mode, Policy, Rule

COMPARISONS = frozenset({Rule.SUPERIOR, Rule.NON_INFERIOR, Rule.UNCHANGED})


def judge_gate(gate: Gate, evidence: Evidence, policy: Policy, *, compares: bool) -> Check:
    """The check of one gate; `compares` is false where there is no champion to compare with."""
    wanted = say_bar(gate)
    if gate.mode is Mode.OFF:
        return off(gate.name, saw="switched off by the policy", wanted=wanted)
    if gate.rule in COMPARISONS and not compares:
        return off(gate.name, saw="no champion to compare with", wanted=wanted)
    try:
        check = _judge_rule(gate, reader_of(evidence, policy, gate), policy, wanted)
    except Unusable as reason:
        hint = "evaluate again so that the evidence has what the policy asks for"
        check = failed(gate.name, saw=str(reason), wanted=wanted, hint=hint)
    return _softened(check) if gate.mode is Mode.WARN else check


def _judge_rule(gate: Gate, reader: Reader, policy: Policy, wanted: str) -> Check:
    match gate.rule:
        case Rule.UNCHANGED:
            return _judge_unchanged(gate, reader.evidence, wanted)
        case Rule.GAP:
            return _judge_gaps(gate, reader, wanted)
        case Rule.SUPERIOR | Rule.NON_INFERIOR | Rule.FLOOR | Rule.CEILING:
            if gate.weight:
                return _judge_weighted(gate, reader, wanted)
            return _judge_segments(gate, reader, policy, wanted) if gate.by else _judge_overall(gate, reader, wanted)
        case _:
            assert_never(gate.rule)


# --- one number against a bar ---------------------------------------------------------------------


def _measure(gate: Gate, reader: Reader, fact: MetricFact) -> Estimate:
    """The number the rule is about: an improvement, or the candidate's value signed so that more is better."""
    match gate.rule:
        case Rule.SUPERIOR | Rule.NON_INFERIOR:
            return _relative(reader.improvement(fact), fact.champion) if gate.relative else reader.improvement(fact)
        case Rule.FLOOR:
            return reader.value(fact)
        case Rule.CEILING:
            return reader.value(fact).scaled(-1)
        case Rule.GAP | Rule.UNCHANGED:
            raise Unusable(f"{gate.rule} is not about one number")
        case _:
            assert_never(gate.rule)


def _compare(gate: Gate, estimate: Estimate) -> Result:
    return better_by(estimate, gate.bar) if gate.rule is Rule.SUPERIOR else at_least(estimate, _bar(gate))


def _bar(gate: Gate) -> float:
    """What `_measure` must reach."""
    return -gate.bar if gate.rule in (Rule.NON_INFERIOR, Rule.CEILING) else gate.bar


def _relative(improvement: Estimate, champion: float | None) -> Estimate:
    if not champion:
        raise Unusable("a share of the champion's value asks for a champion whose value is not 0")
    return improvement.scaled(1 / abs(champion))


def _judge_overall(gate: Gate, reader: Reader, wanted: str) -> Check:
    return _judge_fact(gate, reader, reader.overall(), name=gate.name, wanted=wanted)


def _judge_fact(gate: Gate, reader: Reader, fact: MetricFact, *, name: str, wanted: str) -> Check:
    if fact.rows < gate.minimum_rows:
        saw = f"{fact.rows} rows, fewer than the {gate.minimum_rows} that make an answer"
        return Check(name=name, result=Result.INCONCLUSIVE, saw=saw, wanted=wanted)
    try:
        estimate = _measure(gate, reader, fact)
    except Unusable as reason:
        return failed(name, saw=str(reason), wanted=wanted)
    saw = f"{say_estimate(gate, estimate, fact)} on {fact.rows} rows"
    return Check(name=name, result=_compare(gate, estimate), saw=saw, wanted=wanted)


# --- every segment for itself ---------------------------------------------------------------------


def _judge_segments(gate: Gate, reader: Reader, policy: Policy, wanted: str) -> Check:
    facts = [fact for column in gate.by for fact in reader.segments(column)]
    judged, left_out = _split_by_rows(gate, facts)
    parts = [_judge_fact(gate, reader, fact, name=describe_segment(fact.segment), wanted=wanted) for fact in judged]
    if policy.correction is Correction.HOLM and len(judged) > 1:
        parts = _corrected(gate, reader, judged, parts, policy.confidence)
    parts += [_left_out(gate, fact, wanted) for fact in left_out]
    return _summed(gate, parts, judged=len(judged), wanted=wanted)


def _split_by_rows(gate: Gate, facts: Sequence[MetricFact]) -> tuple[list[MetricFact], list[MetricFact]]:
    skips = gate.below_minimum is BelowMinimum.SKIP or gate.weight is not None
    if not skips:
        return list(facts), []
    large = [fact for fact in facts if fact.rows >= gate.minimum_rows]
    return large, [fact for fact in facts if fact.rows < gate.minimum_rows]


def _left_out(gate: Gate, fact: MetricFact, wanted: str) -> Check:
    saw = f"{fact.rows} rows, left out below {gate.minimum_rows}"
    return off(describe_segment(fact.segment), saw=saw, wanted=wanted)


def _corrected(
    gate: Gate, reader: Reader, facts: Sequence[MetricFact], parts: list[Check], confidence: float
) -> list[Check]:
    """A segment that fails alone fails among many only where Holm's procedure still says so."""
    from coronet.core.judging.multiplicity import holm_below

    asked = [index for index, fact in enumerate(facts) if fact.rows >= gate.minimum_rows]
    measured = {index: estimate for index in asked if (estimate := _try_measure(gate, reader, facts[index]))}
    bars = [0.0 if gate.rule is Rule.SUPERIOR and gate.bar == 0 else _bar(gate) for _ in measured]
    below = dict(zip(measured, holm_below(list(measured.values()), bars, confidence=confidence), strict=True))
    return [
        _doubted(part, len(measured)) if part.result is Result.FAIL and below.get(index) is False else part
        for index, part in enumerate(parts)
    ]


def _try_measure(gate: Gate, reader: Reader, fact: MetricFact) -> Estimate | None:
    try:
        return _measure(gate, reader, fact)
    except Unusable:
        return None  # its own part already says why, and fails


def _doubted(part: Check, segments: int) -> Check:
    saw = f"{part.saw}; not certain among {segments} segments (Holm)"
    return Check(name=part.name, result=Result.INCONCLUSIVE, saw=saw, wanted=part.wanted)


def _summed(gate: Gate, parts: Sequence[Check], *, judged: int, wanted: str) -> Check:
    if judged == 0:
        saw = f"no segment by {', '.join(gate.by)} has {gate.minimum_rows} rows"
        return Check(name=gate.name, result=Result.INCONCLUSIVE, saw=saw, wanted=wanted, parts=tuple(parts))
    result = worst(part.result for part in parts)
    culprits = [part.name for part in parts if part.result is result]
    saw = f"all {judged} segments by {', '.join(gate.by)}" if result is Result.PASS else _some(culprits, judged)
    return Check(name=gate.name, result=result, saw=saw, wanted=wanted, parts=tuple(parts))


def _some(names: Sequence[str], of: int) -> str:
    shown = "; ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{len(names)} of {of} segments: {shown}"


# --- one number made of the segments --------------------------------------------------------------


def _judge_weighted(gate: Gate, reader: Reader, wanted: str) -> Check:
    facts = [fact for column in gate.by for fact in reader.segments(column)]
    judged, left_out = _split_by_rows(gate, facts)
    if not judged:
        return _summed(gate, [_left_out(gate, fact, wanted) for fact in left_out], judged=0, wanted=wanted)
    estimate = weigh_segments(gate, reader, judged)
    rows = sum(fact.rows for fact in judged)
    names = ", ".join(describe_segment(fact.segment) for fact in judged)
    saw = f"{say_estimate(gate, estimate)} over {len(judged)} segments with {rows} rows ({names})"
    parts = tuple(_left_out(gate, fact, wanted) for fact in left_out)
    return Check(name=gate.name, result=_compare(gate, estimate), saw=saw, wanted=wanted, parts=parts)


def weigh_segments(gate: Gate, reader: Reader, facts: Sequence[MetricFact]) -> Estimate:
    """The mean of the segments' numbers, weighted by rows; `relative` to the champion's mean of the same."""
    absolute = Gate(name=gate.name, rule=gate.rule, metric=gate.metric, statistics=gate.statistics)
    mean = weighted_mean([(fact.rows, _measure(absolute, reader, fact)) for fact in facts])
    if not gate.relative:
        return mean
    total = sum(fact.rows for fact in facts)
    return _relative(mean, sum(fact.rows * (fact.champion or 0.0) for fact in facts) / total)


# --- segments against each other ------------------------------------------------------------------


def _judge_gaps(gate: Gate, reader: Reader, wanted: str) -> Check:
    parts = [_judge_gap(gate, reader, column, wanted) for column in gate.by]
    result = worst(part.result for part in parts)
    saw = "; ".join(part.saw for part in parts if part.result is result)
    return Check(name=gate.name, result=result, saw=saw, wanted=wanted, parts=tuple(parts))


def _judge_gap(gate: Gate, reader: Reader, column: str, wanted: str) -> Check:
    judged, left_out = _split_by_rows(gate, reader.segments(column))
    thin = [fact for fact in judged if fact.rows < gate.minimum_rows]
    if thin or len(judged) < 2:
        saw = f"{column}: {len(thin) + len(left_out)} segments below {gate.minimum_rows} rows, {len(judged)} in all"
        return Check(name=column, result=Result.INCONCLUSIVE, saw=saw, wanted=wanted)
    high, low, gap = _widest(judged, reader.value)
    result = at_least(gap.scaled(-1), -gate.bar)
    saw = (
        f"{column}: {say_number(gap.value)} between {describe_segment(high.segment)}"
        f" and {describe_segment(low.segment)}{_say_interval(gap)}"
    )
    if result is not Result.PASS and gate.only_new and (old := _champion_gap(judged)) > gate.bar:
        return passed(column, saw=f"{saw}; the champion's own gap is {say_number(old)}", wanted=wanted)
    return Check(name=column, result=result, saw=saw, wanted=wanted)


def _widest(
    facts: Sequence[MetricFact], value: Callable[[MetricFact], Estimate]
) -> tuple[MetricFact, MetricFact, Estimate]:
    estimates = [value(fact) for fact in facts]
    order = sorted(range(len(facts)), key=lambda index: estimates[index].value)
    low, high = order[0], order[-1]
    return facts[high], facts[low], spread(estimates[high], estimates[low])


def _champion_gap(facts: Sequence[MetricFact]) -> float:
    values = [fact.champion for fact in facts if fact.champion is not None]
    return max(values) - min(values) if len(values) > 1 else 0.0


def _say_interval(estimate: Estimate) -> str:
    if estimate.lower == estimate.upper:
        return ""
    return f" [{say_number(estimate.lower)}, {say_number(estimate.upper)}]"


# --- what callers rely on -------------------------------------------------------------------------


def _judge_unchanged(gate: Gate, evidence: Evidence, wanted: str) -> Check:
    parts = [_judge_contract(evidence, name) for name in gate.of]
    result = worst(part.result for part in parts)
    saw = "; ".join(f"{part.name} {part.saw}" for part in parts if part.result is result)
    return Check(name=gate.name, result=result, saw=saw, wanted=wanted, parts=tuple(parts))


def _judge_contract(evidence: Evidence, name: str) -> Check:
    contract = evidence.contract
    before = contract.champion.get(name) if contract else None
    after = contract.candidate.get(name) if contract else None
    if before is None or after is None:
        hint = "evaluate from the registry, so that the evidence records both models' contracts"
        return failed(name, saw="is not in the evidence", wanted="the same for both", hint=hint)
    if before != after:
        return failed(name, saw=f"changed from {before[:19]}… to {after[:19]}…", wanted="the same for both")
    return passed(name, saw=f"is {after[:19]}… for both", wanted="the same for both")


def _softened(check: Check) -> Check:
    """A gate that only warns: said, and without effect."""
    if check.result is Result.PASS:
        return check
    return Check(
        name=check.name, result=Result.WARN, saw=check.saw, wanted=check.wanted, hint=check.hint, parts=check.parts
    )
