"""What holds of every judgement, whatever the evidence and the policy."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coronet.core.decision import Result, Verdict
from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.judgement import judge
from coronet.core.policy import Policy
from tests.core.examples import FLOOR, NOW, evidence, fact, policy

SEGMENTS: list[dict[str, str]] = [{}, {"kind": "a"}, {"kind": "b"}, {"kind": "c"}, {"sex": "1"}, {"sex": "2"}]
SHARES = st.floats(0, 1).map(lambda value: round(value, 3))
HALVES = st.floats(0, 0.3).map(lambda value: round(value, 3))
RULES: list[dict[str, Any]] = [
    {"rule": "superior", "margin": 0.0},
    {"rule": "superior", "margin": 0.05, "relative": True},
    {"rule": "non_inferior", "margin": 0.02},
    {"rule": "floor", "value": 0.5},
    {"rule": "ceiling", "value": 0.5},
]
SCOPES: list[dict[str, Any]] = [
    {},
    {"by": ["kind"]},
    {"by": ["kind", "sex"], "minimum_rows": 100},
    {"by": ["kind"], "minimum_rows": 100, "below_minimum": "skip"},
    {"by": ["kind"], "weight": "rows", "minimum_rows": 100},
    {"by": ["kind", "sex"], "weight": "rows"},
]
METRICS = ("accuracy", "log_loss")


@st.composite
def measured(draw: st.DrawFn, metric: str, segment: dict[str, str]) -> MetricFact:
    """Sometimes unknown, sometimes on few rows."""
    known = draw(st.booleans()) or draw(st.booleans())
    return fact(
        metric,
        draw(SHARES) if known else None,
        draw(SHARES.filter(bool)),
        draw(HALVES),
        own=draw(HALVES),
        rows=draw(st.sampled_from([0, 50, 100, 5000])),
        segment=segment,
    )


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    facts = [draw(measured(metric, segment)) for metric in METRICS for segment in SEGMENTS]
    return evidence(*facts, confidence=draw(st.sampled_from([0.9, 0.95])))


@st.composite
def gates(draw: st.DrawFn, *, gap: bool = True) -> dict[str, Any]:
    metric = draw(st.sampled_from(METRICS))
    if gap and draw(st.integers(0, 5)) == 0:
        return {"metric": metric, "rule": "gap", "value": 0.2, "by": ["kind"], "only_new": draw(st.booleans())}
    statistics = draw(st.sampled_from(["interval", "interval", "point"]))
    return {"metric": metric, "statistics": statistics, **draw(st.sampled_from(RULES)), **draw(st.sampled_from(SCOPES))}


@st.composite
def policies(draw: st.DrawFn, *, gap: bool = True) -> dict[str, Any]:
    made = draw(st.lists(gates(gap=gap), min_size=1, max_size=3))
    return {str(index): gate for index, gate in enumerate(made)}


def verdict(made: Evidence, by: Policy) -> Verdict:
    return judge(made, by, now=NOW).verdict


def widened(made: MetricFact, by: float) -> MetricFact:
    return replace(
        made,
        interval=made.interval and (made.interval[0] - by, made.interval[1] + by),
        candidate_interval=made.candidate_interval
        and (made.candidate_interval[0] - by, made.candidate_interval[1] + by),
    )


@given(evidences(), policies(), st.floats(0, 0.5), st.sampled_from(["holm", "none"]))
def test_less_certainty_never_decides_what_was_open(
    made: Evidence, by: dict[str, Any], width: float, correction: str
) -> None:
    wider = replace(made, metrics=tuple(widened(each, width) for each in made.metrics))
    judged, again = (judge(each, policy(by, correction=correction), now=NOW) for each in (made, wider))
    for before, after in zip(judged.checks, again.checks, strict=True):
        if before.result is Result.INCONCLUSIVE:
            assert after.result is Result.INCONCLUSIVE
        assert not (before.result is Result.FAIL and after.result is Result.PASS)
        assert not (before.result is Result.PASS and after.result is Result.FAIL)


@given(evidences(), policies(gap=False), st.floats(0, 0.5), st.sampled_from(["holm", "none"]))
def test_a_better_candidate_never_turns_a_pass_into_a_failure(
    made: Evidence, by: dict[str, Any], gain: float, correction: str
) -> None:
    """Bounds are left out where they are on the other side: a ceiling of accuracy asks for less of it."""
    sides = {name: gate for name, gate in by.items() if (gate["rule"], gate["metric"]) not in ODD}
    better = replace(made, metrics=tuple(improved(each, gain) for each in made.metrics))
    with_floor = policy({**sides, "more": FLOOR}, correction=correction)
    judged, again = judge(made, with_floor, now=NOW), judge(better, with_floor, now=NOW)
    for before, after in zip(judged.checks, again.checks, strict=True):
        assert not (before.result is Result.PASS and after.result is not Result.PASS)
        assert not (before.result is Result.INCONCLUSIVE and after.result is Result.FAIL)


ODD = {("floor", "log_loss"), ("ceiling", "accuracy")}


def improved(made: MetricFact, gain: float) -> MetricFact:
    by = -gain if made.metric == "log_loss" else gain
    return replace(
        made,
        candidate=None if made.candidate is None else made.candidate + by,
        difference=None if made.difference is None else made.difference + by,
        interval=made.interval and (made.interval[0] + by, made.interval[1] + by),
        candidate_interval=made.candidate_interval
        and (made.candidate_interval[0] + by, made.candidate_interval[1] + by),
    )


@given(evidences(), policies(), gates())
def test_one_more_gate_never_mends_a_failure(made: Evidence, by: dict[str, Any], more: dict[str, Any]) -> None:
    before, after = verdict(made, policy(by)), verdict(made, policy({**by, "more": more}))
    order = [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS]
    assert order.index(after) <= order.index(before)


@given(evidences(), policies(), gates(), st.sampled_from(["warn", "off"]))
def test_a_gate_that_does_not_count_never_moves_the_verdict(
    made: Evidence, by: dict[str, Any], more: dict[str, Any], mode: str
) -> None:
    assert verdict(made, policy({**by, "more": {**more, "mode": mode}})) == verdict(made, policy(by))


@given(evidences(), policies())
def test_a_correction_never_makes_an_alarm_and_never_passes(made: Evidence, by: dict[str, Any]) -> None:
    plain, corrected = (judge(made, policy(by, correction=each), now=NOW) for each in ("none", "holm"))
    for alone, among in zip(plain.checks, corrected.checks, strict=True):
        assert among.result in (alone.result, Result.INCONCLUSIVE)
        assert among.result is alone.result or alone.result is Result.FAIL


@given(evidences(), policies(), st.permutations(range(12)))
def test_the_order_of_the_facts_says_nothing(made: Evidence, by: dict[str, Any], order: list[int]) -> None:
    shuffled = replace(made, metrics=tuple(made.metrics[index] for index in order))
    first, second = judge(made, policy(by), now=NOW), judge(shuffled, policy(by), now=NOW)
    assert [check.result for check in first.checks] == [check.result for check in second.checks]


@given(evidences(), policies())
def test_every_check_says_what_it_saw_and_what_it_wanted(made: Evidence, by: dict[str, Any]) -> None:
    pending = list(judge(made, policy(by), now=NOW).checks)
    while pending:
        check = pending.pop()
        assert check.name
        assert check.saw
        assert check.wanted
        pending += check.parts
