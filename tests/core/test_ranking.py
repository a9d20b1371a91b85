"""Which candidate is the best: verdict, score, tie-breaks, version."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.evidence import CustomMetric, Evidence, MetricFact, Subject
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.ranking import Ranked, rank_candidates
from tests.core.examples import NOW, evidence, fact, gain, policy

GATES = {"good_enough": {"metric": "accuracy", "rule": "floor", "value": 0.5}}
PLAIN = {"score": {"accuracy": {"metric": "accuracy", "weight": 1}}}


def about(version: str | None, *facts: MetricFact, **fields: Any) -> Evidence:
    return evidence(*facts, candidate=Subject(version=version, digest=f"sha256:{version}"), **fields)


def rank(
    *made: Evidence, ranking: dict[str, Any] | None = None, gates: dict[str, Any] | None = None
) -> tuple[Ranked, ...]:
    by = policy(GATES if gates is None else gates, ranking=PLAIN if ranking is None else ranking)
    return rank_candidates([judge(each, by, now=NOW) for each in made], by.ranking)


def order(ranked: tuple[Ranked, ...]) -> list[str | None]:
    return [each.judgement.evidence.candidate.version for each in ranked]


def kind(name: str, improvement: float, rows: int = 1000, **fields: Any) -> MetricFact:
    return gain(improvement, segment={"kind": name}, rows=rows, **fields)


def test_the_highest_score_comes_first() -> None:
    made = rank(about("1", gain(0.1)), about("2", gain(0.3)), about("3", gain(0.2)))
    assert order(made) == ["2", "3", "1"]
    assert made[0].score == pytest.approx(0.3)
    assert [name for name, _ in made[0].terms] == ["accuracy"]


def test_less_is_better_where_the_catalogue_says_so() -> None:
    made = rank(
        about("1", fact("mae", 9.0, 10.0)),
        about("2", fact("mae", 8.0, 10.0)),
        ranking={"score": {"mae": {"metric": "mae", "weight": 1}}},
        gates={"good": {"metric": "mae", "rule": "ceiling", "value": 20}},
    )
    assert [(each.score) for each in made] == [2.0, 1.0]
    assert order(made) == ["2", "1"]


def test_without_a_score_it_is_the_first_metric_that_can_improve() -> None:
    steady = {"metric": "positive_rate", "rule": "steady", "margin": 0.5}
    gates = {"same": {"rule": "unchanged", "of": ["signature"]}, "canary": steady, **GATES}
    made = rank(
        about("1", fact("positive_rate", 0.5, 0.4), fact(candidate=0.93, champion=0.9)), gates=gates, ranking={}
    )
    assert [name for name, _ in made[0].terms] == ["accuracy"]


def test_what_passes_comes_before_what_scores() -> None:
    """0.4 fails the floor, 0.5 with its interval is open."""
    made = rank(about("1", fact(candidate=0.4, champion=0.1)), about("2", fact(candidate=0.5, champion=0.3)),
                about("3", fact(candidate=0.6, champion=0.6)))  # fmt: skip
    assert [str(each.judgement.verdict) for each in made] == ["pass", "inconclusive", "fail"]
    assert order(made) == ["3", "2", "1"]


def test_the_newer_version_is_taken_of_equals() -> None:
    assert order(rank(about("9", gain(0.1)), about("10", gain(0.1)), about("2", gain(0.1)))) == ["10", "9", "2"]


@pytest.mark.parametrize("version", [None, "²", "x"])
def test_what_has_no_number_is_the_oldest(version: str | None) -> None:
    assert order(rank(about(version, gain(0.1)), about("1", gain(0.1)))) == ["1", version]


# --- terms ----------------------------------------------------------------------------------------


def test_a_score_that_is_no_finite_number_is_none() -> None:
    """A policy that was not read through its schema may hold a scale that makes everything infinite."""
    tiny = {"score": {"term": {"metric": "accuracy", "weight": 1, "scale": 1e-320}}}
    made = rank(about("1", gain(0.1)), ranking=tiny)[0]
    assert (made.score, made.problem) == (None, "the term term makes no finite number: its scale is 9.99989e-321")


def score(term: dict[str, Any], *facts: MetricFact) -> float | None:
    whole = {"metric": "accuracy", "weight": 1, **term}
    return rank(about("1", *facts), ranking={"score": {"term": whole}})[0].score


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ({}, 0.1),
        ({"weight": 0.5}, 0.05),
        ({"scale": 0.05}, 2.0),
        ({"scale": 0.05, "offset": 1}, 3.0),
        ({"scale": 0.05, "clamp": [-1, 1.5]}, 1.5),
        ({"scale": 0.05, "clamp": [2.5, 3]}, 2.5),
        ({"scale": 0.05, "clamp": [-1, 2.5]}, 2.0),
        ({"weight": 0.2, "scale": 0.05, "offset": 1, "clamp": [-1, 1.5]}, 0.3),  # clamped, then weighted
        ({"relative": True}, 0.2),  # of the champion's 0.5
    ],
)
def test_a_term_is_weight_times_clamp_of_offset_plus_improvement_by_scale(
    term: dict[str, Any], expected: float
) -> None:
    assert score(term, gain(0.1)) == pytest.approx(expected)


SEGMENTS = (kind("a", 0.1, 3000), kind("b", -0.02, 1000), kind("c", 0.3, 10))


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ({"take": "overall"}, 0.05),
        ({"take": "weighted"}, (0.1 * 3000 - 0.02 * 1000 + 0.3 * 10) / 4010),
        ({"take": "weighted", "minimum_rows": 1000}, (0.1 * 3000 - 0.02 * 1000) / 4000),
        ({"take": "worst"}, -0.02),
        ({"take": "worst", "minimum_rows": 3000}, 0.1),  # that of the segment that gains least
        ({"take": "worst", "relative": True}, -0.04),
        ({"take": "weighted", "minimum_rows": 1000, "relative": True}, 0.07 / 0.5),
        ({"take": "weighted", "minimum_rows": 5000}, 0.05),  # all rows, where no segment has enough
    ],
)
def test_a_term_may_look_at_segments(term: dict[str, Any], expected: float) -> None:
    assert score({"by": ["kind"], **term}, gain(0.05), *SEGMENTS) == pytest.approx(expected)


def test_the_worst_share_is_of_its_own_champion() -> None:
    facts = (
        fact("mdape", 0.33, 0.30, segment={"kind": "a"}),  # 10 % worse
        fact("mdape", 0.12, 0.10, segment={"kind": "b"}),  # 20 % worse
    )
    assert score({"metric": "mdape", "take": "worst", "by": ["kind"], "relative": True}, *facts) == pytest.approx(-0.2)


@pytest.mark.parametrize(
    ("term", "facts", "problem"),
    [
        ({}, [], "the evidence has no accuracy"),
        ({"metric": "luck"}, [fact("luck")], "luck is no metric of the catalogue"),
        ({"metric": "positive_rate"}, [fact("positive_rate")], "no positive_rate is better than another"),
        ({}, [fact(champion=None)], "accuracy could not be measured: no champion"),
        ({}, [fact(candidate=None, problem="one class")], "accuracy could not be measured: one class"),
        ({}, [fact(rows=0)], "the evidence has no rows"),
        (
            {"relative": True},
            [fact(champion=0.0)],
            "a share of the champion's value asks for a champion whose value is not 0",
        ),
        ({}, [replace(fact(), difference=float("nan"))], "accuracy is no finite number"),
        ({}, [replace(fact(), champion=float("inf"))], "accuracy is no finite number"),
    ],
)
def test_what_cannot_be_scored_comes_last_of_its_verdict(
    term: dict[str, Any], facts: list[MetricFact], problem: str
) -> None:
    whole = {"metric": "accuracy", "weight": 1, **term}
    fine = {"good_enough": {"metric": "f1", "rule": "floor", "value": 0.1}}
    also = fact("f1", 0.9, 0.9)
    made = rank(about("2", *facts, also), about("1", gain(-0.4), also), ranking={"score": {"t": whole}}, gates=fine)
    (unscored,) = (each for each in made if each.judgement.evidence.candidate.version == "2")
    assert (unscored.score, unscored.problem, unscored.terms) == (None, problem, ())


def test_a_candidate_without_a_score_ranks_below_any_with_one() -> None:
    made = rank(about("2", fact("f1", 0.9, 0.1)), about("1", gain(-0.4), fact("f1", 0.9, 0.9)),
                gates={"good": {"metric": "f1", "rule": "floor", "value": 0.1}})  # fmt: skip
    assert order(made) == ["1", "2"]


def test_without_terms_the_first_gate_that_is_on_is_what_is_improved() -> None:
    gates = {
        "same": {"rule": "unchanged", "of": ["signature"]},
        "off": {"metric": "recall", "rule": "superior", "mode": "off"},
        "better": {"metric": "f1", "rule": "superior"},
        "more": {"metric": "accuracy", "rule": "superior"},
    }
    made = rank(about("1", fact("f1", 0.6, 0.5), gain(0.9)), ranking={}, gates=gates)
    assert made[0].terms == (("f1", made[0].score),)
    assert made[0].score == pytest.approx(0.1)
    none = rank(about("1"), ranking={}, gates={"same": gates["same"]})
    assert (none[0].score, none[0].terms) == (0, ())


def test_without_a_champion_there_is_nothing_to_improve_on() -> None:
    values = (("1", 0.9), ("2", 0.8))
    alone = [about(version, fact(candidate=value, champion=None), champion=None) for version, value in values]
    assert [(each.score, each.terms) for each in rank(*alone)] == [(0.0, ()), (0.0, ())]
    assert order(rank(*alone)) == ["2", "1"]
    assert order(rank(*alone, ranking={"tie_breaks": [{"metric": "accuracy"}]})) == ["1", "2"]


# --- tie-breaks -----------------------------------------------------------------------------------


def tie(*ties: dict[str, Any]) -> dict[str, Any]:
    """Nothing but tie-breaks decides: every score is 0."""
    zero = {"zero": {"metric": "accuracy", "weight": 1, "clamp": [0, 0]}}
    return {"score": zero, "tie_breaks": list(ties)}


def test_ties_are_broken_in_their_order() -> None:
    made = (
        about("1", gain(0.1), fact("f1", 0.8), fact("recall", 0.5)),
        about("2", gain(0.2), fact("f1", 0.7), fact("recall", 0.9)),
        about("3", gain(0.2), fact("f1", 0.8), fact("recall", 0.6)),
    )
    assert order(rank(*made, ranking=tie({"metric": "f1"}, {"metric": "recall"}))) == ["3", "1", "2"]
    assert order(rank(*made, ranking=tie({"metric": "recall"}, {"metric": "f1"}))) == ["2", "3", "1"]


def test_a_tie_is_broken_by_the_better_value() -> None:
    made = (about("1", gain(0.1), fact("mae", 3.0, 9.0)), about("2", gain(0.1), fact("mae", 4.0, 9.0)))
    assert order(rank(*made, ranking=tie({"metric": "mae"}))) == ["1", "2"]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"take": "weighted", "minimum_rows": 1000}, ["1", "2"]),  # (0.6 × 3 + 0.48) ÷ 4 against 0.55
        ({"take": "worst", "minimum_rows": 1000}, ["2", "1"]),  # 0.48 against 0.55
        ({"take": "worst"}, ["1", "2"]),  # 0.48 against the 0.1 of a few rows
    ],
)
def test_a_tie_may_look_at_segments(how: dict[str, Any], expected: list[str]) -> None:
    made = (
        about("1", gain(0.1), kind("a", 0.1, 3000), kind("b", -0.02, 1000)),
        about("2", gain(0.1), kind("a", 0.05, 3000), kind("b", 0.05, 1000), kind("c", -0.4, 10)),
    )
    assert order(rank(*made, ranking=tie({"metric": "accuracy", "by": ["kind"], **how}))) == expected


def test_a_tie_that_cannot_be_asked_loses() -> None:
    made = (about("2", gain(0.1)), about("1", gain(0.1), fact("f1", 0.1)))
    assert order(rank(*made, ranking=tie({"metric": "f1"}))) == ["1", "2"]


# --- properties -----------------------------------------------------------------------------------

VALUES = st.sampled_from([0.0, 0.1, 0.2, float("nan")])


@st.composite
def judgements(draw: st.DrawFn) -> Judgement:
    made = [replace(gain(0.1), difference=draw(VALUES))] if draw(st.booleans()) else []
    also = [fact("f1", draw(VALUES))] if draw(st.booleans()) else []
    version = draw(st.sampled_from([None, "1", "2", "10"]))
    by = policy({"good": {"metric": "accuracy", "rule": "floor", "value": 0.5, "statistics": "point"}}, ranking=RANKING)
    return judge(about(version, *made, *also, confidence=draw(st.sampled_from([0.9, 0.95]))), by, now=NOW)


RANKING = {**PLAIN, "tie_breaks": [{"metric": "f1"}]}


@given(st.lists(judgements(), max_size=6).flatmap(lambda made: st.tuples(st.just(made), st.permutations(made))))
def test_the_order_of_the_input_decides_nothing(both: tuple[list[Judgement], list[Judgement]]) -> None:
    by = policy(ranking=RANKING).ranking
    first, second = ([repr(each) for each in rank_candidates(made, by)] for made in both)
    assert first == second


@given(st.lists(judgements(), max_size=6))
def test_what_passes_is_never_behind_what_does_not(made: list[Judgement]) -> None:
    places = ["pass", "inconclusive", "fail"]
    ranked = [places.index(each.judgement.verdict) for each in rank_candidates(made, policy(ranking=RANKING).ranking)]
    assert ranked == sorted(ranked)


def test_a_metric_of_a_teams_own_has_the_direction_that_the_evidence_says() -> None:
    cost = CustomMetric(name="custom.cost", meaning="money lost", higher_is_better=False)
    made = rank(
        about("1", fact(), fact("custom.cost", 9.0, 10.0), custom_metrics=(cost,)),
        about("2", fact(), fact("custom.cost", 8.0, 10.0), custom_metrics=(cost,)),
        ranking={"score": {"cost": {"metric": "custom.cost", "weight": 1}}},
    )
    assert order(made) == ["2", "1"]
