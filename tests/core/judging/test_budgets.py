"""What a model may cost."""

from collections.abc import Mapping
from typing import Any

import pytest

from coronet.core.decision import Check, Result
from coronet.core.evidence.costs import Cost, Costs, Latency
from tests.core.examples import judged

MACHINE = "Linux x86_64, 2 processors, Python 3.11.9"


def timed(value: float, half: float | None = 1.0, *, of: str = "latency_p95_ms") -> Cost:
    interval = None if half is None else (value - half, value + half)
    return Cost(latency=(Latency(of=of, value=value, interval=interval, repetitions=200),))


def sized(size: int) -> Cost:
    return Cost(size_bytes=size, files=3)


def needing(*packages: str) -> Cost:
    return Cost(dependencies=packages)


def budget(costs: Costs | None, *, alone: str = "", confidence: float = 0.95, **gate: Any) -> Check:
    given: Mapping[str, Any] = {"rule": "budget", **gate}
    return judged(given, alone=alone, confidence=confidence, evidence_fields={"costs": costs})


P95: Mapping[str, Any] = {"of": "latency_p95_ms"}


@pytest.mark.parametrize(
    ("value", "result"),
    [(11.0, Result.PASS), (10.5, Result.INCONCLUSIVE), (9.0, Result.INCONCLUSIVE), (8.9, Result.FAIL)],
)
def test_a_time_is_judged_by_its_whole_interval(value: float, result: Result) -> None:
    made = budget(Costs(candidate=timed(10.0), machine=MACHINE), **P95, value=value)
    assert made.result is result
    assert made.saw == f"latency_p95_ms 10 [9, 11] on {MACHINE}"
    assert made.wanted == f"latency_p95_ms at most {value:g}"


def test_a_time_may_be_judged_as_a_point() -> None:
    made = budget(Costs(candidate=timed(10.0)), **P95, value=10.2, statistics="point")
    assert (made.result, made.saw) == (Result.PASS, "latency_p95_ms 10")
    assert "points alone" in made.wanted
    without = budget(Costs(candidate=timed(10.0, None)), **P95, value=10.2, statistics="point")
    assert without.result is Result.PASS


def test_more_confidence_wants_a_wider_interval() -> None:
    costs = Costs(candidate=timed(10.0))
    assert budget(costs, **P95, value=11.0).result is Result.PASS
    assert budget(costs, **P95, value=11.0, confidence=0.99).result is Result.INCONCLUSIVE


def test_too_few_repetitions_cannot_tell() -> None:
    for costs in (Costs(candidate=timed(10.0, None)), Costs(candidate=timed(10.0), champion=timed(10.0, None))):
        made = budget(costs, **P95, margin=0.5, relative=True)
        assert made.result is Result.INCONCLUSIVE
        assert "200 repetitions are too few for an interval of latency_p95_ms" in made.saw


@pytest.mark.parametrize(
    ("champion", "margin", "result"),
    [(10.0, 0.5, Result.PASS), (10.0, 0.1, Result.INCONCLUSIVE), (6.0, 0.1, Result.FAIL)],
)
def test_a_time_beside_the_champions_as_a_share_of_it(champion: float, margin: float, result: Result) -> None:
    made = budget(Costs(candidate=timed(10.0), champion=timed(champion)), **P95, margin=margin, relative=True)
    assert made.result is result
    assert made.saw.startswith(f"latency_p95_ms {champion:g} → 10, ")
    assert made.wanted == f"latency_p95_ms at most {100 * margin:g} % above the champion's"


def test_the_interval_of_a_ratio_is_that_of_the_difference_of_logarithms() -> None:
    made = budget(Costs(candidate=timed(10.0, 0.1), champion=timed(10.0, 0.1)), **P95, margin=0.02, relative=True)
    # −ln 0.99 and ln 1.01, their squares added, are 0.014143: exp(± 0.014143) − 1
    assert made.saw == "latency_p95_ms 10 → 10, +0 % [−1.404, 1.424]"
    assert made.result is Result.PASS


def test_a_time_beside_the_champions_in_milliseconds() -> None:
    costs = Costs(candidate=timed(12.0), champion=timed(10.0))
    assert budget(costs, **P95, margin=4).result is Result.PASS
    made = budget(costs, **P95, margin=3)
    assert (made.result, made.saw) == (Result.INCONCLUSIVE, "latency_p95_ms 10 → 12, +2 [0.5858, 3.414]")


def test_both_bars_are_asked_and_the_worse_answer_counts() -> None:
    made = budget(Costs(candidate=timed(10.0), champion=timed(5.0)), **P95, value=20, margin=0.1, relative=True)
    assert made.result is Result.FAIL
    assert [(part.name, part.result) for part in made.parts] == [("value", Result.PASS), ("margin", Result.FAIL)]
    assert made.saw.startswith("latency_p95_ms 5 → 10, +100 %")


