"""Workers may have any rows, and send what they made of them in any order: the evidence is the same."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coronet.core.evidence import Task
from coronet.core.statistics import Specification
from coronet.core.statistics.columns import Integers, Names, Pictures
from coronet.core.statistics.streaming import finish, make_plan
from coronet.core.statistics.streaming.harvest import Assignment, Harvest
from coronet.core.statistics.streaming.joined import FileRows, JoinedRows, Survey
from coronet.core.statistics.streaming.packing import pack, unpack
from coronet.core.statistics.streaming.pictures.sections import describe_state
from coronet.core.statistics.streaming.sieve import Naming, Sieve, Sifted
from tests.core.statistics.streaming.alike import assert_alike
from tests.core.statistics.streaming.both_ways import asking
from tests.core.statistics.streaming.test_contract import assert_same
from tests.core.statistics.streaming.test_state import EVERY

ROWS = 150
KINDS = ("flat", "house")
LABELS = {Task.BINARY: ("0", "1"), Task.MULTICLASS: ("x", "y", "z"), Task.REGRESSION: ()}


def naming_of(task: Task, *, weighted: bool) -> Naming:
    scores = {Task.BINARY: {"score": "score"}, Task.MULTICLASS: {name: f"p_{name}" for name in "xyz"}}
    return Naming(
        task=task,
        label="label",
        sides=(0, 1),
        weight="weight" if weighted else None,
        segments=("kind",),
        prediction="said" if task is Task.REGRESSION else None,
        scores=scores.get(task, {}),
    )


def survey_of(location: str, task: Task) -> Survey:
    texts = {"kind": KINDS, **({"label": LABELS[task]} if LABELS[task] else {})}
    return Survey(location=location, columns=frozenset({*texts, "label", "weight"}), rows=ROWS, texts=texts)


def file_of(seed: int, task: Task) -> FileRows:
    """What one model says of the rows, with some missing, and the answers."""
    truth, said = np.random.default_rng(0), np.random.default_rng(seed)
    texts = {"kind": truth.integers(-1, 2, size=ROWS)}
    numbers = {"weight": np.where(truth.random(ROWS) < 0.1, np.nan, truth.integers(0, 3, size=ROWS))}
    price = np.round(100 + 10 * truth.normal(size=ROWS), 2)
    if task is Task.REGRESSION:
        numbers |= {"label": price, "said": price + said.normal(size=ROWS)}
        numbers["said"][said.random(ROWS) < 0.05] = np.nan
    else:
        texts["label"] = truth.integers(-1, len(LABELS[task]), size=ROWS)
        shares = said.dirichlet([1, 1, 1], size=ROWS)
        numbers |= {f"p_{name}": shares[:, place] for place, name in enumerate("xyz")}
        numbers["score"] = np.round(shares[:, 0], 1)
    return FileRows(present=said.random(ROWS) < 0.9, texts=texts, numbers=numbers)


def joined_of(task: Task) -> JoinedRows:
    keys = np.arange(ROWS, dtype=np.int64)
    return JoinedRows(keys=keys, files=(file_of(1, task), file_of(2, task)), names=name(keys))


def name(keys: Integers) -> Names:
    return lambda places: [f"k{key}" for key in keys[places].tolist()]


def take(rows: JoinedRows, index: Integers) -> JoinedRows:
    files = [
        FileRows(
            present=None if file.present is None else file.present[index],
            texts={name: codes[index] for name, codes in file.texts.items()},
            numbers={name: numbers[index] for name, numbers in file.numbers.items()},
        )
        for file in rows.files
    ]
    keys = rows.keys[index]
    return JoinedRows(keys=keys, files=tuple(files), names=name(keys))


def assignment_of(task: Task, *, weighted: bool = False) -> Assignment:
    naming = naming_of(task, weighted=weighted)
    surveys = (survey_of("b", task), survey_of("a", task))
    sample = Sieve(naming, surveys).take(take(joined_of(task), np.arange(80)))
    metrics = EVERY[task]
    asked: Specification = asking(task, *metrics, segments=("kind",))
    specification = replace(asked, classes=LABELS[task], pictures=Pictures(movers=7))
    return Assignment(naming=naming, surveys=surveys, plan=make_plan(sample, specification, rows=ROWS))


def harvest_of(assignment: Assignment, *parts: JoinedRows) -> Harvest:
    harvest = Harvest(assignment)
    for part in parts:
        harvest.add(part)
    return harvest


@given(
    task=st.sampled_from(Task),
    weighted=st.booleans(),
    cuts=st.lists(st.integers(0, ROWS), max_size=5),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=12, deadline=None)
def test_any_workers_in_any_order_find_the_same(task: Task, weighted: bool, cuts: list[int], order: Random) -> None:
    rows, assignment = joined_of(task), assignment_of(task, weighted=weighted)
    whole = harvest_of(assignment, rows)
    turned = np.random.default_rng(len(cuts)).permutation(ROWS)
    parts = [take(rows, turned[start:end]) for start, end in pairwise(sorted({0, *cuts, ROWS}))]
    order.shuffle(parts)
    told = assignment.to_bytes()
    # Each worker has read its assignment by itself, and so has whoever puts together what they send.
    sent = [harvest_of(Assignment.from_bytes(told), part).to_bytes() for part in parts]
    here = Assignment.from_bytes(told)
    merged = Harvest.from_bytes(here, sent[0])
    for each in sent[1:]:
        merged.merge(Harvest.from_bytes(here, each))
    assert merged.sieve.sifted == whole.sieve.sifted
    assert merged.sieve.counts() == whole.sieve.counts()
    assert merged.sieve.measured == whole.sieve.measured
    for one, other in zip(finish(whole.state).facts, finish(merged.state).facts, strict=True):
        assert_same(one, other)
        assert one.method == other.method
    assert_alike(describe_state(whole.state), describe_state(merged.state))


@pytest.mark.parametrize("task", Task)
def test_one_harvest_and_its_bytes_finish_into_the_same_to_the_last_bit(task: Task) -> None:
    assignment = assignment_of(task)
    harvest = harvest_of(assignment, joined_of(task))
    again = Harvest.from_bytes(assignment, harvest.to_bytes())
    assert finish(again.state) == finish(harvest.state)
    assert describe_state(again.state) == describe_state(harvest.state)
    more = take(joined_of(task), np.arange(7))
    for each in (harvest, again):
        each.add(more)
    assert again.to_bytes() == harvest.to_bytes()


@pytest.mark.parametrize("task", Task)
def test_jobs_that_are_run_one_after_the_other_add_the_rows(task: Task) -> None:
    assignment, rows = assignment_of(task), joined_of(task)
    by_jobs = Harvest(assignment)
    for job in by_jobs.jobs(rows):
        job()
    assert by_jobs.to_bytes() == harvest_of(assignment, rows).to_bytes()


def test_rows_that_differ_are_told_of_whoever_saw_them() -> None:
    assignment = assignment_of(Task.REGRESSION)
    rows = joined_of(Task.REGRESSION)
    theirs = replace(rows.files[1], texts={"kind": 1 - rows.files[1].texts["kind"].clip(0)})
    harvests = [harvest_of(assignment, rows), harvest_of(assignment, replace(rows, files=(rows.files[0], theirs)))]
    both = Sifted()
    for harvest in harvests:
        both.merge(harvest.sieve.sifted)
    assert both.differing["kind"] > 0
    assert both.shared == 2 * harvests[0].sieve.sifted.shared


def test_a_harvest_of_another_assignment_is_refused() -> None:
    ours, theirs = assignment_of(Task.BINARY), assignment_of(Task.REGRESSION)
    with pytest.raises(ValueError, match="not of a state of this plan"):
        Harvest.from_bytes(ours, Harvest(theirs).to_bytes())
    with pytest.raises(ValueError, match="different plans"):
        Harvest(ours).merge(Harvest(assignment_of(Task.BINARY)))


# --- packing --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    counts: Counter[str]
    pair: tuple[int, str]
    share: float = 0.5


BOX = Box(counts=Counter({"a": 1}), pair=(1, "b"), share=1)


def test_what_is_packed_is_unpacked() -> None:
    arrays = [np.arange(6).reshape(2, 3), np.array([np.inf, np.nan]), np.empty((0, 2), dtype=np.int32)]
    value, found = unpack(Box, pack(BOX, arrays))
    assert value == BOX
    assert isinstance(value.counts, Counter)
    for mine, theirs in zip(arrays, found, strict=True):
        np.testing.assert_array_equal(mine, theirs)
        assert mine.dtype == theirs.dtype
    assert len(pack(BOX, [np.zeros(1_000_000)])) < 100_000


def test_what_is_no_number_is_not_sent() -> None:
    with pytest.raises(TypeError, match="a object cannot be sent"):
        pack(object())


WHOLE = pack(BOX, [np.arange(100)])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no packed value"),
        (b"\x80\x04\x95" + WHOLE, "no packed value"),
        (WHOLE[:-20], "an array has|no Box"),
        (pack(["x"]), "no Box"),
        (WHOLE.replace(b'"share": 1', b'"share":""'), "'' is no float"),
        (WHOLE.replace(b'"share": 1', b'"shore": 1'), "no Box"),
        (WHOLE.replace(b'"<i8"', b'"<M8"'), "no array of numbers"),
        (WHOLE.replace(b'"<i8"', b'"<O8"'), "no array of numbers|no Box|data type"),
        (WHOLE.replace(b"[100]", b"[ 99]"), "and 792 were announced"),
        (WHOLE.replace(b"[100]", b"[999]"), "has 800 bytes"),
    ],
)
def test_bytes_that_were_not_packed_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        unpack(Box, data)
