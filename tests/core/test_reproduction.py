"""What was measured again is compared fact by fact: what is noise, what is not, and what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.evidence import Evidence, MetricFact, Recipe, RowCounts, Source, Way
from coronet.core.evidence.costs import Cost, Costs, Latency
from coronet.core.evidence.custom_checks import Answered, CustomCheck
from coronet.core.evidence.facts import metric_json
from coronet.core.reproduction import Comparison, Difference, compare_evidence
from tests.core.examples import digest, evidence, fact

HISTOGRAM = "paired DeLong, widened by the histogram's 1.0e-04, streamed"


def compared(was: Evidence, again: Evidence, **options: Any) -> Comparison:
    return compare_evidence(was, again, **options)


def test_the_same_is_reproduced_however_it_was_asked_and_whenever() -> None:
    was = evidence(fact(), fact(segment={"kind": "flat"}))
    recipe = Recipe(source=Source.FILES, asked={"key": "id"}, way=Way.STREAMED, computed_with={"numpy": "1"})
    found = compared(was, replace(was, recipe=recipe, created_at=was.created_at.replace(year=2001)))
    assert found.differences == ()
    assert found.left_out == {}
    assert found.compared > 20


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"rows": RowCounts(paired=999)}, Difference(place="rows.paired", was=1000, now=999)),
        ({"confidence": 0.9}, Difference(place="confidence", was=0.95, now=0.9)),
        ({"threshold": 0.4}, Difference(place="threshold", was=None, now=0.4)),
        (
            {"rows": RowCounts(paired=1000, unusable={"label missing": 1})},
            Difference(place="rows.unusable.label missing", was=None, now=1),
        ),
    ],
)
def test_everything_else_counts(changes: Mapping[str, Any], difference: Difference) -> None:
    was = evidence(fact(), rows=RowCounts(paired=1000))
    assert compared(was, replace(was, **changes)).differences == (difference,)


def test_a_champion_that_was_taken_out_is_missed() -> None:
    was = evidence(fact())
    assert [each.place for each in compared(replace(was, champion=None), was).differences] == ["champion"]


def test_a_number_that_was_edited_is_named_with_its_metric_segment_and_field() -> None:
    honest = fact(segment={"kind": "flat"}, candidate=0.8, champion=0.7)
    edited = replace(honest, candidate=0.81)
    assert compared(evidence(edited), evidence(honest)).differences == (
        Difference(place="candidate", was=0.81, now=0.8, metric=honest.metric, segment={"kind": "flat"}),
    )


def test_ends_of_intervals_count_one_by_one() -> None:
    honest = replace(fact(), interval=(0.1, 0.2))
    found = compared(evidence(replace(honest, interval=(0.11, 0.2))), evidence(honest)).differences
    assert [(one.place, one.was, one.now) for one in found] == [("interval.0", 0.11, 0.1)]
    (gone,) = compared(evidence(replace(honest, interval=None)), evidence(honest)).differences
    assert (gone.place, gone.was, gone.now) == ("interval", None, [0.1, 0.2])


@pytest.mark.parametrize("order", [1, -1])
def test_a_fact_that_only_one_of_them_has_is_told(order: int) -> None:
    both, one = evidence(fact(), fact(segment={"kind": "flat"}, candidate=0.5)), evidence(fact())
    found = compared(*(both, one)[::order]).differences
    assert [(each.place, each.segment) for each in found] == [("fact", {"kind": "flat"})]
    assert (found[0].was, found[0].now) == (0.5, None)[::order]


def test_a_fact_that_was_put_in_twice_does_not_hide_behind_the_true_one() -> None:
    """Whoever judges takes the first."""
    false = fact(candidate=0.99)
    found = compared(evidence(false, fact()), evidence(fact())).differences
    assert {each.place for each in found} >= {"candidate", "fact"}


def test_the_order_of_facts_means_nothing() -> None:
    facts = (fact(), fact(segment={"kind": "flat"}), fact(segment={"kind": "house"}))
    assert compared(evidence(*facts), evidence(*facts[::-1])).differences == ()


@given(st.floats(-1e9, 1e9), st.floats(-1e-11, 1e-11))
def test_the_last_bits_are_noise(value: float, share: float) -> None:
    one, other = (replace(fact(), candidate=number) for number in (value, value * (1 + share)))
    assert compared(evidence(one), evidence(other)).differences == ()


@given(st.floats(0.1, 1e9), st.floats(1e-7, 0.5))
def test_the_eighth_digit_is_none(value: float, share: float) -> None:
    one, other = (replace(fact(), candidate=number) for number in (value, value * (1 + share)))
    assert [each.place for each in compared(evidence(one), evidence(other)).differences] == ["candidate"]


def test_nearly_nothing_is_nothing_in_the_scale_of_the_values() -> None:
    """0.3 − 0.1 − 0.2 is no difference."""
    one, other = (replace(fact(candidate=0.3, champion=0.3), difference=number) for number in (0.0, 5e-17))
    assert compared(evidence(one), evidence(other)).differences == ()
    far = replace(one, difference=1e-9)
    assert len(compared(evidence(one), evidence(far)).differences) == 1


def test_flags_and_texts_are_no_numbers() -> None:
    one, other = replace(fact(), method="1"), replace(fact(), method="1.0")
    assert [each.place for each in compared(evidence(one), evidence(other)).differences] == ["method"]


# --- another way ----------------------------------------------------------------------------------


def streamed(value: float) -> MetricFact:
    return replace(fact(candidate=value), method=HISTOGRAM, interval=(-9.0, 9.0), candidate_interval=(-9.0, 9.0))


def test_another_way_may_differ_by_the_bound_that_it_names() -> None:
    exact = replace(fact(candidate=0.8), method="paired DeLong")
    near, far = streamed(0.80009), streamed(0.8002)
    found = compared(evidence(near), evidence(exact), same_way=False)
    assert found.differences == ()
    assert set(found.left_out) == {"intervals and methods"}
    assert {each.place for each in compared(evidence(far), evidence(exact), same_way=False).differences} == {
        "candidate",
        "difference",
    }


def test_without_a_bound_another_way_must_agree() -> None:
    one, other = fact(candidate=0.8), fact(candidate=0.80001)
    assert compared(evidence(one), evidence(other), same_way=False).differences != ()


def test_the_other_way_digests_rows_otherwise() -> None:
    was = evidence(fact())
    other = replace(was, data=replace(was.data, digest=digest("9")))
    assert set(compared(was, other, same_way=False).left_out) >= {"data.digest"}
    assert [each.place for each in compared(was, other).differences] == ["data.digest"]


# --- streamed twice -------------------------------------------------------------------------------


def drawn(value: float, low: float, method: str, bound: str) -> Evidence:
    own = replace(fact(candidate=value), method=f"{method}, widened by the histogram's {bound}, streamed")
    return evidence(replace(own, interval=(low, 0.2), candidate_interval=None))


def test_histograms_of_another_sample_agree_within_the_bound() -> None:
    was, near, far = (drawn(0.9 + off, 0.1 + 2 * off, "DeLong", bound) for off, bound in AGAIN)
    assert compared(was, near, streamed=True).differences == ()
    assert {each.place for each in compared(was, near).differences} >= {"candidate", "interval.0", "method"}
    assert {each.place for each in compared(was, far, streamed=True).differences} >= {"candidate", "interval.0"}


AGAIN = ((0.0, "1.0e-04"), (9e-5, "1.1e-04"), (3e-4, "1.0e-04"))


def test_draws_from_other_cells_agree_within_their_chance() -> None:
    was, near, far = (drawn(0.9, low, "paired bootstrap", "1.0e-09") for low in (0.1, 0.109, 0.12))
    assert compared(was, near, streamed=True).differences == ()
    assert [each.place for each in compared(was, far, streamed=True).differences] == ["interval.0"]
    assert [each.place for each in compared(was, near).differences] == ["interval.0"]
    without = replace(was.metrics[0], interval=None)
    assert compared(evidence(without), evidence(without), streamed=True).differences == ()


def test_what_is_drawn_from_a_sample_is_left_out_and_what_is_judged_by_one_need_nearly_agree() -> None:
    was = of(curves={"x": 1.0}, baseline={"share": 0.700})
    near, far = (of(curves={"x": 2.0}, baseline={"share": share}) for share in (0.701, 0.8))
    assert set(compared(was, near, streamed=True).left_out) == {"curves"}
    assert compared(was, near, streamed=True).differences == ()
    assert [each.place for each in compared(was, far, streamed=True).differences] == ["baseline.share"]
    assert [each.place for each in compared(was, near).differences] == ["curves.x", "baseline.share"]
    assert set(compared(of(changes={"a": 1}), of(changes={"a": 2}), same_way=False).left_out) >= {"changes"}


def test_the_facts_of_a_baseline_are_facts() -> None:
    def beside(candidate: float, method: str = "DeLong") -> Any:
        own = replace(fact(candidate=candidate), method=method)
        return of(baseline={"metrics": [metric_json(own)], "source": method})

    (found,) = compared(beside(0.9), beside(0.8)).differences[:1]
    assert (found.place, found.metric) == ("baseline.metrics.candidate", "accuracy")
    other = compared(beside(0.9), beside(0.9, "DeLong, streamed"), same_way=False)
    assert other.differences == ()
    assert set(other.left_out) == {"intervals and methods", "baseline.source"}


# --- what cannot be the same ----------------------------------------------------------------------


def test_predictions_made_anew_may_have_other_bytes_where_that_is_said() -> None:
    was = evidence(fact())
    other = replace(was, candidate=replace(was.candidate, predictions=digest("9")))
    assert [each.place for each in compared(was, other).differences] == ["candidate.predictions"]
    found = compared(was, other, made_anew="they were made anew")
    assert found.differences == ()
    assert found.left_out == {"candidate.predictions": "they were made anew"}


@dataclass(frozen=True, slots=True)
class Written:
    """Evidence with sections that other parts of the program write."""

    sections: Mapping[str, Any]
    costs: None = None
    checks: tuple[()] = ()

    def lasting_json(self) -> dict[str, Any]:
        return {**evidence(fact()).lasting_json(), **self.sections}


def of(**sections: Any) -> Any:
    return Written(sections)


OWN = CustomCheck(name="own", digest=digest("e"), result=Answered.PASS, saw="fine", seconds=1.5)


def costs(size: int, milliseconds: float | None) -> Costs:
    if milliseconds is None:
        return Costs(candidate=Cost(size_bytes=size))
    latency = Latency(of="latency_p50_ms", value=milliseconds, interval=None, repetitions=3)
    return Costs(candidate=Cost(size_bytes=size, latency=(latency,)), machine="a laptop", batch_rows=10)


def test_what_a_clock_measured_is_left_out_and_said() -> None:
    was = evidence(fact(), costs=costs(10, 0.1), checks=(OWN,))
    again = replace(was, costs=costs(11, None), checks=(replace(OWN, seconds=2.5),))
    found = compared(was, again)
    assert [each.place for each in found.differences] == ["costs.candidate.size_bytes"]
    assert set(found.left_out) == {"times of predictions", "times of checks"}
    assert compared(evidence(fact(), costs=costs(10, None)), evidence(fact(), costs=costs(10, None))).left_out == {}


def test_sections_count_whole_and_one_that_was_taken_out_is_missed() -> None:
    section = {"features": [{"name": "age", "auc": 0.99}, {"name": "zip", "auc": 0.5}]}
    edited = {"features": [{"name": "age", "auc": 0.5}]}
    assert [each.place for each in compared(of(leakage=edited), of(leakage=section)).differences] == [
        "leakage.features.0.auc",
        "leakage.features.1",
    ]
    assert [each.place for each in compared(of(), of(leakage=section)).differences] == ["leakage"]
    assert [each.place for each in compared(of(leakage=section), of()).differences] == ["leakage"]


def test_an_older_program_may_not_have_known_a_section() -> None:
    found = compared(of(), of(leakage={"features": []}), new_sections=True)
    assert found.differences == ()
    assert set(found.left_out) == {"leakage"}
    assert compared(of(leakage={"a": 1}), of(leakage={"a": 2}), new_sections=True).differences != ()


def test_yes_is_not_one() -> None:
    assert [each.place for each in compared(of(leakage={"alarm": True}), of(leakage={"alarm": 1})).differences] == [
        "leakage.alarm"
    ]
