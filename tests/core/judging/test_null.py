"""Models that are no better are promoted, and models that are no worse refused, as seldom as the confidence says.

Champion and candidate are equal in truth, and differ on single rows by chance. At the confidence 0.95 a one-sided
error is to happen in at most 2.5 of 100 evaluations; two standard errors of the simulation are forgiven.
`pytest -rP -m slow` shows what was found.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from math import sqrt
from typing import Any

import numpy as np
import pytest

from coronet.core.decision import Verdict
from coronet.core.evidence import EvaluationData, Evidence, Look, MetricFact, RowCounts, Task
from coronet.core.judging.judgement import judge
from coronet.core.policy import Policy
from coronet.core.statistics import Columns, Predictions, Specification, measure
from coronet.core.statistics.intervals import bonett_price
from coronet.core.wilson import wilson
from tests.core.examples import DATA, NOW, evidence, policy
from tests.core.statistics.simulated import ALIKES, World

ALPHA, SEED = 0.025, 3
BETTER = {"better": {"metric": "accuracy", "rule": "superior", "margin": 0}}
EACH_BETTER = {"each": {"metric": "accuracy", "rule": "superior", "margin": 0, "by": ["part"]}}
HARMLESS = {"harmless": {"metric": "accuracy", "rule": "non_inferior", "margin": 0.02}}
EACH_HARMLESS = {"each": {"metric": "accuracy", "rule": "non_inferior", "margin": 0.02, "by": ["part"]}}
# Shares of rows that only the candidate has right, and that only the champion has: equal, and worse by the margin.
EQUAL, AT_THE_EDGE = (0.06, 0.06), (0.05, 0.07)
CHAMPION_RIGHT = 0.8
ROWS = 1000


def fact(gained: int, lost: int, champion_right: int, rows: int, segment: Mapping[str, str]) -> MetricFact:
    """What `measure` makes of so many rows on which the two disagree."""
    right = champion_right + gained - lost
    return MetricFact(
        metric="accuracy",
        segment=segment,
        rows=rows,
        champion=champion_right / rows,
        candidate=right / rows,
        difference=(gained - lost) / rows,
        interval=bonett_price(gained / rows, lost / rows, rows, confidence=0.95),
        candidate_interval=wilson(right / rows, rows, confidence=0.95),
    )


def test_the_facts_of_the_simulation_are_those_that_measuring_makes() -> None:
    label = np.ones(ROWS, dtype=np.int64)
    champion, candidate = label.copy(), label.copy()
    champion[:200], candidate[60:220] = 0, 0
    columns = Columns(label=label, candidate=Predictions(codes=candidate), champion=Predictions(codes=champion))
    (found,) = measure(columns, Specification(task=Task.BINARY, metrics=("accuracy",), classes=("no", "yes")))
    made = fact(gained=60, lost=20, champion_right=800, rows=ROWS, segment={})
    assert (made.champion, made.candidate) == (found.champion, found.candidate)
    assert made.difference == pytest.approx(found.difference, abs=1e-12)
    assert made.interval == pytest.approx(found.interval, abs=1e-12)
    assert made.candidate_interval == pytest.approx(found.candidate_interval, abs=1e-12)


def tell(what: str, found: object) -> None:
    sys.stdout.write(f"{what}: {found}\n")


def looked(*facts: MetricFact, look: int | None = None) -> Evidence:
    return evidence(
        *facts,
        data=EvaluationData(name="iris", digest=DATA, rows=ROWS, label="species"),
        rows=RowCounts(paired=ROWS),
        look=None if look is None else Look(number=look, data=DATA),
    )


def verdict(found: Evidence, made: Policy) -> Verdict:
    return judge(found, made, now=NOW).verdict


def draw_segments(random: np.random.Generator, segments: int, apart: tuple[float, float]) -> Iterator[Evidence]:
    """Evaluations whose segments have 1,000 rows each, and so has the whole."""
    names = [{"part": f"p{index}"} for index in range(segments)]
    while True:
        counts = random.multinomial(ROWS, (*apart, 1 - sum(apart)), size=segments + 1)
        right = random.binomial(ROWS, CHAMPION_RIGHT, size=segments + 1)
        parts = [
            fact(int(up), int(down), int(kept), ROWS, name)
            for (up, down, _), kept, name in zip(counts[1:], right[1:], names, strict=True)
        ]
        yield looked(fact(int(counts[0, 0]), int(counts[0, 1]), int(right[0]), ROWS, {}), *parts)


def share_of(
    answer: Verdict, gates: Mapping[str, Any], segments: int, apart: tuple[float, float], draws: int, **fields: Any
) -> float:
    made, random = policy(gates, **fields), np.random.default_rng(SEED)
    drawn = islice(draw_segments(random, segments, apart), draws)
    return sum(verdict(found, made) is answer for found in drawn) / draws


def at_most(level: float, draws: int) -> float:
    return level + 2 * sqrt(level * (1 - level) / draws)


# --- one look -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "log_loss", "f1", "average_precision"])
def test_an_equal_candidate_is_seldom_promoted(metric: str) -> None:
    """From rows to the verdict: models that see the truth with as much noise each."""
    world: World = ALIKES[Task.BINARY]
    gate = {"better": {"metric": metric, "rule": "superior", "margin": 0}}
    random, draws, made = np.random.default_rng(SEED), 2000, policy(gate)
    promoted = 0
    for _ in range(draws):
        facts = measure(world.draw(random, 500), world.specify(metric))
        promoted += verdict(looked(*facts), made) is Verdict.PASS
    tell("promoted", promoted / draws)
    assert 0 < promoted / draws <= at_most(ALPHA, draws)


CASES: list[tuple[Mapping[str, Any], tuple[float, float], int]] = [
    (BETTER, EQUAL, 0),
    (HARMLESS, AT_THE_EDGE, 0),
    *(
        (gates, apart, segments)
        for gates, apart in (({**BETTER, **EACH_HARMLESS}, EQUAL), (EACH_BETTER, EQUAL), (EACH_HARMLESS, AT_THE_EDGE))
        for segments in (1, 20, 200)
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("gates", "apart", "segments"), CASES, ids=[f"{'+'.join(g)} {s}" for g, _, s in CASES])
def test_what_is_no_better_than_the_bar_seldom_passes(
    gates: Mapping[str, Any], apart: tuple[float, float], segments: int
) -> None:
    draws = {0: 6000, 1: 4000, 20: 1000, 200: 200}[segments]
    promoted = share_of(Verdict.PASS, gates, segments, apart, draws)
    tell("promoted", promoted)
    assert promoted <= at_most(ALPHA, draws)


@pytest.mark.slow
@pytest.mark.parametrize("segments", [1, 20, 200])
@pytest.mark.parametrize(
    ("gates", "apart"), [(EACH_HARMLESS, AT_THE_EDGE), (EACH_BETTER, EQUAL)], ids=["edge", "equal"]
)
def test_alarms_among_many_segments_are_as_seldom_as_in_one(
    gates: Mapping[str, Any], apart: tuple[float, float], segments: int
) -> None:
    draws = {1: 4000, 20: 1000, 200: 250}[segments]
    alarms = {
        correction: share_of(Verdict.FAIL, gates, segments, apart, draws, correction=correction)
        for correction in ("holm", "bh", "none")
    }
    tell("alarms", alarms)
    # Where none of them is bad, every alarm is false: the share of false ones is the chance of any.
    assert alarms["holm"] <= at_most(ALPHA, draws)
    assert alarms["bh"] <= at_most(ALPHA, draws)
    assert segments == 1 or alarms["none"] > 4 * ALPHA


# --- a robot that proposes every day --------------------------------------------------------------

DAYS = (30, 90)


def draw_days(random: np.random.Generator, days: int) -> list[MetricFact]:
    """A new candidate every day, each as good as the champion, on the same rows: the champion's luck is the same."""
    right = int(random.binomial(ROWS, CHAMPION_RIGHT))
    gained = random.binomial(ROWS - right, EQUAL[0] / (1 - CHAMPION_RIGHT), size=days).tolist()
    lost = random.binomial(right, EQUAL[1] / CHAMPION_RIGHT, size=days).tolist()
    return [fact(up, down, right, ROWS, {}) for up, down in zip(gained, lost, strict=True)]


