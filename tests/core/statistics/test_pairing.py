"""Which rows are measured, which are not and why, and what each class is called."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.canonical import digest_bytes
from coronet.core.evidence import RowCounts, Task
from coronet.core.statistics import Specification, measure
from coronet.core.statistics.pairing import MISSING_SEGMENT, Paired, digest_rows, pair, require_same
from coronet.core.statistics.tables import Answers, Said, Texts
from coronet.errors import InvalidInput

NAN = float("nan")


def texts(values: Sequence[str | None]) -> Texts:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def prices(rows: Mapping[str, float], **more: Any) -> Answers:
    return Answers(source="a.csv", key=list(rows), label=np.array(list(rows.values()), dtype=np.float64), **more)


def said(rows: Mapping[str, float], source: str = "b.csv") -> Said:
    return Said(source=source, key=list(rows), values=np.array(list(rows.values()), dtype=np.float64))


def labels(values: Sequence[str | None]) -> Answers:
    return Answers(source="a.csv", key=[str(row) for row in range(len(values))], label=texts(values))


def of_classes(values: Sequence[str | None], **more: Any) -> Said:
    return Said(source="b.csv", key=[str(row) for row in range(len(values))], classes=texts(values), **more)


def scored(values: Sequence[float]) -> Said:
    return Said(source="b.csv", key=[str(row) for row in range(len(values))], score=np.array(values))


def pair_prices(answers: Answers, candidate: Said, champion: Said | None = None, *, complete: bool = False) -> Paired:
    return pair(answers, candidate, champion, task=Task.REGRESSION, complete=complete)


# --- rows of two files ----------------------------------------------------------------------------


def test_rows_are_joined_on_their_keys_and_measured_in_the_order_of_the_keys() -> None:
    paired = pair_prices(
        prices({"c": 3, "a": 1, "b": 2}), said({"c": 30, "a": 10, "b": 20}), said({"b": 200, "c": 300, "a": 100})
    )
    assert paired.keys == ("a", "b", "c")
    assert paired.label.tolist() == [1, 2, 3]
    assert paired.columns.candidate.values is not None
    assert paired.columns.candidate.values.tolist() == [10, 20, 30]
    assert paired.columns.champion is not None
    assert paired.columns.champion.values is not None
    assert paired.columns.champion.values.tolist() == [100, 200, 300]
    assert paired.counts == RowCounts(paired=3)


@given(order=st.permutations(range(6)), other=st.permutations(range(6)))
def test_the_order_of_the_files_changes_no_fact(order: list[int], other: list[int]) -> None:
    label = {f"k{row}": float(row + 1) for row in range(6)}
    sides = [{key: value * factor for key, value in label.items()} for factor in (1.1, 1.3)]
    specification = Specification(task=Task.REGRESSION, metrics=("mae", "rmse"), draws=20)

    def facts(mine: Sequence[int], theirs: Sequence[int]) -> object:
        keys = list(label)
        candidate = {keys[row]: sides[0][keys[row]] for row in mine}
        champion = {keys[row]: sides[1][keys[row]] for row in theirs}
        answers = prices({key: label[key] for key in candidate})
        return measure(pair_prices(answers, said(candidate), said(champion)).columns, specification)

    assert facts(order, other) == facts(range(6), range(6))


def test_rows_of_one_side_alone_are_counted() -> None:
    paired = pair_prices(prices({"a": 1, "b": 2, "c": 3}), said({"a": 1, "b": 2, "c": 3}), said({"b": 2, "d": 4}))
    assert paired.keys == ("b",)
    assert paired.counts == RowCounts(paired=1, candidate_only=2, champion_only=1)


def test_rows_without_a_label_or_weight_are_left_out_and_counted_once() -> None:
    answers = prices(
        {"a": 1, "b": NAN, "c": float("inf"), "d": 4, "e": NAN}, weight=np.array([1.0, NAN, 1.0, NAN, 1.0])
    )
    side = dict.fromkeys("abcde", 1.0)
    paired = pair_prices(answers, said(side), said({**side, "e": NAN}))
    assert paired.keys == ("a",)
    assert paired.columns.weight is not None
    assert paired.columns.weight.tolist() == [1]
    assert paired.counts.unusable == {
        "label missing": 2,
        "label not finite": 1,
        "weight missing or not finite": 1,
    }


def test_where_the_champion_fails_the_row_is_left_out() -> None:
    side = dict.fromkeys("abc", 1.0)
    paired = pair_prices(prices(side), said(side), said({"a": NAN, "b": float("inf"), "c": 1}))
    assert paired.keys == ("c",)
    assert paired.counts == RowCounts(paired=1, unusable={"champion prediction missing or not finite": 2})


def test_where_the_candidate_fails_the_row_stays_in_and_is_counted() -> None:
    side = dict.fromkeys("abc", 1.0)
    paired = pair_prices(prices(side), said({"a": NAN, "b": 1, "c": 1}), said(side))
    assert paired.keys == ("a", "b", "c")
    assert paired.counts == RowCounts(paired=2, unusable={"candidate prediction missing or not finite": 1})
    (fact,) = measure(paired.columns, Specification(task=Task.REGRESSION, metrics=("mae",)))
    assert (fact.candidate, fact.champion) == (None, 0)


def test_no_row_in_common_is_no_row() -> None:
    paired = pair_prices(prices({"a": 1}), said({"a": 1}), said({"b": 1}))
    assert (paired.keys, paired.counts.paired) == ((), 0)


# --- answers of their own -------------------------------------------------------------------------


def test_the_data_say_which_rows_there_are() -> None:
    answers = prices(dict.fromkeys("abcde", 1.0))
    paired = pair_prices(answers, said({"a": 1, "b": 1, "x": 1}), said({"a": 1, "c": 1, "x": 1, "y": 1}), complete=True)
    assert paired.keys == ("a",)
    assert paired.counts == RowCounts(
        paired=1,
        candidate_only=1,
        champion_only=1,
        unusable={"in the data and not predicted": 2, "predicted and not in the data": 2},
    )


def test_a_candidate_alone_that_is_silent_on_a_row_fails_there() -> None:
    paired = pair_prices(prices({"a": 1, "b": 2, "c": NAN}), said({"a": 1}), complete=True)
    assert paired.keys == ("a", "b")
    assert paired.counts.unusable == {"candidate prediction missing or not finite": 1, "label missing": 1}
    (fact,) = measure(paired.columns, Specification(task=Task.REGRESSION, metrics=("mae",)))
    assert fact.candidate is None


# --- what cannot be paired ------------------------------------------------------------------------


def test_a_key_that_comes_twice_is_named() -> None:
    twice = Said(source="b.csv", key=["a", "b", "a"], values=np.ones(3))
    with pytest.raises(InvalidInput, match=r"b\.csv has keys more than once, 1 of them: 'a'"):
        pair_prices(prices({"a": 1, "b": 2}), twice)
    with pytest.raises(InvalidInput, match=r"a\.csv has keys more than once, 7 of them: .* and 2 more"):
        pair_prices(Answers(source="a.csv", key=list("abcdefg") * 2, label=np.ones(14)), said({"a": 1}))


def test_weights_below_zero_are_refused() -> None:
    with pytest.raises(InvalidInput, match="1 weights below 0"):
        pair_prices(prices({"a": 1, "b": 2}, weight=np.array([1.0, -1.0])), said({"a": 1, "b": 2}))


@pytest.mark.parametrize(
    ("theirs", "said_so"),
    [
        (prices({"b": 2, "a": 1.5}), r"1 of 2 differ in their label; 'a' has 1\.0 in a\.csv and 1\.5 in"),
        (prices({"a": 1, "b": NAN}), "differ in their label"),
        (prices({"a": 1, "b": 2}, weight=np.array([1.0, 2.0])), "differ in their weight"),
        (prices({"a": 1, "b": 2}, segments={"kind": texts(["x", "z"])}), "differ in their kind"),
        (prices({"a": 1, "b": 2}, segments={"kind": texts(["x", None])}), "differ in their kind"),
    ],
)
def test_files_that_do_not_speak_of_the_same_rows(theirs: Answers, said_so: str) -> None:
    ours = prices({"a": 1, "b": 2}, weight=np.ones(2), segments={"kind": texts(["x", "y"])})
    with pytest.raises(InvalidInput, match=f"these are not the same rows: .*{said_so}"):
        require_same(ours, theirs)


def test_files_that_speak_of_the_same_rows() -> None:
    ours = prices({"a": 1, "b": NAN, "c": 3}, weight=np.ones(3), segments={"kind": texts(["x", None, "z"])})
    theirs = prices({"b": NAN, "d": 9, "a": 1}, segments={"kind": texts([None, "q", "x"]), "area": texts(["", "", ""])})
    require_same(ours, theirs)
    require_same(prices({"a": 1}), prices({"b": 2}))


# --- digests --------------------------------------------------------------------------------------


def test_the_digest_of_rows_is_over_their_sorted_lines() -> None:
    expected = digest_bytes(b'["a",1.5]\n["b",2.0]\n')
    assert digest_rows(["a", "b"], np.array([1.5, 2.0])) == expected
    assert digest_rows(["b", "a"], np.array([2.0, 1.5])) == expected
    assert digest_rows(["a"], texts(["1.5"])) == digest_bytes(b'["a","1.5"]\n')


# --- segments -------------------------------------------------------------------------------------


def test_rows_without_a_segment_have_one_of_their_own() -> None:
    answers = prices({"a": 1, "b": 2, "c": 3}, segments={"kind": texts(["x", None, "x"])})
    column = pair_prices(answers, said({"a": 1, "b": 1, "c": 1})).columns.segments["kind"]
    assert column.names == (MISSING_SEGMENT, "x")
    assert column.codes.tolist() == [1, 0, 1]


def test_a_column_of_names_makes_no_segments() -> None:
    rows = {str(row): 1.0 for row in range(201)}
    answers = prices(rows, segments={"id": texts(list(rows))})
    with pytest.raises(InvalidInput, match=r"id of a\.csv has 201 values, and at most 200 make segments"):
        pair_prices(answers, said(rows))


def test_without_rows_there_are_no_segments() -> None:
    answers = prices({"a": 1}, segments={"kind": texts(["x"])})
    assert pair_prices(answers, said({"a": 1}), said({"b": 1})).columns.segments["kind"].names == ()


# --- classes --------------------------------------------------------------------------------------


def pair_two(
    answers: Answers, candidate: Said, *, positive: str | None = None, threshold: float | None = None
) -> Paired:
    return pair(answers, candidate, None, task=Task.BINARY, positive=positive, threshold=threshold)


@pytest.mark.parametrize(
    ("values", "positive", "names"),
    [
        (["0", "1"], None, ("0", "1")),
        (["1", "-1"], None, ("-1", "1")),
        (["True", "False"], None, ("False", "True")),
        (["no", "yes"], None, ("no", "yes")),
        (["0", "0"], None, ("0", "1")),
        (["good", "bad"], "bad", ("good", "bad")),
        (["good", "good"], "bad", ("good", "bad")),
        (["bad", "bad"], "bad", ("not bad", "bad")),
    ],
)
def test_the_positive_class_comes_last(values: list[str], positive: str | None, names: tuple[str, str]) -> None:
    assert pair_two(labels(values), scored([0.1, 0.9]), positive=positive).classes.names == names


def test_predictions_name_the_other_class_where_the_labels_do_not() -> None:
    assert pair_two(labels(["yes", "yes"]), of_classes(["yes", "no"])).classes.names == ("no", "yes")


@pytest.mark.parametrize(
    ("values", "predicted", "positive", "found"),
    [
        (["a", "b", "c"], ["a", "b", "c"], "a", "a binary model has two"),
        (["good", "bad"], ["good", "bad"], None, "which of the labels 'bad', 'good' is positive is not said"),
        (["good", "bad"], ["good", "bad"], "awful", "with 'awful' as positive, and a binary model has two classes"),
        (["no", "yes"], ["maybe", "yes"], None, "'maybe', 'no', 'yes' are labelled or predicted"),
        ([None, None], ["yes", "no"], None, "a.csv has no label in any row"),
        (list("abcdefg"), list("abcdefg"), "a", "'a', 'b', 'c', 'd', 'e' and 2 more"),
    ],
)
def test_what_is_not_of_two_classes(
    values: list[str | None], predicted: list[str], positive: str | None, found: str
) -> None:
    with pytest.raises(InvalidInput, match=found) as caught:
        pair_two(labels(values), of_classes(predicted), positive=positive)
    assert caught.value.hint


def test_scores_make_classes_from_the_threshold_on() -> None:
    answers, scores = labels(["0", "1", "1", "0"]), scored([0.2, 0.5, NAN, 0.49])
    for threshold, expected in ((None, [0, 1, -1, 0]), (0.2, [1, 1, -1, 1])):
        codes = pair_two(answers, scores, threshold=threshold).columns.candidate.codes
        assert codes is not None
        assert codes.tolist() == expected


def test_named_classes_go_before_scores() -> None:
    candidate = of_classes(["1", "1", None], score=np.array([0.1, 0.9, 0.5]))
    paired = pair_two(labels(["0", "1", "1"]), candidate)
    assert paired.columns.candidate.codes is not None
    assert paired.columns.candidate.codes.tolist() == [1, 1, -1]
    assert paired.columns.candidate.scores is not None
    assert paired.counts.unusable == {"candidate prediction missing or not finite": 1}


def test_many_classes_are_those_of_labels_predictions_and_scores() -> None:
    champion = Said(
        source="c.csv",
        key=["0", "1"],
        probabilities={name: np.array([share, share]) for name, share in (("a", 0.1), ("b", 0.7), ("d", 0.2))},
    )
    paired = pair(labels(["a", "b"]), of_classes(["c", "b"]), champion, task=Task.MULTICLASS)
    assert paired.classes.names == ("a", "b", "c", "d")
    assert paired.columns.label.tolist() == [0, 1]
    assert paired.columns.candidate.scores is None
    assert paired.columns.champion is not None
    assert paired.columns.champion.codes is not None
    assert paired.columns.champion.codes.tolist() == [1, 1]
    assert paired.columns.champion.scores is not None
    assert paired.columns.champion.scores.tolist() == [[0.1, 0.7, 0.0, 0.2]] * 2


def test_a_row_without_all_probabilities_has_no_class() -> None:
    candidate = Said(
        source="b.csv", key=["0", "1"], probabilities={"a": np.array([0.4, NAN]), "b": np.array([0.6, 0.5])}
    )
    paired = pair(labels(["a", "b"]), candidate, None, task=Task.MULTICLASS)
    assert paired.columns.candidate.codes is not None
    assert paired.columns.candidate.codes.tolist() == [1, -1]


def test_a_labelled_class_without_scores_is_missed() -> None:
    candidate = Said(source="b.csv", key=["0", "1"], probabilities={"a": np.array([0.4, 0.6])})
    with pytest.raises(InvalidInput, match=r"b\.csv has no scores of 'b', which a\.csv has among its labels"):
        pair(labels(["a", "b"]), candidate, None, task=Task.MULTICLASS)


# --- rows that belong together --------------------------------------------------------------------


def test_rows_of_one_cluster_have_one_code() -> None:
    answers = prices({"a": 1, "b": 2, "c": 3, "d": 4}, cluster=texts(["x", "y", "x", "z"]))
    paired = pair_prices(answers, said({"a": 1, "b": 2, "c": 3, "d": 4}), said({"d": 4, "c": 3, "a": 1}))
    assert paired.columns.cluster is not None
    assert paired.columns.cluster.tolist() == [0, 0, 1]


def test_a_row_without_a_cluster_is_named() -> None:
    answers = prices({"a": 1, "b": 2}, cluster=texts(["x", None]))
    with pytest.raises(InvalidInput, match=r"a\.csv has 1 rows that belong to no cluster"):
        pair_prices(answers, said({"a": 1, "b": 2}))


def test_both_files_must_tell_the_same_clusters() -> None:
    ours = prices({"a": 1, "b": 2}, cluster=texts(["x", "y"]))
    with pytest.raises(InvalidInput, match="differ in their cluster"):
        require_same(ours, prices({"a": 1, "b": 2}, cluster=texts(["x", "x"])))
    require_same(ours, prices({"a": 1, "b": 2}))