def test_without_a_champion_only_the_value_is_asked() -> None:
    costs = Costs(candidate=timed(10.0))
    made = budget(costs, **P95, value=20, margin=0.1, relative=True, alone="no champion to compare with")
    assert (made.result, made.parts) == (Result.PASS, ())
    assert made.saw.endswith("(no champion to compare with)")
    assert budget(costs, **P95, margin=1, alone="no champion").result is Result.OFF


def test_sizes_are_what_they_are() -> None:
    costs = Costs(candidate=sized(1_200), champion=sized(1_000))
    assert budget(costs, of="size_bytes", value=1_200).result is Result.PASS
    assert budget(costs, of="size_bytes", value=1_199).result is Result.FAIL
    made = budget(costs, of="size_bytes", margin=0.1, relative=True)
    assert (made.result, made.saw) == (Result.FAIL, "size_bytes 1000 → 1200, +20 %")


def test_an_interval_that_reaches_nothing_makes_no_share() -> None:
    costs = Costs(candidate=timed(1.0, 1.0), champion=timed(1.0, 0.1))
    made = budget(costs, **P95, margin=0.1, relative=True)
    assert made.result is Result.INCONCLUSIVE
    assert made.saw.endswith("with an interval that reaches 0")


NUMPY, SCIPY = "numpy==2.1.0", "SciPy >= 1.13"


def test_packages_are_counted() -> None:
    costs = Costs(candidate=needing(NUMPY, SCIPY), champion=needing(NUMPY))
    assert budget(costs, of="dependencies", value=2).result is Result.PASS
    assert budget(costs, of="dependencies", value=1).saw == "2 dependencies"
    assert budget(costs, of="dependencies", value=1).result is Result.FAIL
    assert budget(costs, of="dependencies", margin=1).result is Result.PASS
    made = budget(costs, of="dependencies", margin=0.5, relative=True)
    assert (made.result, made.saw) == (Result.FAIL, "1 → 2 dependencies")


def test_only_the_packages_of_the_list() -> None:
    costs = Costs(candidate=needing(NUMPY, SCIPY))
    assert budget(costs, of="dependencies", only=["NumPy", "scipy"]).saw == "no dependency outside of the list"
    made = budget(costs, of="dependencies", only=["numpy"])
    assert (made.result, made.saw) == (Result.FAIL, "outside of the list: scipy")
    assert made.hint == "add it to `only`, or do without it"
    assert made.wanted == "no dependency but numpy"
    assert budget(costs, of="dependencies", only=[]).wanted == "no dependency but none"


def test_many_packages_are_not_all_named() -> None:
    made = budget(Costs(candidate=needing(*"abcdefg")), of="dependencies", only=["z"])
    assert made.saw == "outside of the list: a, b, c, d, e and 2 more"


def test_no_package_that_the_champion_does_without() -> None:
    costs = Costs(candidate=needing(NUMPY, SCIPY), champion=needing(NUMPY))
    made = budget(costs, of="dependencies", new="none")
    assert (made.result, made.saw) == (Result.FAIL, "new: scipy")
    assert made.wanted == "no dependency that the champion does without"
    same = Costs(candidate=needing("numpy==2.2"), champion=needing(NUMPY))
    assert budget(same, of="dependencies", new="none").saw == "no dependency new"
    assert budget(same, of="dependencies", new="none", alone="no champion").result is Result.OFF


@pytest.mark.parametrize(
    ("costs", "gate", "saw"),
    [
        (None, {**P95, "value": 1}, "the evidence does not say what the models cost"),
        (Costs(candidate=timed(1.0)), {**P95, "margin": 1}, "the evidence does not say what the champion costs"),
        (Costs(candidate=sized(1)), {**P95, "value": 1}, "the evidence has no latency_p95_ms"),
        (
            Costs(candidate=Cost(latency=timed(1.0).latency * 2)),
            {**P95, "value": 1},
            "the evidence has latency_p95_ms 2 times",
        ),
        (
            Costs(candidate=timed(1.0)),
            {"of": "size_bytes", "value": 1},
            "the evidence does not say how large the models are",
        ),
        (
            Costs(candidate=timed(1.0)),
            {"of": "dependencies", "value": 1},
            "the evidence does not say which packages the models need",
        ),
        (
            Costs(candidate=sized(5), champion=sized(0)),
            {"of": "size_bytes", "margin": 1, "relative": True},
            "a share of the champion's size_bytes asks for numbers above 0",
        ),
        (
            Costs(candidate=timed(float("nan"))),
            {**P95, "value": 1},
            "latency_p95_ms is not a finite number with its interval",
        ),
    ],
)
def test_what_is_missing_fails(costs: Costs | None, gate: Mapping[str, Any], saw: str) -> None:
    made = budget(costs, **gate)
    assert (made.result, made.saw) == (Result.FAIL, saw)
    assert made.hint