def days_until_fooled(days: int, draws: int, promotes: Callable[[MetricFact, int], bool]) -> float:
    """In which share of the evaluation data at least one of the candidates is promoted."""
    random = np.random.default_rng(SEED)
    fooled = sum(
        any(_hopeful(each) and promotes(each, day) for day, each in enumerate(draw_days(random, days), 1))
        for _ in range(draws)
    )
    return fooled / draws


def _hopeful(found: MetricFact) -> bool:
    """What does not pass at 95 % passes at no higher confidence."""
    return found.interval is not None and found.interval[0] > 0


@pytest.mark.slow
@pytest.mark.parametrize("days", DAYS)
def test_who_looks_every_day_is_fooled_unless_looks_share_the_chance(days: int) -> None:
    draws = 3000
    alone = policy(BETTER)
    found = {"each look for itself": days_until_fooled(days, draws, lambda each, _: _passes(each, None, alone))}
    planned: list[dict[str, Any]] = [{"spend": rule, "of": days} for rule in ("equal", "pocock", "obrien_fleming")]
    for keys in (*planned, {"spend": "endless"}):
        made = policy(BETTER, looks=keys)

        def promotes(each: MetricFact, day: int, made: Policy = made) -> bool:
            return _passes(each, day, made)

        found[str(keys["spend"])] = days_until_fooled(days, draws, promotes)
    tell("at least one false promotion", dict(found))
    assert found.pop("each look for itself") > 8 * ALPHA
    assert all(share <= at_most(ALPHA, draws) for share in found.values()), found


def _passes(each: MetricFact, look: int | None, made: Policy) -> bool:
    return verdict(looked(each, look=look), made) is Verdict.PASS
