"""What a worker of a distributed engine answers, with no engine at all."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from coronet.adapters.tables.worker import KEY, Encoder, Gathered, Source, Task, encode_joined, gather, merge
from coronet.core import evidence
from coronet.core.statistics import Specification
from coronet.core.statistics.streaming import finish, make_plan
from coronet.core.statistics.streaming.harvest import Assignment
from coronet.core.statistics.streaming.joined import Surprise
from coronet.core.statistics.streaming.sieve import Naming, Sieve
from coronet.errors import InvalidInput

ROWS = 100
OURS = Source(name="b", place=0, is_csv=False, texts=("left", "kind"), numbers=("score",))
THEIRS = Source(name="a", place=1, is_csv=False, texts=("left",), numbers=("score",))
NAMING = Naming(task=evidence.Task.BINARY, label="left", sides=(0, 1), scores={"score": "score"}, segments=("kind",))


def joined() -> "pa.RecordBatch":
    """Rows of both files; the candidate's lacks the first."""
    random = np.random.default_rng(0)
    left, here = random.integers(2, size=ROWS), np.arange(ROWS) > 0
    return pa.RecordBatch.from_pydict(
        {
            KEY: pa.array(np.arange(ROWS)),
            "here_0": pa.array(here),
            "here_1": pa.array(np.full(ROWS, True)),
            "0_left": pa.array(left, mask=~here),
            "1_left": pa.array(left),
            "0_kind": pa.array(random.choice(["flat", "house"], size=ROWS), mask=~here),
            "0_score": pa.array(random.random(ROWS), mask=~here),
            "1_score": pa.array([str(score) for score in random.random(ROWS)]),
        }
    )


def encoder_of(source: Source, **values: Sequence[object]) -> Encoder:
    columns: dict[str, list[object]] = {source.named(name): [] for name in source.texts}
    places: list[int] = []
    for place, name in enumerate(source.texts):
        for value in values[name]:
            places.append(place)
            for other, cells in columns.items():
                cells.append(value if other == source.named(name) else None)
    return Encoder(source, pa.table({"column": pa.array(places, pa.int32()), **columns}))


def task() -> Task:
    encoders = (
        encoder_of(OURS, left=[0, 1], kind=["flat", "house", None]),
        encoder_of(THEIRS, left=[1, 0]),
    )
    surveys = tuple(encoder.describe(ROWS) for encoder in encoders)
    sieve = Sieve(NAMING, surveys)
    asked = Specification(
        task=NAMING.task, metrics=("roc_auc", "brier"), classes=sieve.classes.names, segments=("kind",)
    )
    plan = make_plan(sieve.take(encode_joined(joined(), encoders)), asked, rows=ROWS)
    return Task(encoders=encoders, assignment=Assignment(naming=NAMING, surveys=surveys, plan=plan))


def test_workers_that_each_have_some_rows_find_what_one_finds() -> None:
    told, here = task().to_bytes(), task()
    batch = joined()
    whole = Gathered(here)
    whole.add(batch)
    parts = [[batch.slice(start, 10)] for start in range(0, 60, 10)] + [[batch.slice(60, 25), batch.slice(85)]]
    answers = [answer for part in parts for answer in gather(told, part)]
    assert len(answers) == 7
    (one,) = merge(told, answers[:4])
    found = Gathered(here)
    for answer in (one, *answers[4:]):
        found.merge(answer)
    assert found.rows == whole.rows == [ROWS - 1, ROWS]
    assert found.harvest.sieve.sifted == whole.harvest.sieve.sifted
    for mine, theirs in zip(finish(found.harvest.state).facts, finish(whole.harvest.state).facts, strict=True):
        assert mine.difference == pytest.approx(theirs.difference, rel=1e-12)
        assert mine.interval == pytest.approx(theirs.interval, rel=1e-12)


def test_a_worker_without_rows_answers_nothing() -> None:
    assert list(gather(task().to_bytes(), [])) == []
    assert list(gather(task().to_bytes(), [joined()[:0]])) == []


def test_what_is_wrong_with_rows_is_answered_and_told_by_who_asked() -> None:
    told, batch = task().to_bytes(), joined()
    place = batch.schema.get_field_index("1_score")
    broken = batch.set_column(place, "1_score", pa.array(["high"] * ROWS))
    answers = list(merge(told, gather(told, [broken])))
    with pytest.raises(InvalidInput, match="score of a holds cells that are no numbers"):
        Gathered(task()).merge(answers[0])
    late = batch.set_column(batch.schema.get_field_index("0_kind"), "0_kind", pa.array(["castle"] * ROWS))
    (answer,) = gather(told, [late])
    with pytest.raises(Surprise, match="kind of b has values that its survey did not find"):
        Gathered(task()).merge(answer)
