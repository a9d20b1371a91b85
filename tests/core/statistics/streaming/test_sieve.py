"""Joined rows are kept, counted and refused by the rules of pairing; their fingerprint asks for no order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.evidence import RowCounts, Task
from coronet.core.statistics.streaming.fingerprint import (
    Fingerprint,
    append_words,
    key_numbers,
    number_words,
    text_words,
)
from coronet.core.statistics.streaming.joined import FileRows, JoinedRows, Survey
from coronet.core.statistics.streaming.sieve import Naming, Sieve
from coronet.errors import InvalidInput

HOMES = Naming(task=Task.REGRESSION, label="price", sides=(0, 1), prediction="said", segments=("kind",))
CHURN = Naming(task=Task.BINARY, label="left", sides=(0, 1), scores={"score": "score"})
SORTS = Naming(task=Task.MULTICLASS, label="sort", sides=(0,), scores={"x": "p_x", "y": "p_y", "z": "p_z"})


def survey(location: str, *columns: str, gaps: tuple[str, ...] = (), **texts: tuple[str, ...]) -> Survey:
    return Survey(location=location, columns=frozenset({*columns, *texts}), rows=4, texts=texts, gaps=frozenset(gaps))


def floats(*numbers: float) -> "np.typing.NDArray[np.float64]":
    return np.array(numbers, dtype=np.float64)


def codes(*numbers: int) -> "np.typing.NDArray[np.int64]":
    return np.array(numbers, dtype=np.int64)


def flags(*values: int) -> "np.typing.NDArray[np.bool_]":
    return np.array(values, dtype=np.bool_)


def joined(*files: FileRows) -> JoinedRows:
    rows = len(next(iter({**files[0].numbers, **files[0].texts}.values())))
    return JoinedRows(keys=np.arange(rows), files=files)


OURS, THEIRS = (
    survey("b", "price", "said", kind=("flat", "house")),
    survey("a", "price", "said", kind=("house", "boat")),
)
PRICES = floats(1, 2, 3, np.nan)


def test_rows_of_both_models_are_kept_and_the_rest_counted() -> None:
    sieve = Sieve(HOMES, (OURS, THEIRS))
    rows = joined(
        FileRows(
            numbers={"price": floats(1, 2, np.inf, 4), "said": floats(1, 2, 3, np.nan)},
            texts={"kind": codes(0, -1, 1, 1)},
        ),
        FileRows(
            present=flags(1, 0, 1, 1),
            numbers={"price": floats(1, np.nan, np.inf, 4), "said": floats(1, np.nan, 3, 4)},
            texts={"kind": codes(-1, -1, 0, 0)},
        ),
    )
    rows = replace(rows, files=(rows.files[0], replace(rows.files[1], texts={"kind": codes(0, -1, 0, 0)})))
    columns = sieve.take(rows)
    assert columns.segments["kind"].names == ("(missing)", "flat", "house")
    assert columns.segments["kind"].codes.tolist() == [1, 2]
    assert columns.label.tolist() == [1, 4]
    assert sieve.measured == 2
    with pytest.raises(InvalidInput, match=r"1 of 3 differ in their kind, of b and a"):
        sieve.counts()


def test_rows_beside_the_answers_are_the_champions_alone() -> None:
    sieve = Sieve(replace(HOMES, segments=()), (OURS, THEIRS))
    said = {"price": floats(1, 2), "said": floats(1, 2)}
    sieve.take(joined(FileRows(present=flags(1, 0), numbers=said), FileRows(numbers=said)))
    assert sieve.counts() == RowCounts(paired=1, champion_only=1)


def test_answers_of_their_own() -> None:
    naming = replace(HOMES, sides=(1, 2), weight="n", segments=())
    sieve = Sieve(naming, (survey("d", "price", "n"), survey("b", "said"), survey("a", "said")))
    rows = joined(
        FileRows(
            present=flags(1, 1, 1, 1, 0, 1),
            numbers={"price": floats(1, 2, 3, 4, np.nan, 6), "n": floats(1, np.nan, 1, 1, np.nan, 1)},
        ),
        FileRows(present=flags(1, 1, 1, 0, 1, 0), numbers={"said": floats(1, 2, 3, np.nan, 5, np.nan)}),
        FileRows(present=flags(1, 1, 0, 1, 0, 0), numbers={"said": floats(1, 2, np.nan, 4, np.nan, np.nan)}),
    )
    assert sieve.take(rows).label.tolist() == [1]
    reasons = {
        "in the data and not predicted": 1,
        "predicted and not in the data": 1,
        "weight missing or not finite": 1,
    }
    assert sieve.counts() == RowCounts(paired=1, candidate_only=1, champion_only=1, unusable=reasons)


def test_a_single_model_that_keeps_silent_undoes_the_metrics() -> None:
    naming = replace(SORTS, sides=(1,), scores={"x": "p_x", "y": "p_y"})
    sieve = Sieve(naming, (survey("d", sort=("x", "y")), survey("b", "p_x", "p_y")))
    rows = joined(
        FileRows(texts={"sort": codes(0, 1, -1)}),
        FileRows(present=flags(1, 0, 1), numbers={"p_x": floats(1, np.nan, 1), "p_y": floats(0, np.nan, 0)}),
    )
    columns = sieve.take(rows)
    assert columns.candidate.broken(2).tolist() == [False, True]
    reasons = {"candidate prediction missing or not finite": 1, "label missing": 1}
    assert sieve.counts() == RowCounts(paired=1, unusable=reasons)


def test_classes_that_a_model_does_not_know_have_no_probability() -> None:
    sieve = Sieve(SORTS, (survey("b", "p_x", "p_y", "p_z", sort=("y", "x")),))
    numbers = {f"p_{name}": floats(0.2, 0.7) for name in "xyz"}
    columns = sieve.take(joined(FileRows(texts={"sort": codes(0, 1)}, numbers=numbers)))
    assert columns.label.tolist() == [1, 0]
    assert sieve.classes.names == ("x", "y", "z")
    known = Sieve(replace(SORTS, prediction="said"), (survey("b", "p_x", "p_y", "p_z", sort=("x",), said=("w",)),))
    columns = known.take(joined(FileRows(texts={"sort": codes(0, 0), "said": codes(0, 0)}, numbers=numbers)))
    assert columns.candidate.scores is not None
    assert columns.candidate.scores[:, 0].tolist() == [0, 0]


def test_classes_follow_from_scores_or_are_named() -> None:
    surveys = (survey("b", "score", left=("1", "0")), survey("a", "score"))
    numbers = {"score": floats(0.2, 0.7)}
    rows = joined(FileRows(texts={"left": codes(0, 1)}, numbers=numbers), FileRows(numbers=numbers))
    assert Sieve(CHURN, surveys).take(rows).label.tolist() == [1, 0]
    low = Sieve(replace(CHURN, threshold=0.1), surveys).take(rows)
    assert low.candidate.codes is not None
    assert low.candidate.codes.tolist() == [1, 1]
    nothing = replace(CHURN, scores={}, sides=(0,))
    assert Sieve(nothing, surveys[:1]).take(replace(rows, files=rows.files[:1])).candidate.codes is None


def test_weights_below_zero_are_refused() -> None:
    naming = replace(HOMES, sides=(0,), weight="n", segments=())
    sieve = Sieve(naming, (survey("b", "price", "said", "n"),))
    numbers = {"price": floats(1, 2), "said": floats(1, 2), "n": floats(1, -1)}
    sieve.take(joined(FileRows(numbers=numbers)))
    with pytest.raises(InvalidInput, match="b has 1 weights below 0"):
        sieve.counts()


@pytest.mark.parametrize(("many", "gaps"), [(201, ()), (200, ("kind",))])
def test_too_many_segments_are_refused(many: int, gaps: tuple[str, ...]) -> None:
    texts = tuple(map(str, range(many)))
    with pytest.raises(InvalidInput, match="at most 200 make segments"):
        Sieve(replace(HOMES, sides=(0,)), (survey("b", "price", "said", gaps=gaps, kind=texts),))


# --- the fingerprint ------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(-(2**60), 2**60), st.floats(-1e9, 1e9)), unique=True), st.integers(0, 20))
def test_a_fingerprint_does_not_ask_for_the_order(rows: list[tuple[int, float]], cut: int) -> None:
    keys, label = codes(*(key for key, _ in rows)), number_words(floats(*(number for _, number in rows)))
    whole, first, rest = Fingerprint(), Fingerprint(), Fingerprint()
    whole.add(keys[::-1], label[::-1])
    first.add(keys[:cut], label[:cut])
    rest.add(keys[cut:], label[cut:])
    rest.merge(first)
    assert rest.digest == whole.digest


def test_a_fingerprint_tells_keys_labels_and_their_pairs_apart() -> None:
    found = set()
    for keys, label in (((1, 2), (1, 2)), ((1, 2), (2, 1)), ((1, 3), (1, 2)), ((1, 2), (1, 3)), ((1,), (1,))):
        fingerprint = Fingerprint()
        fingerprint.add(codes(*keys), number_words(floats(*label)))
        found.add(fingerprint.digest)
    assert len(found) == 5
    assert text_words(["a", "b"]).tolist() != text_words(["b", "a"]).tolist()
    assert number_words(floats(0.0)) == number_words(floats(-0.0))


def test_words_are_put_together_in_their_order() -> None:
    one, other = number_words(floats(1.0, 2.0)), number_words(floats(2.0, 1.0))
    both = append_words(one, other)
    assert both.tolist() == append_words(other, one)[::-1].tolist()
    assert len({*both.tolist(), *one.tolist(), *append_words(one, one).tolist()}) == 6


def test_keys_of_text_have_numbers_of_their_own() -> None:
    texts = [b"a", b"b", b"ab", b"ba", b"aa", b"a\0", b"key-0001", b"key-0010"]
    starts = np.cumsum([0, *map(len, texts)])
    numbers = key_numbers(starts, np.frombuffer(b"".join(texts), dtype=np.uint8))
    assert len(set(numbers.tolist())) == len(texts)
    alone = key_numbers(codes(0, 2), np.frombuffer(b"ab", dtype=np.uint8))
    assert alone[0] == numbers[2]


# --- rows that belong together --------------------------------------------------------------------

OWNED = replace(HOMES, segments=(), cluster="owner")
OWNERS = (survey("b", "price", "said", "owner"), survey("a", "price", "said", "owner"))
SAID = {"price": floats(1, 2, 3, 4), "said": floats(1, 2, np.nan, 4)}


def test_clusters_come_as_groups() -> None:
    sieve = Sieve(OWNED, OWNERS)
    file = FileRows(numbers=SAID, groups={"owner": codes(7, 7, 1, 0)})
    columns = sieve.take(joined(replace(file, numbers={**SAID, "said": floats(1, 2, 3, 4)}), file))
    assert columns.cluster is not None
    assert columns.cluster.tolist() == [7, 7, 0]
    assert sieve.counts().paired == 3


def test_a_measured_row_of_no_cluster_is_refused() -> None:
    sieve = Sieve(OWNED, OWNERS)
    file = FileRows(numbers=SAID, groups={"owner": codes(-1, 7, -1, -1)})
    columns = sieve.take(joined(file, file))
    assert columns.cluster is not None
    assert columns.cluster.min() == 0
    with pytest.raises(InvalidInput, match="b has 2 rows that belong to no cluster"):
        sieve.counts()


def test_groups_that_differ_are_other_clusters() -> None:
    sieve = Sieve(OWNED, OWNERS)
    files = [FileRows(numbers=SAID, groups={"owner": codes(*groups)}) for groups in ((1, 2, 3, 4), (1, 2, 4, 3))]
    sieve.take(joined(*files))
    with pytest.raises(InvalidInput, match="2 of 4 differ in their cluster, of b and a"):
        sieve.counts()
