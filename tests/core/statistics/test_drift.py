"""Drift: measured against other programs, quiet on halves of the same data, awake to real shifts."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from coronet.core.decision import Result, Verdict
from coronet.core.drift import ColumnDrift, ColumnKind, DriftLimits, DriftRule, decide_drift
from coronet.core.statistics.drift import FEW, measure_drift

Frame = dict[str, Any]


def one(before: Any, now: Any) -> ColumnDrift:
    (found,) = measure_drift({"x": np.asarray(before)}, {"x": np.asarray(now)})
    return found


def frame(random: np.random.Generator, rows: int, *, shift: float = 0.0) -> Frame:
    return {
        **{f"x{index}": random.normal(shift if index == 0 else 0.0, size=rows) for index in range(8)},
        "visits": random.poisson(3, size=rows).astype(np.float64),
        "region": random.choice(["a", "b", "c", "d"], p=[0.5, 0.3, 0.15, 0.05], size=rows).astype(object),
        "income": np.where(random.random(rows) < 0.1, np.nan, random.exponential(size=rows)),
        "always": np.ones(rows),
    }


def halves(random: np.random.Generator, rows: int) -> tuple[Frame, Frame]:
    whole = frame(random, 2 * rows)
    return {k: v[:rows] for k, v in whole.items()}, {k: v[rows:] for k, v in whole.items()}


def alarmed(before: Frame, now: Frame, rule: DriftRule = DriftRule.BOTH) -> bool:
    return bool(decide_drift(measure_drift(before, now), DriftLimits(rule=rule)).alarms)


# --- measured -------------------------------------------------------------------------------------


@given(sizes=st.tuples(st.integers(30, 300), st.integers(30, 300)), seed=st.integers(0, 99))
def test_kolmogorov_smirnov_is_scipys(sizes: tuple[int, int], seed: int) -> None:
    random = np.random.default_rng(seed)
    before, now = random.normal(size=sizes[0]), random.normal(0.3, size=sizes[1])
    found = one(before, now)
    expected = stats.ks_2samp(before, now, method="exact")
    assert found.distance == pytest.approx(expected.statistic, abs=1e-12)
    # The exact law is in steps, and the limit law runs between them.
    assert found.p == pytest.approx(expected.pvalue, abs=0.02 if expected.pvalue < 0.1 else 0.08)


def test_the_shift_is_scipys_wasserstein_distance_in_standard_deviations() -> None:
    random = np.random.default_rng(1)
    before, now = random.normal(5, 2, size=400), random.normal(6, 2, size=300)
    assert one(before, now).shift == pytest.approx(stats.wasserstein_distance(before, now) / before.std(), abs=1e-12)


def test_categories_are_scipys_chi_square() -> None:
    before, now = ["a"] * 50 + ["b"] * 30 + ["c"] * 20, ["a"] * 80 + ["b"] * 60 + ["c"] * 60
    found = one(np.array(before, dtype=object), np.array(now, dtype=object))
    expected = stats.chi2_contingency([[50, 30, 20], [80, 60, 60]], correction=False)
    assert found.kind is ColumnKind.CATEGORY
    assert found.p == pytest.approx(expected.pvalue, abs=1e-12)
    assert found.distance == pytest.approx(0.1)


def test_the_index_of_categories_by_hand() -> None:
    found = one(np.array(["a"] * 50 + ["b"] * 50, dtype=object), np.array(["a"] * 80 + ["b"] * 20, dtype=object))
    before, now = np.array([50.5, 50.5]) / 101, np.array([80.5, 20.5]) / 101
    assert found.psi == pytest.approx(float(((now - before) * np.log(now / before)).sum()))


def test_the_index_of_numbers_is_over_ten_bins_of_equal_reference_rows() -> None:
    before, now = np.arange(1000.0), np.arange(1000.0) + 100
    shares = [(np.array(rows) + 0.5) / 1005 for rows in ([100] * 10, [0, *[100] * 8, 200])]
    expected = float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
    assert one(before, now).psi == pytest.approx(expected, abs=0.02)


def test_few_numbers_are_compared_value_by_value() -> None:
    """Quantile bins of a column of few values fall together, and see nothing."""
    before, now = np.array([0.0] * 95 + [1.0] * 5), np.array([0.0] * 60 + [1.0] * 40)
    found = one(before, now)
    assert len(np.unique(before)) < FEW
    assert found.psi is not None
    assert found.psi > 0.5


def test_a_number_between_few_values_is_seen() -> None:
    assert (one(np.array([0.0, 1.0] * 50), np.array([0.5] * 100)).psi or 0) > 1


def test_rare_categories_are_put_together() -> None:
    before = np.array(["a"] * 90 + [f"rare{i}" for i in range(10)], dtype=object)
    now = np.array(["a"] * 90 + [f"other{i}" for i in range(10)], dtype=object)
    found = one(before, now)
    assert found.p == pytest.approx(1.0)
    assert found.unseen == pytest.approx(0.1)


def test_missing_values_are_told_apart_from_values() -> None:
    before, now = np.array([1.0, 2.0, 3.0, 4.0] * 50), np.array([1.0, 2.0, np.nan, 4.0] * 50)
    found = one(before, now)
    assert found.missing == (0.0, 0.25)
    assert found.missing_p is not None
    assert found.missing_p < 1e-6
    assert found.rows == (200, 200)


def test_none_is_missing_among_texts() -> None:
    assert one(np.array(["a", None], dtype=object), np.array(["a", "a"], dtype=object)).missing == (0.5, 0.0)


def test_whole_numbers_and_flags_are_numbers() -> None:
    assert one(np.arange(9), np.arange(9)).kind is ColumnKind.NUMBER
    assert one(np.array([True, False]), np.array([True, True])).kind is ColumnKind.NUMBER
    assert one(np.arange(9), np.array(["1"] * 9, dtype=object)).kind is ColumnKind.NUMBER


def test_one_value_before_and_now_is_constant() -> None:
    found = one(np.ones(9), np.ones(5))
    assert found.constant
    assert found.shift is None
    assert one(np.array(["a"] * 3, dtype=object), np.array(["a"] * 3, dtype=object)).constant
    assert not one(np.ones(9), np.zeros(9)).constant


@pytest.mark.parametrize(("before", "now", "when"), [([np.nan], [1.0], "before"), ([1.0], [np.nan], "now")])
def test_a_column_without_a_value(before: list[float], now: list[float], when: str) -> None:
    found = one(before, now)
    assert found.problem == f"there is no value {when}"
    assert (found.psi, found.p) == (None, None)


def test_a_column_that_is_gone_and_one_that_has_no_rows() -> None:
    (found,) = measure_drift({"x": np.ones(3)}, {})
    assert found.gone
    assert found.to_json()["problem"] == "the column is not there any more"
    (empty,) = measure_drift({"x": np.ones(0)}, {"x": np.ones(2)})
    assert (empty.missing, empty.missing_p) == ((0.0, 0.0), None)
    (both,) = measure_drift({"x": np.ones(0)}, {})
    assert both.missing == (0.0, 1.0)


@pytest.mark.parametrize("value", [np.inf, 1e308])
def test_numbers_beyond_all_numbers_are_compared_all_the_same(value: float) -> None:
    found = one(np.arange(100.0), np.append(np.arange(99.0), value))
    assert found.psi is not None
    assert found.shift is None or np.isfinite(found.shift)


# --- decided --------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("rows", [50, 200, 2000])
def test_on_halves_of_the_same_data_there_are_at_most_five_alarms_in_a_hundred(rows: int) -> None:
    random = np.random.default_rng(7)
    alarms = sum(alarmed(*halves(random, rows)) for _ in range(200))
    assert alarms / 200 <= 0.065  # 0.05, and two standard errors of 200 looks


def test_the_old_habit_cries_wolf() -> None:
    random = np.random.default_rng(7)
    alarms = sum(alarmed(*halves(random, 200), rule=DriftRule.ANY_P) for _ in range(100))
    assert alarms / 100 > 0.2


def test_real_shifts_are_caught() -> None:
    random = np.random.default_rng(8)
    caught = sum(alarmed(frame(random, 2000), frame(random, 2000, shift=0.5)) for _ in range(50))
    assert caught == 50


def column(**fields: Any) -> ColumnDrift:
    given: dict[str, Any] = {
        "column": "x",
        "kind": ColumnKind.NUMBER,
        "rows": (100, 100),
        "missing": (0.0, 0.0),
        "missing_p": 1.0,
        "psi": 0.0,
        "distance": 0.0,
        "p": 1.0,
    }
    return ColumnDrift(**{**given, **fields})


def saw(*columns: ColumnDrift, **limits: Any) -> list[tuple[str, str]]:
    return [(str(check.result), check.saw) for check in decide_drift(columns, DriftLimits(**limits)).checks]


def test_an_effect_without_significance_and_the_other_way_round_are_no_alarm() -> None:
    assert saw(column(psi=0.5, p=0.2)) == [("pass", "PSI 0.5, distributions 0 apart, p 0.2")]
    assert saw(column(psi=0.01, distance=0.01, p=1e-9))[0][0] == "pass"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"psi": 0.3, "p": 1e-6}, "PSI 0.3, p 1e-06"),
        ({"distance": 0.2, "p": 1e-6}, "distributions 0.2 apart, p 1e-06"),
        ({"unseen": 0.02, "p": 1e-6}, "2 % in categories that were never seen, p 1e-06"),
        ({"missing": (0.1, 0.4), "missing_p": 1e-6}, "missing 10 % → 40 %, p 1e-06"),
        ({"rows": (9, 0), "problem": "gone"}, "the column is not there any more"),
    ],
)
def test_every_kind_of_alarm_says_what_it_is(fields: dict[str, Any], said: str) -> None:
    decision = decide_drift([column(**fields)], DriftLimits())
    assert (decision.verdict, decision.alarms) == (Verdict.FAIL, ("x",))
    assert decision.checks[0].saw == said
    assert decision.checks[0].hint


def test_a_change_of_missing_values_too_small_to_matter() -> None:
    assert saw(column(missing=(0.10, 0.12), missing_p=1e-9))[0][0] == "pass"


def test_holms_correction_over_all_questions() -> None:
    """0.02 alone is sure; among ten questions it is not, unless the others are surer still."""
    assert saw(column(psi=0.5, p=0.02))[0][0] == "fail"
    others = [column(column=f"y{index}") for index in range(4)]
    assert saw(column(psi=0.5, p=0.02), *others)[0][0] == "pass"


def test_the_rules_by_name() -> None:
    found = column(psi=0.15, p=0.03)
    assert saw(found, column(column="y"), rule=DriftRule.ANY_P)[0] == ("fail", "p 0.03")
    assert saw(found, rule=DriftRule.PSI) == [("fail", "PSI 0.15")]
    assert saw(found, rule=DriftRule.PSI, psi=0.2)[0][0] == "pass"
    assert saw(column(psi=None, p=None), rule=DriftRule.PSI)[0][0] == "pass"


def test_what_could_not_be_measured_is_a_warning() -> None:
    check = decide_drift([column(problem="there is no value now", psi=None, p=None)], DriftLimits()).checks[0]
    assert (check.result, check.saw) == (Result.WARN, "there is no value now")


def test_a_bound_that_leaves_the_answer_open_is_a_warning() -> None:
    assert saw(column(distance=0.08, bound=0.03)) == [
        ("warn", "PSI 0, distributions 0.08 apart, p 1; distributions may be up to 0.11 apart")
    ]
    assert saw(column(distance=0.08, bound=0.01))[0][0] == "pass"
    assert saw(column(distance=0.12, bound=0.03, p=1e-9))[0][0] == "fail"


def test_numbers_that_have_moved_are_an_alarm_though_no_bin_has_much_less() -> None:
    assert saw(column(shift=0.18, p=1e-9)) == [("fail", "moved by 0.18 standard deviations, p 1e-09")]
    assert saw(column(shift=0.18, p=1e-9), shift=0.2)[0][0] == "pass"


def test_how_it_was_measured_is_said() -> None:
    assert saw(column(note="pooled"))[0][1].endswith("; pooled")


def test_a_value_that_stands_for_missing_is_told_as_missing() -> None:
    """0 in one period and blank in the next: not a shift of the values, whichever comes first."""
    random = np.random.default_rng(2)
    values = np.concatenate([np.zeros(300), random.exponential(size=700)])
    blank = np.where(values == 0, np.nan, values)
    for before, now in ((values, blank), (blank, values)):
        found = one(before, now)
        assert found.note.startswith("0 went from")
        assert (found.distance, found.psi) == (0, 0)
        decision = decide_drift([found], DriftLimits())
        assert decision.checks[0].saw.startswith("missing ")
    texts = np.where(values == 0, "unknown", np.where(values > 1, "much", "little")).astype(object)
    gone = texts.copy()
    gone[texts == "unknown"] = None
    found = one(texts, gone)
    assert found.note.startswith("'unknown' went from 30 % to 0 %")
    assert found.distance == 0


def test_missing_values_that_nothing_stood_for() -> None:
    values = np.random.default_rng(3).poisson(2, size=1000).astype(np.float64)
    assert not one(values, np.where(np.arange(1000) % 3 == 0, np.nan, values)).note
    assert not one(np.zeros(100), np.full(100, np.nan)).note
    assert not one(np.array([0.0, 1.0] * 50), np.array([np.nan, 1.0] * 25 + [np.nan, 0.0] * 25)).note


def test_the_bins_are_those_of_the_values_and_are_in_the_report() -> None:
    few = one(np.array([1.0, 2.0] * 50), np.array([1.0, 1.0, 2.0, 3.0] * 25))
    assert few.to_json()["bins"] == [
        {"label": "1", "before": 0.5, "now": 0.5, "rest": False},
        {"label": "2", "before": 0.5, "now": 0.25, "rest": False},
        {"label": "3", "before": 0.0, "now": 0.25, "rest": False},
    ]
    many = one(np.arange(1000.0), np.arange(1000.0) + 100)
    assert len(many.bins) == 20
    for side in (0, 1):
        assert sum((each.before, each.now)[side] for each in many.bins) == pytest.approx(1, abs=1e-4)
    rare = one(np.append(np.zeros(9_900), np.arange(100.0)), np.zeros(10))
    assert (rare.bins[0].label, rare.bins[-1].now) == ("0 to 4.95", 0)
    huge = np.linspace(-1, 1, 99) * 1.7e308
    assert one(huge, huge).bins == ()
    texts = one(np.array([f"c{i % 30}" for i in range(900)], dtype=object), np.array(["c1"] * 9, dtype=object))
    assert [each.rest for each in texts.bins] == [False] * 12 + [True]
    assert texts.bins[-1].label == "all others"
    assert len(one(np.array(["x" * 99]), np.array(["y"])).bins[0].label) <= 60


def test_times_and_objects_of_numbers_are_numbers() -> None:
    days = np.array(["2020-01-01", "NaT", "2020-01-03"], dtype="datetime64[D]")
    found = one(days, days + np.timedelta64(1, "D"))
    assert found.kind is ColumnKind.NUMBER
    assert found.missing == pytest.approx((1 / 3, 1 / 3))
    assert one(days - days[0], days - days[0]).distance == 0
    assert one(np.array([1, None, 2.5], dtype=object), np.array([1.0, 2.5])).kind is ColumnKind.NUMBER
    assert one(np.array([None, None], dtype=object), np.array([1.0])).kind is ColumnKind.NUMBER
    assert one(np.array([None], dtype=object), np.array([None], dtype=object)).problem == "there is no value before"


def test_a_constant_says_so() -> None:
    assert saw(column(constant=True)) == [("pass", "one value, before and now")]


def test_no_column_at_all_is_no_pass() -> None:
    assert decide_drift([], DriftLimits()).verdict is Verdict.FAIL
