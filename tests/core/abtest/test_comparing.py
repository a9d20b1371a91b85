"""An outcome in both arms, beside what others make of the same rows."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import ttest_ind
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from coronet.core.abtest.comparing import ArmSums, compare
from coronet.core.judging.estimate import Estimate
from tests.core.statistics.simulated import Held

Array = NDArray[np.float64]


def sums_of(outcomes: Array, units: NDArray[np.int64] | None = None, *, truths: bool | None = None) -> ArmSums:
    """Of rows with these outcomes; those with the same number belong together."""
    codes = np.arange(len(outcomes)) if units is None else units
    rows = np.bincount(codes)[np.unique(codes)]
    totals = np.bincount(codes, weights=outcomes)[np.unique(codes)]
    value = outcomes.sum() / len(outcomes) if len(outcomes) else 0.0
    given = bool(np.isin(outcomes, (0, 1)).all()) if truths is None else truths
    return ArmSums(
        units=len(rows),
        rows=len(outcomes),
        total=float(outcomes.sum()),
        off=float(((totals - value * rows) ** 2).sum()),
        truths=given,
    )


def known(estimate: Estimate | None) -> tuple[float, float]:
    assert estimate is not None
    return estimate.lower, estimate.upper


@pytest.mark.parametrize(("ours", "theirs"), [((30, 200), (15, 190)), ((0, 20), (3, 17)), ((20, 20), (19, 20))])
def test_rates_are_newcombes(ours: tuple[int, int], theirs: tuple[int, int]) -> None:
    arms = [sums_of(np.repeat([1.0, 0.0], [hits, rows - hits])) for hits, rows in (theirs, ours)]
    found = compare(arms[0], arms[1], confidence=0.9)
    wanted = confint_proportions_2indep(*ours, *theirs, method="newcomb", alpha=0.1)
    assert known(found.difference) == pytest.approx(wanted, abs=1e-9)
    assert known(found.candidate) == pytest.approx(proportion_confint(*ours, alpha=0.1, method="wilson"), abs=1e-9)
    assert found.method == "Newcombe; own: Wilson"


def test_numbers_are_welchs() -> None:
    random = np.random.default_rng(1)
    ours, theirs = random.normal(3, 2, 40), random.normal(2, 5, 25)
    found = compare(sums_of(theirs), sums_of(ours), confidence=0.95)
    wanted = ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.95)
    assert known(found.difference) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert found.method == "Welch; own: Student"
    assert found.champion is not None
    assert found.champion.value == pytest.approx(theirs.mean())


def test_units_of_one_row_each_are_rows() -> None:
    rows = np.random.default_rng(1).random(50)
    alone = compare(sums_of(rows), sums_of(rows + 1), confidence=0.95)
    named = compare(sums_of(rows, np.arange(50)), sums_of(rows + 1, np.arange(50)), confidence=0.95)
    assert named == alone


def test_units_of_the_same_rows_twice_are_as_sure_as_once() -> None:
    rows, units = np.random.default_rng(1).random(50), np.repeat(np.arange(50), 2)
    once = compare(sums_of(rows), sums_of(rows + 1), confidence=0.95)
    twice = compare(sums_of(np.repeat(rows, 2), units), sums_of(np.repeat(rows, 2) + 1, units), confidence=0.95)
    assert known(twice.difference) == pytest.approx(known(once.difference))
    assert twice.method == "Welch; own: Student, by units"


def test_rates_of_units_with_several_rows_stay_rates() -> None:
    units, few = np.repeat(np.arange(50), 2), np.zeros(100)
    few[:3] = 1.0
    found = compare(sums_of(few, units), sums_of(1 - few, units), confidence=0.95)
    assert known(found.champion)[0] == 0.0 < known(found.champion)[1]
    assert known(found.candidate)[1] == 1.0 > known(found.candidate)[0]


def test_what_tells_nothing_says_why() -> None:
    none, one, two = (sums_of(np.ones(many), truths=False) for many in (0, 1, 2))
    assert compare(none, two, confidence=0.95).problem == "no units met the champion"
    assert compare(two, one, confidence=0.95).problem == "1 unit met the candidate"
    assert compare(two, two, confidence=0.95).problem == "no two units differ"
    assert compare(two, two, confidence=0.95).difference is None
    truths = sums_of(np.ones(2))
    assert known(compare(truths, truths, confidence=0.95).difference)[0] < 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["rates", "numbers", "units"])
def test_intervals_hold_the_truth_as_often_as_they_say(kind: str) -> None:
    random, held = np.random.default_rng(1), Held()
    for _ in range(6_000):
        ours, theirs = _draw(random, kind, 0.2), _draw(random, kind, 0.1)
        found = compare(theirs, ours, confidence=0.95)
        held.add(known(found.difference), known(found.candidate), (0.1, 0.2))
    assert all(0.94 <= share <= 0.96 for share in held.shares()), held.shares()


def _draw(random: np.random.Generator, kind: str, mean: float) -> ArmSums:
    if kind == "rates":
        return sums_of((random.random(400) < mean).astype(np.float64))
    if kind == "numbers":
        return sums_of(random.gamma(2.0, mean / 2, size=400))
    rows = random.integers(1, 6, size=300)
    units = np.repeat(np.arange(300), rows)
    chance = random.beta(2.0, 2.0 / mean - 2.0, size=300)
    return sums_of((random.random(len(units)) < chance[units]).astype(np.float64), units)


def test_cases_of_the_simulation_are_what_they_say() -> None:
    random = np.random.default_rng(1)
    for kind, mean in product(("rates", "numbers", "units"), (0.1, 0.2)):
        drawn = [_draw(random, kind, mean).value for _ in range(200)]
        assert np.mean(drawn) == pytest.approx(mean, abs=0.01)
