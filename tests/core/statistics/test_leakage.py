"""How well single features tell the label: leaks are found, and names and numbers of rows are none."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr
from sklearn.metrics import roc_auc_score

from coronet.core.evidence import Task
from coronet.core.statistics.leakage import GROUPING, MEANS, RANKING, RANKS, measure_leakage

ROWS = 2_000
GENERATOR = np.random.default_rng(20_261_120)
LABEL = GENERATOR.integers(0, 2, ROWS)
PRICE = GENERATOR.lognormal(sigma=2, size=ROWS)
KIND = GENERATOR.choice(np.array(["cat", "dog", "eel"], dtype=object), ROWS)
NOISE = GENERATOR.normal(size=ROWS)


def power(column: Any, label: Any = LABEL, task: Task = Task.BINARY) -> float:
    (leak,) = measure_leakage({"x": column}, label, task).columns
    return leak.power


def texts(values: Any) -> Any:
    return np.array([None if value is None else str(value) for value in values], dtype=object)


# --- two classes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "leak",
    [
        LABEL,
        LABEL.astype(bool),
        -3.0 * LABEL,
        LABEL + 1e-3 * NOISE,
        texts(np.where(LABEL == 1, "refunded", "open")),
        np.where(LABEL == 1, np.nan, NOISE),
        np.array([None if each else "there" for each in LABEL], dtype=object),
        np.where(LABEL == 1, np.sign(NOISE), 0) + 1e-3 * NOISE,
        np.datetime64("2026-01-01", "s") + LABEL.astype("timedelta64[s]"),
        LABEL.astype("timedelta64[s]"),
        texts(1000 * LABEL + np.arange(ROWS) % 10),
    ],
    ids=["itself", "bool", "turned", "noisy", "text", "missing", "no text", "folded", "moment", "time", "codes"],
)
def test_the_label_in_disguise_is_found(leak: Any) -> None:
    assert power(leak) > 0.99


@pytest.mark.parametrize(
    "harmless",
    [
        NOISE,
        np.arange(ROWS),
        GENERATOR.permutation(ROWS),
        texts(f"customer {number}" for number in range(ROWS)),
        texts(f"household {number // 2}" for number in range(ROWS)),
        texts(f"street {number // 7}" for number in range(ROWS)),
        np.zeros(ROWS),
        texts(["one"] * ROWS),
        np.full(ROWS, np.nan),
        np.full(ROWS, np.datetime64("NaT", "s")),
        texts([None] * ROWS),
        np.where(NOISE > 0, np.inf, -np.inf),
    ],
    ids=[
        "noise", "row", "number", "name", "pair", "seven", "constant", "one text",
        "no number", "no moment", "no text", "infinite",
    ],
)  # fmt: skip
def test_what_tells_nothing_is_no_alarm(harmless: Any) -> None:
    assert power(harmless) < 0.15


def test_a_good_feature_has_the_power_of_its_ranking() -> None:
    feature = np.round(LABEL + NOISE, 1)
    (leak,) = measure_leakage({"x": feature}, LABEL, Task.BINARY).columns
    assert leak.method == RANKING
    assert leak.power == pytest.approx(2 * roc_auc_score(LABEL, feature) - 1, abs=1e-12)
    assert power(-feature) == pytest.approx(leak.power, abs=1e-12)


def test_missing_numbers_rank_together_above_all() -> None:
    feature = np.where(NOISE > 1, np.nan, LABEL + NOISE)
    expected = abs(2 * roc_auc_score(LABEL, np.nan_to_num(feature, nan=1e9)) - 1)
    assert power(feature) >= expected - 1e-12


def test_labels_may_be_texts() -> None:
    assert power(LABEL, texts(LABEL)) == 1


def test_cells_that_cannot_be_looked_up_are_taken_as_text() -> None:
    lists = np.empty(ROWS, dtype=object)
    lists[:] = [["yes"] if each else ["no"] for each in LABEL]
    assert power(lists) > 0.99


def test_the_same_text_is_the_same_value_whatever_its_kind() -> None:
    mixed = np.array([1 if each else 0 for each in LABEL], dtype=object)
    mixed[::2] = [str(each) for each in mixed[::2]]
    assert power(mixed) > 0.99


# --- many classes, and numbers --------------------------------------------------------------------


def test_many_classes_must_all_be_told() -> None:
    all_of_them, one_of_them = texts(KIND), texts(np.where(KIND == "eel", "eel", "no eel"))
    (leak,) = measure_leakage({"x": all_of_them}, KIND, Task.MULTICLASS).columns
    assert leak.power == pytest.approx(1)
    assert leak.method == GROUPING
    assert 0.5 < power(one_of_them, KIND, Task.MULTICLASS) < 0.9
    codes = np.select([KIND == "cat", KIND == "dog"], [5.0, 1.0], 3.0)
    assert power(codes + 1e-3 * NOISE, KIND, Task.MULTICLASS) > 0.99
    assert power(NOISE, KIND, Task.MULTICLASS) < 0.1


@pytest.mark.parametrize("leak", [PRICE, -PRICE, np.log(PRICE), 1 / PRICE])
def test_a_number_is_told_by_whatever_rises_or_falls_with_it(leak: Any) -> None:
    assert power(leak, PRICE, Task.REGRESSION) == pytest.approx(1)


def test_the_power_over_a_number_is_that_of_the_ranks() -> None:
    feature = np.round(np.log(PRICE) + NOISE)
    measured = measure_leakage({"x": feature, "y": texts(feature), "z": NOISE**2}, np.log(PRICE), Task.REGRESSION)
    ranked, grouped, folded = measured.columns
    assert (ranked.method, grouped.method) == (RANKS, MEANS)
    assert ranked.power == pytest.approx(spearmanr(feature, PRICE).statistic ** 2, abs=1e-9)
    ranks = rankdata(PRICE)
    told = np.array([ranks[feature == value].mean() for value in feature])
    assert grouped.power == pytest.approx(
        1 - ((ranks - told) ** 2).sum() / ((ranks - ranks.mean()) ** 2).sum(), abs=0.01
    )
    assert folded.power < 0.02


def test_a_number_is_told_by_what_it_is_folded_from() -> None:
    """As far as bins of eight rows tell it."""
    (leak,) = measure_leakage({"x": NOISE}, NOISE**2, Task.REGRESSION).columns
    assert leak.power > 0.95
    assert leak.method == MEANS


# --- too little to tell ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "task", "problem"),
    [
        (LABEL[:49], Task.BINARY, "49 rows are too few to say what a feature tells, wanted 50"),
        (np.zeros(60), Task.BINARY, "all rows have the same label"),
        (np.zeros(60), Task.REGRESSION, "all rows have the same label"),
        (np.arange(60) < 9, Task.BINARY, "9 rows of a class are too few to say what a feature tells, wanted 10"),
        (np.zeros(0), Task.BINARY, "0 rows are too few to say what a feature tells, wanted 50"),
    ],
)
def test_too_little_says_so(label: Any, task: Task, problem: str) -> None:
    measured = measure_leakage({"x": np.arange(len(label))}, label, task)
    assert (measured.problem, measured.columns, measured.features) == (problem, (), 1)


def test_few_rows_and_many_features_are_no_alarm() -> None:
    """The most powerful of 200 features of noise, on the fewest rows that are measured at all."""
    generator = np.random.default_rng(1)
    label = np.arange(50) < 10
    features: Mapping[str, Any] = {f"x{number}": generator.normal(size=50) for number in range(200)}
    measured = measure_leakage(features, label, Task.BINARY)
    assert max(leak.power for leak in measured.columns) < 0.9


def test_the_same_data_give_the_same_power() -> None:
    assert measure_leakage({"x": texts(NOISE.round())}, LABEL, Task.BINARY) == measure_leakage(
        {"x": texts(NOISE.round())}, LABEL, Task.BINARY
    )
